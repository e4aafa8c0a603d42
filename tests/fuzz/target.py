"""What is fuzzed: four functions of bytes. Each returns when the answer is one that a client may get, and raises if not.

The tests of this folder, ``make fuzz`` and the replay of ``tests/hostile/crashes`` all call them.
"""

import io
import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from tests.hostile.case import envelope
from tests.soap.strict_reader import StrictReader

from mockorg_server.control.application import ControlApplication
from mockorg_server.core.error import OrgError
from mockorg_server.core.host import Host
from mockorg_server.core.seed import SeedRecord
from mockorg_server.core.setting import OrgSettings
from mockorg_server.schema.schema import load_schema
from mockorg_server.soap.application import SoapApplication
from mockorg_server.soap.document import read_document
from mockorg_server.soap.envelope import read_envelope
from mockorg_server.soap.fault import ClientFault
from mockorg_server.soap.header import read_headers
from mockorg_server.soap.http_body import read_body
from mockorg_server.soql.compiler import QueryCompiler
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.moment import Moment

MOMENT = Moment(datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC), "America/Los_Angeles")
VERSIONS = (31, 40, 52, 60, 64, 65, 68)
CODINGS = ("", "gzip", "deflate", "identity")
CHARSETS: tuple[str | None, ...] = (None, "iso-8859-1", "utf-16", "us-ascii")
MAX_BODY_BYTES = 1_000_000
MAX_SECONDS = 5.0
RESET_AFTER = 500  # requests that may have written something
SESSION_MARK = "{session}"
NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

SEEDS = (
    SeedRecord("Account", {"Name": "Acme", "Industry": "Energy", "AnnualRevenue": 1e7, "NumberOfEmployees": 5}, "a"),
    SeedRecord(
        "Account", {"Name": "\u00e9t\u00e9 & <co>", "ParentId": "@a", "BillingLatitude": 1.5, "BillingLongitude": 2}
    ),
    SeedRecord("Contact", {"LastName": "Coyote", "AccountId": "@a", "Email": "wile@acme.example", "IsDeleted": True}),
    SeedRecord("Contact", {"LastName": "Runner", "AccountId": "@a"}),
    SeedRecord("Opportunity", {"Name": "x", "StageName": "Won", "CloseDate": "2026-01-31", "AccountId": "@a"}),
)
"""What there is to be found."""


class Finding(AssertionError):
    """An answer that no client may get."""


class Fuzzed:
    """The applications under test, with one org that is reset now and then, so that it stays small."""

    def __init__(self) -> None:
        self.host = Host.open(OrgSettings(clock_start=MOMENT.now, seeds=SEEDS))
        self.bugs: list[Exception] = []
        self.soap = SoapApplication(self.host, max_body_bytes=MAX_BODY_BYTES, on_bug=self.bugs.append)
        self.control = ControlApplication(self.host)
        self.readers = {version: StrictReader(version) for version in VERSIONS}
        self.calls = 0

    def call(self, app: Any, method: str, path: str, content: bytes, **environ: Any) -> tuple[int, bytes]:
        """Send a request, and give the status and the body of the answer."""
        self.calls += 1
        if self.calls % RESET_AFTER == 0:
            self.host.default.reset()
        base = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "REMOTE_ADDR": "127.0.0.1",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8800",
            "CONTENT_TYPE": "text/xml; charset=UTF-8",
            "CONTENT_LENGTH": str(len(content)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(content),
        }
        told: list[str] = []
        begin = time.process_time()
        body = b"".join(app(base | environ, lambda status, *_: told.append(status)))
        spent = time.process_time() - begin
        if spent > MAX_SECONDS:
            raise Finding(f"the answer took {spent:.1f} s")
        return int(told[0].split()[0]), body


@cache
def fuzzed() -> Fuzzed:
    """The applications: building them takes a moment."""
    return Fuzzed()


@cache
def compiler() -> QueryCompiler:
    return QueryCompiler(load_schema(), shapes=50)


