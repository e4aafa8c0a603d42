"""What is patched in client libraries while orgs are in use, and taken back after the last. It routes nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from mockorg.testing._route import Route, Router


class Patch:
    """A method of somebody else's class, replaced by one that is made around it."""

    def __init__(self, owner: type, name: str, around: Callable[[Any], Any]) -> None:
        self._owner = owner
        self._name = name
        self._around = around
        self._original: Any = None
        self._replacement: Any = None

    def install(self) -> None:
        """Put the replacement there, unless it stands there still."""
        if self._replacement is None or getattr(self._owner, self._name) is not self._replacement:
            self._original = getattr(self._owner, self._name)
            self._replacement = self._around(self._original)
            setattr(self._owner, self._name, self._replacement)

    def remove(self) -> None:
        """Put the original back; when somebody has laid another over ours, ours stays and lets everything through."""
        if getattr(self._owner, self._name) is self._replacement:
            setattr(self._owner, self._name, self._original)
            self._replacement = None


class Door:
    """Opens and closes routes, and keeps the patches there for as long as one is open. Safe under threads.

    ``patches`` tells, each time a route is opened, what is to be patched besides: a library may have been imported
    since.
    """

    def __init__(self, router: Router, patches: Callable[[], Sequence[Patch]]) -> None:
        self._router = router
        self._patches = patches
        self._thread_start = Patch(threading.Thread, "start", self._marking)
        self._lock = threading.Lock()

    def depth(self) -> int:
        """Tell how many orgs are in use around here."""
        return self._router.depth()

    def open(self, route: Route) -> None:
        """Let the requests of a route in."""
        with self._lock:
            self._router.open(route)
            for patch in (self._thread_start, *self._patches()):
                patch.install()

    def close(self, route: Route) -> None:
        """Let the requests of a route in no more."""
        with self._lock:
            self._router.close(route)
            if self._router.is_idle:
                for patch in (self._thread_start, *self._patches()):
                    patch.remove()

    def _marking(self, start: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
        def start_with_routes(thread: threading.Thread) -> None:
            self._router.mark(thread)
            start(thread)

        return start_with_routes
