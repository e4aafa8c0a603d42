"""Who gets in: the control API's callers, sessions across orgs, tokens, lockout. Over the wires; rules in tests/core."""

import re
import socket
import threading
from collections.abc import Iterator

import pytest
import requests

from mockorg_server.app import build_app
from mockorg_server.control.application import ControlApplication
from mockorg_server.core.host import Host
from mockorg_server.core.org import Org
from mockorg_server.core.seed import SeedRecord
from mockorg_server.core.setting import OrgSettings, UserSetting
from mockorg_server.http_server import HttpServer
from mockorg_server.schema.schema import load_schema

from .case import envelope
from .wsgi_client import WsgiClient

FOREIGN = "203.0.113.9"
LIES = [
    {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
    {"HTTP_FORWARDED": "for=127.0.0.1;host=localhost"},
    {"HTTP_X_REAL_IP": "127.0.0.1"},
    {"HTTP_X_CLIENT_IP": "::1", "HTTP_VIA": "1.1 localhost"},
    {"HTTP_HOST": "localhost", "HTTP_ORIGIN": "http://localhost"},
    {"HTTP_REMOTE_ADDR": "127.0.0.1"},
]


@pytest.fixture(scope="module")
def hosts() -> Iterator[Host]:
    """Two orgs in one host, each with an account of its own name."""
    schema = load_schema()
    orgs = tuple(Org(schema, OrgSettings(), number) for number in (1, 2))
    host = Host(orgs)
    for number, org in enumerate(orgs, 1):
        org.seed([SeedRecord("Account", {"Name": f"of org {number}"}) for _ in range(201)])
    yield host
    host.close()


@pytest.mark.parametrize("control_token", [None, "open-sesame"])
@pytest.mark.parametrize("lies", LIES, ids=lambda lies: next(iter(lies)))
def test_another_machine_cannot_pass_for_this_one(hosts: Host, control_token: str | None, lies: dict[str, str]) -> None:
    host = hosts
    client = WsgiClient(ControlApplication(host, control_token), host)

    for request in (("GET", "/_mockorg/health"), ("POST", "/_mockorg/reset"), ("GET", "/_mockorg/nothing")):
        answer = client.request(*request, REMOTE_ADDR=FOREIGN, **lies)
        assert answer.status == (403 if control_token is None else 401)
        assert host.default.token not in answer.text


def test_a_connection_from_another_address_is_another_machine(hosts: Host) -> None:
    address = own_address()
    server = HttpServer(ControlApplication(hosts), "0.0.0.0")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        url = f"http://{address}:{server.port}/_mockorg/health"
        assert (
            requests.get(url, headers={"X-Forwarded-For": "127.0.0.1", "Host": "localhost"}, timeout=5).status_code
            == 403
        )
    finally:
        server.stop()
        thread.join()


def own_address() -> str:
    """An address of this machine that is no loopback one; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no other address")
        address = probe.getsockname()[0]
    if address.startswith("127."):
        pytest.skip("this machine has no other address")
    return address


def query(client: WsgiClient, session_id: str, org_id: str = "", body: str = "") -> str:
    body = body or "<query><queryString>SELECT Name FROM Account LIMIT 1</queryString></query>"
    path = f"/services/Soap/u/60.0/{org_id}"
    return client.request("POST", path, envelope(body, "", session_id).encode()).text


@pytest.fixture(scope="module")
def client(hosts: Host) -> WsgiClient:
    return WsgiClient(build_app(hosts), hosts)


def test_a_session_opens_its_own_org_alone(client: WsgiClient, hosts: Host) -> None:
    first, second = hosts.orgs

    for session, other in ((first, second), (second, first)):
        number = hosts.orgs.index(session) + 1
        for org_id in ("", session.id, other.id, other.id[:15]):
            answer = query(client, session.token, org_id)
            assert f"of org {number}" in answer
            assert f"of org {3 - number}" not in answer
        tail = session.token.partition("!")[2]
        for forged in (f"{other.id[:15]}!{tail}", f"{other.id}!{tail}", tail, f"{other.id[:15]}!", f"!{tail}"):
            assert "INVALID_SESSION_ID" in query(client, forged, other.id)


def test_a_query_locator_opens_its_own_org_alone(client: WsgiClient, hosts: Host) -> None:
    first, second = hosts.orgs
    start = "<query><queryString>SELECT Name FROM Account</queryString></query>"
    small = envelope(start, "<QueryOptions><batchSize>200</batchSize></QueryOptions>", first.token)
    page = client.post(small.encode()).text
    locator = re.search("<queryLocator>(.*?)</queryLocator>", page)
    assert locator is not None
    more = f"<queryMore><queryLocator>{locator[1]}</queryLocator></queryMore>"

    assert "INVALID_QUERY_LOCATOR" in query(client, second.token, body=more)
    assert "of org 1" in query(client, first.token, body=more)


def test_logging_out_of_one_org_leaves_the_other(client: WsgiClient, hosts: Host) -> None:
    first, second = hosts.orgs
    session_id = first.sessions.open(first.administrator_id).id

    query(client, session_id, second.id, "<logout/>")

    assert "INVALID_SESSION_ID" in query(client, session_id)
    assert "of org 1" in query(client, first.token)
    assert "of org 2" in query(client, second.token)


def test_session_ids_cannot_be_guessed() -> None:
    orgs = [Org(load_schema(), OrgSettings()) for _ in range(2)]
    try:
        tokens = [org.sessions.open(org.administrator_id).id.partition("!")[2] for org in orgs for _ in range(500)]
    finally:
        for org in orgs:
            org.close()

    assert len(set(tokens)) == 1000
    assert {len(token) for token in tokens} == {96}
    # Every place takes every character about as often: no place carries a time or a counter.
    for place in range(96):
        assert len({token[place] for token in tokens}) > 50


def test_ten_failures_lock_one_user_out_over_the_wire() -> None:
    users = tuple(UserSetting(name, "right") for name in ("a@example.com", "b@example.com"))
    host = Host.open(OrgSettings(users=users))
    client = WsgiClient(build_app(host), host)

    def enters(name: str, password: str) -> bool:
        body = f"<login><username>{name}</username><password>{password}</password></login>"
        text = client.post(envelope(body, "", "").encode()).text
        assert ("<sessionId>" in text) != ("INVALID_LOGIN" in text)
        return "<sessionId>" in text

    try:
        assert [enters("a@example.com", f"guess {number}") for number in range(10)] == [False] * 10
        assert not enters("a@example.com", "right")
        assert not enters("A@EXAMPLE.COM", "right")
        assert enters("b@example.com", "right")
    finally:
        host.close()
