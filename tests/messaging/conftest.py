"""An org with its clock frozen and one channel, and short ways to send messages and look at what became of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from mockorg_server.core.calls.operation import Operation, Query, SendConversationMessages
from mockorg_server.core.calls.result import ActionResult
from mockorg_server.core.org import Org
from mockorg_server.core.seed import SeedRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.schema.record_shape import FieldMember
from mockorg_server.schema.schema import load_schema

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)
COUNTS = (
    "TotalMessageCount",
    "PendingMessageCount",
    "InProgressMessageCount",
    "SuccessMessageCount",
    "FailedMessageCount",
)
CHANNEL = {
    "DeveloperName": "Support",
    "MasterLabel": "Support",
    "MessageType": "WhatsApp",
    "MessagingPlatformKey": "whatsapp:+4700",
    "PlatformType": "Enhanced",
    "IsActive": True,
    "ConsentType": "ImplicitOptIn",
}


def _place(member: Any) -> int:
    """Give the place of a field, or of the one field of a parent."""
    return member.index if isinstance(member, FieldMember) else _place(member.shape.members[0])


@dataclass
class Desk:
    """An org as a person who sends messages sees it."""

    org: Org
    version: int = 66

    def run(self, operation: Operation) -> Any:
        return self.org.run(operation, Caller(self.org.token, self.version))

    def channel(self, **values: Any) -> str:
        return self.org.seed([SeedRecord("MessagingChannel", CHANNEL | values, "c")])["c"]

    def people(
        self, count: int, channel_id: str, consent: str | None = "ImplicitlyOptedIn", **values: Any
    ) -> list[str]:
        records = [
            SeedRecord(
                "MessagingEndUser",
                {
                    "Name": f"Person {number}",
                    "MessagingChannelId": channel_id,
                    "MessageType": "WhatsApp",
                    "MessagingPlatformKey": f"whatsapp:+47{number:08}",
                    "MessagingConsentStatus": consent,
                    **values,
                },
                f"p{number}",
            )
            for number in range(count)
        ]
        return list(self.org.seed(records).values())

    def session(self, person: str, status: str) -> str:
        values = {"MessagingEndUserId": person, "Status": status, "Origin": "InboundInitiated"}
        return self.org.seed([SeedRecord("MessagingSession", values, "s")])["s"]

    def set_status(self, session_id: str, status: str) -> None:
        self.org.messaging.set_session_status(session_id, status)

    def send(self, people: Any, **inputs: Any) -> ActionResult:
        values = {
            "messageDefinitionName": "Notification",
            "requestType": "SendNotificationMessages",
            "messagingEndUserIds": people,
            **inputs,
        }
        [result] = self.run(SendConversationMessages(({k: v for k, v in values.items() if v is not None},)))
        return result

    def request(self, people: Any, **inputs: Any) -> str:
        result = self.send(people, **inputs)
        assert result.success, result.errors
        return str(result.outputs["requestId"])

    def rows(self, soql: str) -> list[tuple[Any, ...]]:
        result = self.run(Query(soql))
        places = [_place(member) for member in result.shape.members]
        return [tuple(row[place] for place in places) for row in result.rows]

    def look(self, request_id: str, *fields: str) -> tuple[Any, ...]:
        return self.rows(f"SELECT {', '.join(fields)} FROM ConvMessageSendRequest WHERE Id = '{request_id}'")[0]

    def counts(self, request_id: str) -> tuple[Any, ...]:
        """Give status, total, pending, in progress, success, failed."""
        return self.look(request_id, "RequestStatus", *COUNTS)


@pytest.fixture
def desk() -> Iterator[Desk]:
    org = Org(load_schema(), OrgSettings(clock_start=NOW))
    yield Desk(org)
    org.close()


@pytest.fixture
def channel(desk: Desk) -> str:
    return desk.channel()


@pytest.fixture
def people(desk: Desk, channel: str) -> Callable[[int], list[str]]:
    return lambda count: desk.people(count, channel)
