"""Reading from clients with bounded patience: a connection that waits for its client is a worker that others lack.

A timeout per read is not enough, for a client may send a byte before each runs out. So what counts is the time spent
waiting in all reads of a request, and how much came meanwhile. A client has longer while workers are free, and less
when others wait for one.
"""

from __future__ import annotations

import io
import select
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_SLICE_SECONDS = 0.25  # how often a reader that waits looks up
_NOTHING_YET = (BlockingIOError, ssl.SSLWantReadError)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a client, in all reads of one request together.

    ``seconds``, or ``crowded_seconds`` while others wait for a worker, and one more for each ``bytes_per_second`` that
    came.
    """

    seconds: float = 30.0
    crowded_seconds: float = 3.0
    bytes_per_second: int = 10_000


class PatientReader(io.RawIOBase):
    """The raw stream of a socket that does not block.

    Reading raises ``TimeoutError`` once the client was too slow, and from then on. ``total_bytes`` is what came in all.
    """

    def __init__(self, sock: socket.socket, patience: Patience, is_crowded: Callable[[], bool]) -> None:
        self._sock = sock
        self._patience = patience
        self._is_crowded = is_crowded
        self._waited_seconds = 0.0
        self._received_bytes = 0
        self._is_over = False
        self.total_bytes = 0

    @property
    def has_pending(self) -> bool:
        """True when TLS holds bytes that came and were not read."""
        pending = getattr(self._sock, "pending", None)
        return bool(pending is not None and pending())

    def begin(self) -> None:
        """Start to count anew: a request begins."""
        self._waited_seconds, self._received_bytes = 0.0, 0

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what there is, at least a byte; 0 at the end."""
        while True:
            self._look_up()
            try:
                count = self._sock.recv_into(buffer)
            except _NOTHING_YET:
                self._wait()
                continue
            self._received_bytes += count
            self.total_bytes += count
            return count

    def _wait(self) -> None:
        began = time.monotonic()
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        poll.poll(_SLICE_SECONDS * 1_000)
        self._waited_seconds += time.monotonic() - began

    def _look_up(self) -> None:
        waited = self._waited_seconds - self._received_bytes / self._patience.bytes_per_second
        if waited > self._patience.seconds or (waited > self._patience.crowded_seconds and self._is_crowded()):
            self._is_over = True
        if self._is_over:
            raise TimeoutError("timed out")  # cheroot answers 408 to these words


def send_now(sock: socket.socket, data: bytes) -> int:
    """Send what a socket that does not block takes at once; give the number of bytes."""
    try:
        return sock.send(data)
    except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
        return 0
