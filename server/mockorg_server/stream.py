"""The two streams of a connection: a patient reader with a buffer, and a writer without one. They parse nothing."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable

from mockorg_server.patience import Patience, PatientReader, send_now

CLIENT_TIMEOUT_SECONDS = 30
"""How long a silent or slow client may keep a connection."""


class Writer:
    """Writes at once to a socket that does not block.

    cheroot's own copies what is left after each part, and keeps it for a dead client.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def write(self, data: bytes) -> None:
        """Write all of it. Raises OSError, TimeoutError for a client that takes nothing."""
        sent = send_now(self._sock, data)
        if sent == len(data):
            return
        self._sock.settimeout(CLIENT_TIMEOUT_SECONDS)
        try:
            self._sock.sendall(memoryview(data)[sent:])
        finally:
            self._sock.setblocking(False)


class Reader(io.BufferedReader):
    """A buffer over a reader with bounded patience. cheroot's own is the one of the standard library in Python."""

    def __init__(self, sock: socket.socket, size: int, is_crowded: Callable[[], bool]) -> None:
        self.patient = PatientReader(sock, Patience(seconds=CLIENT_TIMEOUT_SECONDS), is_crowded)
        super().__init__(self.patient, size)
        self.bytes_read = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as ever, and count."""
        data = super().read(size)
        self.bytes_read += len(data)
        return data

    def readline(self, size: int | None = -1, /) -> bytes:
        """Read as ever, and count."""
        data = super().readline(size)
        self.bytes_read += len(data)
        return data

    def has_data(self) -> bool:
        """Tell whether there is data in the buffer, or in that of TLS, which no selector sees."""
        return self.patient.total_bytes > self.bytes_read or self.patient.has_pending
