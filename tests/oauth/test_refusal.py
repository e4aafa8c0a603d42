"""Bad tokens and grants, each with the error of the real service: rows of a table, with their sources."""

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockorg_server.core.calls.operation import Update
from mockorg_server.core.record import InputRecord
from mockorg_server.core.session import Caller

from .conftest import CALLBACK, Browserless
from .test_token import APP, JWT_BEARER, code_of

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases/refusals.jsonl").read_text().splitlines()]


def signed(form: dict[str, Any], key: Any, other_key: Any) -> dict[str, str]:
    """Make the JWT that a row asks for."""
    claims = {
        "iss": form.get("iss", "app"),
        "sub": form.get("sub", "a@x.example"),
        "aud": form.get("aud", "https://login.salesforce.com"),
        "exp": time.time() + form.get("seconds", 180),
    }
    signature = jwt.encode(claims, other_key if form.get("key") == "other" else key, "RS256")
    return {"grant_type": JWT_BEARER, "assertion": signature}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_bad_grant_is_refused(strict: Browserless, case: dict[str, Any], key: Any, other_key: Any) -> None:
    form = dict(case["form"])
    if case.get("inactive"):
        found = strict.granted(grant_type="password", **APP, username="b@x.example", password="pw")["id"]
        record = InputRecord("User", {"IsActive": False}, found.rpartition("/")[2])
        [saved] = strict.org.run(Update((record,)), Caller(strict.org.token, 60))
        assert saved.success, saved
    made = strict.granted(grant_type="authorization_code", **APP, code=code_of(strict), redirect_uri=CALLBACK)
    places = {"{token}": made["access_token"], "{refresh}": made["refresh_token"], "{code}": code_of(strict)}
    if form.get("grant_type") == "jwt":
        form = signed(form, key, other_key)
    before = len(strict.org.sessions.all())
    reply = strict.token(**{name: places.get(value, value) for name, value in form.items()})

    assert reply.status == 400
    assert reply.json == {"error": case["error"], "error_description": case["description"]}
    assert reply.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert len(strict.org.sessions.all()) == before


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 20
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("token", ["", "x", "00D000000000001!x", "00D000000000001AAA!" + "x" * 96, "00Dzzz!x", "é"])
@pytest.mark.parametrize("path", ["/services/oauth2/userinfo", "/id/00D000000000001EAA/005000000000001AAA"])
def test_a_bad_token_tells_nothing_of_a_user(strict: Browserless, token: str, path: str) -> None:
    header = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
    reply = strict.request("GET", path, **header)

    assert (reply.status, reply.text) == (403, "Bad_OAuth_Token" if token else "Missing_OAuth_Token")
    assert reply.headers["Content-Type"].startswith("text/plain")


BODIES = {
    "no form": b"\xff\xfe",
    "a parameter twice": b"grant_type=password&grant_type=password",
    "a thousand parameters": b"&".join(b"a%d=1" % number for number in range(1000)),
    "too large": b"a=" + b"x" * 2_000_000,
    "not UTF-8 when decoded": b"grant_type=%ff",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_cannot_be_read_is_refused(strict: Browserless, body: bytes) -> None:
    reply = strict.request("POST", "/services/oauth2/token", body)

    assert (reply.status, reply.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "multipart/form-data"])
def test_a_body_of_another_kind_is_refused(strict: Browserless, kind: str) -> None:
    reply = strict.request("POST", "/services/oauth2/token", b"{}", CONTENT_TYPE=kind)

    expected = "unsupported_grant_type" if "json" in kind else "invalid_request"
    assert (reply.status, reply.json["error"]) == (400, expected)


def multipart(*parts: tuple[str, str]) -> bytes:
    texts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts]
    return "".join([*texts, "--b--\r\n"]).encode()


def test_a_form_in_parts_is_read(strict: Browserless) -> None:
    form = {"grant_type": "password", **APP, "username": "a@x.example", "password": "pwTOK"}
    kind = {"CONTENT_TYPE": "multipart/form-data; boundary=b"}

    assert strict.request("POST", "/services/oauth2/token", multipart(*form.items()), **kind).status == 200
    twice = multipart(*form.items(), ("grant_type", "password"))
    assert strict.request("POST", "/services/oauth2/token", twice, **kind).json["error"] == "invalid_request"
    nameless = b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"
    assert strict.request("POST", "/services/oauth2/token", nameless, **kind).json["error"] == "invalid_request"


WORDS = st.sampled_from(
    [
        "grant_type",
        "password",
        "refresh_token",
        "client_id",
        "app",
        "assertion",
        "a.b.c",
        "code",
        "device",
        "",
        "\0",
        "é",
        "{}",
    ]
)
METHODS = st.sampled_from(["GET", "POST", "PUT"])
PATHS = st.sampled_from(
    [
        *("/services/oauth2/token", "/services/oauth2/authorize", "/services/oauth2/revoke", "/id/keys", "/id/x/y"),
        *("/services/oauth2/introspect", "/services/oauth2/userinfo", "/setup/connect", "/.well-known/x"),
    ]
)


@given(
    METHODS, PATHS, st.dictionaries(WORDS | st.text(max_size=20), WORDS | st.text(max_size=40)), st.binary(max_size=40)
)
@settings(
    derandomize=True,
    database=None,
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_nothing_a_client_sends_is_a_bug(
    strict: Browserless, method: str, path: str, form: dict[str, str], noise: bytes
) -> None:
    """Whatever it is, it is answered: a bug would be 500, and fail the test by the log."""
    reply = strict.request(method, f"{path}?{urlencode(form)}", form, HTTP_AUTHORIZATION=noise.decode("latin-1"))
    assert reply.status < 500
    assert strict.request(method, path, noise, CONTENT_TYPE="multipart/form-data; boundary=b").status < 500
    assert strict.request(method, f"{path}?{noise.decode('latin-1')}", noise).status < 500


def test_the_token_endpoint_answers_post_only(strict: Browserless) -> None:
    reply = strict.request("GET", "/services/oauth2/token?grant_type=password")

    assert (reply.status, reply.headers["Allow"]) == (405, "POST")


def test_ten_wrong_passwords_lock_out_here_too(strict: Browserless) -> None:
    form = {"grant_type": "password", **APP, "username": "a@x.example"}
    for _ in range(10):
        strict.token(**form, password="wrong")

    assert strict.token(**form, password="pwTOK").json["error_description"] == "authentication failure"


def test_a_user_who_logs_in_too_often_is_told(strict: Browserless) -> None:
    """The rate is documented; the words are general knowledge."""
    for _ in range(3600):
        strict.org.directory.guard.admits("a@x.example")
    form = {"grant_type": "password", **APP, "username": "a@x.example", "password": "pwTOK"}

    assert strict.token(**form).json == {"error": "invalid_grant", "error_description": "login rate exceeded"}
