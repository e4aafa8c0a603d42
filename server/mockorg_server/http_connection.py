"""Connections of the HTTP server: cheroot's classes with this project's limits and habits. It knows no path and no org.

What cheroot does not do by itself is done here: header limits with the platform's statuses, connections that have not
said anything yet wait in the selector instead of in a worker thread, more workers when all are held, and errors go to
``logging``. The body's size is the application's business.
"""

from __future__ import annotations

import logging
import re
import select
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from cheroot import errors, wsgi
from cheroot.server import HTTPConnection, HTTPRequest

from mockorg_server.framing import chunked_body, read_header_lines
from mockorg_server.proxy import ProxyRules, Route, Target, connect, refusal, splice, target_of
from mockorg_server.stream import CLIENT_TIMEOUT_SECONDS, Reader, Writer
from mockorg_server.tls import HANDSHAKE_SECONDS, TlsServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOG = logging.getLogger("mockorg.http")

# URI and headers together, in bytes: 414 when the URI alone is longer, 431 when they are together (recorded limits of
# the platform).
MAX_HEADER_SIZE_BYTES = 16_384
# What is read and thrown away of a body nobody asked for, before the connection is closed instead.
MAX_UNREAD_BODY_BYTES = 1_000_000
MAX_LINGER_SECONDS = 2.0
# How long a worker that nobody else needs waits for a client's next request before the selector does: handing a
# connection to the selector and back costs more than most requests.
MAX_LULL_MS = 20
MAX_STUCK_SECONDS = 0.1  # how long connections may wait for a worker before there are more
FIRST_WORKERS = 20
MAX_WORKERS = 100
_DEFAULT_PORTS = {b"http": 80, b"https": 443}
_OF_PROXIES = frozenset({b"Proxy-Connection", b"Proxy-Authorization", b"Expect"})
_SLASHES = re.compile(rb"\A([A-Za-z]+ )//+")
_HANDSHAKE = b"\x16"  # how TLS begins
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_NO_TLS = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 24\r\nConnection: close\r\n\r\nThis port speaks https.\n"


