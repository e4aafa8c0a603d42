"""What each feature brings, and what an org without it lacks."""

import pytest

from mockorg_server.schema.catalog import Catalog
from mockorg_server.schema.feature import (
    DEFAULT_FEATURES,
    DIGITAL_ENGAGEMENT,
    FEATURES,
    MULTI_CURRENCY,
    PERSON_ACCOUNTS,
    RECORD_TYPES,
    UNLISTED,
)
from mockorg_server.schema.schema import Schema, SchemaView, load_schema

MESSAGING = [
    "ConvMessageSendRequest",
    "Conversation",
    "ConversationEntry",
    "ConversationParticipant",
    "MessagingChannel",
    "MessagingChannelSkill",
    "MessagingChannelUsage",
    "MessagingConfiguration",
    "MessagingDeliveryError",
    "MessagingEndUser",
    "MessagingLink",
    "MessagingSession",
    "MessagingSessionMetrics",
    "MessagingTemplate",
    "MsgChannelLanguageKeyword",
    "MsgChannelUsageExternalOrg",
]


def view(*features: str) -> SchemaView:
    return load_schema(frozenset(features)).latest


def gained(feature: str) -> set[tuple[str, str]]:
    """The fields that the default org with the feature has more."""
    return fields(view(*DEFAULT_FEATURES, feature)) - fields(view(*DEFAULT_FEATURES))


def fields(shown: SchemaView) -> set[tuple[str, str]]:
    return {(name, field.name) for name in shown.names for field in shown.sobject(name).fields}


def test_the_default_org_has_digital_engagement_only() -> None:
    assert frozenset({DIGITAL_ENGAGEMENT}) == DEFAULT_FEATURES == load_schema().features


@pytest.mark.parametrize("name", MESSAGING)
def test_without_digital_engagement_there_are_no_messaging_objects(name: str) -> None:
    assert view(DIGITAL_ENGAGEMENT).sobject(name) is not None
    assert view().sobject(name) is None


def test_without_digital_engagement_what_is_associated_with_them_is_gone_too() -> None:
    gone = set(view(DIGITAL_ENGAGEMENT).names) - set(view().names)

    assert {"MessagingEndUserShare", "MessagingSessionFeed", "MessagingSessionHistory"} < gone
    assert {"MessagingEndUserChangeEvent", "MsgSessStatusChangedEvent", "MsgChannelAvailability"} < gone
    assert len(gone) == 25


def test_the_consent_objects_stay_without_digital_engagement() -> None:
    stay = ["CommSubscription", "CommSubscriptionChannelType", "ContactPointConsent", "EngagementChannelType"]

    assert all(view().sobject(name) is not None for name in stay)


def test_a_reference_to_nothing_but_missing_objects_does_not_exist() -> None:
    with_it, without = (shown.sobject("CommSubscriptionChannelType") for shown in (view(DIGITAL_ENGAGEMENT), view()))

    assert with_it.field("MessagingChannelId").reference_to == ("MessagingChannel",)
    assert without.field("MessagingChannelId") is None
    assert without.field("EngagementChannelTypeId") is not None


def test_a_reference_to_other_objects_as_well_loses_the_missing_ones() -> None:
    with_it, without = (
        shown.sobject("AgentWork").field("WorkItemId").reference_to for shown in (view(DIGITAL_ENGAGEMENT), view())
    )

    assert set(with_it) - set(without) == {"MessagingSession"}


def test_child_relationships_of_missing_objects_do_not_exist() -> None:
    with_it, without = (
        {child.child_sobject for child in shown.sobject("Contact").child_relationships}
        for shown in (view(DIGITAL_ENGAGEMENT), view())
    )

    assert "MessagingEndUser" in with_it - without


def test_currency_iso_code_exists_with_multi_currency_only(schema: Schema) -> None:
    assert not [name for name in schema.latest.names if schema.latest.sobject(name).field("CurrencyIsoCode")]

    brought = gained(MULTI_CURRENCY)

    assert len(brought) == 405
    assert {field for _, field in brought} == {"CurrencyIsoCode", "DefaultCurrencyIsoCode", "OldCurrencyIsoCode"}


def test_record_types_bring_record_type_ids() -> None:
    brought = gained(RECORD_TYPES)

    assert {("Account", "RecordTypeId"), ("Case", "RecordTypeId"), ("Opportunity", "RecordTypeId")} < brought
    assert {field for _, field in brought} == {"RecordTypeId"}


def test_person_accounts_bring_the_person_side_of_account(schema: Schema) -> None:
    brought = gained(PERSON_ACCOUNTS)

    assert {("Account", "IsPersonAccount"), ("Account", "PersonEmail"), ("Account", "LastName")} < brought
    assert {("Contact", "IsPersonAccount"), ("RecordType", "IsPersonType")} < brought
    account = view(*DEFAULT_FEATURES, PERSON_ACCOUNTS).sobject("Account")
    assert account.child_relationship("PersonCases").child_sobject == "Case"
    assert schema.latest.sobject("Account").child_relationship("PersonCases") is None


def test_what_the_newest_describe_lacks_is_off_by_default(schema: Schema) -> None:
    assert schema.latest.sobject("Account").field("IsPartner") is None
    assert ("Account", "IsPartner") in gained(UNLISTED)


def test_objects_known_from_documentation_alone_are_whole_by_default(schema: Schema) -> None:
    assert len(schema.latest.sobject("AbnExperiment").fields) == 31, "all but CurrencyIsoCode"


def test_a_child_relationship_is_there_when_its_field_is(schema: Schema) -> None:
    """Even if the one org with the newest describe happened not to have the child object."""
    for relationship, child in [("Quotes", "Quote"), ("OpportunityTeamMembers", "OpportunityTeamMember")]:
        assert schema.latest.sobject("Opportunity").child_relationship(relationship).child_sobject == child
    for name in schema.latest.names:
        for child in schema.latest.sobject(name).child_relationships:
            assert schema.latest.sobject(child.child_sobject).field(child.field) is not None, (name, child)


def test_every_feature_brings_something() -> None:
    everything = fields(view(*FEATURES))
    for feature in FEATURES:
        assert fields(view(*(FEATURES.keys() - {feature}))) < everything, feature


def test_an_unknown_feature_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="unknown feature Magic; known are DigitalEngagement, "):
        load_schema(frozenset({"Magic", DIGITAL_ENGAGEMENT}))


def test_orgs_may_share_a_catalogue_of_their_host() -> None:
    catalog = Catalog()
    one, other = load_schema(catalog=catalog), load_schema(frozenset(), catalog=catalog)

    assert one.catalog is other.catalog is catalog
    assert one.sobject("Account") is other.sobject("Account")
    assert load_schema().catalog is load_schema().catalog
