"""The pages where a user says yes, as plain HTTP: what a browser sends, and what it is answered."""

import re
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from .conftest import BASE, CALLBACK, Browserless
from .test_token import APP

ASK = {"response_type": "code", "client_id": "app", "redirect_uri": CALLBACK, "state": "s&t <1>"}
USER = {"username": "a@x.example", "password": "pwTOK"}


def page(org: Browserless, **query: str) -> str:
    reply = org.request("GET", "/services/oauth2/authorize?" + urlencode({**ASK, **query}))
    assert reply.status == 200, (reply.status, reply.headers)
    assert reply.headers["X-Frame-Options"] == "DENY"
    return reply.text


def inputs(html: str) -> dict[str, str]:
    """The fields of a form as a browser would send them back."""
    found = re.findall(r'<input[^>]*?name="(\w+)" value="([^"]*)"', html)
    return {name: unescape(value) for name, value in found}


def test_the_form_is_filled_in_and_leads_back_to_the_client(strict: Browserless) -> None:
    form = inputs(page(strict)) | USER | {"decision": "allow"}
    reply = strict.request("POST", "/services/oauth2/authorize", form)
    location = urlsplit(reply.headers["Location"])
    query = parse_qs(location.query)

    assert reply.status == 302
    assert f"{location.scheme}://{location.netloc}{location.path}" == CALLBACK
    assert query["state"] == [ASK["state"]]
    answer = strict.granted(grant_type="authorization_code", **APP, code=query["code"][0], redirect_uri=CALLBACK)
    assert strict.userinfo(answer["access_token"]).json["preferred_username"] == "a@x.example"


def test_a_wrong_password_shows_the_form_again(strict: Browserless) -> None:
    form = inputs(page(strict)) | USER | {"password": "nope", "decision": "allow"}
    reply = strict.request("POST", "/services/oauth2/authorize", form)

    assert reply.status == 200
    assert "Please check your username and password." in reply.text
    assert "nope" not in reply.text
    assert inputs(reply.text)["state"] == ASK["state"]


def test_saying_no_is_told_to_the_client(strict: Browserless) -> None:
    form = inputs(page(strict)) | {"decision": "deny"}
    location = strict.request("POST", "/services/oauth2/authorize", form).headers["Location"]

    assert parse_qs(urlsplit(location).query) == {
        "error": ["access_denied"],
        "error_description": ["end-user denied authorization"],
        "state": [ASK["state"]],
    }


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ""}, "unsupported_response_type"),
        ({"scope": "nope"}, "invalid_scope"),
        ({"prompt": "none"}, "immediate_unsuccessful"),
        ({"code_challenge": "x"}, "invalid_request"),
        ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "invalid_request"),
        ({"client_id": "guarded", "redirect_uri": "sfdc://done"}, "invalid_request"),
    ],
)
def test_what_is_wrong_is_told_by_a_redirect(strict: Browserless, query: dict[str, str], error: str) -> None:
    reply = strict.request("GET", "/services/oauth2/authorize?" + urlencode({**ASK, **query}))

    assert reply.status == 302
    assert parse_qs(urlsplit(reply.headers["Location"]).query)["error"] == [error]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"client_id": "nope"}, "invalid_client_id"),
        ({"redirect_uri": "https://evil.example/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": CALLBACK + "/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": ""}, "redirect_uri_missing"),
        ({"client_id": "guarded", "redirect_uri": "javascript:alert(1)"}, "redirect_uri_mismatch"),
        ({"client_id": "guarded", "redirect_uri": "https://x.example/\r\nSet-Cookie: a=b"}, "redirect_uri_mismatch"),
        ({"client_id": "guarded", "redirect_uri": "//evil.example"}, "redirect_uri_mismatch"),
    ],
)
def test_what_is_wrong_with_the_client_is_never_redirected(
    strict: Browserless, query: dict[str, str], error: str
) -> None:
    reply = strict.request("GET", "/services/oauth2/authorize?" + urlencode({**ASK, **query}))

    assert reply.status == 400
    assert "Location" not in reply.headers
    assert f"error={error}" in reply.text


def test_nothing_from_outside_gets_into_the_page_unescaped(lenient: Browserless) -> None:
    html = page(lenient, client_id='<script>"x"</script>', scope="", login_hint='"><b>')

    assert "<script>" not in html
    assert "<b>&lt;script" in html
    assert '"><b>"' not in html


def device_form(org: Browserless, **form: str) -> dict[str, str]:
    reply = org.token(response_type="device_code", client_id="app", scope="api refresh_token", **form)
    assert reply.status == 200, reply.text
    document: dict[str, str] = reply.json
    return document


def test_a_device_gets_its_tokens_when_its_user_agrees(strict: Browserless) -> None:
    device = device_form(strict)
    poll = {"grant_type": "device", "client_id": "app", "code": device["device_code"]}

    assert device["verification_uri"] == BASE + "/setup/connect"
    assert device["interval"] == 5  # type: ignore[comparison-overlap]
    assert strict.token(**poll).json["error"] == "authorization_pending"
    form = inputs(strict.request("GET", f"/setup/connect?user_code={device['user_code']}").text)
    done = strict.request("POST", "/setup/connect", {**form, **USER, "decision": "allow"})
    assert "You may go on" in done.text
    answer = strict.granted(**poll)
    assert answer["refresh_token"]
    assert strict.userinfo(answer["access_token"]).json["preferred_username"] == "a@x.example"
    assert strict.token(**poll).json["error"] == "invalid_grant"


def test_a_device_may_be_refused(strict: Browserless) -> None:
    device = device_form(strict)
    strict.request("POST", "/setup/connect", {"user_code": device["user_code"], **USER, "decision": "deny"})
    poll = {"grant_type": "device", "client_id": "app", "code": device["device_code"]}

    assert strict.token(**poll).json == {"error": "access_denied", "error_description": "end-user denied authorization"}


def test_a_device_that_asks_too_often_is_slowed_down(strict: Browserless) -> None:
    strict.org.clock.set(strict.org.clock.now(), frozen=False)
    device = device_form(strict)
    poll = {"grant_type": "device", "client_id": "app", "code": device["device_code"]}

    assert [strict.token(**poll).json["error"] for _ in range(2)] == ["authorization_pending", "slow_down"]
    strict.org.clock.advance(5)
    assert strict.token(**poll).json["error"] == "authorization_pending"


def test_a_device_code_is_over_after_ten_minutes(strict: Browserless) -> None:
    device = device_form(strict)
    strict.org.clock.advance(601)
    poll = {"grant_type": "device", "client_id": "app", "code": device["device_code"]}

    assert strict.token(**poll).json["error"] == "invalid_grant"
    page = strict.request("POST", "/setup/connect", {"user_code": device["user_code"], **USER, "decision": "allow"})
    assert "invalid user code" in page.text


@pytest.mark.parametrize("form", [{"password": "nope"}, {"user_code": "WRONG"}])
def test_the_device_page_tells_what_is_wrong_and_nothing_is_allowed(strict: Browserless, form: dict[str, str]) -> None:
    device = device_form(strict)
    whole = {"user_code": device["user_code"], **USER, "decision": "allow", **form}
    reply = strict.request("POST", "/setup/connect", whole)
    poll = {"grant_type": "device", "client_id": "app", "code": device["device_code"]}

    assert 'class="error"' in reply.text
    assert strict.token(**poll).json["error"] == "authorization_pending"
