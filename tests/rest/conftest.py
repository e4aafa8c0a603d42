"""The REST wire without a socket: an org whose clock stands, and requests to it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from mockorg_server.app import build_app
from mockorg_server.core.host import Host
from mockorg_server.core.setting import OrgSettings

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def value(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass
class RestClient:
    """Sends requests below ``/services/data/vNN.0`` with the org's own token."""

    host: Host
    version: str = "60.0"
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def __post_init__(self) -> None:
        self.app = build_app(self.host)
        self.headers = {"Authorization": f"Bearer {self.host.default.token}", **self.headers}

    def __call__(
        self, line: str, body: Any = None, query: dict[str, str] | None = None, **headers: str | None
    ) -> Reply:
        method, _, path = line.partition(" ")
        path, _, text = path.partition("?")
        path = path if path.startswith("/services") else f"/services/data/v{self.version}{path}"
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        given = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": text or urlencode(query or {}, quote_via=quote),
            "SERVER_NAME": "mock.example",
            "SERVER_PORT": "80",
            "HTTP_HOST": "mock.example",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(content),
            "CONTENT_LENGTH": str(len(content)),
            "CONTENT_TYPE": self.content_type,
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in given.items() if value is not None},
        }
        seen: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            seen.update(status=int(status[:3]), headers=dict(headers))

        content = b"".join(self.app(environ, start_response))
        return Reply(seen["status"], seen["headers"], content)

    def make(self, sobject: str, **values: Any) -> str:
        reply = self(f"POST /sobjects/{sobject}", values)
        assert reply.status == 201, reply.body
        return reply.value["id"]

    def query(self, soql: str) -> list[dict[str, Any]]:
        reply = self("GET /query", query={"q": soql})
        assert reply.status == 200, reply.body
        return reply.value["records"]


@pytest.fixture
def host() -> Iterator[Host]:
    opened = Host.open(OrgSettings(clock_start=NOW))
    yield opened
    opened.close()


@pytest.fixture
def rest(host: Host) -> RestClient:
    return RestClient(host)


@pytest.fixture
def at(host: Host) -> Callable[[str], RestClient]:
    return lambda version: RestClient(host, version)
