"""Where the manuals and a real describe of the seed object differ, the real describe holds."""

import pytest

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.schema import Schema
from mockorg_server.schema.sobject import Field, SObject

NAME = "ConvMessageSendRequest"

IN_PROGRESS = [
    "InProgressMessageIdentifiers",
    "InProgressMessagingEndUserIds",
    "InProgressMessagingSessionIds",
    "InProgressMeuPlatformKeys",
]
LONG_TEXTS = {
    "MessageDefinitionParameters": 8000,
    "PendingMessageIdentifiers": 4000,
    "PendingMessagingEndUserIds": 4000,
    "PendingMeuPlatformKeys": 8000,
    "SuccessMessageIdentifiers": 4000,
    "SuccessMeuPlatformKeys": 8000,
    "FailedMessageIdentifiers": 4000,
    "FailedMeuPlatformKeys": 8000,
    "FailedMessageErrorReasons": 700,
}


@pytest.fixture(scope="module")
def request_object(schema: Schema) -> SObject:
    found = schema.latest.sobject(NAME)
    assert found is not None
    return found


def field(sobject: SObject, name: str) -> Field:
    found = sobject.field(name)
    assert found is not None, name
    return found


def test_1_the_pending_users_are_pending_messaging_end_user_ids(request_object: SObject) -> None:
    assert request_object.field("PendingMessagingEndUserIds") is not None
    assert request_object.field("PendingMessageEndUserIds") is None


@pytest.mark.parametrize("name", IN_PROGRESS)
def test_2_what_is_in_progress_is_short_text(request_object: SObject, name: str) -> None:
    found = field(request_object, name)

    assert (found.type, found.length, found.byte_length) == (FieldType.STRING, 255, 765)
    assert found.filterable
    assert found.groupable
    assert found.sortable


@pytest.mark.parametrize(("name", "length"), LONG_TEXTS.items())
def test_3_and_4_long_texts_cannot_be_filtered_grouped_or_sorted(
    request_object: SObject, name: str, length: int
) -> None:
    found = field(request_object, name)

    assert (found.type, found.length, found.extra_type_info) == (FieldType.TEXTAREA, length, "plaintextarea")
    assert not any((found.filterable, found.groupable, found.sortable, found.aggregatable))


def test_5_the_later_fields_are_real(request_object: SObject) -> None:
    later = ["MessageDefinition", "RequestConsentType", "CommSubscriptionId", "SessionLongevityPreference"]

    assert [field(request_object, name).min_api_version for name in later] == [62, 62, 62, 64]


def test_6_there_is_no_conv_message_send_action_request(schema: Schema) -> None:
    assert schema.latest.sobject("ConvMessageSendActionRequest") is None


def test_8_the_system_fields_come_first(request_object: SObject) -> None:
    assert [found.name for found in request_object.fields[:8]] == [
        "Id",
        "IsDeleted",
        "Name",
        "CreatedDate",
        "CreatedById",
        "LastModifiedDate",
        "LastModifiedById",
        "SystemModstamp",
    ]


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("RequestType", [("SendNotificationMessages", "Send Notification Messages")]),
        ("RequestStatus", [("Pending", "Pending"), ("In Progress", "In Progress"), ("Completed", "Completed")]),
        ("AllowExistingSessionStatus", [("Any", "Any"), ("NonActive", "Non Active"), ("Closed", "Closed")]),
        (
            "RequestConsentType",
            [("MessagingEndUser", "Messaging End User"), ("CommunicationSubscription", "Communication Subscription")],
        ),
        (
            "SessionLongevityPreference",
            [
                ("EndSession", "End Session"),
                ("KeepSessionOpen", "Keep Session Open"),
                ("KeepSessionOpenOrAppend", "2"),
            ],
        ),
    ],
)
def test_9_picklists_in_definition_order_and_without_a_default(
    request_object: SObject, name: str, entries: list[tuple[str, str]]
) -> None:
    found = field(request_object, name)

    assert [(value.value, value.label) for value in found.picklist_values] == entries
    assert found.restricted_picklist
    assert found.default_value is None
    assert not any(value.default_value for value in found.picklist_values)


def test_10_counts(request_object: SObject) -> None:
    counts = [found for found in request_object.fields if found.type is FieldType.INT]

    assert {found.name: found.nillable for found in counts} == {
        "TotalMessageCount": True,
        "PendingMessageCount": False,
        "InProgressMessageCount": False,
        "SuccessMessageCount": True,
        "FailedMessageCount": True,
    }
    assert all(found.default_value is None for found in counts)
    assert [found.name for found in counts if found.calculated] == ["TotalMessageCount"]


def test_nobody_can_write_it(request_object: SObject) -> None:
    flags = ("createable", "updateable", "deletable", "undeletable", "mergeable", "searchable", "layoutable")

    assert not any(getattr(request_object, flag) for flag in (*flags, "triggerable", "feed_enabled"))
    assert request_object.queryable
    assert request_object.retrieveable
    assert request_object.replicateable
    assert not any(found.createable or found.updateable for found in request_object.fields)


def test_its_name_is_an_auto_number(request_object: SObject) -> None:
    name = request_object.name_field

    assert name is field(request_object, "Name")
    assert (name.auto_number, name.auto_number_format) == (True, "MSJ-{00000000}")
    assert (name.filterable, name.sortable, name.groupable, name.id_lookup) == (True, True, False, True)


def test_its_relationships(request_object: SObject) -> None:
    children = {
        (child.child_sobject, child.field, child.cascade_delete) for child in request_object.child_relationships
    }

    assert children == {
        ("FlowExecutionErrorEvent", "ContextRecordId", False),
        ("FlowRecordRelation", "RelatedRecordId", False),
        ("PendingServiceRoutingInteractionInfo", "TargetObjectId", True),
    }
    assert request_object.parent_field("commsubscription") is field(request_object, "CommSubscriptionId")
    assert request_object.parent_field("CreatedBy").reference_to == ("User",)


def test_every_auto_number_format_belongs_to_an_auto_number(schema: Schema) -> None:
    with_format = [
        found
        for name in schema.latest.names
        for found in schema.latest.sobject(name).fields
        if found.auto_number_format
    ]

    assert len(with_format) == 3
    assert all(found.auto_number and "{0" in found.auto_number_format for found in with_format)
