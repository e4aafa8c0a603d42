"""One body, many ways: each contract test runs over every wire, every transport and every database there is.

A test of this folder speaks to the org through the SDK alone. When a wire or a database is added, it is added here.
"""

import gzip
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import responses as reasons
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter

import mockorg
from mockorg_server.app import build_app
from mockorg_server.core.host import Host
from mockorg_server.core.org import Org
from mockorg_server.core.setting import OrgSettings
from mockorg_server.http_server import HttpServer

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)


class InProcess(BaseAdapter):
    """Hands requests to a WSGI application in this process, without a socket."""

    def __init__(self, app: Any) -> None:
        super().__init__()
        self.app = app

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:  # type: ignore[override]
        target = urlsplit(request.url or "")
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        environ = {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": unquote(target.path),
            "QUERY_STRING": target.query,
            "SERVER_NAME": target.hostname,
            "SERVER_PORT": str(target.port or 80),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "wsgi.url_scheme": target.scheme,
            "wsgi.input": io.BytesIO(body),
            "wsgi.version": (1, 0),
            "HTTP_HOST": target.netloc,
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()},
        }
        answer = requests.Response()

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            answer.status_code = int(status.partition(" ")[0])
            answer.reason = reasons.get(answer.status_code, "")
            answer.headers.update(headers)

        content = b"".join(self.app(environ, start_response))
        if answer.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        answer._content = content
        answer.url = request.url or ""
        answer.request = request
        return answer

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True)
class Target:
    """An org to speak to: a logged-in SDK client, and the org behind it for what no client can do."""

    client: mockorg.Client
    org: Org
    url: str
    session: requests.Session

    def connect(self, **options: Any) -> mockorg.Client:
        return mockorg.connect(self.url, session=self.session, **options)


WAYS = [
    *(("soap", transport, database) for transport in ("in_process", "socket") for database in ("memory", "file")),
    *(("rest", "in_process", "file"), ("rest", "socket", "memory")),  # a wire knows nothing of databases
]


@pytest.fixture(params=WAYS, ids="-".join)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    api, transport, kind = request.param
    database = "memory" if kind == "memory" else str(tmp_path / "org.db")
    host = Host.open(OrgSettings(database=database, clock_start=NOW))
    app = build_app(host)
    session = requests.Session()
    server = HttpServer(app) if transport == "socket" else None
    if server is None:
        url = "http://mock.example"
        session.mount(url, InProcess(app))
    else:
        url = server.url
        threading.Thread(target=server.serve_forever, daemon=True).start()
    client = mockorg.connect(
        url, username="user@example.com", password="secret", api=api, api_version="66.0", session=session
    )
    yield Target(client, host.default, url, session)
    session.close()
    if server is not None:
        server.stop()
    host.close()
