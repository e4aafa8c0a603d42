"""The ports of a server: http, and https and the proxy beside it when asked for. One application behind them all.

``Listeners`` is what a process or a test starts and stops; it knows no option of the command line and no org.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from mockorg_server.http_server import HttpServer
from mockorg_server.proxy import ProxyRules
from mockorg_server.tls import TlsServer
from mockorg_server.trust import environment

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class Listeners:
    """Ports that are bound when the constructor returns, and served between ``start`` and ``stop``.

    ``https_port`` and ``proxy_port`` are None for none, 0 for any free one. Clients wait until ``start``. Raises
    ``OSError`` when a port cannot be bound, ``ValueError`` when the certificate authority is broken.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        https_port: int | None = None,
        proxy_port: int | None = None,
        proxy_allow: Sequence[str] = (),
        data_folder: Path | None = None,
    ) -> None:
        self.authority_file: Path | None = None
        self.https: HttpServer | None = None
        self.proxy: HttpServer | None = None
        self._threads: list[threading.Thread] = []
        with ExitStack() as bound:

            def bind(number: int, **how: object) -> HttpServer:
                server = HttpServer(_not_ready, host, number, **how)  # type: ignore[arg-type]
                bound.callback(server.stop)
                return server

            self.http = bind(port)
            if https_port is not None or proxy_port is not None:
                tls = _tls(data_folder)
                self.authority_file = tls.authority_file
                if https_port is not None:
                    self.https = bind(https_port, tls=tls)
                if proxy_port is not None:
                    self.proxy = bind(proxy_port, tls=tls, proxy=ProxyRules(proxy_allow))
            bound.pop_all()

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that lead a process to these ports: trust, and the proxy if there is one."""
        return environment(self.authority_file, self.proxy.url if self.proxy else None)

    def start(self, app: WSGIApplication) -> None:
        """Answer requests with an application, in threads."""
        for server in self._servers:
            server.app = app
            thread = threading.Thread(target=server.serve_forever, name="mockorg", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Close the ports, let running requests end (for a second), and return. Calling it twice is harmless."""
        for server in self._servers:
            server.stop()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    @property
    def _servers(self) -> list[HttpServer]:
        return [server for server in (self.http, self.https, self.proxy) if server is not None]


def _tls(folder: Path | None) -> TlsServer:
    # Imported for those who ask for TLS only: its libraries take a while.
    from mockorg_server.certificate_authority import CertificateAuthority, data_folder  # noqa: PLC0415

    return TlsServer(CertificateAuthority(folder or data_folder()))


def _not_ready(_environ: object, _start_response: object) -> NoReturn:
    raise RuntimeError("requests wait in the socket's queue until the org is open")
