"""How far back everything that has happened can be seen: what replication may promise to have covered.

A record is stamped when its call begins to write, and is seen when it is committed. Who reads in between and says "I
have told you all until now" would lose it for the one who asks for changes since then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock

from mockorg_server.core.clock import Clock


class Horizon:
    """Knows since when writes are under way. Safe under threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._began: dict[object, datetime] = {}

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Announce a write, from before its stamp is taken until after its commit."""
        mark = object()
        with self._lock:
            self._began[mark] = self._clock.now()
        try:
            yield
        finally:
            with self._lock:
                del self._began[mark]

    def settled(self) -> datetime:
        """Give the instant before which no stamp can turn up any more, for a reader that begins after this."""
        with self._lock:
            return min((self._clock.now(), *self._began.values()))
