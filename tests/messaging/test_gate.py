"""What a message must pass before it is sent: channel, component, consent, template, sessions."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.messaging.conftest import NOW, Desk

from mockorg_server.core.calls.operation import Delete
from mockorg_server.core.seed import SeedRecord

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases/gates.jsonl").read_text("utf-8").splitlines()]
OPEN = ["New", "Active", "Waiting", "Paused", "Inactive", "Consent"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_gates(desk: Desk, case: dict[str, Any]) -> None:
    desk.org.messaging.define("Tried", **case.get("definition", {}))
    people = desk.people(1, desk.channel(**case["channel"]), **case["person"])
    request = desk.request(people, messageDefinitionName="Tried", isEnforceMessagingChannelConsent=case["enforced"])
    if "then" in case:
        desk.org.messaging.define("Tried", **case["then"])
    desk.org.messaging.run()

    assert desk.look(request, "RequestStatus", "FailedMessageErrorReasons", "SuccessMessageCount") == (
        "Completed",
        case["reason"],
        int(case["reason"] is None),
    )


def test_a_recipient_who_was_deleted(desk: Desk, people) -> None:
    ids = people(2)
    request = desk.request(ids)
    [deleted] = desk.run(Delete((ids[0],)))
    assert deleted.success, deleted.errors
    desk.org.messaging.run()
    assert desk.look(request, "FailedMessageErrorReasons", "SuccessMessageCount") == ("MessagingEndUserNotFound", 1)


@pytest.mark.parametrize("status", [*OPEN, "Ended", "Error"])
@pytest.mark.parametrize("allowed", ["Any", "NonActive", "Closed"])
def test_sessions_hold_a_message_up_until_they_allow_it(desk: Desk, people, allowed: str, status: str) -> None:
    [person] = people(1)
    session = desk.session(person, status)
    request = desk.request([person], allowedSessionStatus=allowed)
    waits = (allowed == "NonActive" and status == "Active") or (allowed == "Closed" and status in OPEN)

    desk.org.messaging.run()
    assert desk.counts(request)[:3] == (("Pending", 1, 1) if waits else ("Completed", 1, 0))
    desk.set_status(session, "Ended")
    desk.org.messaging.run()
    assert desk.counts(request) == ("Completed", 1, 0, 0, 1, 0)


def test_a_message_that_waits_holds_no_other_up(desk: Desk, people) -> None:
    ids = people(7)
    session = desk.session(ids[0], "Active")
    request = desk.request(ids, allowedSessionStatus="NonActive")
    desk.org.messaging.step()
    assert desk.counts(request) == ("In Progress", 7, 2, 5, 0, 0)
    desk.org.messaging.run()
    assert desk.counts(request) == ("Pending", 7, 1, 0, 6, 0)
    assert desk.look(request, "PendingMessagingEndUserIds", "CompletedDate") == (ids[0], None)

    desk.set_status(session, "Inactive")
    desk.org.clock.advance(2)
    assert desk.counts(request) == ("Completed", 7, 0, 0, 7, 0)


def test_never_sent_is_a_setting(desk: Desk, people) -> None:
    """The object's page says "never sent" where the action's says "sent after"."""
    desk.org.messaging.configure(session_gate="fail")
    [person] = people(1)
    desk.session(person, "Active")
    request = desk.request([person], allowedSessionStatus="NonActive")
    desk.org.messaging.run()
    assert desk.look(request, "RequestStatus", "FailedMessageErrorReasons") == ("Completed", "SessionStatusNotAllowed")


def test_a_waiting_session_that_expires_lets_the_message_go(desk: Desk, people) -> None:
    [person] = people(1)
    desk.request([person])
    desk.org.messaging.run()
    second = desk.request([person], allowedSessionStatus="Closed")
    desk.org.clock.advance(47 * 3600)
    assert desk.counts(second)[0] == "Pending"
    desk.org.clock.advance(2 * 3600)
    assert desk.counts(second)[0] == "Completed"


@pytest.mark.parametrize(
    ("consent", "tied", "reason"),
    [
        ("OptIn", True, None),
        ("OptOut", True, "EndUserIsNotOptedIn"),
        ("OptInPending", True, "EndUserIsNotOptedIn"),
        (None, True, "EndUserIsNotOptedIn"),
        ("OptIn", False, "CommunicationSubscriptionNotTiedToChannel"),
    ],
)
@pytest.mark.parametrize("by", ["ConsentGiverId", "ContactPointValue"])
def test_consent_by_subscription(
    desk: Desk, channel: str, consent: str | None, tied: bool, reason: str | None, by: str
) -> None:
    ids = desk.org.seed(
        [
            SeedRecord("Contact", {"LastName": "Liskov"}, "liskov"),
            SeedRecord("CommSubscription", {"Name": "Orders"}, "orders"),
            SeedRecord(
                "CommSubscriptionChannelType",
                {
                    "Name": "Orders by WhatsApp",
                    "CommunicationSubscriptionId": "@orders",
                    "MessagingChannelId": channel if tied else None,
                },
                "kind",
            ),
        ]
    )
    [person] = desk.people(1, channel, ContactId=ids["liskov"])
    if consent is not None:
        giver = ids["liskov"] if by == "ConsentGiverId" else "whatsapp:+4700000000"
        values = {"Name": "c", "CommSubscriptionChannelTypeId": ids["kind"], "PrivacyConsentStatus": consent, by: giver}
        desk.org.seed([SeedRecord("CommSubscriptionConsent", {**values, "EffectiveFromDate": "2026-01-01"})])
    request = desk.request(
        [person],
        isEnforceMessagingChannelConsent=True,
        channelConsentType="CommunicationSubscription",
        communicationSubscriptionId=ids["orders"],
    )
    desk.org.messaging.run()
    assert desk.look(request, "FailedMessageErrorReasons", "CommSubscriptionId") == (reason, ids["orders"])


def test_failures_by_rule(desk: Desk, people) -> None:
    ids = people(9)
    desk.org.messaging.fail(messaging_end_user_id=ids[8][:15], reason="Blocked")
    desk.org.messaging.fail(every=3, reason="EveryThird")
    request = desk.request(ids)
    desk.org.messaging.run()
    assert desk.look(request, "FailedMeuPlatformKeys", "FailedMessageErrorReasons") == (
        "whatsapp:+4700000002,whatsapp:+4700000005,whatsapp:+4700000008",
        "EveryThird,EveryThird,Blocked",
    )


def test_failures_by_chance_are_the_same_for_the_same_seed(desk: Desk, people) -> None:
    ids = people(100)

    def failed(seed: int) -> object:
        desk.org.messaging.forget_rules()
        desk.org.messaging.fail(probability=0.3, seed=seed)
        request = desk.request(ids)
        desk.org.messaging.run()
        return desk.look(request, "FailedMessageCount", "FailedMeuPlatformKeys")

    count, keys = failed(1)
    assert 10 < count < 50
    assert failed(2) != (count, keys)


def test_a_channel_that_is_down(desk: Desk, people, channel: str) -> None:
    ids = people(6)
    request = desk.request(ids)
    desk.org.messaging.step()
    desk.org.messaging.channel_down("Support", NOW + timedelta(minutes=10))
    desk.org.messaging.step()
    assert desk.counts(request) == ("Pending", 6, 6, 0, 0, 0)
    assert desk.look(request, "PendingMessagingEndUserIds") == (",".join(ids),)
    desk.org.clock.advance(599)
    assert desk.counts(request)[0] == "Pending"
    desk.org.clock.advance(60)
    assert desk.counts(request) == ("Completed", 6, 0, 0, 6, 0)
    assert desk.look(request, "CompletedDate") == ("2026-01-31T12:10:32.000Z",)
    assert {status for (status,) in desk.rows("SELECT Status FROM MessagingSession")} == {"Error", "New"}


def test_the_capacity_of_a_channel(desk: Desk, people) -> None:
    desk.org.messaging.configure(channel_capacity=3)
    ids = people(4)
    first, second = desk.request(ids), desk.request(ids)
    desk.org.messaging.step()
    assert desk.counts(first) == ("In Progress", 4, 1, 3, 0, 0)
    assert desk.counts(second) == ("Pending", 4, 4, 0, 0, 0)
    desk.org.messaging.run()
    assert desk.counts(second) == ("Completed", 4, 0, 0, 4, 0)
