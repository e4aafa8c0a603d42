"""The sequence that gives out record ids and auto-numbers: the same calls in the same order give the same ids."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from mockorg_server.schema.identifier import SHORT, base62, number_of, to_long_id

_FOREIGN = 62**9  # ids from here on are not of our sequence
_BLOCK = 62**6


class IdSequence:
    """Gives out ids per key prefix: ``001000000000001AAA``, ``001000000000002AAA`` … Safe under threads."""

    def __init__(self, used: Mapping[str, int] | None = None) -> None:
        self._lock = threading.Lock()
        self._used = dict(used or {})

    def next_id(self, prefix: str) -> str:
        """Give a new id of 18 characters for a key prefix."""
        with self._lock:
            number = self._used.get(prefix, 0) + 1
            self._used[prefix] = number
        return to_long_id(prefix + base62(number, SHORT - len(prefix)))

    def next_number(self, name: str) -> int:
        """Give the next number of a named counter, for auto-number fields."""
        with self._lock:
            number = self._used.get(name, 0) + 1
            self._used[name] = number
        return number

    def skip_number(self, name: str, number: int) -> None:
        """Never give out a number of a counter that a seed brought along."""
        with self._lock:
            self._used[name] = max(self._used.get(name, 0), number)

    def skip_past(self, record_id: str) -> None:
        """Never give out an id that a seed brought along."""
        prefix, number = record_id[:3], number_of(record_id[3:SHORT])
        with self._lock:
            if number < _FOREIGN:  # ids of a real org are far beyond our sequence and need no skipping
                self._used[prefix] = max(self._used.get(prefix, 0), number)

    def leave_block(self, prefix: str) -> None:
        """Go on where no id was given out whose giving may not have been kept: a block of 62⁶ ids is left for good."""
        with self._lock:
            self._used[prefix] = (self._used.get(prefix, 0) // _BLOCK + 1) * _BLOCK

    def used(self) -> dict[str, int]:
        """Give a copy of the counters, to be kept with the data."""
        with self._lock:
            return dict(self._used)

    def mark(self) -> object:
        """Give what ``go_back`` needs."""
        return self.used()

    def go_back(self, mark: Any) -> None:
        """Give out once more what was given out since."""
        self.reset(mark)

    def reset(self, used: Mapping[str, int]) -> None:
        """Set the counters back to a copy taken earlier."""
        with self._lock:
            self._used = dict(used)
