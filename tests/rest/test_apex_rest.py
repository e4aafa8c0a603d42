"""Apex REST: the user's own handlers under /services/apexrest."""

from typing import Any

import pytest

from mockorg_server.core.host import Host

from .conftest import RestClient


def test_a_handler_answers_its_address(rest: RestClient, host: Host) -> None:
    seen: list[Any] = []

    def quiz(request: Any) -> object:
        seen.append(request)
        return {"score": request.json()["answers"], "records": request.org.query("SELECT Name FROM Account")}

    rest.make("Account", Name="Acme")
    host.default.hook_org.apexrest("/quiz/*", quiz)

    reply = rest("POST /services/apexrest/quiz/7?deep=true", {"answers": 3})

    assert (reply.status, reply.value) == (200, {"score": 3, "records": [{"Name": "Acme"}]})
    [request] = seen
    assert (request.method, request.path, request.params) == ("POST", "/quiz/7", {"deep": "true"})
    assert reply.headers["Sforce-Limit-Info"].startswith("api-usage=")


@pytest.mark.parametrize(
    ("value", "status", "body"),
    [
        (None, 200, b""),
        ([1, 2.5, "x", None], 200, b'[1,2.5,"x",null]'),
        ((201, {"a": True}), 201, b'{"a":true}'),
        (b"raw", 200, b"raw"),
        ((204, None), 204, b""),
    ],
)
def test_what_a_handler_gives_is_answered(
    rest: RestClient, host: Host, value: object, status: int, body: bytes
) -> None:
    host.default.hook_org.apexrest("/plain", lambda _request: value)
    reply = rest("GET /services/apexrest/plain")
    assert (reply.status, reply.body) == (status, body)


def test_the_longest_pattern_answers(rest: RestClient, host: Host) -> None:
    for path in ("/*", "/a/*", "/a/b"):
        host.default.hook_org.apexrest(path, lambda _request, path=path: path)
    answers = {path: rest(f"GET /services/apexrest{path}").value for path in ("/x", "/a", "/a/c", "/a/b", "/a/b/c")}
    assert answers == {"/x": "/*", "/a": "/a/*", "/a/c": "/a/*", "/a/b": "/a/b", "/a/b/c": "/a/*"}


def test_an_address_without_a_handler_is_not_found(rest: RestClient) -> None:
    reply = rest("GET /services/apexrest/nope")
    assert (reply.status, reply.value) == (
        404,
        [{"message": "Could not find a match for URL", "errorCode": "NOT_FOUND"}],
    )
    assert rest("GET /services/apexrest/nope", Authorization=None).status == 401


def test_what_a_handler_wrote_before_it_raised_is_undone(rest: RestClient, host: Host) -> None:
    def broken(request: Any) -> object:
        request.org.create("Account", {"Name": "half"})
        raise KeyError("nothing here")

    host.default.hook_org.apexrest("/broken", broken)

    reply = rest("POST /services/apexrest/broken", {})

    assert (reply.status, reply.value[0]["errorCode"]) == (500, "APEX_ERROR")
    assert "System.KeyError: 'nothing here'\n\nClass.broken: line" in reply.value[0]["message"]
    assert rest.query("SELECT Id FROM Account") == []


def test_an_exception_of_dml_is_told_as_apex_does(rest: RestClient, host: Host) -> None:
    host.default.hook_org.apexrest("/dml", lambda request: request.org.create("Account", {}))
    message = rest("POST /services/apexrest/dml").value[0]["message"]
    assert message.startswith("System.DmlException: Insert failed. First exception on row 0; first error: REQUIRED")


def test_a_body_that_is_no_json_is_refused_when_it_is_read(rest: RestClient, host: Host) -> None:
    host.default.hook_org.apexrest("/json", lambda request: request.json())
    assert rest("POST /services/apexrest/json", b"{").value[0]["errorCode"] == "JSON_PARSER_ERROR"
