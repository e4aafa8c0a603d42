"""The org's clock: real time, or frozen where a test put it.

Every instant the org writes or compares with comes from here: stamps, date literals, sessions, query locators,
replication windows.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any


def text_of(instant: datetime) -> str:
    """Write an aware instant in the neutral form of a datetime value, in UTC with milliseconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def instant_of(text: str) -> datetime:
    """Read the neutral form of a datetime value as an aware instant in UTC."""
    return datetime.fromisoformat(text)


class Clock:
    """A clock that runs with real time plus an offset, or stands still. Safe under threads."""

    def __init__(self, start: datetime | None = None) -> None:
        """Start frozen at the aware instant ``start``; without one, run with real time."""
        self._lock = threading.Lock()
        self._start = start
        self._frozen_at: datetime | None = start
        self._offset = timedelta(0)

    def now(self) -> datetime:
        """Give the present instant, aware, in UTC."""
        with self._lock:
            return self._now()

    @property
    def frozen(self) -> bool:
        """True while the clock stands still."""
        return self._frozen_at is not None

    def set(self, instant: datetime, frozen: bool = True) -> None:
        """Move to an aware instant and stand still there, or run on from it."""
        if instant.tzinfo is None:
            raise ValueError("the clock takes an aware instant, with a time zone")
        with self._lock:
            if frozen:
                self._frozen_at = instant.astimezone(UTC)
            else:
                self._frozen_at = None
                self._offset = instant - datetime.now(UTC)

    def advance(self, seconds: float) -> None:
        """Move forward (or back, when negative) by that many seconds, frozen or running."""
        with self._lock:
            step = timedelta(seconds=seconds)
            if self._frozen_at is not None:
                self._frozen_at += step
            else:
                self._offset += step

    def mark(self) -> object:
        """Give what ``go_back`` needs to set the clock as it is now."""
        with self._lock:
            return self._frozen_at, self._offset

    def go_back(self, mark: Any) -> None:
        """Set the clock as it was; one that ran has run on."""
        with self._lock:
            self._frozen_at, self._offset = mark

    def reset(self) -> None:
        """Go back to how the clock was made."""
        with self._lock:
            self._frozen_at = self._start
            self._offset = timedelta(0)

    def _now(self) -> datetime:
        return self._frozen_at if self._frozen_at is not None else datetime.now(UTC) + self._offset
