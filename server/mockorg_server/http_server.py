"""The HTTP server: cheroot behind three words, ``url``, ``serve_forever`` and ``stop``. It knows no path and no org.

What cheroot does not do by itself is done here: header limits with the platform's statuses, connections that have not
said anything yet wait in the selector instead of in a worker thread, more workers when all are busy, and errors go to
``logging``. The body's size is the application's business.
"""

from __future__ import annotations

import io
import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cheroot import errors, wsgi
from cheroot.server import HTTPConnection, HTTPRequest

from mockorg_server.framing import chunked_body, read_header_lines
from mockorg_server.patience import Patience, PatientReader

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOG = logging.getLogger("mockorg.http")

# URI and headers together, in bytes: 414 when the URI alone is longer, 431 when they are together (recorded limits of
# the platform).
MAX_HEADER_SIZE_BYTES = 16_384
# How long a silent or slow client may keep a connection.
CLIENT_TIMEOUT_SECONDS = 30
# What is read and thrown away of a body nobody asked for, before the connection is closed instead.
MAX_UNREAD_BODY_BYTES = 1_000_000
MAX_LINGER_SECONDS = 2.0
FIRST_WORKERS = 10
MAX_WORKERS = 100


class HttpServer:
    """A WSGI application on a TCP port.

    The port is bound, and connections are queued, when the constructor returns; port 0 takes any free one.
    ``serve_forever`` runs until ``stop`` is called from another thread. Raises ``OSError`` with a message that
    names the address when it cannot be bound. ``app`` may be exchanged before serving starts.
    """

    def __init__(self, app: WSGIApplication, host: str = "127.0.0.1", port: int = 0) -> None:
        self._asked_host = host
        self._server = _Server((host, port), app)
        try:
            self._server.prepare()
        except OSError as error:
            self._forget_statistics()
            reason = self._server.bind_error or error
            raise OSError(f"cannot listen on {_authority(host, port)}: {reason.strerror or reason}") from error

    @property
    def app(self) -> WSGIApplication:
        """The application that answers."""
        application: WSGIApplication = self._server.wsgi_app
        return application

    @app.setter
    def app(self, app: WSGIApplication) -> None:
        self._server.wsgi_app = app

    @property
    def port(self) -> int:
        """The port that was bound."""
        return int(self._server.bind_addr[1])

    @property
    def url(self) -> str:
        """Where clients reach the server, without a slash at the end; a wildcard host is told as loopback."""
        return f"http://{_authority(_reachable(self._asked_host), self.port)}"

    def serve_forever(self) -> None:
        """Answer requests until ``stop``."""
        self._server.serve()

    def stop(self) -> None:
        """Close the port, let running requests end (for a second), and return. Calling it twice is harmless."""
        self._server.stop()
        self._forget_statistics()

    def _forget_statistics(self) -> None:
        # cheroot registers each server in a module-level dict for good, and with it the application and its data.
        getattr(logging, "statistics", {}).pop(f"Cheroot HTTPServer {id(self._server)}", None)


def _reachable(host: str) -> str:
    """Give a name for a host to listen on that clients on this machine reach it by."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class _Request(HTTPRequest):
    """One request: header limits, and no leftovers of one body in front of the next request."""

    header_reader = staticmethod(read_header_lines)

    def parse_request(self) -> None:
        self.conn.rfile.patient.begin()
        super().parse_request()

    def read_request_headers(self) -> bool:
        try:
            ready = bool(super().read_request_headers())  # type: ignore[no-untyped-call]
        except errors.MaxSizeExceeded:
            self.simple_response(
                "431 Request Header Fields Too Large",
                f"The URI and the headers together exceed {MAX_HEADER_SIZE_BYTES} bytes.",
            )
            return False
        if ready and b"Transfer-Encoding" in self.inheaders and not self.chunked_read:
            self.simple_response("400 Bad Request", "Transfer-Encoding is of HTTP/1.1.")
            return False
        if ready:
            self._let_continue()
        return ready

    def _let_continue(self) -> None:
        # cheroot does it for the spelling 100-continue only, and Java's client, which writes 100-Continue, would wait
        # for ever.
        expected = self.inheaders.get(b"Expect", b"")
        if expected != b"100-continue" and expected.lower() == b"100-continue":
            with suppress(OSError):
                self.conn.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def respond(self) -> None:
        if not self.chunked_read:
            super().respond()
            return
        # As the original, but for the reader of chunks: that one reads a chunk whole, whatever its size.
        self.rfile = chunked_body(self.conn.rfile)
        self.server.gateway(self).respond()
        if self.ready:
            self.ensure_headers_sent()
        if self.chunked_write:
            self.conn.wfile.write(b"0\r\n\r\n")

    def simple_response(self, status: str, msg: str = "") -> None:
        self.conn.has_unread = True
        super().simple_response(status, msg)

    def send_headers(self) -> None:
        # An answer may be given before the body was read. What is left of the body would be taken for the next
        # request: a small rest is read here, before the answer promises to keep the connection; a large one ends it.
        if not self._skip_rest():
            self.close_connection = self.conn.has_unread = True
        self.outheaders.append((b"Server", b"mockorg"))
        super().send_headers()

    def _skip_rest(self) -> bool:
        if not self.chunked_read and int(self.rfile.remaining) > MAX_UNREAD_BODY_BYTES:
            return False
        skipped = 0
        try:
            while chunk := self.rfile.read(65_536):
                skipped += len(chunk)
                if skipped > MAX_UNREAD_BODY_BYTES:
                    return False
        except (ValueError, OSError):  # what follows is no chunk, or does not come
            return False
        return self.chunked_read or not self.rfile.remaining


class _Writer:
    """Writes to a socket at once. cheroot's own copies what is left after each part, and keeps it for a dead client."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def write(self, data: bytes) -> None:
        self._sock.settimeout(CLIENT_TIMEOUT_SECONDS)
        self._sock.sendall(data)


