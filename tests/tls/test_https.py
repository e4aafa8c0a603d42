"""https: the authority and its certificates, names, keep-alive, and clients that trust it or do not."""

import socket
import ssl
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from cryptography import x509

from mockorg_server import trust
from mockorg_server.certificate_authority import CertificateAuthority, data_folder
from mockorg_server.listener import Listeners
from mockorg_server.tls import is_salesforce

FORM = {"grant_type": "password", "client_id": "x", "username": "u", "password": "p"}


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def context(ports: Listeners) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ports.authority_file))


def shake_hands(ports: Listeners, name: str) -> dict[str, object]:
    assert ports.https is not None
    plain = socket.create_connection(("127.0.0.1", port_of(ports.https.url)), 10)
    with plain, context(ports).wrap_socket(plain, server_hostname=name) as secure:
        found = secure.getpeercert()
    assert found
    return dict(found)


@pytest.mark.parametrize(
    "name",
    [
        "localhost",
        "127.0.0.1",
        "login.salesforce.com",
        "test.salesforce.com",
        "acme.my.salesforce.com",
        "acme--dev.sandbox.my.salesforce.com",
        "acme.scratch.my.salesforce.com",
        "acme.lightning.force.com",
    ],
)
def test_the_certificate_is_good_for_every_name_that_clients_use(ports: Listeners, name: str) -> None:
    assert shake_hands(ports, name)["subjectAltName"]


def test_a_name_that_is_not_salesforce_s_gets_no_certificate(ports: Listeners) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        shake_hands(ports, "example.com")


def test_the_strict_checks_of_x509_pass(ports: Listeners) -> None:
    assert ports.https is not None
    strict = context(ports)
    strict.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    plain = socket.create_connection(("127.0.0.1", port_of(ports.https.url)), 10)
    with plain, strict.wrap_socket(plain, server_hostname="localhost") as secure:
        assert secure.version() == "TLSv1.3"


def test_urls_in_answers_are_https(ports: Listeners) -> None:
    assert ports.https is not None
    assert ports.https.url.startswith("https://localhost:")
    answer = requests.post(
        f"{ports.https.url}/services/oauth2/token", FORM, verify=str(ports.authority_file), timeout=10
    ).json()

    assert answer["instance_url"] == ports.https.url
    assert answer["id"].startswith(ports.https.url + "/id/00D")


def test_http_and_https_serve_the_same_org(ports: Listeners) -> None:
    assert ports.https is not None
    token = requests.post(f"{ports.http.url}/services/oauth2/token", FORM, timeout=10).json()["access_token"]
    found = requests.get(
        f"{ports.https.url}/services/oauth2/userinfo",
        headers={"Authorization": f"Bearer {token}"},
        verify=str(ports.authority_file),
        timeout=10,
    )

    assert found.json()["preferred_username"] == "u"


def test_a_connection_is_kept_and_large_bodies_pass(ports: Listeners) -> None:
    assert ports.https is not None
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(ports.authority_file)
        for _ in range(3):
            reply = session.post(f"{ports.https.url}/services/oauth2/token", data="a=" + "x" * 900_000, timeout=20)
            assert reply.json()["error"] == "invalid_request"
            wsdl = session.get(f"{ports.https.url}/services/wsdl/partner", timeout=20)
            assert wsdl.content.endswith(b"definitions>\n") or wsdl.content.rstrip().endswith(b">")
            assert ports.https.url in wsdl.text


def test_many_clients_at_once(ports: Listeners) -> None:
    def ask(_number: int) -> int:
        assert ports.https is not None
        url = f"{ports.https.url}/.well-known/openid-configuration"
        return requests.get(url, verify=str(ports.authority_file), timeout=20).status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(ask, range(48))) == {200}


def test_who_does_not_trust_the_authority_does_not_get_in(ports: Listeners) -> None:
    assert ports.https is not None
    with pytest.raises(requests.exceptions.SSLError, match="certificate verify failed"):
        requests.get(ports.https.url, timeout=10)


def test_plain_http_on_the_port_is_told(ports: Listeners) -> None:
    assert ports.https is not None
    reply = requests.get(f"http://127.0.0.1:{port_of(ports.https.url)}/", timeout=10)

    assert (reply.status_code, reply.text) == (400, "This port speaks https.\n")