def reachable(host: str) -> str:
    """Give a name for a host to listen on that clients on this machine reach it by."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def authority(host: str, port: int) -> str:
    """Write a host and a port as in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class _OneSlash:
    """A stream whose request line has its path begin with one slash, however many were sent."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readline(self) -> bytes:
        """Read a line."""
        line: bytes = self._stream.readline()
        return _SLASHES.sub(rb"\1/", line, count=1)


class _Request(HTTPRequest):
    """One request: header limits, and no leftovers of one body in front of the next request."""

    header_reader = staticmethod(read_header_lines)

    def __init__(self, server: CherootServer, conn: _Connection) -> None:
        super().__init__(server, conn, proxy_mode=conn.is_proxied)
        if conn.is_secure:
            self.scheme = b"https"

    def parse_request(self) -> None:
        self.conn.rfile.patient.begin()
        super().parse_request()

    def read_request_line(self) -> bool:
        # Clients that put a path behind an address with a slash at its end (sf) ask for //services/…, and cheroot would
        # take that for a host. The platform does not mind.
        whole, self.rfile = self.rfile, _OneSlash(self.rfile)
        try:
            return bool(super().read_request_line())  # type: ignore[no-untyped-call]
        except ValueError:  # a URL that urllib cannot take apart, such as http://[::1/
            self.simple_response("400 Bad Request", "Malformed Request-URI")
            return False
        finally:
            self.rfile = whole

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
        if ready and self._needs_host and b"Host" not in self.inheaders:
            self.simple_response("400 Bad Request", "A request of HTTP/1.1 names its Host.")
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

    @property
    def _needs_host(self) -> bool:
        """False for HTTP/1.0, and for requests to a proxy, whose target says it all; some clients send no Host then."""
        return self.response_protocol == "HTTP/1.1" and not self.conn.is_proxied

    def respond(self) -> None:
        if self.conn.is_proxied and not self._is_to_be_served():
            return
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

    def _is_to_be_served(self) -> bool:
        """Do what a proxy does with a request; True when what is left of it is the application's."""
        is_tunnel = self.method == b"CONNECT"
        authority = self.authority.decode("latin-1")
        target = target_of(authority, None if is_tunnel else _DEFAULT_PORTS.get(self.scheme))
        if target is None:
            self._refuse("400 Bad Request", "This port is a proxy: ask for http://HOST/PATH or CONNECT HOST:443.\n")
            return False
        route = self.server.proxy.route(target)
        if route is Route.REFUSE:
            self._refuse("403 Forbidden", refusal(authority))
        elif route is Route.TUNNEL:
            self._tunnel(target, b"" if is_tunnel else self._forwarded())
        elif is_tunnel:
            self._begin_tls()
        else:
            self.inheaders[b"Host"] = self.authority
            return True
        return False

    def _begin_tls(self) -> None:
        self.conn.begin_tunnel()
        self.conn.wfile.write(_ESTABLISHED)
        self.close_connection = self.conn.rfile.has_data()  # said before the handshake: nobody honest does that

    def _forwarded(self) -> bytes:
        """Give the head of the request as the target is to get it."""
        path = self.uri.partition(b"://")[2].partition(b"/")[2]
        headers = {**self.inheaders, b"Host": self.authority, b"Connection": b"close"}
        lines = [name + b": " + value for name, value in headers.items() if name not in _OF_PROXIES]
        return b"\r\n".join([self.method + b" /" + path + b" HTTP/1.1", *lines, b"", b""])

    def _tunnel(self, target: Target, head: bytes) -> None:
        """Carry bytes between the client and the target, after a ``head``; without one the client is told to begin."""
        self.close_connection = True
        try:
            upstream = connect(target)
        except OSError as error:
            self._refuse("502 Bad Gateway", f"mockorg's proxy cannot reach {target.host}: {error.strerror or error}\n")
            return
        with upstream:
            if head:
                upstream.sendall(head)
            else:
                self.conn.wfile.write(_ESTABLISHED)
            splice(self.conn.socket, self.conn.rfile, upstream, lambda: not self.server.ready)

    def _refuse(self, status: str, text: str) -> None:
        self.close_connection = True
        self.simple_response(status, text)

    def simple_response(self, status: str, msg: str = "") -> None:
        self.conn.has_unread = True
        super().simple_response(status, msg)

    def send_headers(self) -> None:
        # An answer may be given before the body was read. What is left of the body would be taken for the next
        # request: a small rest is read here, before the answer promises to keep the connection; a large one ends it.
        if not self._skip_rest():
            self.close_connection = self.conn.has_unread = True
        self.outheaders += [(b"Server", b"mockorg"), (b"Date", self.server.date_header())]
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


