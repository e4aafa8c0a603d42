"""Compound fields and their parts."""

from dataclasses import replace
from typing import Any

import pytest

from mockorg_server.schema.compound import MEMBERS, parts_of
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.schema import load_schema
from mockorg_server.schema.sobject import Field


@pytest.fixture(scope="module")
def schema() -> Any:
    return load_schema()


@pytest.mark.parametrize(
    ("sobject", "compound", "city"),
    [
        ("Account", "BillingAddress", "BillingCity"),
        ("Contact", "MailingAddress", "MailingCity"),
        ("User", "Address", "City"),
    ],
)
def test_parts_are_named_as_in_the_contract(sobject: str, compound: str, city: str, schema: Any) -> None:
    found = schema.latest.sobject(sobject)
    parts = parts_of(found, found.field(compound))
    assert list(parts) == [name for name in MEMBERS[FieldType.ADDRESS] if not name.endswith("Code") or name[0] == "p"]
    assert parts["city"].name == city


def test_every_compound_field_has_parts_and_no_part_is_two(schema: Any) -> None:
    seen = 0
    for name in schema.latest.names:
        sobject = schema.latest.sobject(name)
        for field in sobject.fields:
            if field.type in MEMBERS:
                parts = parts_of(sobject, field)
                told = {part.name for part in sobject.fields if part.compound_field_name == field.name}
                assert parts, f"{name}.{field.name}"
                assert len({part.name for part in parts.values()}) == len(parts)
                assert {part.name for part in parts.values()} == (told or {"Latitude", "Longitude"})
                seen += 1
    assert seen > 80


def test_codes_are_told_from_names(schema: Any) -> None:
    account = schema.latest.sobject("Account")
    names = ("BillingStateCode", "BillingCountryCode", "Site__Latitude__s", "Site__Longitude__s")
    codes = [
        Field(
            name=name,
            label=name,
            type=FieldType.PICKLIST,
            soap_type="xsd:string",
            compound_field_name="BillingAddress" if name.startswith("Billing") else "Site__c",
        )
        for name in names
    ]
    site = replace(codes[0], name="Site__c", type=FieldType.LOCATION, compound_field_name=None)
    changed = replace(account, fields=(*account.fields, *codes, site))
    billing = parts_of(changed, changed.field("BillingAddress"))
    assert tuple(billing) == MEMBERS[FieldType.ADDRESS]
    assert {member: billing[member].name for member in ("state", "stateCode", "country", "countryCode")} == {
        "state": "BillingState",
        "stateCode": "BillingStateCode",
        "country": "BillingCountry",
        "countryCode": "BillingCountryCode",
    }
    place = parts_of(changed, changed.field("Site__c"))
    assert {member: part.name for member, part in place.items()} == {
        "latitude": "Site__Latitude__s",
        "longitude": "Site__Longitude__s",
    }
