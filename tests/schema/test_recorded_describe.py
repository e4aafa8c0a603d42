"""The catalogue against describe results recorded from real orgs, attribute by attribute."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from mockorg_server.schema.catalog_file import wire_key
from mockorg_server.schema.outline import Outline
from mockorg_server.schema.schema import SchemaView
from mockorg_server.schema.sobject import Field, SObject

RECORDED = Path(__file__).parents[1] / "recorded" / "describe"
CASES = Path(__file__).parent / "cases" / "describe_differences.json"
KNOWN = json.loads(CASES.read_text(encoding="utf-8"))

# Not attributes of the field as such, or no facts of the catalogue; entries of picklists are compared by themselves.
NOT_COMPARED = {
    "picklist_values", "min_api_version", "feature", "auto_number_format", "permissionable", "search_prefilterable",
}  # fmt: skip
ATTRIBUTES = {
    wire_key(attribute.name): attribute.name
    for attribute in dataclasses.fields(Field)
    if attribute.name not in NOT_COMPARED
}

Differences = set[tuple[str, str, str]]


def known(file: str) -> Differences:
    """The differences that the data file explains, as (field, attribute, ours and theirs)."""
    return {
        (field, attribute, repr(values))
        for reason in KNOWN[file].values()
        for field in reason["fields"]
        for attribute, values in reason.get("attributes", {"missing": None}).items()
    }


def compare(ours: SObject, theirs: Iterable[Mapping[str, Any]]) -> Differences:
    found: Differences = set()
    for field in theirs:
        mine = ours.field(field["name"])
        if mine is None:
            found.add((field["name"], "missing", "None"))
            continue
        for key, attribute in ATTRIBUTES.items():
            value = getattr(mine, attribute)
            value = list(value) if isinstance(value, tuple) else value
            if key in field and value != field[key]:
                found.add((field["name"], key, repr([value, field[key]])))
    return found


def test_account_of_version_48(everything: SchemaView) -> None:
    file = "account_rest_v48.json"
    recorded = json.loads((RECORDED / file).read_bytes())
    account = everything.sobject("Account")

    differences = compare(account, recorded["fields"])
    for field in recorded["fields"]:
        mine = account.field(field["name"])
        theirs = [
            (entry["value"], entry["label"], entry["active"], entry["defaultValue"])
            for entry in field["picklistValues"]
        ]
        if mine and [dataclasses.astuple(value)[:4] for value in mine.picklist_values] != theirs:
            differences.add((field["name"], "picklistLabels", "None"))
            assert [value.value for value in mine.picklist_values] == [entry[0] for entry in theirs]

    assert len(recorded["fields"]) == 68
    assert differences == known(file)


def test_account_has_every_field_that_exists_without_a_feature_in_version_48(everything: SchemaView) -> None:
    recorded = json.loads((RECORDED / "account_rest_v48.json").read_bytes())
    names = {field["name"] for field in recorded["fields"]}

    assert [
        field.name for field in everything.sobject("Account").fields if not field.feature and field.name not in names
    ] == []


def test_account_itself_and_its_child_relationships(everything: SchemaView) -> None:
    recorded = json.loads((RECORDED / "account_rest_v48.json").read_bytes())
    account = everything.sobject("Account")
    ours = {(child.child_sobject, child.field): child for child in account.child_relationships}
    keys = {"relationshipName", "cascadeDelete", "restrictedDelete", "deprecatedAndHidden"}
    missing = []
    for child in recorded["childRelationships"]:
        mine = ours.get((child["childSObject"], child["field"]))
        if mine is None:
            missing.append(child["childSObject"])
            continue
        stated = {wire_key(attribute.name): getattr(mine, attribute.name) for attribute in dataclasses.fields(mine)}
        assert {key: stated[key] for key in keys} == {key: child[key] for key in keys}

    assert missing == ["MaintenancePlanChangeEvent", "ProductRequestChangeEvent", "ProductRequestLineItemChangeEvent"]
    flags = {wire_key(name): getattr(account, name) for name in Outline._fields if wire_key(name) in recorded}
    assert len(flags) > 15
    assert flags == {key: recorded[key] for key in flags}


def test_lead_over_soap(everything: SchemaView) -> None:
    file = "lead_soap_partner.xml"
    lead = everything.sobject("Lead")
    result = ElementTree.parse(RECORDED / file).getroot().find(".//{urn:partner.soap.sforce.com}result")
    fields = [field_of(element) for element in result.findall("{urn:partner.soap.sforce.com}fields")]
    shown = dataclasses.replace(lead, fields=tuple(as_text(field) for field in lead.fields))

    assert len(fields) == 54
    assert compare(shown, fields) == known(file)


def field_of(element: ElementTree.Element) -> dict[str, Any]:
    """One <fields> as texts; referenceTo repeats."""
    texts: dict[str, Any] = {"referenceTo": []}
    for part in element:
        key = part.tag.partition("}")[2]
        if key == "referenceTo":
            texts[key].append(part.text)
        elif key in ATTRIBUTES:
            texts[key] = part.text
    return texts


def as_text(field: Field) -> Field:
    """The field with booleans and numbers as SOAP writes them."""
    values = {
        attribute.name: str(value).lower() if isinstance(value, bool) else str(value)
        for attribute in dataclasses.fields(field)
        if isinstance(value := getattr(field, attribute.name), bool | int)
    }
    return dataclasses.replace(field, **values)
