"""What happens in the demo before anybody looks: messages are sent, delivered in steps, and one request is purged.

The clock stands, so that every figure is known beforehand.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

PEOPLE = 50  # messaging end users, the last four of whom have opted out
OPTED_OUT = 4
_CHANNEL = {"DeveloperName": "Orders", "MasterLabel": "Orders", "MessageType": "WhatsApp", "IsActive": True}


@dataclass(frozen=True)
class Request:
    """A request of the story: when it is made, for how many people, and how far it has come at noon."""

    name: str
    number: int
    at: str
    recipients: int
    steps: int | None = None  # None: until nothing is left to do
    failed: int = 0

    @property
    def values(self) -> dict[str, str | None]:
        """What a client sees of it at noon."""
        status = "Completed" if self.steps is None else "In Progress" if self.steps else "Pending"
        return {
            "Name": f"MSJ-{self.number:08d}",
            "RequestStatus": status,
            "TotalMessageCount": str(self.recipients),
            "FailedMessageCount": str(self.failed),
            "CompletedDate": f"2026-01-31T{self.at}:00.000Z" if self.steps is None else None,
        }


STORY = {
    request.name: request
    for request in (
        Request("deleted", 1, "08:00", 1),
        Request("early", 2, "09:10", 40),
        Request("partly_failed", 3, "10:00", PEOPLE, failed=OPTED_OUT),
        Request("in_progress", 4, "11:00", 8, steps=1),
        Request("pending", 5, "11:30", 2, steps=0),
    )
}
PURGED = datetime(2026, 1, 31, 9, 0, 15, tzinfo=UTC)  # what was completed by then is deleted


class WrongAnswerError(Exception):
    """An answer that is not the right one."""


def check(what: str, found: object, expected: object) -> None:
    """Raise WrongAnswerError unless the two are equal."""
    if found != expected:
        raise WrongAnswerError(f"{what}\n    expected {expected!r}\n    found    {found!r}")


def _control(url: str, method: str, path: str, document: object = None) -> Any:
    body = None if document is None else json.dumps(document)
    reply = requests.request(method, f"{url}/_mockorg{path}", data=body, timeout=30)
    check(f"{method} /_mockorg{path}", reply.status_code, 200)
    return reply.json()


def _people(url: str) -> list[str]:
    """Make a channel and people to send messages to; give their ids."""
    user = {"MessagingChannelId": "@channel", "MessageType": "WhatsApp"}
    records = [{"attributes": {"type": "MessagingChannel", "referenceId": "channel"}, **_CHANNEL}]
    for number in range(PEOPLE):
        consent = "OptedOut" if number >= PEOPLE - OPTED_OUT else "ImplicitlyOptedIn"
        values = {"Name": f"Person {number}", "MessagingPlatformKey": f"+47{number}", "MessagingConsentStatus": consent}
        attributes = {"type": "MessagingEndUser", "referenceId": f"person{number}"}
        records.append({"attributes": attributes, **user, **values})
    ids = _control(url, "POST", "/seed", {"records": records})["ids"]
    return [ids[f"person{number}"] for number in range(PEOPLE)]


def play(url: str, send: Callable[..., Any]) -> dict[str, str]:
    """Let the story happen until noon: the action makes requests, and steps deliver them. Give their ids by name.

    ``send`` is the SDK's ``send_conversation_messages``.
    """
    people = _people(url)
    _control(url, "PUT", "/messaging", {"batch_seconds": None})
    ids: dict[str, str] = {}
    for request in STORY.values():
        if request.name == "early":
            _control(url, "PUT", "/clock", {"now": PURGED.isoformat()})
            _control(url, "POST", "/messaging/purge")
        _control(url, "PUT", "/clock", {"now": f"2026-01-31T{request.at}:00Z"})
        sent = send(
            message_definition_name="Notification",
            messaging_end_user_ids=people[: request.recipients],
            is_enforce_messaging_channel_consent=True,
        )
        check(f"sendConversationMessages for {request.name}", sent.errors, ())
        ids[request.name] = str(sent.request_id)
        if request.steps != 0:
            steps = {"until_idle": True} if request.steps is None else {"count": request.steps}
            _control(url, "POST", "/messaging/step", steps)
    _control(url, "PUT", "/clock", {"now": "2026-01-31T12:00:00Z"})
    return ids
