"""The tool that turns gathered facts into the catalogue."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FIELD: dict[str, Any] = {
    "label": "Kind",
    "type": "string",
    "soapType": "xsd:string",
    "length": 255,
    "byteLength": 765,
    "precision": 0,
    "scale": 0,
    "digits": 0,
    **dict.fromkeys(["nillable", "filterable", "groupable", "sortable", "aggregatable", "inLatest"], True),
    **dict.fromkeys(["createable", "updateable", "defaultedOnCreate"], False),
    **dict.fromkeys(["namePointing", "polymorphicForeignKey"], False),
    "picklistValues": [],
    "referenceTo": [],
    "relationshipName": None,
    "extraTypeInfo": None,
    "defaultValue": None,
    "origin": "real",
}
FLAGS = [
    "custom", "createable", "updateable", "deletable", "undeletable", "mergeable", "queryable", "retrieveable",
    "searchable", "replicateable", "layoutable", "triggerable", "activateable", "feedEnabled", "mruEnabled",
]  # fmt: skip


def facts(name: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "label": name,
        "labelPlural": f"{name}s",
        "keyPrefix": None,
        **dict.fromkeys(FLAGS, False),
        "source": {"basis": "real", "assumed": []},
        "fields": [{**FIELD, **field} for field in fields],
        "childRelationships": [],
        **more,
    }


def lines(converter: ModuleType, *objects: dict[str, Any]) -> list[str]:
    """The lines of the first object's file."""
    files = converter.convert({item["name"]: item for item in objects}, {})
    return files[f"{objects[0]['name']}.json"].splitlines()


def test_a_field_is_one_line_that_says_what_differs(converter: ModuleType) -> None:
    written = lines(
        converter,
        facts("Thing", {"name": "Plain"}, {"name": "Short", "length": 10, "byteLength": 30, "createable": True}),
    )

    assert '{"name": "Plain", "label": "Kind", "type": "string"},' in written
    assert '{"name": "Short", "label": "Kind", "type": "string", "length": 10, "createable": true}' in written
    assert '"idPrefix": "Z00",' not in written, "an unknown prefix that is no family's is told as key prefix"
    assert '"keyPrefix": "Z00",' in written


def test_picklist_entries_are_as_short_as_they_can_be(converter: ModuleType) -> None:
    def entry(value: str, label: str | None, **more: Any) -> dict[str, Any]:
        return {"value": value, "label": label, "active": True, "defaultValue": False, "validFor": None, **more}

    values = [entry("a", "a"), entry("b", "Bee"), entry("c", None), entry("d", "d", active=False)]
    written = lines(converter, facts("Thing", {"name": "Kind", "type": "picklist", "picklistValues": values}))

    line = next(line for line in written if '"Kind"' in line)
    assert json.loads(line)["picklistValues"] == [
        "a",
        ["b", "Bee"],
        ["c"],
        {"value": "d", "label": "d", "active": False},
    ]


@pytest.mark.parametrize(
    ("spelling", "type_name"),
    [("timeonly", "time"), ("enum", "picklist"), ("DataCategoryGroupReference", "datacategorygroupreference")],
)
def test_odd_spellings_of_types_are_put_right(converter: ModuleType, spelling: str, type_name: str) -> None:
    written = lines(converter, facts("Thing", {"name": "Odd", "type": spelling}))

    assert any(f'"type": "{type_name}"' in line for line in written)


def test_two_spellings_of_a_name_become_one_field(converter: ModuleType) -> None:
    merged = converter.merge_spellings([{**FIELD, "name": "OwnerId"}, {**FIELD, "name": "OwnerID", "createable": True}])

    assert [(field["name"], field["createable"], field["updateable"]) for field in merged] == [("OwnerId", True, False)]


@pytest.mark.parametrize(
    ("name", "field", "listed", "basis", "feature"),
    [
        ("Thing", "CurrencyIsoCode", True, "docs", "MultiCurrency"),
        ("Thing", "CurrencyIsoCode", False, "real", "MultiCurrency"),
        ("User", "DefaultCurrencyIsoCode", False, "real", "MultiCurrency"),
        ("Loan", "BaseCurrencyIsoCode", True, "real", None),
        ("Thing", "RecordTypeId", False, "real", "RecordTypes"),
        ("Thing", "RecordTypeId", True, "real", None),
        ("Account", "PersonEmail", False, "real", "PersonAccounts"),
        ("Account", "FirstName", False, "real", "PersonAccounts"),
        ("Contact", "MiddleName", False, "real", "Unlisted"),
        ("Contact", "IsPersonAccount", False, "real", "PersonAccounts"),
        ("Thing", "Other", False, "real", "Unlisted"),
        ("Thing", "Other", False, "docs", None),
        ("Thing", "Other", True, "real", None),
    ],
)
def test_which_feature_a_field_needs(
    converter: ModuleType, name: str, field: str, listed: bool, basis: str, feature: str | None
) -> None:
    sobject = {"name": name, "source": {"basis": basis}}

    assert converter.field_feature(sobject, {"name": field, "inLatest": listed}) == feature


def test_child_relationships_without_their_object_or_field_are_left_out(converter: ModuleType) -> None:
    def child(sobject: str, field: str) -> dict[str, Any]:
        return {
            "childSObject": sobject,
            "field": field,
            "relationshipName": None,
            **dict.fromkeys(["cascadeDelete", "restrictedDelete", "deprecatedAndHidden"], False),
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "origin": "real",
        }

    children = [child("Part", "ThingId"), child("Part", "Gone"), child("Gone", "ThingId")]
    written = lines(
        converter,
        facts("Thing", {"name": "Kind"}, childRelationships=children),
        facts("Part", {"name": "ThingId", "minApiVersion": "61.0"}),
    )

    assert written[-3:-1] == ['{"field": "Part.ThingId", "minApiVersion": 61}', "]"]


def test_the_same_facts_give_the_same_bytes(converter: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "facts" / "objects"
    folder.mkdir(parents=True)
    for name in ("Thing", "Part"):
        (folder / f"{name}.json").write_text(json.dumps(facts(name, {"name": "Kind"})), encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    (out / "Stale.json").write_text("{}", encoding="utf-8")

    converter.main([str(tmp_path / "facts"), "--out", str(out)])
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    converter.main([str(tmp_path / "facts"), "--out", str(out)])

    assert first.keys() == {"Thing.json", "Part.json", "_index.json"}
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
