"""From the action to Completed: batches, counts, lists, dates, sessions.

Sources: the pages of the action and of ConvMessageSendRequest; what they leave open is told in docs/messaging.md.
"""

import re
from datetime import timedelta

import pytest
from tests.messaging.conftest import NOW, Desk

from mockorg_server.core.calls.operation import GetDeleted, GetUpdated, Query
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.seed import SeedRecord
from mockorg_server.core.setting import OrgSettings
from mockorg_server.schema.schema import load_schema

LISTS = (
    "PendingMessageIdentifiers",
    "PendingMessagingEndUserIds",
    "PendingMeuPlatformKeys",
    "InProgressMessageIdentifiers",
    "InProgressMessagingEndUserIds",
    "InProgressMeuPlatformKeys",
    "SuccessMessageIdentifiers",
    "SuccessMeuPlatformKeys",
    "FailedMessageIdentifiers",
    "FailedMeuPlatformKeys",
    "FailedMessageErrorReasons",
)


def lists(desk: Desk, request_id: str) -> dict[str, list[str]]:
    row = desk.look(request_id, *LISTS)
    return {name: value.split(",") if value else [] for name, value in zip(LISTS, row, strict=True)}


def test_the_action_answers_the_request_and_an_identifier_for_each_recipient(desk: Desk, people) -> None:
    result = desk.send(people(3))

    assert re.fullmatch(r"1sr\w{15}", result.outputs["requestId"])
    identifiers = result.outputs["messageIdentifiers"].split(",")
    assert len(set(identifiers)) == 3
    for each in identifiers:
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", each)


def test_a_new_request_is_pending_and_nothing_moves_while_the_clock_stands(desk: Desk, people) -> None:
    ids = people(6)
    request = desk.request(ids, allowedSessionStatus="NonActive", isEnforceMessagingChannelConsent=True)

    for _ in range(3):
        assert desk.counts(request) == ("Pending", 6, 6, 0, 0, 0)
    assert lists(desk, request)["PendingMessagingEndUserIds"] == ids
    assert desk.look(request, "MessageDefinition", "AllowExistingSessionStatus", "ShouldEnforceChannelConsent") == (
        "Notification",
        "NonActive",
        True,
    )
    assert desk.look(request, "CompletedDate", "Name", "RequestType") == (
        None,
        "MSJ-00000001",
        "SendNotificationMessages",
    )


@pytest.mark.parametrize(
    ("count", "moments"),
    [
        (1, [("In Progress", 1, 0, 1, 0, 0), ("Completed", 1, 0, 0, 1, 0)]),
        (5, [("In Progress", 5, 0, 5, 0, 0), ("Completed", 5, 0, 0, 5, 0)]),
        (6, [("In Progress", 6, 1, 5, 0, 0), ("In Progress", 6, 0, 1, 5, 0), ("Completed", 6, 0, 0, 6, 0)]),
        (
            12,
            [
                ("In Progress", 12, 7, 5, 0, 0),
                ("In Progress", 12, 2, 5, 5, 0),
                ("In Progress", 12, 0, 2, 10, 0),
                ("Completed", 12, 0, 0, 12, 0),
            ],
        ),
    ],
)
def test_five_messages_at_once(desk: Desk, people, count: int, moments: list[tuple]) -> None:
    request = desk.request(people(count))

    seen = []
    for _ in moments:
        assert desk.org.messaging.step()
        seen.append(desk.counts(request))
    assert seen == moments
    assert not desk.org.messaging.step()


def test_a_hundred_recipients(desk: Desk, people) -> None:
    ids = people(100)
    request = desk.request(",".join(ids))

    assert desk.org.messaging.run() == 21
    assert desk.counts(request) == ("Completed", 100, 0, 0, 100, 0)
    after = lists(desk, request)
    assert len(after["SuccessMessageIdentifiers"]) == len(after["SuccessMeuPlatformKeys"]) == 100
    assert after["PendingMessagingEndUserIds"] == after["InProgressMessagingEndUserIds"] == []


def test_the_lists_move_with_the_messages(desk: Desk, people) -> None:
    ids = people(7)
    result = desk.send(ids)
    request, identifiers = result.outputs["requestId"], result.outputs["messageIdentifiers"].split(",")
    keys = [f"whatsapp:+47{number:08}" for number in range(7)]

    desk.org.messaging.step()
    now = lists(desk, request)
    assert (now["InProgressMessageIdentifiers"], now["PendingMessageIdentifiers"]) == (identifiers[:5], identifiers[5:])
    assert (now["InProgressMessagingEndUserIds"], now["PendingMessagingEndUserIds"]) == (ids[:5], ids[5:])
    assert (now["InProgressMeuPlatformKeys"], now["PendingMeuPlatformKeys"]) == (keys[:5], keys[5:])
    sessions = desk.look(request, "InProgressMessagingSessionIds")[0].split(",")
    assert [desk.rows(f"SELECT MessagingEndUserId FROM MessagingSession WHERE Id = '{each}'") for each in sessions] == [
        [(each,)] for each in ids[:5]
    ]

    desk.org.messaging.run()
    now = lists(desk, request)
    assert {name for name, entries in now.items() if entries} == {"SuccessMessageIdentifiers", "SuccessMeuPlatformKeys"}
    assert (now["SuccessMessageIdentifiers"], now["SuccessMeuPlatformKeys"]) == (identifiers, keys)


