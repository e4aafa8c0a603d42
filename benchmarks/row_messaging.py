"""Automated messages stepped to completion, told for one recipient."""

from collections.abc import Iterator

from measure import Effort, Row, row_of, seconds

from mockorg_server.core.calls import operation as op
from mockorg_server.core.host import Host
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord
from mockorg_server.core.seed import SeedRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings

RECIPIENTS = 100
VERSION = 66


def rows(effort: Effort) -> Iterator[Row]:
    host = Host.open(OrgSettings())
    org = host.default
    org.messaging.configure(batch_seconds=None)
    people = _people(org)
    few, many = effort.of(100, 20), effort.of(1_000, 100)
    _complete(org, people, few)
    each_of_few, each_of_many = (_complete(org, people, count) for count in (few, many))
    session = _insert_sessions(org, people)
    yield row_of(f"a message, of {many} requests of 100", [(each_of_many, each_of_few)], f"of {few} requests", 1.3)
    yield row_of("a message, step by step to completion", [(each_of_many, session)], "create of one session", 3)
    host.close()


def _people(org: Org) -> list[str]:
    channel = {"DeveloperName": "c", "MasterLabel": "c", "MessageType": "Text", "IsActive": True}
    user = {"MessagingChannelId": "@c", "MessageType": "Text"}
    ids = org.seed(
        [SeedRecord("MessagingChannel", channel, "c")]
        + [
            SeedRecord("MessagingEndUser", {**user, "Name": f"{n}", "MessagingPlatformKey": f"+{n:09}"}, f"p{n}")
            for n in range(RECIPIENTS)
        ]
    )
    return [ids[f"p{n}"] for n in range(RECIPIENTS)]


def _complete(org: Org, people: list[str], requests: int) -> float:
    """Give the seconds of a message, from the action to the request's completion."""
    inputs = {
        "messageDefinitionName": "Notification",
        "requestType": "SendNotificationMessages",
        "messagingEndUserIds": people,
    }
    caller = Caller(org.token, VERSION)
    for _ in range(requests):
        org.run(op.SendConversationMessages((inputs,)), caller)
    taken = seconds(org.messaging.run)
    sent = org.run(op.Query("SELECT SUM(SuccessMessageCount) FROM ConvMessageSendRequest"), caller).rows[0][0]
    if sent != requests * RECIPIENTS:
        raise AssertionError(f"{sent} messages were sent, not {requests * RECIPIENTS}")
    org.messaging.purge()
    return taken / (requests * RECIPIENTS)


def _insert_sessions(org: Org, people: list[str]) -> float:
    """Give the seconds of a session record, created through the engine in calls of 200."""
    channel_id = next(iter(org.run(op.Query("SELECT Id FROM MessagingChannel"), Caller(org.token, VERSION)).rows))[0]
    records = tuple(
        InputRecord(
            "MessagingSession",
            {"MessagingEndUserId": person, "MessagingChannelId": str(channel_id), "Status": "Ended"},
        )
        for person in people * 2
    )
    return seconds(lambda: org.run(op.Create(records), Caller(org.token, VERSION)), 5) / len(records)
