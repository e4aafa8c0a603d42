"""What an older API version does not show."""

import json
from pathlib import Path

import pytest

from mockorg_server.schema.api_version import LOGIN_LAST, NEWEST, OLDEST
from mockorg_server.schema.schema import Schema, SchemaView, load_schema
from mockorg_server.schema.sobject import SObject

ADDED = json.loads((Path(__file__).parent / "cases" / "conv_message_send_request.json").read_text(encoding="utf-8"))


def names(sobject: SObject | None) -> list[str]:
    assert sobject is not None
    return [field.name for field in sobject.fields]


@pytest.mark.parametrize(
    ("version", "count"),
    [(60, 23), (61, 23), (62, 26), (63, 26), (64, 27), (65, 35), (66, 35), (NEWEST, 35)],
)
def test_conv_message_send_request_shows_the_fields_of_each_version(schema: Schema, version: int, count: int) -> None:
    shown = names(schema.view(version).sobject("ConvMessageSendRequest"))

    assert set(shown) == {name for since, added in ADDED.items() if int(since) <= version for name in added}
    assert len(shown) == count


@pytest.mark.parametrize("version", [OLDEST, 58, 59])
def test_conv_message_send_request_is_not_there_before_60(schema: Schema, version: int) -> None:
    view = schema.view(version)

    assert view.sobject("ConvMessageSendRequest") is None
    assert "ConvMessageSendRequest" not in view.names
    assert view.sobjects_by_prefix("1sr") == ()


def test_fields_keep_the_order_of_the_newest_describe_in_every_version(schema: Schema) -> None:
    newest = names(schema.latest.sobject("ConvMessageSendRequest"))
    shown = names(schema.view(62).sobject("ConvMessageSendRequest"))

    assert newest[8:12] == ["MessageDefinition", "MessageDefinitionParameters", "RequestType", "RequestStatus"]
    assert shown == [name for name in newest if name in shown]


def test_labels_are_the_current_ones_in_every_version(schema: Schema) -> None:
    sobject = schema.view(60).sobject("ConvMessageSendRequest")

    assert sobject.field("RequestStatus").label == "Send Status"
    assert sobject.field("AllowExistingSessionStatus").label == "Send Condition"


def test_each_version_shows_what_the_one_before_showed(schema: Schema) -> None:
    shown: set[str] = set()
    for version in range(OLDEST, NEWEST + 1):
        now = set(schema.view(version).names)
        assert shown <= now, version
        shown = now
    assert len(schema.view(OLDEST).names) < len(shown)


def test_nothing_is_newer_than_the_newest_version(everything: SchemaView) -> None:
    """Otherwise ``Schema.latest`` would not show every version's fields."""
    for name in everything.names:
        sobject = everything.sobject(name)
        newest = [sobject.min_api_version, *(field.min_api_version for field in sobject.fields)]
        assert all(version is None or version <= NEWEST for version in newest), name


def test_a_child_relationship_comes_with_its_object(schema: Schema) -> None:
    def children(version: int) -> set[str]:
        return {child.child_sobject for child in schema.view(version).sobject("User").child_relationships}

    assert "ConvMessageSendRequest" not in children(59)
    assert "ConvMessageSendRequest" in children(60)


def test_a_child_relationship_comes_with_its_field(schema: Schema) -> None:
    """MessagingEndUser came with version 40, its AccountId with 43."""
    assert schema.view(42).sobject("Account").child_relationship("MessagingEndUsers") is None
    assert schema.view(43).sobject("Account").child_relationship("MessagingEndUsers").field == "AccountId"


def test_a_reference_names_only_targets_that_are_there(schema: Schema) -> None:
    for version in (OLDEST, 48, 59):
        view = schema.view(version)
        there = set(view.names)
        for name in view.names:
            for field in view.sobject(name).fields:
                assert there.issuperset(field.reference_to), (version, name, field.name)


def test_a_reference_stays_when_the_version_hides_its_only_target(schema: Schema) -> None:
    before, after = (schema.view(version).sobject("Contact").field("IndividualId") for version in (41, 42))

    assert before.reference_to == ()
    assert before.relationship_name is None
    assert after.reference_to == ("Individual",)
    assert after.relationship_name == "Individual"


def test_what_is_associated_with_an_object_came_with_it(schema: Schema) -> None:
    session = schema.latest.sobject("MessagingSession")

    assert schema.latest.sobject("MessagingSessionShare").min_api_version == session.min_api_version == 47


def test_a_view_and_its_objects_are_made_once(schema: Schema) -> None:
    view = schema.view(62)

    assert schema.view(62) is view
    assert view.version == 62
    assert view.sobject("conVmessageSENDrequest") is view.sobject("ConvMessageSendRequest")
    assert schema.latest is schema.view(NEWEST)
    assert view is load_schema().view(62), "orgs without additions share their schema"
    assert view != schema.view(63)
    assert {view: "a key"}[view] == "a key"


def test_an_object_that_is_shown_whole_is_shared_between_versions_and_orgs(schema: Schema) -> None:
    assert schema.view(66).sobject("AccountPartner") is load_schema().view(67).sobject("AccountPartner")


def test_the_versions_are_what_the_platform_says() -> None:
    assert (OLDEST, LOGIN_LAST, NEWEST) == (31, 64, 68)
