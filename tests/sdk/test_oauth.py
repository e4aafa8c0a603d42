"""Connecting by OAuth, to a mock on a socket that lets in only whom it knows; renewal, stores, and sfdx's own auth."""

import json
import logging
import os
import re
import stat
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

import mockorg
from mockorg_server.app import build_app
from mockorg_server.core.connected_app import ConnectedApp
from mockorg_server.core.host import Host
from mockorg_server.core.org import Org
from mockorg_server.core.setting import OrgSettings, UserSetting
from mockorg_server.http_server import HttpServer

CLIENT = {"client_id": "app", "client_secret": "app-secret"}
USER = {"username": "a@x.example", "password": "hunter2"}
CALLBACK = "http://localhost:1717/OauthRedirect"


@dataclass(frozen=True)
class Mock:
    url: str
    org: Org


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def running(private_key: rsa.RSAPrivateKey) -> Iterator[Mock]:
    public = private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    settings = OrgSettings(
        clock_start=datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC),
        users=(UserSetting("a@x.example", "hunter2"),),
        connected_apps=(ConnectedApp("app", "app-secret", public),),
    )
    host = Host.open(settings)
    server = HttpServer(build_app(host))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Mock(server.url, host.default)
    server.stop()
    thread.join()
    host.close()


@pytest.fixture
def mock(running: Mock) -> Mock:
    running.org.reset()
    return running


def pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def agree(mock: Mock, url: str, **form: str) -> str:
    """Do what a user does in a browser: fill the form of a page in, say yes, and give where that leads."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_words: Any) -> None:
            return None

    with urllib.request.urlopen(url, timeout=10) as reply:
        html = reply.read().decode()
    fields = dict(re.findall(r'<input[^>]*?name="(\w+)" value="([^"]*)"', html)) | USER | {"decision": "allow"} | form
    [action] = re.findall(r'action="([^"]+)"', html)
    try:
        with urllib.request.build_opener(Stay).open(
            mock.url + action, urllib.parse.urlencode(fields).encode(), timeout=10
        ) as reply:
            return str(reply.url)
    except urllib.error.HTTPError as redirect:
        return str(redirect.headers["Location"])


def a_refresh_token(mock: Mock) -> str:
    """One that the org gave."""
    request = mockorg.authorization_request(mock.url, client_id="app", redirect_uri=CALLBACK)
    store = mockorg.MemoryTokenStore()
    code = request.code_of(agree(mock, request.url))
    mockorg.connect(
        mock.url, **CLIENT, code=code, redirect_uri=CALLBACK, code_verifier=request.code_verifier, token_store=store
    ).close()
    [token] = store._tokens.values()
    assert token.refresh_token
    return token.refresh_token


def name_of(org: mockorg.Client) -> str:
    return org.get_user_info().user_name


def test_by_user_name_and_password(mock: Mock) -> None:
    with mockorg.connect(mock.url, **CLIENT, **USER) as org:
        assert name_of(org) == "a@x.example"
        assert org.instance_url == mock.url


def test_by_client_credentials(mock: Mock) -> None:
    with mockorg.connect(mock.url, **CLIENT) as org:
        assert name_of(org) == mock.org.username


def test_by_a_private_key(mock: Mock, private_key: rsa.RSAPrivateKey) -> None:
    with mockorg.connect(mock.url, client_id="app", username="a@x.example", private_key=pem(private_key)) as org:
        assert name_of(org) == "a@x.example"


def test_by_a_refresh_token(mock: Mock) -> None:
    with mockorg.connect(mock.url, **CLIENT, refresh_token=a_refresh_token(mock)) as org:
        assert name_of(org) == "a@x.example"


def test_by_a_code_with_pkce(mock: Mock) -> None:
    request = mockorg.authorization_request(mock.url, client_id="app", redirect_uri=CALLBACK, scope="api refresh_token")
    code = request.code_of(agree(mock, request.url))
    given = {**CLIENT, "code": code, "redirect_uri": request.redirect_uri}
    with pytest.raises(mockorg.LoginError, match="invalid code verifier"):
        mockorg.connect(mock.url, **given, code_verifier="x" * 43)
    code = request.code_of(agree(mock, request.url))
    with mockorg.connect(mock.url, **{**given, "code": code}, code_verifier=request.code_verifier) as org:
        assert name_of(org) == "a@x.example"


def test_a_user_who_says_no_and_a_callback_that_is_another_s(mock: Mock) -> None:
    request = mockorg.authorization_request(mock.url, client_id="app", redirect_uri=CALLBACK)

    with pytest.raises(mockorg.LoginError) as caught:
        request.code_of(agree(mock, request.url, decision="deny"))
    assert caught.value.code == "access_denied"
    with pytest.raises(ValueError, match="state"):
        request.code_of(f"{CALLBACK}?code=x&state=y")


def test_by_a_device(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockorg._oauth.time.sleep", lambda _seconds: agree(mock, shown[0]))
    shown: list[str] = []

    def tell(code: mockorg.DeviceCode) -> None:
        assert code.interval_seconds == 5
        shown.append(f"{code.verification_uri}?user_code={code.user_code}")

    with mockorg.connect(mock.url, **CLIENT, on_device=tell) as org:
        assert name_of(org) == "a@x.example"
    assert len(shown) == 1


def test_a_refusal_has_oauth_s_words(mock: Mock) -> None:
    with pytest.raises(mockorg.LoginError) as caught:
        mockorg.connect(mock.url, **{**CLIENT, "client_secret": "x"}, **USER)

    error = caught.value
    assert (error.code, error.message, error.http_status) == ("invalid_client", "invalid client credentials", 400)


@pytest.mark.parametrize("api", ["soap", "rest"])
@pytest.mark.parametrize("flow", ["password", "secret", "key", "refresh"])
def test_a_token_that_is_over_is_renewed_in_the_middle_of_a_call(
    mock: Mock, flow: str, api: str, private_key: rsa.RSAPrivateKey
) -> None:
    given: dict[str, Any] = {
        "password": lambda: {**CLIENT, **USER},
        "secret": lambda: CLIENT,
        "key": lambda: {"client_id": "app", "username": "a@x.example", "private_key": pem(private_key)},
        "refresh": lambda: {**CLIENT, "refresh_token": a_refresh_token(mock)},
    }[flow]()
    with mockorg.connect(mock.url, **given, api=api) as org:
        first = org.access_token
        mock.org.clock.advance(7201)
        [made] = org.create("Account", [{"Name": "once"}])
        assert made.id
        assert org.access_token != first
        assert len(list(org.query("SELECT Id FROM Account"))) == 1, "what was refused was not done"


@pytest.mark.parametrize("api", ["soap", "rest"])
def test_a_token_is_renewed_between_two_pages(mock: Mock, api: str) -> None:
    with mockorg.connect(mock.url, **CLIENT, **USER, api=api) as org:
        for _ in range(2):
            org.create("Account", [{"Name": str(number)} for number in range(150)])
        found = iter(org.query("SELECT Id FROM Account", batch_size=200))
        next(found)
        mock.org.sessions.close_all_but(mock.org.token)
        assert len(list(found)) == 299


def test_a_refresh_token_that_was_revoked_ends_it(mock: Mock) -> None:
    refresh_token = a_refresh_token(mock)
    with mockorg.connect(mock.url, **CLIENT, refresh_token=refresh_token) as org:
        form = urllib.parse.urlencode({"token": refresh_token}).encode()
        urllib.request.urlopen(f"{mock.url}/services/oauth2/revoke", form, timeout=10).close()
        with pytest.raises(mockorg.LoginError, match="expired access/refresh token"):
            org.get_user_info()


def test_after_logout_no_token_is_asked_for(mock: Mock) -> None:
    with mockorg.connect(mock.url, **CLIENT, **USER) as org:
        org.logout()
        with pytest.raises(mockorg.SessionError):
            org.get_user_info()


def test_a_token_alone_is_not_renewed(mock: Mock) -> None:
    with mockorg.connect(mock.url, access_token="00D000000000001!x") as org, pytest.raises(mockorg.SessionError):
        org.get_user_info()


def test_a_token_that_is_over_and_what_renews_it(mock: Mock) -> None:
    given = {**CLIENT, "refresh_token": a_refresh_token(mock)}
    with mockorg.connect(mock.url, access_token="00D000000000001!x", **given) as org:
        assert name_of(org) == "a@x.example"


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_a_store_keeps_the_token_for_the_next_client(mock: Mock, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    store: Any = mockorg.MemoryTokenStore() if kind == "memory" else mockorg.FileTokenStore(path)
    with mockorg.connect(mock.url, **CLIENT, **USER, token_store=store) as org:
        first = org.access_token
    again = store if kind == "memory" else mockorg.FileTokenStore(path)
    with mockorg.connect(mock.url, **CLIENT, **USER, token_store=again) as org:
        assert org.access_token == first
        mock.org.clock.advance(7201)
        assert name_of(org) == "a@x.example"
        renewed = org.access_token
    with mockorg.connect(mock.url, **CLIENT, **USER, token_store=again) as org:
        assert org.access_token == renewed != first
    assert isinstance(store, mockorg.TokenStore)
    if kind == "file":
        assert os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "hunter2" not in path.read_text()
        assert [each.name for each in tmp_path.iterdir()] == ["tokens.json"]


def test_a_file_that_is_no_store_is_told(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    for content in ("{", "[]"):
        path.write_text(content)
        with pytest.raises(ValueError, match="no token store"):
            mockorg.FileTokenStore(path).load("k")
    store = mockorg.FileTokenStore(tmp_path / "other.json")
    store.drop("k")
    assert store.load("k") is None


def test_an_sfdx_auth_url(mock: Mock) -> None:
    url = f"force://app:app-secret:{a_refresh_token(mock)}@{mock.url}"
    for connected in (mockorg.connect(url), mockorg.connect_sfdx(url), mockorg.connect(url, api_version="60.0")):
        with connected as org:
            assert name_of(org) == "a@x.example"


def test_what_sf_org_display_prints(mock: Mock) -> None:
    result = {
        "id": mock.org.id,
        "apiVersion": "62.0",
        "accessToken": mock.org.token,
        "instanceUrl": mock.url,
        "username": "a@x.example",
        "clientId": "PlatformCLI",
        "connectedStatus": "Connected",
    }
    printed = json.dumps({"status": 0, "result": result, "warnings": []})
    for source in (printed, json.loads(printed), result):
        with mockorg.connect_sfdx(source) as org:
            assert name_of(org) == "a@x.example"
            assert org.api_version == "62.0"
    verbose = {**result, "accessToken": "over", "sfdxAuthUrl": f"force://app:app-secret:{a_refresh_token(mock)}@x.test"}
    with mockorg.connect_sfdx(verbose) as org:
        assert name_of(org) == "a@x.example"


def test_a_token_that_sf_hides_is_not_taken_for_one() -> None:
    """Printed so by @salesforce/cli 2.146."""
    shown = "[REDACTED] Use 'sf org auth show-access-token' to view"
    with pytest.raises(ValueError, match="show-sfdx-auth-url"):
        mockorg.connect_sfdx({"result": {"instanceUrl": "https://x.test", "accessToken": shown}})


@pytest.mark.parametrize(
    "source",
    [
        "",
        "force://x",
        "force://a:hunter2:@host",
        "{}",
        "[1]",
        '{"result": {"instanceUrl": "https://x.test"}}',
        "hunter2",
    ],
)
def test_what_is_neither_is_told_without_repeating_it(source: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        mockorg.connect_sfdx(source)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "audience"),
    [
        ("https://login.salesforce.com", "https://login.salesforce.com"),
        ("https://acme.my.salesforce.com", "https://login.salesforce.com"),
        ("https://test.salesforce.com", "https://test.salesforce.com"),
        ("https://acme--dev.sandbox.my.salesforce.com", "https://test.salesforce.com"),
        ("http://127.0.0.1:8800", "http://127.0.0.1:8800"),
    ],
)
def test_whom_a_jwt_is_for(host: str, audience: str) -> None:
    assert mockorg._credential.audience_of(host) == audience


@pytest.mark.parametrize(
    "arguments",
    [
        {"client_id": "i"},
        {"client_secret": "s"},
        {"refresh_token": "r"},
        {"client_id": "i", "private_key": "k"},
        {"client_id": "i", "username": "u"},
        {"client_id": "i", "code": "c"},
        {"client_id": "i", "refresh_token": "r", "username": "u", "password": "p"},
        {"client_id": "i", "client_secret": "s", "api_version": "64"},
        {"access_token": "t", "token_store": mockorg.MemoryTokenStore()},
        {"client_id": "i", "username": "u", "private_key": "not a key"},
    ],
    ids=str,
)
def test_arguments_that_do_not_go_together_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"client_id|give|api_version|private_key"):
        mockorg.connect("http://org.test", **arguments)


def test_secrets_are_in_no_repr_and_no_log(mock: Mock, caplog: pytest.LogCaptureFixture, capsys: Any) -> None:
    shown: list[str] = []
    refresh_token = a_refresh_token(mock)
    with caplog.at_level(logging.DEBUG):
        store = mockorg.MemoryTokenStore()
        org = mockorg.connect(mock.url, **CLIENT, **USER, token_store=store)
        mock.org.clock.advance(7201)
        org.get_user_info()
        token = next(iter(store._tokens.values()))
        request = mockorg.authorization_request(mock.url, client_id="app", redirect_uri=CALLBACK)
        access = mockorg._oauth.Access(
            org._transport, mock.url, "app", "app-secret", mockorg._credential.RefreshToken(refresh_token), store
        )
        auth = mockorg._sfdx.sfdx_auth(f"force://app:app-secret:{refresh_token}@x.test")
        shown += [repr(each) for each in (org, store, token, request, access, auth, access.credential)]
        with pytest.raises(mockorg.LoginError) as caught:
            mockorg.connect(mock.url, **{**CLIENT, "client_secret": "app-secret2"}, **USER)
        shown += [str(caught.value), repr(caught.value)]
        org.close()
    captured = capsys.readouterr()
    text = " ".join(shown) + caplog.text + captured.out + captured.err
    for secret in ("hunter2", "app-secret", refresh_token, token.access_token, request.code_verifier):
        assert secret not in text
