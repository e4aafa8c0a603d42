"""The inputs of the action: what is taken, and what is refused with which error; nothing is done for a refused one."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.messaging.conftest import Desk

from mockorg_server.core.calls.operation import Query, SendConversationMessages

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases/refusals.jsonl").read_text("utf-8").splitlines()]
GOOD = {
    "messageDefinitionName": "Notification",
    "requestType": "SendNotificationMessages",
    "messagingEndUserIds": ["0PA000000000001"],
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_refusals(desk: Desk, case: dict[str, Any]) -> None:
    desk.org.messaging.define("Asleep", active=False)
    desk.org.messaging.define("Choice", type="Picklist")
    desk.org.messaging.define("Order", parameters=[{"name": "number", "type": "Text", "required": True}])
    desk.version = case.get("version", 66)

    inputs = {key: value for key, value in {**GOOD, **case["inputs"]}.items() if value is not None}
    [result] = desk.run(SendConversationMessages((inputs,)))

    [error] = result.errors
    assert (error.code, list(error.fields), result.outputs) == (case["code"], case["fields"], None)
    assert case["says"] in error.message
    assert desk.run(Query("SELECT COUNT() FROM ConvMessageSendRequest")).size == 0


@pytest.mark.parametrize("count", [1, 5, 6, 100, 101])
@pytest.mark.parametrize("form", [list, ",".join, lambda ids: [",".join(ids[:2]), *ids[2:]]])
def test_a_hundred_recipients_at_most(desk: Desk, people, count: int, form) -> None:
    result = desk.send(form(people(count)))
    if count <= 100:
        assert len(result.outputs["messageIdentifiers"].split(",")) == count
    else:
        [error] = result.errors
        assert (error.code, error.message) == (
            "LIMIT_EXCEEDED",
            "messagingEndUserIds has 101 Ids; an invocation takes 100 at most",
        )


def test_each_input_has_its_own_result(desk: Desk, people) -> None:
    ids = people(2)
    inputs = ({**GOOD, "messagingEndUserIds": ids}, {**GOOD, "requestType": "?"}, {**GOOD, "messagingEndUserIds": ids})
    results = desk.run(SendConversationMessages(inputs))

    assert [result.success for result in results] == [True, False, True]
    assert [row[0] for row in desk.rows("SELECT Id FROM ConvMessageSendRequest ORDER BY Id")] == [
        results[0].outputs["requestId"],
        results[2].outputs["requestId"],
    ]


def test_ids_of_fifteen_characters(desk: Desk, people) -> None:
    ids = people(2)
    request = desk.request(",".join(each[:15] for each in ids))
    assert desk.look(request, "PendingMessagingEndUserIds") == (",".join(ids),)


def test_the_sample_of_the_documentation(desk: Desk) -> None:
    """Its recipients are in no org but the documentation's, so both messages fail, one by one."""
    request = desk.request(
        "0PARM000000Lc3I,0PARM000000MZ3p",
        isEnforceMessagingChannelConsent=True,
        channelConsentType="MessagingEndUser",
        allowedSessionStatus="Any",
        messagingDefinitionInputParameters=[{"name": "custom_parameter_name", "textValue": "custom parameter value"}],
    )
    assert desk.look(request, "MessageDefinitionParameters", "RequestConsentType") == (
        '[{"name":"custom_parameter_name","textValue":"custom parameter value"}]',
        "MessagingEndUser",
    )
    desk.org.messaging.run()
    assert desk.counts(request) == ("Completed", 2, 0, 0, 0, 2)
    assert desk.look(request, "FailedMessageErrorReasons") == ("MessagingEndUserNotFound,MessagingEndUserNotFound",)


def test_every_form_of_a_parameter(desk: Desk, people) -> None:
    values = {
        "textValue": "a",
        "recordIdValue": "001000000000001",
        "dateValue": "2026-01-31",
        "dateTimeValue": "2026-01-31T12:00:00.000Z",
        "numberValue": 1.5,
        "booleanValue": False,
    }
    parameters = [{"name": form, form: value} for form, value in values.items()]
    parameters += [{"name": f"{form}s", f"{form}s": [value]} for form, value in values.items()]
    assert desk.send(people(1), messagingDefinitionInputParameters=parameters).success


def test_custom_consent_is_kept_as_none(desk: Desk, people) -> None:
    request = desk.request(people(1), channelConsentType="Custom")
    assert desk.look(request, "RequestConsentType", "ShouldEnforceChannelConsent") == (None, False)
