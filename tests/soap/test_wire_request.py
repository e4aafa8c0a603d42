"""What each real client sends is understood: request envelopes in the clients' own styles, and the operations they mean.

``cases/requests.json`` names each envelope, the habit it stands for, and the operation that must reach the org.
"""

import gzip
import json
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.core.duplicate_result import NO_HEADER
from mockorg_server.core.error import OrgError

from .wire_client import SESSION, WireClient

CASES = Path(__file__).parent / "cases"
REQUESTS = json.loads((CASES / "requests.json").read_text(encoding="utf-8"))
RECORD = {"values": {}, "id": None, "fields_to_null": [], "references": {}}
OPTIONS = {
    "all_or_none": False,
    "allow_field_truncation": False,
    "batch_size": None,
    "duplicate_rule": asdict(NO_HEADER),
}
REFUSED = OrgError("UNKNOWN_EXCEPTION", "the request was understood")


def expected(given: dict[str, Any]) -> dict[str, Any]:
    """The operation's attributes: those of the case, and the defaults of what it leaves out."""
    records = {"records": [RECORD | record for record in given["records"]]} if "records" in given else {}
    return given | records


def in_json(operation: object) -> dict[str, Any]:
    attributes = json.loads(json.dumps(asdict(operation), default=lambda instant: instant.isoformat()))  # type: ignore[call-overload]
    return {key: value for key, value in attributes.items() if OPTIONS.get(key, ...) != value}


def read(name: str) -> bytes:
    return (CASES / "requests" / name).read_bytes()


def test_every_envelope_has_its_case() -> None:
    assert sorted(case["file"] for case in REQUESTS) == sorted(path.name for path in (CASES / "requests").iterdir())


@pytest.mark.parametrize("case", REQUESTS, ids=lambda case: case["file"].removesuffix(".xml"))
def test_a_request_of_a_real_client(case: dict[str, Any]) -> None:
    wire = WireClient(REFUSED)

    wire.post(read(case["file"]))

    name, attributes = case["operation"]
    assert type(wire.operation).__name__ == name
    assert in_json(wire.operation) == expected(attributes)
    caller = wire.org.calls[0][1]
    assert caller.session_id == case.get("session", SESSION)
    assert caller.client == case.get("client")
    assert caller.api_version == 60


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda content: zlib.compress(content)[2:-4]),
        ("gzip", lambda content: gzip.compress(content[:100]) + gzip.compress(content[100:])),
        ("identity", bytes),
    ],
    ids=["gzip", "GZIP", "x-gzip", "deflate", "deflate without wrapper", "two gzip members", "identity"],
)
def test_a_compressed_request(coding: str, pack: Any) -> None:
    wire = WireClient(REFUSED)

    wire.post(pack(read("beatbox_login.xml")), HTTP_CONTENT_ENCODING=coding)

    assert wire.operation.username == "user@example.com"


@pytest.mark.parametrize("told", [{"HTTP_TRANSFER_ENCODING": "chunked"}, {"wsgi.input_terminated": True}])
def test_a_request_without_a_length(told: dict[str, Any]) -> None:
    wire = WireClient(REFUSED)

    wire.post(read("beatbox_login.xml"), CONTENT_LENGTH="", **told)

    assert wire.operation.username == "user@example.com"


@pytest.mark.parametrize("action", ['""', "login", '"urn:anything"'])
def test_the_soap_action_decides_nothing(action: str) -> None:
    wire = WireClient(REFUSED)

    wire.post(read("simple_salesforce_login.xml"), HTTP_SOAPACTION=action, HTTP_CHARSET="UTF-8")

    assert wire.operation.username == "user@example.com"


def test_the_charset_of_the_content_type_counts_where_the_document_is_silent() -> None:
    wire = WireClient(REFUSED)
    text = read("beatbox_login.xml").decode().replace(' encoding="utf-8"', "").replace("password<", "pässword<")

    wire.post(text.encode("latin-1"), CONTENT_TYPE="text/xml; charset=ISO-8859-1")

    assert wire.operation.password == "pässword"


def test_the_org_is_that_of_the_session_or_of_the_path_or_of_the_login_scope() -> None:
    wire = WireClient(REFUSED)
    scope = "<LoginScopeHeader><organizationId>00D000000000009</organizationId></LoginScopeHeader>"

    wire.http("POST", "/services/Soap/u/60.0/00D000000000007", read("soap_lite_query.xml"))
    wire.http("POST", "/services/Soap/u/60.0/00D000000000007EAA/", read("beatbox_login.xml"))
    wire.post(read("beatbox_login.xml").replace(b"<s:Header>", b"<s:Header>" + scope.encode()))

    assert wire.host.asked == [(SESSION, "00D000000000007"), (None, "00D000000000007EAA"), (None, "00D000000000009")]


def test_an_empty_password_is_a_password() -> None:
    wire = WireClient(OrgError("INVALID_LOGIN", "no"))

    fault = wire.call("<login><username>u</username><password/></login>").fault

    assert wire.operation.password == ""
    assert fault is not None
    assert fault.element == "LoginFault"
