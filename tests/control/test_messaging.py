"""The endpoints under /_mockorg/messaging."""

from datetime import UTC, datetime

import pytest
from tests.messaging.conftest import Desk

from mockorg_server.core.host import Host

MESSAGING = "/_mockorg/messaging"


@pytest.fixture
def desk(host: Host) -> Desk:
    return Desk(host.default)


def test_a_fresh_org(control) -> None:
    assert control(f"GET {MESSAGING}").value == {
        "settings": {
            "batch_seconds": 1.0,
            "session_gate": "defer",
            "channel_capacity": None,
            "session_longevity": "KeepSessionOpen",
        },
        "definitions": [
            {
                "name": "Notification",
                "type": "Notification",
                "active": True,
                "label": "Notification",
                "templates": {"*": "Approved"},
                "parameters": None,
            }
        ],
        "rules": [],
        "open_requests": 0,
    }


def test_steps(control, desk: Desk) -> None:
    request = desk.request(desk.people(12, desk.channel()))
    assert control(f"POST {MESSAGING}/step").value == {"changed": True, "open_requests": 1}
    assert desk.counts(request) == ("In Progress", 12, 7, 5, 0, 0)
    assert control(f"POST {MESSAGING}/step", {"count": 2}).value == {"changed": True, "open_requests": 1}
    assert control(f"POST {MESSAGING}/step", {"until_idle": True}).value == {"steps": 1, "open_requests": 0}
    assert control(f"POST {MESSAGING}/step").value == {"changed": False, "open_requests": 0}
    assert control(f"POST {MESSAGING}/purge").value == {"ids": [request]}


def test_settings_rules_and_components(control, desk: Desk) -> None:
    assert control(f"PUT {MESSAGING}", {"session_gate": "fail"}).value["settings"]["session_gate"] == "fail"
    rule = control(f"POST {MESSAGING}/rules", {"channel": "WhatsApp", "down_until": "2026-02-01T00:00:00+01:00"}).value
    assert desk.org.messaging.rules[0].down_until == datetime(2026, 1, 31, 23, tzinfo=UTC)
    assert control(f"GET {MESSAGING}/rules").value == {"rules": [rule]}
    assert control(f"DELETE {MESSAGING}/rules/{rule['id']}").value == {"status": "ok"}
    assert control(f"DELETE {MESSAGING}/rules").value == {"status": "ok"}

    made = control(f"POST {MESSAGING}/definitions", {"name": "Order", "active": False}).value
    assert (made["name"], made["active"]) == ("Order", False)
    assert control(f"GET {MESSAGING}/definitions").value["definitions"][1] == made
    assert control(f"DELETE {MESSAGING}/definitions/Order").value == {"status": "ok"}


def test_a_session_goes_on(control, desk: Desk) -> None:
    [person] = desk.people(1, desk.channel())
    session = desk.session(person, "Active")
    assert control(f"PUT {MESSAGING}/sessions/{session}", {"status": "Ended"}).value == {"status": "ok"}
    assert desk.rows("SELECT Status, EndTime FROM MessagingSession") == [("Ended", "2026-01-31T12:00:30.000Z")]


@pytest.mark.parametrize(
    ("line", "body", "status", "complaint"),
    [
        ("POST /step", {"count": 0}, 400, "from 1 to"),
        ("POST /step", {"count": True}, 400, "from 1 to"),
        ("POST /step", {"steps": 1}, 400, "takes no body"),
        ("POST /step", [], 400, "JSON object"),
        ("POST /purge", {"all": True}, 400, "takes no body"),
        ("PUT ", {"pace": 1}, 400, "unknown key 'pace'"),
        ("PUT ", {"batch_seconds": -1}, 400, "batch_seconds"),
        ("POST /rules", {"every": 0}, 400, "every"),
        ("POST /rules", {"down_until": "soon"}, 400, "soon"),
        ("POST /rules", {"whom": 1}, 400, "unknown key 'whom'"),
        ("DELETE /rules/9", None, 404, "no rule '9'"),
        ("POST /definitions", {"label": "x"}, 400, "needs a name"),
        ("POST /definitions", {"name": "x", "type": "Letter"}, 400, "must be one of"),
        ("DELETE /definitions/Nope", None, 404, "'Nope'"),
        ("PUT /sessions/0Mw000000000001", {"status": "Ended"}, 404, "no messaging session"),
        ("PUT /sessions/0Mw000000000001", {"status": "Gone"}, 400, "must be one of"),
        ("PUT /sessions/0Mw000000000001", {}, 400, "a session takes"),
        ("GET /step", None, 405, "answers POST"),
    ],
)
def test_what_is_wrong_is_told(control, line: str, body: object, status: int, complaint: str) -> None:
    verb, _, path = line.partition(" ")
    reply = control(f"{verb} {MESSAGING}{path}", *([] if body is None else [body]))
    assert reply.status == status
    assert complaint in reply.value["error"]
