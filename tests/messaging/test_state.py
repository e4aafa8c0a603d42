"""Where the simulation's memory lives: with the records, so that what happens to them happens to it."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.messaging.conftest import NOW, Desk

from mockorg_server.core.org import Org
from mockorg_server.core.seed import SeedError, SeedRecord
from mockorg_server.core.setting import OrgSettings
from mockorg_server.schema.schema import load_schema


def test_a_file_goes_on_where_it_was(tmp_path: Path) -> None:
    settings = OrgSettings(database=str(tmp_path / "org.db"), clock_start=NOW)
    org = Org(load_schema(), settings)
    desk = Desk(org)
    desk.org.messaging.define("Other", label="Another")
    request = desk.request(desk.people(7, desk.channel()))
    desk.org.messaging.step()
    org.close()

    org = Org(load_schema(), OrgSettings(database=settings.database, clock_start=NOW + timedelta(seconds=2)))
    desk = Desk(org)
    assert [each.label for each in org.messaging.definitions] == ["Notification", "Another"]
    assert desk.counts(request) == ("Completed", 7, 0, 0, 7, 0)
    org.close()


def test_a_component_from_a_seed(desk: Desk, people) -> None:
    values = {
        "Name": "Order",
        "Type": "Notification",
        "IsActive": "true",
        "Label": "Your order",
        "Templates": "WhatsApp=Pending;*=Approved",
        "Parameters": "number:Text:required;places:RecordId:list",
    }
    assert desk.org.seed([SeedRecord("ConversationMessageDefinition", values)]) == {}
    order = desk.org.messaging.definitions[-1]
    assert (order.name, order.label, order.templates) == (
        "Order",
        "Your order",
        {"WhatsApp": "Pending", "*": "Approved"},
    )
    assert [(each.name, each.value_type, each.required, each.is_list) for each in order.parameters or ()] == [
        ("number", "Text", True, False),
        ("places", "RecordId", False, True),
    ]
    parameters = [{"name": "number", "textValue": "1"}]
    assert desk.send(people(1), messageDefinitionName="order", messagingDefinitionInputParameters=parameters).success, (
        "names know no case"
    )


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"Type": "Notification"}, "needs a name"),
        ({"Name": "x", "Type": "Letter"}, "type must be one of Action"),
        ({"Name": "x", "IsActive": "perhaps"}, "must be true or false"),
        ({"Name": "x", "Body": "y"}, "has no Body; it has Name, Type"),
        ({"Name": "x", "Parameters": "a:Letter"}, "type of a parameter must be one of"),
        ({"Name": "x", "Parameters": "a:Text:maybe"}, "name:type:required:list"),
    ],
)
def test_a_bad_component_loads_nothing(desk: Desk, values: dict[str, str], complaint: str) -> None:
    account = SeedRecord("Account", {"Name": "Acme"})
    with pytest.raises(SeedError, match=complaint):
        desk.org.seed([account, SeedRecord("ConversationMessageDefinition", values, source="seed.json record 2")])
    assert desk.rows("SELECT Name FROM Account") == []
    assert len(desk.org.messaging.definitions) == 1


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"batch_seconds": -1}, "batch_seconds must be null or a number from 0"),
        ({"batch_seconds": "1"}, "batch_seconds"),
        ({"batch_seconds": float("inf")}, "batch_seconds"),
        ({"session_gate": "never"}, "defer, fail"),
        ({"channel_capacity": 0}, "whole number from 1"),
        ({"channel_capacity": True}, "whole number from 1"),
        ({"session_longevity": "Forever"}, "KeepSessionOpen, EndSession"),
        ({"pace": 1}, "unknown key 'pace'"),
    ],
)
def test_settings_that_are_none(desk: Desk, changes: dict[str, object], complaint: str) -> None:
    before = desk.org.messaging.settings
    with pytest.raises(ValueError, match=complaint):
        desk.org.messaging.configure(**changes)
    assert desk.org.messaging.settings == before


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ({"every": 0}, "every must be"),
        ({"every": True}, "every must be"),
        ({"probability": 1.5}, "probability must be"),
        ({"every": 2, "probability": 0.5}, "one of every, probability and down_until"),
        ({"messaging_end_user_id": "me"}, "'me' is not an Id"),
        ({"reason": ""}, "reason must be a text"),
        ({"down_until": "soon"}, "soon"),
        ({"whom": "x"}, "unknown key 'whom'"),
    ],
)
def test_rules_that_are_none(desk: Desk, rule: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        desk.org.messaging.fail(**rule)
    assert desk.org.messaging.rules == ()


def test_rules_are_dropped_one_by_one(desk: Desk) -> None:
    first, second = desk.org.messaging.fail(reason="a"), desk.org.messaging.fail(reason="b")
    desk.org.messaging.forget_rules(first.id)
    assert [each.reason for each in desk.org.messaging.rules] == ["b"]
    with pytest.raises(KeyError):
        desk.org.messaging.forget_rules(first.id)
    desk.org.messaging.forget_rules(second.id)
    assert desk.org.messaging.rules == ()
