"""Key prefixes: what describe tells, and what ids begin with."""

import re
from types import ModuleType

import pytest

from mockorg_server.schema.schema import Schema


def test_every_object_has_an_id_prefix_of_three(schema: Schema) -> None:
    for outline in schema.latest.outlines:
        assert re.fullmatch("[0-9A-Za-z#]{3}", outline.id_prefix), outline


@pytest.mark.parametrize(
    ("prefix", "name"),
    [("001", "Account"), ("1sr", "ConvMessageSendRequest"), ("0PA", "MessagingEndUser"), ("005", "User")],
)
def test_a_known_prefix_leads_to_its_object(schema: Schema, prefix: str, name: str) -> None:
    (found,) = schema.latest.sobjects_by_prefix(prefix)

    assert found is schema.latest.sobject(name)
    assert found.key_prefix == found.id_prefix == prefix


def test_objects_that_share_a_prefix_are_all_found(schema: Schema) -> None:
    assert [found.name for found in schema.latest.sobjects_by_prefix("00I")] == [
        "AccountPartner",
        "OpportunityPartner",
        "Partner",
    ]
    assert len(schema.latest.sobjects_by_prefix("01J")) == 9
    assert schema.latest.sobjects_by_prefix("ZZZ") == ()


def test_case_counts_in_prefixes(schema: Schema) -> None:
    assert schema.latest.sobjects_by_prefix("1Sr") == ()
    assert [found.name for found in schema.latest.sobjects_by_prefix("1SR")] == ["ServiceReport"]


def test_reserved_prefixes_are_unique_and_touch_no_known_one(schema: Schema) -> None:
    outlines = schema.latest.outlines
    reserved = [outline.id_prefix for outline in outlines if outline.id_prefix.startswith("Z")]

    assert len(reserved) == 944
    assert len({prefix.lower() for prefix in reserved}) == len(reserved)
    assert all(re.fullmatch("Z[0-9A-Z]{2}", prefix) for prefix in reserved)


@pytest.mark.parametrize(
    "name", ["AccountChangeEvent", "AccountFeed", "AccountHistory", "AccountBrandShare", "AggregateResult", "Name",
             "BatchApexErrorEvent", "WorkOrderStatus", "UserRecordAccess", "WebLinkLocalization", "RecentlyViewed"]
)  # fmt: skip
def test_describe_tells_no_prefix_where_a_real_one_does_not(schema: Schema, name: str) -> None:
    sobject = schema.latest.sobject(name)

    assert sobject.key_prefix is None
    assert sobject.id_prefix.startswith("Z")


def test_describe_tells_the_reserved_prefix_of_other_objects(schema: Schema) -> None:
    sobject = schema.latest.sobject("Question")

    assert sobject.key_prefix == sobject.id_prefix
    assert sobject.id_prefix.startswith("Z")


def test_a_known_prefix_is_told_even_of_a_share(schema: Schema) -> None:
    assert schema.latest.sobject("AccountShare").key_prefix == "00r"


def test_a_new_object_does_not_shift_the_others(converter: ModuleType) -> None:
    facts = {name: {"name": name, "keyPrefix": None} for name in ("Alpha", "Gamma")}
    first = converter.assign_prefixes(facts, {})
    assert first == {"Alpha": "Z00", "Gamma": "Z01"}

    facts = dict(sorted({**facts, "Beta": {"name": "Beta", "keyPrefix": None}}.items()))
    assert converter.assign_prefixes(facts, first) == {"Alpha": "Z00", "Beta": "Z02", "Gamma": "Z01"}


def test_the_reserved_prefix_of_an_object_whose_own_became_known_is_not_passed_on(converter: ModuleType) -> None:
    facts = {"Alpha": {"name": "Alpha", "keyPrefix": "0ab"}, "Beta": {"name": "Beta", "keyPrefix": None}}

    assert converter.assign_prefixes(facts, {"Alpha": "Z00"}) == {"Beta": "Z01"}
