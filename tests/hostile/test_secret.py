"""Passwords and session ids are in no log and in no refusal, whatever goes wrong around them."""

import gzip
import logging
from collections.abc import Iterator

import pytest

from mockorg_server.app import build_app
from mockorg_server.core.directory import Directory
from mockorg_server.core.host import Host
from mockorg_server.core.setting import OrgSettings, UserSetting

from .case import SOAP
from .wsgi_client import WsgiClient

PASSWORD, TOKEN, CONTROL_TOKEN = "correct-horse-battery", "SECURITYTOKEN1234", "open-sesame-7"
NAME = "known@example.com"


@pytest.fixture(scope="module")
def opened() -> Iterator[WsgiClient]:
    host = Host.open(OrgSettings(users=(UserSetting(NAME, PASSWORD, TOKEN),)))
    yield WsgiClient(build_app(host, CONTROL_TOKEN), host)
    host.close()


@pytest.fixture
def client(opened: WsgiClient, caplog: pytest.LogCaptureFixture) -> Iterator[WsgiClient]:
    """A fresh org with one user, and every log message there is."""
    opened.host.default.reset()
    with caplog.at_level(logging.DEBUG):
        yield opened


def login(password: str, name: str = NAME) -> str:
    return f"<login><username>{name}</username><password>{password}</password></login>"


def document(body: str, headers: str = "") -> str:
    return (
        f'<e:Envelope xmlns:e="{SOAP}" xmlns="urn:partner.soap.sforce.com"><e:Header>{headers}</e:Header>'
        f"<e:Body>{body}</e:Body></e:Envelope>"
    )


RIGHT = PASSWORD + TOKEN
WRONG = {
    "a wrong end": document(login(RIGHT + "x")),
    "no security token": document(login(PASSWORD)),
    "another user": document(login(RIGHT, "other@example.com")),
    "cut short in the password": document(login(RIGHT))[:-60],
    "a control character behind it": document(login(RIGHT + "\x07")),
    "an entity behind it": document(login(RIGHT + "&nope;")),
    "given twice": document(login(RIGHT).replace("</login>", f"<password>{RIGHT}</password></login>")),
    "an element inside": document(login(f"{RIGHT}<b>{RIGHT}</b>")),
    "in the wrong parameter": document(f"<login><username>{RIGHT}</username></login>"),
    "in another operation": document(f"<logout><password>{RIGHT}</password></logout>"),
    "in a document type": f"<!DOCTYPE x [<!ENTITY a '{RIGHT}'>]>" + document(login("&a;")),
    "in the wrong header": document(login(RIGHT), f"<SessionHeader><sessionId>{RIGHT}</sessionId></SessionHeader>"),
    "not closed": document(login(RIGHT).replace("</password>", "")),
    "in another SOAP": document(login(RIGHT)).replace(SOAP, "http://www.w3.org/2003/05/soap-envelope"),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_a_login_that_fails(client: WsgiClient, text: str, packed: bool, caplog: pytest.LogCaptureFixture) -> None:
    content = gzip.compress(text.encode()) if packed else text.encode()

    answer = client.post(content, **({"HTTP_CONTENT_ENCODING": "gzip"} if packed else {}))

    for secret in (PASSWORD, TOKEN):
        assert secret not in answer.text
        assert secret not in caplog.text


@pytest.mark.parametrize("version", ["64.0", "65.0"])
def test_a_login_that_succeeds_or_is_too_new(
    client: WsgiClient, version: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.post(document(login(RIGHT)).encode(), version)

    assert ("<sessionId>" in answer.text) == (version == "64.0")
    session_ids = [session_id for session_id in client.host.default.sessions._sessions if session_id in answer.text]
    assert len(session_ids) == (1 if version == "64.0" else 0)
    for secret in (PASSWORD, TOKEN, *session_ids):
        assert secret not in caplog.text


@pytest.mark.logs_a_bug
def test_a_bug_during_a_login(
    client: WsgiClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Directory, "user_id_of", break_down)

    answer = client.post(document(login(RIGHT)).encode())

    assert "mockorg internal error" in answer.text
    assert "ZeroDivisionError" in caplog.text
    for secret in (PASSWORD, TOKEN):
        assert secret not in answer.text
        assert secret not in caplog.text


@pytest.mark.logs_a_bug
def test_a_bug_during_a_call(
    client: WsgiClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Directory, "moment_of", break_down)
    session_id = client.host.default.token
    header = f"<SessionHeader><sessionId>{session_id}</sessionId></SessionHeader>"
    query = "<query><queryString>SELECT Id FROM Account</queryString></query>"

    answer = client.post(document(query, header).encode())

    assert "mockorg internal error" in answer.text
    assert session_id not in answer.text
    assert session_id not in caplog.text


@pytest.mark.parametrize("given", [f"Bearer {CONTROL_TOKEN}x", f"Basic {CONTROL_TOKEN}", CONTROL_TOKEN])
def test_a_control_token_that_is_not_right(client: WsgiClient, given: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.request("GET", "/_mockorg/health", REMOTE_ADDR="203.0.113.9", HTTP_AUTHORIZATION=given)

    assert answer.status == 401
    assert CONTROL_TOKEN not in answer.text
    assert client.host.default.token not in answer.text
    assert CONTROL_TOKEN not in caplog.text