@pytest.mark.parametrize(
    "said", [b"", b"\x16", b"\x16\x03\x01\x00\x05hello", b"\x16" + b"\xff" * 4000, b"\x00", b"\x80"]
)
def test_no_hostile_start_disturbs_others(ports: Listeners, said: bytes) -> None:
    assert ports.https is not None
    address = ("127.0.0.1", port_of(ports.https.url))
    rude = [socket.create_connection(address, 10) for _ in range(5)]
    for each in rude:
        each.sendall(said)
    try:
        assert shake_hands(ports, "localhost")
    finally:
        for each in rude:
            each.close()


def test_a_silent_handshake_ends(ports: Listeners, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockorg_server.tls.HANDSHAKE_SECONDS", 0.2)
    assert ports.https is not None
    with socket.create_connection(("127.0.0.1", port_of(ports.https.url)), 10) as silent:
        silent.sendall(b"\x16\x03\x01\x02\x00")
        assert silent.recv(1) == b""


def test_old_tls_is_refused(ports: Listeners) -> None:
    assert ports.https is not None
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname = False
    old.verify_mode = ssl.CERT_NONE
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", port_of(ports.https.url)), 10) as plain, pytest.raises(ssl.SSLError):
        old.wrap_socket(plain, server_hostname="localhost")


def test_the_authority_is_made_once_and_its_key_is_the_user_s_alone(tmp_path: Path) -> None:
    first, second = CertificateAuthority(tmp_path), CertificateAuthority(tmp_path)

    assert first.file.read_bytes() == second.file.read_bytes()
    assert stat.S_IMODE((tmp_path / "ca" / "ca-key.pem").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["ca", "ca-key.pem", "ca.pem"]


def test_processes_that_make_it_at_once_agree(tmp_path: Path) -> None:
    barrier = threading.Barrier(8)

    def make(_number: int) -> bytes:
        barrier.wait(10)
        return CertificateAuthority(tmp_path).file.read_bytes()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(make, range(8)))) == 1


def test_the_authority_can_vouch_for_nothing_else(tmp_path: Path) -> None:
    found = x509.load_pem_x509_certificate(CertificateAuthority(tmp_path).file.read_bytes())
    constraints = found.extensions.get_extension_for_class(x509.NameConstraints)

    assert constraints.critical
    names = {each.value for each in constraints.value.permitted_subtrees or () if isinstance(each, x509.DNSName)}
    assert names == {"localhost", "salesforce.com", "force.com"}


@pytest.mark.parametrize("broken", ["ca.pem", "ca-key.pem"])
def test_a_broken_authority_is_told(tmp_path: Path, broken: str) -> None:
    CertificateAuthority(tmp_path)
    (tmp_path / "ca" / broken).write_text("nonsense")

    with pytest.raises(ValueError, match=r"PEM|authority|key|certificate"):
        CertificateAuthority(tmp_path)


def test_the_data_folder_is_the_platform_s_or_the_variable_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOCKORG_DATA_DIR", raising=False)
    if sys.platform == "linux":
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
        assert data_folder() == tmp_path / "mockorg"
    monkeypatch.setenv("MOCKORG_DATA_DIR", str(tmp_path / "moved"))
    assert data_folder() == tmp_path / "moved"


def test_the_command_tells_where_it_is_and_how_to_trust_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mockorg_server", "ca"]
    environment = {"MOCKORG_DATA_DIR": str(tmp_path), "PATH": ""}
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=environment)
    first, *_ = ended.stdout.splitlines()

    assert first == str(tmp_path.resolve() / "ca" / "ca.pem")
    assert Path(first).read_text().startswith("-----BEGIN CERTIFICATE-----")
    for word in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "keytool", "--cacert"):
        assert word in ended.stdout


def test_the_variables_for_other_processes() -> None:
    assert trust.environment() == {}
    assert trust.environment(Path("/x/ca.pem"))["REQUESTS_CA_BUNDLE"] == str(Path("/x/ca.pem"))
    found = trust.environment(Path("/x/ca.pem"), "http://127.0.0.1:1")
    assert found["HTTPS_PROXY"] == found["https_proxy"] == "http://127.0.0.1:1"
    assert "127.0.0.1" in found["NO_PROXY"]


@pytest.mark.parametrize(
    ("host", "verdict"),
    [
        ("login.salesforce.com", True),
        ("a.b.c.my.salesforce.com", True),
        ("x.force.com", True),
        ("salesforce.com", False),
        ("evilsalesforce.com", False),
        ("salesforce.com.evil.example", False),
        ("login.salesforce.com.", False),
        ("-.salesforce.com", False),
        (".salesforce.com", False),
        ("a" * 64 + ".salesforce.com", False),
        ("login.salesforce.com\n", False),
    ],
)
def test_which_hosts_are_salesforce_s(host: str, verdict: bool) -> None:
    assert is_salesforce(host) is verdict
