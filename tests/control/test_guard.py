"""Who may use the control API: this machine's programs, holders of the token, and no web page."""

import pytest

from mockorg_server.control.application import ControlApplication
from mockorg_server.control.guard import is_loopback
from mockorg_server.core.host import Host

from .conftest import ControlClient

HEALTH = "GET /_mockorg/health"
TOKEN = "open-sesame"


@pytest.fixture
def guarded(host: Host) -> ControlClient:
    return ControlClient(ControlApplication(host, control_token=TOKEN))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("org.localhost", True),
        ("192.168.1.5", False),
        ("::ffff:10.0.0.1", False),
        ("0.0.0.0", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
    ],
)
def test_loopback(name: str, expected: bool) -> None:
    assert is_loopback(name) is expected


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", ""])
def test_this_machine_and_this_process_get_in(control, address: str) -> None:
    assert control(HEALTH, address=address).status == 200


@pytest.mark.parametrize("address", ["192.168.1.5", "10.0.0.1", "2001:db8::1"])
def test_other_machines_do_not(control, address: str) -> None:
    reply = control(HEALTH, address=address)

    assert reply.status == 403
    assert address in reply.error


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost.evil.example", "null", "http://[", ""])
def test_a_web_page_of_another_site_does_not(control, origin: str) -> None:
    assert control("POST /_mockorg/reset", headers={"Origin": origin}).status == 403


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:8800", "http://[::1]:8800"])
def test_a_page_of_this_machine_gets_in(control, origin: str) -> None:
    assert control(HEALTH, headers={"Origin": origin}).status == 200


@pytest.mark.parametrize("name", ["evil.example", "evil.example:8800", "169.254.169.254", "[::", ""])
def test_a_name_that_was_rebound_to_this_machine_does_not(control, name: str) -> None:
    assert control(HEALTH, headers={"Host": name}).status == 403


@pytest.mark.parametrize("name", ["127.0.0.1:8800", "localhost", "LOCALHOST:1", "[::1]:8800", "mock.localhost:8800"])
def test_the_names_of_this_machine_get_in(control, name: str) -> None:
    assert control(HEALTH, headers={"Host": name}).status == 200


def test_the_control_token_lets_another_machine_in(guarded) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Host": "mock.ci.example:8800"}

    assert guarded(HEALTH, headers=headers, address="10.0.0.7").status == 200


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x"])
def test_nothing_else_does(guarded, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization is not None else {}
    reply = guarded(HEALTH, headers=headers, address="10.0.0.7")

    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert TOKEN not in reply.error


def test_with_a_control_token_this_machine_still_needs_none(guarded) -> None:
    assert guarded(HEALTH).status == 200


def test_without_a_control_token_an_empty_one_is_not_right(control) -> None:
    assert control(HEALTH, headers={"Authorization": "Bearer "}, address="10.0.0.7").status == 403
