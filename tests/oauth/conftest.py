"""Strict and lenient orgs behind the whole application, without a socket, and keys to sign with."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from mockorg_server.app import build_app
from mockorg_server.core.connected_app import ConnectedApp
from mockorg_server.core.host import Host
from mockorg_server.core.setting import OrgSettings, UserSetting

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)
BASE = "https://acme.my.salesforce.com"
CALLBACK = "https://client.example/callback"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


class Browserless:
    """Sends requests to the application as a client at ``https://acme.my.salesforce.com`` would."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.org = host.default
        self._app = build_app(host)

    def request(self, method: str, url: str, form: dict[str, str] | bytes | None = None, **environ: Any) -> Reply:
        path, _, query = url.partition("?")
        body = form if isinstance(form, bytes) else urlencode(form or {}).encode()
        told: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            told.update(status=int(status[:3]), headers=dict(headers))

        values = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
            "wsgi.url_scheme": "https",
            "HTTP_HOST": "acme.my.salesforce.com",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "443",
            "REMOTE_ADDR": "127.0.0.1",
            **environ,
        }
        content = b"".join(self._app(values, start_response))  # type: ignore[arg-type]
        return Reply(told["status"], told["headers"], content)

    def token(self, **form: str) -> Reply:
        return self.request("POST", "/services/oauth2/token", form)

    def granted(self, **form: str) -> dict[str, str]:
        reply = self.token(**form)
        assert reply.status == 200, reply.text
        document: dict[str, str] = reply.json
        return document

    def userinfo(self, token: str) -> Reply:
        return self.request("GET", "/services/oauth2/userinfo", HTTP_AUTHORIZATION=f"Bearer {token}")


@pytest.fixture(scope="session")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def other_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "client")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 7, now - timedelta(days=1), now + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    return made.decode()


@pytest.fixture(scope="module")
def lenient_client() -> Iterator[Browserless]:
    host = Host.open(OrgSettings(clock_start=NOW))
    yield Browserless(host)
    host.close()


@pytest.fixture(scope="module")
def strict_client(certificate: str) -> Iterator[Browserless]:
    apps = (
        ConnectedApp("app", "app-secret", certificate, callback_urls=(CALLBACK,)),
        ConnectedApp(
            "guarded",
            "guarded-secret",
            approved_users=frozenset({"b@x.example"}),
            run_as="nobody@x.example",
            scopes=("api", "refresh_token"),
            requires_pkce=True,
        ),
    )
    users = (UserSetting("a@x.example", "pw", "TOK"), UserSetting("b@x.example", "pw"))
    host = Host.open(OrgSettings(clock_start=NOW, users=users, connected_apps=apps))
    yield Browserless(host)
    host.close()


@pytest.fixture
def lenient(lenient_client: Browserless) -> Browserless:
    """An org that lets everybody in, as it was at its start."""
    lenient_client.org.reset()
    return lenient_client


@pytest.fixture
def strict(strict_client: Browserless) -> Browserless:
    """An org with two users and two apps: ``app`` with a certificate, and ``guarded`` with rules of its own."""
    strict_client.org.reset()
    return strict_client
