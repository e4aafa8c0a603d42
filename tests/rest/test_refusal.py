"""Refusals over REST: status, code, message and fields, as recorded from real orgs where a case says so."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.core.host import Host

from .conftest import RestClient

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases/refusals.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['request']} {case.get('body', case.get('raw', ''))}")
def test_refusals(rest: RestClient, case: dict[str, Any]) -> None:
    ids = {"id": rest.make("Account", Name="Acme"), "deleted": rest.make("Account", Name="Gone")}
    assert rest(f"DELETE /sobjects/Account/{ids['deleted']}").status == 204
    before = rest.query("SELECT Id, Name, SystemModstamp FROM Account")

    line = case["request"]
    body = case["raw"].encode() if "raw" in case else json.dumps(case["body"]).encode() if "body" in case else None
    for name, value in ids.items():
        line = line.replace(f"{{{name}}}", value)
        body = body.replace(f"{{{name}}}".encode(), value.encode()) if body is not None else None
    reply = rest(line, body)

    assert reply.status == case["status"], reply.body
    if "answer" in case:
        assert reply.value == case["answer"]
    else:
        assert (case["says"] in reply.value[0]["message"], reply.value[0]["errorCode"]) == (True, case["code"])
    for name, value in case.get("headers", {}).items():
        assert reply.headers[name] == value
    assert rest.query("SELECT Id, Name, SystemModstamp FROM Account") == before


@pytest.mark.parametrize(
    ("header", "code", "message"),
    [
        (None, "INVALID_SESSION_ID", "Session expired or invalid"),
        ("Bearer 00D!nope", "INVALID_SESSION_ID", "Session expired or invalid"),
        ("Bearer 00D000000000001!nope", "INVALID_SESSION_ID", "Session expired or invalid"),
        ("Basic abc", "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE"),
        ("Bearer", "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE"),
    ],
)
@pytest.mark.parametrize("path", ["/sobjects", "/nope", "/query?q=x"])
def test_who_is_not_in_learns_nothing(rest: RestClient, header: str | None, code: str, message: str, path: str) -> None:
    reply = rest(f"GET {path}", Authorization=header)
    assert (reply.status, reply.value) == (401, [{"message": message, "errorCode": code}])
    assert reply.headers["WWW-Authenticate"] == "Token"


def test_the_oauth_scheme_is_taken_too(rest: RestClient, host: Host) -> None:
    assert rest("GET /limits", Authorization=f"OAuth {host.default.token}").status == 200