class _Reader(io.BufferedReader):
    """A buffer over a reader with bounded patience. cheroot's own is the one of the standard library in Python."""

    def __init__(self, sock: socket.socket, size: int, server: _Server) -> None:
        self.patient = PatientReader(sock, Patience(seconds=CLIENT_TIMEOUT_SECONDS), lambda: server.is_crowded)
        super().__init__(self.patient, size)
        self.bytes_read = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.bytes_read += len(data)
        return data

    def readline(self, size: int | None = -1, /) -> bytes:
        data = super().readline(size)
        self.bytes_read += len(data)
        return data

    def has_data(self) -> bool:
        """Tell whether there is data in the buffer."""
        return self.patient.total_bytes > self.bytes_read


class _Connection(HTTPConnection):
    """One connection. When it ends with bytes unread, the client gets time to read the answer before the reset."""

    RequestHandlerClass = _Request
    has_unread = False

    def __init__(self, server: _Server, sock: socket.socket, _makefile: Callable[..., Any]) -> None:
        def make(sock: socket.socket, mode: str, size: int) -> Any:
            return _Writer(sock) if mode == "wb" else _Reader(sock, size, server)

        super().__init__(server, sock, make)

    def close(self) -> None:
        if self.has_unread:
            self._linger()
        super().close()

    def _linger(self) -> None:
        deadline = time.monotonic() + MAX_LINGER_SECONDS
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
            self.socket.settimeout(0.2)
            while time.monotonic() < deadline and self.socket.recv(65_536):
                pass


class _Server(wsgi.Server):
    """cheroot's WSGI server with this project's limits."""

    ConnectionClass = _Connection
    max_request_header_size = MAX_HEADER_SIZE_BYTES
    keep_alive_conn_limit = 500
    expiration_interval = 0.1  # also how long stop() waits for the selector

    def __init__(self, address: tuple[str, int], app: WSGIApplication) -> None:
        super().__init__(
            address,
            app,
            server_name=_authority(_reachable(address[0]), 0).removesuffix(":0"),  # for clients that send no Host
            numthreads=FIRST_WORKERS,
            max=MAX_WORKERS,
            request_queue_size=128,
            timeout=CLIENT_TIMEOUT_SECONDS,
            shutdown_timeout=1,
        )
        self.bind_error: OSError | None = None

    def bind(self, family: int, type: int, proto: int = 0) -> socket.socket:  # noqa: A002
        """Bind; unlike the original, keep the reason and leave no socket open when it fails."""
        bound = self.prepare_socket(self.bind_addr, family, type, proto, self.nodelay, self.ssl_adapter)
        try:
            self.bind_socket(bound, self.bind_addr)  # type: ignore[no-untyped-call]
        except OSError as error:
            bound.close()
            self.bind_error = error
            raise
        self.socket = bound
        self.bind_addr = self.resolve_real_bind_addr(bound)  # type: ignore[no-untyped-call]
        assert isinstance(bound, socket.socket)  # noqa: S101
        return bound

    @property
    def is_crowded(self) -> bool:
        """True when a connection waits for a worker and none is free."""
        return bool(self.requests.qsize > 0 and self.requests.idle == 0)

    def process_conn(self, conn: _Connection) -> None:
        """Hand a connection to a worker, but a new one to the selector, until its first byte is there."""
        if conn.last_used is None:
            self.put_conn(conn)
            return
        if self.requests.idle <= self.requests.qsize:
            self.requests.grow(FIRST_WORKERS)
        super().process_conn(conn)

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Tell ``logging`` instead of standard error."""
        LOG.log(level, msg, exc_info=traceback)