def fuzz_envelope(data: bytes) -> None:
    """Body and envelope: the first byte picks coding and charset. Nothing but a refusal may be raised."""
    choice = data[0] if data else 0
    environ = {
        "wsgi.input": io.BytesIO(data[1:]),
        "CONTENT_LENGTH": str(len(data[1:])),
        "HTTP_CONTENT_ENCODING": CODINGS[choice % 4],
    }
    try:
        root = read_document(read_body(environ, MAX_BODY_BYTES), CHARSETS[choice // 4 % 4])
        read_headers(read_envelope(root).headers)
    except (ClientFault, OrgError) as refusal:
        str(refusal).encode()


def fuzz_application(data: bytes) -> None:
    """A whole request: the first byte picks the version and whether the rest is the document or the Body's content."""
    choice = data[0] if data else 0
    version, content = VERSIONS[choice % len(VERSIONS)], data[1:]
    session_id = fuzzed().host.default.token
    if choice >= 128:
        content = envelope(content.decode("latin-1"), "", session_id).encode("latin-1")
    soap(content.replace(SESSION_MARK.encode(), session_id.encode()), version)


def soap(content: bytes, version: int = 60, **environ: Any) -> bytes:
    """Send a document, read the answer strictly, and give it."""
    here = fuzzed()
    here.bugs.clear()
    status, answer = here.call(here.soap, "POST", f"/services/Soap/u/{version}.0", content, **environ)
    if here.bugs:
        raise Finding(f"a bug: {here.bugs[0]!r}") from here.bugs[0]
    reply = here.readers[version].read(answer)
    if status != (200 if reply.fault is None else 500):
        raise Finding(f"the status {status} for {answer[:1000]!r}")
    return answer


def fuzz_soql(data: bytes) -> None:
    """A query, in UTF-8: nothing but a refusal may be raised, what compiles has its parameters, and it can be run."""
    text = data.decode("utf-8", "replace")
    for version in (60, 31):
        try:
            bound = compiler().compile(text, version)
        except SoqlError as refusal:
            f"{refusal.code} {refusal.message}".encode()
            continue
        parameters = bound.parameters(MOMENT)
        if len(parameters) != bound.plan.parameter_count:
            raise Finding(f"{len(parameters)} parameters for {bound.plan.parameter_count}")
    call(f"<query><queryString>{in_xml(text)}</queryString></query>")


def fuzz_sosl(data: bytes) -> None:
    """A search, in UTF-8."""
    call(f"<search><searchString>{in_xml(data.decode('utf-8', 'replace'))}</searchString></search>")


def in_xml(text: str) -> str:
    """A text as it may stand in an element: without what XML has no way to carry."""
    return escape(NOT_IN_XML.sub("", text))


def call(body: str) -> bytes:
    """Call an operation in a session."""
    return soap(envelope(body, "", fuzzed().host.default.token).encode())


def fuzz_control(data: bytes) -> None:
    """A request to the control API: the first byte picks which. What is seeded can be queried."""
    here = fuzzed()
    choice = data[0] if data else 0
    request = ("POST", "/_mockorg/seed") if choice % 4 else ("PUT", "/_mockorg/clock")
    status, answer = here.call(here.control, *request, data[1:])
    value = json.loads(answer)
    if status not in {200, 400, 413} or (status != 200) != (list(value) == ["error"]):
        raise Finding(f"the status {status} for {answer[:1000]!r}")
    if status == 200 and request[0] == "PUT":
        here.host.default.clock.reset()
    for record_id in list(value.get("ids", {}).values())[:3]:
        _query(record_id)
    if status == 200:
        here.host.default.reset()


def _query(record_id: str) -> None:
    here = fuzzed()
    sobjects = here.host.default.schema.latest.sobjects_by_prefix(record_id[:3])
    for sobject in sobjects:
        names = ", ".join(name for name in ("Id", "Name", "CreatedDate", "AnnualRevenue") if sobject.field(name))
        call(f"<query><queryString>SELECT {names} FROM {sobject.name} WHERE Id = '{record_id}'</queryString></query>")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "envelope": fuzz_envelope,
    "application": fuzz_application,
    "soql": fuzz_soql,
    "sosl": fuzz_sosl,
    "control": fuzz_control,
}
