"""A client for tests of the wire: WSGI calls to the SOAP application, with an org that only records and answers."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from mockorg_server.core.calls.operation import Operation
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.schema.schema import Schema, load_schema
from mockorg_server.soap.application import SoapApplication

from .strict_reader import Reply, StrictReader

PARTNER = "urn:partner.soap.sforce.com"
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    f' xmlns="{PARTNER}">'
)
SESSION = "00D000000000001!token"


@cache
def schema() -> Schema:
    return load_schema()


class FakeOrg:
    """Records the operations it is given, and answers with ``result``, which may be an exception."""

    def __init__(self, result: object = None) -> None:
        self.schema = schema()
        self.settings = OrgSettings()
        self.result = result
        self.calls: list[tuple[Operation, Caller]] = []

    def run(self, operation: Operation, caller: Caller) -> Any:
        self.calls.append((operation, caller))
        if isinstance(self.result, Exception):
            raise self.result
        return self.result

    def api_usage(self) -> tuple[int, int]:
        return 22092, 64000


@dataclass
class FakeHost:
    """Has one org, and records for what it was asked."""

    org: FakeOrg = field(default_factory=FakeOrg)
    asked: list[tuple[str | None, str | None]] = field(default_factory=list)

    def org_of_login(self, username: str, org_id: str | None, host_name: str) -> FakeOrg:
        return self.org

    def org_of(self, session_id: str | None, org_id: str | None, host_name: str) -> FakeOrg:
        self.asked.append((session_id, org_id))
        return self.org


@dataclass(frozen=True)
class HttpReply:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


@cache
def shared() -> tuple[SoapApplication, FakeHost, list[Exception]]:
    """Building an application takes a moment; tests share one and give it a fresh org each."""
    host, bugs = FakeHost(), []
    return SoapApplication(host, on_bug=bugs.append), host, bugs  # type: ignore[arg-type]


class WireClient:
    """Calls the application. ``org`` answers; ``bugs`` must be empty at the end of a call unless ``bug_expected``."""

    def __init__(self, result: object = None) -> None:
        self.application, self.host, self.bugs = shared()
        self.org = self.host.org = FakeOrg(result)
        self.host.asked.clear()
        self.bugs.clear()
        self.bug_expected = False

    def http(self, method: str, path: str, content: bytes = b"", **environ: Any) -> HttpReply:
        """Send a request as it is."""
        told: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[..., None]:
            told.update(status=int(status[:3]), headers=dict(headers))
            return lambda _data: None

        base = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8800",
            "HTTP_HOST": "localhost:8800",
            "CONTENT_TYPE": "text/xml; charset=UTF-8",
            "CONTENT_LENGTH": str(len(content)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(content),
        }
        body = b"".join(self.application(base | environ, start_response))
        assert self.bug_expected or not self.bugs, self.bugs
        assert int(told["headers"]["Content-Length"]) == len(body) or method == "HEAD"
        return HttpReply(told["status"], told["headers"], body)

    def post(self, content: bytes, version: str = "60.0", **environ: Any) -> HttpReply:
        """Send bytes to the partner endpoint."""
        return self.http("POST", f"/services/Soap/u/{version}", content, **environ)

    def call(self, body: str, headers: str = "", version: int = 60) -> Reply:
        """Send a body with a session, and read the answer strictly."""
        content = envelope(body, headers)
        answer = self.post(content, f"{version}.0")
        reply = StrictReader(version, contract()).read(answer.content)
        assert answer.status == (200 if reply.fault is None else 500)
        assert answer.headers["Content-Type"] == "text/xml; charset=UTF-8"
        return reply

    @property
    def operation(self) -> Any:
        """The one operation that reached the org."""
        assert len(self.org.calls) == 1
        return self.org.calls[0][0]


@cache
def contract() -> Any:
    return StrictReader(60).contract


def envelope(body: str, headers: str = "") -> bytes:
    session = f"<SessionHeader><sessionId>{SESSION}</sessionId></SessionHeader>"
    return (
        f"{ENVELOPE}<soapenv:Header>{session}{headers}</soapenv:Header><soapenv:Body>{body}</soapenv:Body>"
        "</soapenv:Envelope>"
    ).encode()
