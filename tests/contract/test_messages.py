"""sendConversationMessages from the SDK, over every wire and transport."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

import mockorg
from mockorg_server.core.seed import SeedRecord


@pytest.fixture
def people(target: Any) -> list[str]:
    channel = {"DeveloperName": "c", "MasterLabel": "c", "MessageType": "Text", "IsActive": True}
    user = {"MessagingChannelId": "@c", "MessageType": "Text", "MessagingPlatformKey": "+47"}
    ids = target.org.seed(
        [SeedRecord("MessagingChannel", channel, "c")]
        + [SeedRecord("MessagingEndUser", {**user, "Name": f"p{number}"}, f"p{number}") for number in range(6)]
    )
    return [ids[f"p{number}"] for number in range(6)]


def test_messages_are_sent_step_by_step(target: Any, people: list[str]) -> None:
    result = target.client.send_conversation_messages(
        message_definition_name="Notification",
        messaging_end_user_ids=people,
        allowed_session_status="Any",
        is_enforce_messaging_channel_consent=True,
        parameters={"order": "A-1", "total": 2.5, "paid": True, "due": date(2026, 2, 1)},
    )
    assert (result.success, len(result.message_identifiers), result.errors) == (True, 6, ())

    def look() -> tuple[object, ...]:
        fields = ["RequestStatus", "PendingMessageCount", "InProgressMessageCount", "SuccessMessageCount"]
        [record] = target.client.retrieve("ConvMessageSendRequest", [result.request_id], fields)
        return tuple(record.values())

    seen = [look()]
    for _ in range(3):
        target.org.messaging.step()
        seen.append(look())
    assert seen == [("Pending", 6, 0, 0), ("In Progress", 1, 5, 0), ("In Progress", 0, 1, 5), ("Completed", 0, 0, 6)]

    window = (datetime(2026, 1, 31, 11, tzinfo=UTC), datetime(2026, 1, 31, 13, tzinfo=UTC))
    assert target.client.get_updated("ConvMessageSendRequest", *window).ids == (result.request_id,)
    target.org.messaging.purge()
    [deleted] = target.client.get_deleted("ConvMessageSendRequest", *window).deleted_records
    assert deleted.id == result.request_id


def test_a_refusal_is_a_value(target: Any, people: list[str]) -> None:
    result = target.client.send_conversation_messages(message_definition_name="Nope", messaging_end_user_ids=people[:1])
    assert (result.success, result.request_id) == (False, None)
    assert result.errors == (
        mockorg.RecordError(
            "INVALID_API_INPUT", "There is no messaging component named Nope", ("messageDefinitionName",)
        ),
    )


def test_options_that_are_none(target: Any) -> None:
    with pytest.raises(TypeError, match="has no option 'urgent'"):
        target.client.send_conversation_messages(
            message_definition_name="Notification", messaging_end_user_ids=[], urgent=True
        )
    with pytest.raises(TypeError, match="a list of ids"):
        target.client.send_conversation_messages(message_definition_name="x", messaging_end_user_ids="0PA")
