"""Connecting: the two ways in, where calls go then, what is refused, and that secrets stay secret."""

import pytest
import requests

import mockorg

LOGIN = (
    "<result><metadataServerUrl>{url}/services/Soap/m/64.0/00D000000000001</metadataServerUrl>"
    "<passwordExpired>false</passwordExpired><sandbox>false</sandbox>"
    "<serverUrl>{url}/services/Soap/u/64.0/00D000000000001</serverUrl><sessionId>SECRET</sessionId>"
    "<userId>005000000000001AAA</userId></result>"
)
TIMESTAMP = "<result><timestamp>2026-01-31T12:00:00.000Z</timestamp></result>"


@pytest.fixture
def login(wire):
    wire.result("login", LOGIN.format(url="https://na7.test"))
    wire.result("getServerTimestamp", TIMESTAMP)


def connect_by_password(wire, **arguments):
    return wire.connect(
        access_token=None,
        instance_url="https://login.test/",
        username="u",
        password="p",
        security_token="T",
        **arguments,
    )


@pytest.mark.usefixtures("login")
def test_a_password_logs_in_and_goes_on_where_the_org_says(wire):
    org = connect_by_password(wire)
    org.get_server_timestamp()

    assert [each.url for each in wire.sent] == [
        "https://login.test/services/Soap/u/64.0",
        "https://na7.test/services/Soap/u/64.0/00D000000000001",
    ]
    assert wire.sent[0].texts("password") == ["pT"]
    assert wire.sent[0].header("sessionId") is None
    assert wire.sent[1].header("sessionId") == "SECRET"
    assert (org.instance_url, org.access_token, org.api_version) == ("https://na7.test", "SECRET", "64.0")


@pytest.mark.usefixtures("login")
def test_after_64_the_login_is_at_64_and_all_else_at_the_version_asked_for(wire):
    connect_by_password(wire, api_version="66.0").get_server_timestamp()

    assert [each.url for each in wire.sent] == [
        "https://login.test/services/Soap/u/64.0",
        "https://na7.test/services/Soap/u/66.0/00D000000000001",
    ]


@pytest.mark.usefixtures("login")
def test_before_64_the_login_is_at_the_version_asked_for(wire):
    connect_by_password(wire, api_version="60.0").get_server_timestamp()

    assert wire.sent[0].url == "https://login.test/services/Soap/u/60.0"
    assert "/u/60.0/" in wire.sent[1].url


def test_a_token_needs_no_call(wire):
    org = wire.connect(instance_url="http://127.0.0.1:8800/", access_token="T")

    assert wire.sent == []
    assert (org.instance_url, org.access_token) == ("http://127.0.0.1:8800", "T")
    wire.result("getServerTimestamp", TIMESTAMP)
    org.get_server_timestamp()
    assert wire.sent[0].url == "http://127.0.0.1:8800/services/Soap/u/64.0"


def test_a_refused_login_is_a_login_error(wire):
    message = "Invalid username, password, security token; or user locked out."
    wire.fault("INVALID_LOGIN", message, kind="LoginFault")

    with pytest.raises(mockorg.LoginError) as caught:
        connect_by_password(wire)

    assert (caught.value.code, caught.value.message, caught.value.http_status) == ("INVALID_LOGIN", message, 500)


def test_a_login_that_leads_elsewhere_than_the_api_is_refused(wire):
    wire.result("login", LOGIN.format(url="https://na7.test").replace("/Soap/u/", "/Soap/c/"))

    with pytest.raises(mockorg.TransportError, match="not of the partner API"):
        connect_by_password(wire)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"username": "u"},
        {"password": "p"},
        {"username": "u", "access_token": "t"},
        {"username": "u", "password": "p", "access_token": "t"},
        {"access_token": "t", "api": "graphql"},
        {"access_token": "t", "api_version": "64"},
        {"access_token": "t", "api_version": "v64.0"},
    ],
    ids=str,
)
def test_arguments_that_do_not_go_together_are_refused(arguments):
    with pytest.raises(ValueError, match=r"username and password, or access_token|api"):
        mockorg.connect("http://org.test", **arguments)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "org.test",
        "ftp://org.test",
        "http://",
        "http://u:p@org.test",
        "http://org.test/services/Soap",
        "http://org.test?x",
    ],
)
def test_an_address_that_is_no_origin_is_refused(url):
    with pytest.raises(ValueError, match="instance_url must"):
        mockorg.connect(url, access_token="t")


@pytest.mark.usefixtures("login")
def test_secrets_are_in_no_repr(wire):
    org = connect_by_password(wire)
    wire.result("login", LOGIN.format(url="https://na7.test"))
    org.get_server_timestamp()

    shown = repr(org) + repr(org.login("u", "p"))

    assert "SECRET" not in shown
    assert repr(org) == "<mockorg.Client of https://na7.test at 64.0>"


@pytest.mark.usefixtures("login")
def test_a_new_login_replaces_the_session_and_goes_to_the_first_address(wire):
    org = connect_by_password(wire)
    org.get_server_timestamp()
    wire.result("login", LOGIN.format(url="https://na8.test").replace("SECRET", "OTHER"))

    result = org.login("u2", "p2")

    assert (result.session_id, org.access_token, org.instance_url) == ("OTHER", "OTHER", "https://na8.test")
    assert wire.sent[-1].url == "https://login.test/services/Soap/u/64.0"


def test_a_client_closes_its_own_connections_and_not_those_of_a_session_it_was_given(monkeypatch):
    closed = []
    monkeypatch.setattr(requests.Session, "close", lambda session: closed.append(session))  # noqa: PLW0108
    own = requests.Session()

    with mockorg.connect("http://org.test", access_token="t", session=own):
        pass
    assert closed == []

    with mockorg.connect("http://org.test", access_token="t") as org:
        assert closed == []
    assert len(closed) == 1
    assert own not in closed
    assert org.access_token == "t"
