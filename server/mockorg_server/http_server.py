"""The HTTP server: cheroot behind three words, ``url``, ``serve_forever`` and ``stop``. It knows no path and no org.

The same server speaks plain HTTP, TLS, or is a proxy that ends TLS itself (``tls.py``, ``proxy.py``). What becomes of a
connection is in ``http_connection.py``.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mockorg_server.proxy import ProxyRules
from mockorg_server.tls import TlsServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

from mockorg_server.http_connection import CherootServer, authority, reachable


class HttpServer:
    """A WSGI application on a TCP port.

    The port is bound, and connections are queued, when the constructor returns; port 0 takes any free one.
    ``serve_forever`` runs until ``stop`` is called from another thread. Raises ``OSError`` with a message that
    names the address when it cannot be bound. ``app`` may be exchanged before serving starts.
    With ``tls`` it speaks https; with ``proxy`` too it is a proxy, which speaks TLS inside the tunnels it is asked for.
    """

    def __init__(
        self,
        app: WSGIApplication,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        tls: TlsServer | None = None,
        proxy: ProxyRules | None = None,
    ) -> None:
        self._asked_host = host
        self._scheme = "http" if tls is None or proxy is not None else "https"
        self._server = CherootServer((host, port), app)
        self._server.tls, self._server.proxy = tls, proxy
        try:
            self._server.prepare()
        except OSError as error:
            self._forget_statistics()
            reason = self._server.bind_error or error
            raise OSError(f"cannot listen on {authority(host, port)}: {reason.strerror or reason}") from error

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
        host = reachable(self._asked_host)
        if self._scheme == "https" and host == "127.0.0.1":
            host = "localhost"  # every client can check this name; some cannot check addresses
        return f"{self._scheme}://{authority(host, self.port)}"

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