class _Connection(HTTPConnection):
    """One connection. When it ends with bytes unread, the client gets time to read the answer before the reset.

    ``is_secure`` once TLS is spoken on it; ``is_proxied`` while what comes are requests to a proxy.
    """

    RequestHandlerClass = _Request
    has_unread = False
    is_secure = False

    def __init__(self, server: CherootServer, sock: socket.socket, _makefile: Callable[..., Any]) -> None:
        super().__init__(server, sock, self._make)
        sock.setblocking(False)
        self.is_proxied = server.proxy is not None
        self._awaits_tls = server.tls is not None and not self.is_proxied

    def communicate(self) -> bool:
        """Answer requests as long as they come at once, or shake hands. True when the connection goes on."""
        self.server.taken_up_at = time.monotonic()
        while self._exchange():
            if not self._has_more():
                return True
        return False

    def _exchange(self) -> bool:
        if not self._awaits_tls:
            return bool(super().communicate())  # type: ignore[no-untyped-call]
        self._awaits_tls = False
        return self._shake_hands()

    def _has_more(self) -> bool:
        if self.rfile.has_data():
            return True
        if not self.server.requests.idle:
            return False
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        return bool(poll.poll(MAX_LULL_MS))

    def begin_tunnel(self) -> None:
        """From here on the client speaks to the host that it asked the proxy for."""
        self.is_proxied, self._awaits_tls = False, True

    def _make(self, sock: socket.socket, mode: str, size: int) -> Any:
        return Writer(sock) if mode == "wb" else Reader(sock, size, lambda: self.server.is_crowded)

    def _shake_hands(self) -> bool:
        try:
            self.socket.settimeout(HANDSHAKE_SECONDS)
            first = self.socket.recv(1, socket.MSG_PEEK)
            if first and first != _HANDSHAKE and self.server.proxy is not None:
                return True  # plain HTTP inside a tunnel
            if first and first != _HANDSHAKE:
                self.wfile.write(_NO_TLS)
                self.has_unread = True
                return False
            self.socket = self.server.tls.wrap(self.socket)
            self.socket.do_handshake()
        except OSError as error:  # a client that does not trust the certificate hangs up, and says so to its user
            LOG.info("no TLS with %s: %s", self.remote_addr, error)
            return False
        finally:
            self.socket.setblocking(False)
        self.rfile = self._make(self.socket, "rb", self.rbufsize)
        self.wfile = self._make(self.socket, "wb", self.wbufsize)
        self.is_secure = True
        return True

    def close(self) -> None:
        if self.has_unread:
            self._linger()
        if self.is_secure:
            with suppress(OSError, ValueError):
                self.socket.setblocking(False)
                self.socket.unwrap()  # says goodbye, and does not wait for an answer
        with suppress(OSError):  # it is closed all the same; raised, it would end a worker and the server with it
            super().close()

    def _linger(self) -> None:
        deadline = time.monotonic() + MAX_LINGER_SECONDS
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
            self.socket.settimeout(0.2)
            while time.monotonic() < deadline and self.socket.recv(65_536):
                pass


class CherootServer(wsgi.Server):
    """cheroot's WSGI server with this project's limits."""

    ConnectionClass = _Connection
    max_request_header_size = MAX_HEADER_SIZE_BYTES
    tls: TlsServer | None = None
    proxy: ProxyRules | None = None
    keep_alive_conn_limit = 500
    expiration_interval = 0.1  # also how long stop() waits for the selector

    def __init__(self, address: tuple[str, int], app: WSGIApplication) -> None:
        super().__init__(
            address,
            app,
            server_name=authority(reachable(address[0]), 0).removesuffix(":0"),  # for clients that send no Host
            numthreads=FIRST_WORKERS,
            max=MAX_WORKERS,
            request_queue_size=128,
            timeout=CLIENT_TIMEOUT_SECONDS,
            shutdown_timeout=1,
        )
        self.bind_error: OSError | None = None
        self._date = (0, b"")
        self.taken_up_at = time.monotonic()

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
    def can_add_keepalive_connection(self) -> bool:
        """Say whether one more connection may be kept. The original asks the selector under its lock."""
        selector = vars(self)["_connections"]._selector._selector
        return self.ready and len(selector.get_map() or ()) <= self.keep_alive_conn_limit

    def date_header(self) -> bytes:
        """Give the Date header, written once a second."""
        second = int(time.time())
        if self._date[0] != second:
            self._date = (second, formatdate(second, usegmt=True).encode())
        return self._date[1]

    @property
    def is_crowded(self) -> bool:
        """True when a connection waits for a worker and none is free."""
        return bool(self.requests.qsize > 0 and self.requests.idle == 0)

    def process_conn(self, conn: _Connection) -> None:
        """Hand a connection to a worker, but a new one to the selector, until its first byte is there."""
        if conn.last_used is None:
            self.put_conn(conn)
            return
        super().process_conn(conn)

    def prepare(self) -> None:
        """Take the port and start the workers; look from time to time whether more of them are needed."""
        super().prepare()
        connections: Any = vars(self)["_connections"]
        expire = connections._expire

        def look(threshold: float) -> None:
            expire(threshold)
            self._relieve()

        connections._expire = look

    def _relieve(self) -> None:
        """Add workers when connections wait and no worker has taken one up for a while: all hold slow clients."""
        stuck = time.monotonic() - self.taken_up_at > MAX_STUCK_SECONDS
        if stuck and self.requests.idle <= self.requests.qsize and self.requests.qsize:
            self.requests.grow(FIRST_WORKERS)

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Tell ``logging`` instead of standard error."""
        LOG.log(level, msg, exc_info=traceback)
