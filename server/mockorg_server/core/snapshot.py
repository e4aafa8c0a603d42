"""Named snapshots of an org: all that a savepoint marks, kept until it is dropped, to go back to as often as asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockorg_server.core.savepoint import PartMarks
    from mockorg_server.store.store import Snapshot


@dataclass(frozen=True, slots=True)
class OrgState:
    """The state of an org at ``at``, by its own clock: its database, and what is beside it."""

    at: datetime
    database: Snapshot
    parts: PartMarks


class OrgSnapshots:
    """The snapshots of one org, by name, in memory. Safe under threads."""

    def __init__(self, take: Callable[[], OrgState], go_back: Callable[[OrgState], None]) -> None:
        self._take = take
        self._go_back = go_back
        self._lock = threading.Lock()
        self._states: dict[str, OrgState] = {}

    @property
    def all(self) -> dict[str, datetime]:
        """The names, with the org's time at which each was taken, the oldest first."""
        return {name: state.at for name, state in self._states.items()}

    def save(self, name: str) -> None:
        """Take a snapshot; one of the same name gives way to it. Raises OrgError when the database refuses."""
        state = self._take()
        with self._lock:
            self._states.pop(name, None)
            self._states[name] = state

    def restore(self, name: str) -> None:
        """Go back to a snapshot: data, ids, sessions, locators, clock. Raises KeyError, OrgError."""
        self._go_back(self._states[name])

    def mark(self) -> object:
        """Give what ``go_back`` needs."""
        return dict(self._states)

    def go_back(self, mark: Any) -> None:
        """Forget the snapshots that were taken since, and know those that were dropped."""
        with self._lock:
            self._states = dict(mark)

    def drop(self, name: str) -> None:
        """Forget a snapshot. Raises KeyError."""
        with self._lock:
            del self._states[name]