def test_a_request_whose_messages_all_failed_is_completed(desk: Desk, people) -> None:
    desk.org.messaging.fail(reason="Unreachable")
    request = desk.request(people(6))
    desk.org.messaging.run()

    assert desk.counts(request) == ("Completed", 6, 0, 0, 0, 6)
    after = lists(desk, request)
    assert after["FailedMessageErrorReasons"] == ["Unreachable"] * 6
    assert len(after["FailedMessageIdentifiers"]) == len(after["FailedMeuPlatformKeys"]) == 6
    assert desk.run(Query("SELECT COUNT() FROM MessagingSession")).size == 0


def test_reasons_that_do_not_fit_are_told_once_each(desk: Desk, people) -> None:
    desk.org.messaging.fail(reason="A" * 20, every=2)
    desk.org.messaging.fail(reason="B" * 20)
    request = desk.request(people(100))
    desk.org.messaging.run()

    assert desk.counts(request) == ("Completed", 100, 0, 0, 0, 100)
    assert sorted(lists(desk, request)["FailedMessageErrorReasons"]) == ["A" * 20, "B" * 20]


def test_two_hundred_requests_at_once(desk: Desk, people) -> None:
    ids = people(1)
    requests = [desk.request(ids) for _ in range(201)]

    def statuses() -> dict[str, int]:
        return dict(desk.rows("SELECT RequestStatus, COUNT(Id) n FROM ConvMessageSendRequest GROUP BY RequestStatus"))

    assert statuses() == {"Pending": 201}
    desk.org.messaging.step()
    assert statuses() == {"In Progress": 200, "Pending": 1}
    assert desk.counts(requests[-1])[0] == "Pending"
    desk.org.messaging.step()
    assert statuses() == {"Completed": 200, "In Progress": 1}
    desk.org.messaging.step()
    assert statuses() == {"Completed": 201}


def test_who_owns_the_sessions(desk: Desk, people) -> None:
    """At once: the caller's. From the queue: the Platform Integration User's (action reference)."""
    ids = people(6)
    desk.request(ids)
    desk.org.messaging.run()

    owners = dict(desk.rows("SELECT MessagingEndUserId, Owner.Name FROM MessagingSession"))
    assert {owners[each] for each in ids[:5]} == {"admin"}
    assert owners[ids[5]] == "Platform Integration User"


def test_a_session_as_a_sent_message_opens_it(desk: Desk, people, channel: str) -> None:
    [person] = people(1)
    desk.request([person])
    desk.org.messaging.run()

    fields = "MessagingChannelId, Status, Origin, AgentType, ChannelType, StartTime, EndTime"
    assert desk.rows(f"SELECT {fields} FROM MessagingSession") == [
        (channel, "New", "TriggeredOutbound", "System", "WhatsApp", "2026-01-31T12:00:30.000Z", None)
    ]


@pytest.mark.parametrize(
    ("longevity", "statuses"),
    [
        (None, ["Ended", "New"]),
        ("KeepSessionOpen", ["Ended", "New"]),
        ("KeepSessionOpenOrAppend", ["New"]),
        ("EndSession", ["Ended", "Ended"]),
    ],
)
def test_session_longevity(desk: Desk, people, longevity: str | None, statuses: list[str]) -> None:
    ids = people(1)
    for _ in range(2):
        desk.request(ids, sessionLongevityPreference=longevity)
        desk.org.messaging.run()

    assert sorted(status for (status,) in desk.rows("SELECT Status FROM MessagingSession")) == statuses


def test_a_session_that_nobody_answers_ends_after_48_hours(desk: Desk, people) -> None:
    desk.request(people(2))
    desk.org.messaging.run()
    desk.org.clock.advance(48 * 3600 - 1)
    assert desk.rows("SELECT Status FROM MessagingSession") == [("New",)] * 2
    desk.org.clock.advance(1)
    assert desk.rows("SELECT Status, EndTime FROM MessagingSession") == [("Ended", "2026-02-02T12:00:30.000Z")] * 2


