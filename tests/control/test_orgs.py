"""More orgs in one process: made, listed, dropped; and sessions that end on demand."""

from typing import Any

import pytest

from mockorg_server.core.calls.oauth_operation import Client, GrantByPassword
from mockorg_server.core.calls.operation import GetUserInfo, Login
from mockorg_server.core.error import OrgError
from mockorg_server.core.host import Host
from mockorg_server.core.session import Caller

from .conftest import ControlClient

ANYBODY = Caller(None, 60)


def test_an_org_is_made_like_the_first_but_empty(control: ControlClient, host: Host) -> None:
    made = control("POST /_mockorg/orgs").value

    assert control("GET /_mockorg/orgs").value["orgs"][1] == made
    org = host.find(made["id"])
    assert org is not None
    assert made == {"id": org.id, "token": org.token, "username": org.username, "my_domain": None}
    assert org.id != host.default.id
    assert org.clock.now() == host.default.clock.now()
    assert [each["id"] for each in control("GET /_mockorg/health").value["orgs"]] == [host.default.id, org.id]


def test_what_a_new_org_may_be_told(control: ControlClient, host: Host) -> None:
    document = {
        "my_domain": "Acme",
        "edition": "enterprise",
        "without": ["DigitalEngagement"],
        "users": [{"name": "u@acme.example", "password": "pw", "token": "TOK"}],
        "connected_apps": [{"id": "app", "secret": "s", "scopes": ["api"], "callback_urls": ["https://x.example/"]}],
        "clock": "2026-02-01T00:00:00Z",
    }
    made = control("POST /_mockorg/orgs", document).value
    org = host.find(made["id"])

    assert org is not None
    assert (made["my_domain"], made["username"]) == ("acme", "u@acme.example")
    assert org.schema.latest.sobject("ConvMessageSendRequest") is None
    assert org.apps.strict
    assert host.org_of(None, None, "acme.my.salesforce.com") is org
    assert control(f"GET /_mockorg/clock?org={org.id}").value["now"] == "2026-02-01T00:00:00.000Z"


def test_other_endpoints_speak_of_the_org_they_name(control: ControlClient, host: Host) -> None:
    made = control("POST /_mockorg/orgs").value
    seed = {"records": [{"attributes": {"type": "Account", "referenceId": "a"}, "Name": "Acme"}]}
    assert control(f"POST /_mockorg/seed?org={made['id'][:15]}", seed).status == 200
    control(f"PUT /_mockorg/clock?org={made['id']}", {"advance_seconds": 60})

    second = host.find(made["id"])
    assert second is not None
    assert (second.clock.now() - host.default.clock.now()).total_seconds() == 60


def test_an_org_is_dropped_with_all_it_has(control: ControlClient, host: Host) -> None:
    made = control("POST /_mockorg/orgs", {"my_domain": "acme"}).value
    assert control(f"DELETE /_mockorg/orgs?org={made['id']}").value == {"status": "ok"}

    assert control(f"GET /_mockorg/clock?org={made['id']}").status == 404
    assert host.orgs == (host.default,)
    assert control("POST /_mockorg/orgs", {"my_domain": "acme"}).status == 200


def test_which_org_to_drop_must_be_said_and_the_first_one_stays(control: ControlClient, host: Host) -> None:
    assert "say which org" in control("DELETE /_mockorg/orgs").error
    assert "as long as the server" in control(f"DELETE /_mockorg/orgs?org={host.default.id}").error
    assert control("DELETE /_mockorg/orgs?org=00D0000000000zz").status == 404


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ([], "an org is an object"),
        ({"name": "x"}, "unknown key 'name' in an org"),
        ({"my_domain": "a.b"}, "my_domain is a label"),
        ({"my_domain": "login"}, "my_domain is a label"),
        ({"my_domain": ""}, "my_domain is a label"),
        ({"my_domain": 1}, "my_domain must be a string"),
        ({"edition": "Deluxe"}, "unknown edition"),
        ({"without": ["Magic"]}, "unknown feature"),
        ({"without": "Magic"}, "without must be a list"),
        ({"users": [{"name": "u"}]}, "password must be a string"),
        ({"users": [{"name": "u", "password": ""}]}, "password must not be empty"),
        ({"users": [{"name": "u", "password": "p"}, {"name": "U", "password": "p"}]}, "two users have the same name"),
        ({"connected_apps": [{"id": "a"}]}, "secret must be a string"),
        ({"connected_apps": [{"id": "a", "secret": "s", "certificate": "x"}]}, "certificate must be"),
        ({"connected_apps": [{"id": "a", "secret": "s", "scopes": ["x"]}]}, "unknown scope 'x'"),
        ({"connected_apps": [{"id": "a", "secret": "s"}] * 2}, "two connected apps"),
        ({"clock": "noon"}, "noon"),
    ],
)
def test_a_bad_org_is_told_and_none_is_made(control: ControlClient, host: Host, document: Any, complaint: str) -> None:
    reply = control("POST /_mockorg/orgs", document)

    assert reply.status == 400
    assert complaint in reply.error
    assert host.orgs == (host.default,)


def test_a_my_domain_that_is_taken_is_told(control: ControlClient) -> None:
    control("POST /_mockorg/orgs", {"my_domain": "acme"})

    assert "another org's" in control("POST /_mockorg/orgs", {"my_domain": "ACME"}).error


def test_sessions_are_listed_without_their_ids_and_end_on_demand(control: ControlClient, host: Host) -> None:
    org = host.default
    by_login = org.run(Login("u@x.example", "p"), ANYBODY).session_id
    by_oauth = org.run(GrantByPassword(Client("app"), "http://x", "u@x.example", "p", "api"), ANYBODY).access_token
    listed = control("GET /_mockorg/sessions").value["sessions"]

    assert [(each["client_id"], each["scopes"]) for each in listed] == [(None, None), (None, None), ("app", ["api"])]
    assert not any("!" in str(each) for each in listed)
    assert control("DELETE /_mockorg/sessions", {"token": by_login}).value == {"ended": 1}
    assert control("DELETE /_mockorg/sessions", {"token": by_login}).status == 404
    assert org.run(GetUserInfo(), Caller(by_oauth, 60))
    assert control("DELETE /_mockorg/sessions").value == {"ended": 1}
    with pytest.raises(OrgError, match="INVALID_SESSION_ID"):
        org.run(GetUserInfo(), Caller(by_oauth, 60))
    assert org.run(GetUserInfo(), Caller(org.token, 60))


@pytest.mark.parametrize("body", [[], {"tokens": 1}, {"token": 1}])
def test_a_wrong_way_to_end_sessions_is_told(control: ControlClient, body: Any) -> None:
    assert control("DELETE /_mockorg/sessions", body).status == 400