def test_a_live_session_takes_the_message(desk: Desk, people) -> None:
    [person] = people(1)
    live = desk.session(person, "Active")
    request = desk.request([person], allowedSessionStatus="Any", sessionLongevityPreference="EndSession")
    desk.org.messaging.run()

    assert desk.counts(request) == ("Completed", 1, 0, 0, 1, 0)
    assert desk.rows("SELECT Id, Status FROM MessagingSession") == [(live, "Active")]


def test_the_clock_moves_a_batch_a_second(desk: Desk, people) -> None:
    request = desk.request(people(6))

    seen = []
    for _ in range(3):
        desk.org.clock.advance(1)
        seen.append((*desk.counts(request)[:1], *desk.look(request, "SystemModstamp")))
    assert seen == [
        ("In Progress", "2026-01-31T12:00:31.000Z"),
        ("In Progress", "2026-01-31T12:00:32.000Z"),
        ("Completed", "2026-01-31T12:00:33.000Z"),
    ]
    assert desk.look(request, "CompletedDate") == ("2026-01-31T12:00:33.000Z",)


def test_time_that_went_by_unseen_is_made_up_for_with_the_right_stamps(desk: Desk, people) -> None:
    request = desk.request(people(100))
    desk.org.clock.advance(3600)

    assert desk.look(request, "RequestStatus", "CompletedDate") == ("Completed", "2026-01-31T12:00:51.000Z")


@pytest.mark.parametrize(("seconds", "completed"), [(0, "12:00:30"), (10, "12:01:00"), (0.5, "12:00:31")])
def test_the_pace_is_a_setting(desk: Desk, people, seconds: float, completed: str) -> None:
    desk.org.messaging.configure(batch_seconds=seconds)
    request = desk.request(people(6))
    desk.org.clock.advance(30 if seconds else 0)

    assert desk.look(request, "RequestStatus", "CompletedDate") == ("Completed", f"2026-01-31T{completed}.000Z")


def test_without_a_pace_the_clock_moves_nothing(desk: Desk, people) -> None:
    desk.org.messaging.configure(batch_seconds=None)
    request = desk.request(people(1))
    desk.org.clock.advance(3600)
    assert desk.counts(request)[0] == "Pending"
    desk.org.messaging.run()
    assert desk.counts(request)[0] == "Completed"


def test_replication_sees_each_step(desk: Desk, people) -> None:
    request = desk.request(people(6))
    windows = []
    for _ in range(4):
        start = desk.org.clock.now() + timedelta(seconds=1)
        desk.org.clock.advance(60)
        desk.org.messaging.step()
        end = desk.org.clock.now() + timedelta(seconds=60)
        windows.append(desk.run(GetUpdated("ConvMessageSendRequest", start, end)).ids)
    assert windows[0] == (request,)
    assert windows[3] == ()


def test_a_purge_feeds_get_deleted(desk: Desk, people) -> None:
    done = desk.request(people(1))
    desk.org.messaging.run()
    waiting = desk.request(desk.rows("SELECT Id FROM MessagingEndUser")[0][0])
    desk.org.clock.advance(0.5)

    assert desk.org.messaging.purge() == (done,)
    assert desk.org.messaging.purge() == ()
    window = GetDeleted("ConvMessageSendRequest", NOW - timedelta(minutes=2), NOW + timedelta(minutes=2))
    assert [each.id for each in desk.run(window).deleted_records] == [done]
    assert desk.rows("SELECT Id FROM ConvMessageSendRequest") == [(waiting,)]


def test_seeded_requests_stay_as_they_are(desk: Desk, people) -> None:
    seeded = desk.org.seed([SeedRecord("ConvMessageSendRequest", {"RequestStatus": "Pending"}, "r")])["r"]
    desk.request(people(1))
    desk.org.clock.advance(60)
    assert desk.look(seeded, "RequestStatus") == ("Pending",)


def test_a_reset_takes_everything_back(desk: Desk, people) -> None:
    desk.request(people(6))
    desk.org.messaging.fail(reason="x")
    desk.org.messaging.define("Other")
    desk.org.reset()

    assert desk.org.messaging.rules == ()
    assert [each.name for each in desk.org.messaging.definitions] == ["Notification"]
    assert not desk.org.messaging.step()


@pytest.mark.parametrize(("version", "features"), [(58, None), (66, frozenset())])
def test_where_there_is_no_action(version: int, features: frozenset[str] | None) -> None:
    org = Org(load_schema() if features is None else load_schema(features), OrgSettings(clock_start=NOW))
    try:
        with pytest.raises(OrgError) as caught:
            Desk(org, version).send(["0PA000000000001"])
        assert caught.value.code == "NOT_FOUND"
    finally:
        org.close()
