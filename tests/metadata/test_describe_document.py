"""Describe results in JSON, in the forms in which tools print them."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.metadata.reading import read_schema
from mockorg_server.schema.schema import SchemaView, load_schema

from .conftest import Folder

RECORDED = Path(__file__).parents[1] / "recorded" / "describe" / "account_rest_v48.json"


def field(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "label": name, "type": kind, "soapType": "xsd:string", "custom": name.endswith("__c"), **more}


def whole(name: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "label": name, "labelPlural": name, "custom": True, "queryable": True,
            "fields": [field("Id", "id"), *fields], **more}  # fmt: skip


def view_of(folder: Path, *documents: Any) -> SchemaView:
    for number, document in enumerate(documents):
        (folder / f"{number}.json").write_text(json.dumps(document), encoding="utf-8")
    return load_schema(additions=read_schema([folder]).additions).latest


@pytest.mark.parametrize(
    "wrap",
    [
        lambda result: result,
        lambda result: {"status": 0, "result": result, "warnings": []},
        lambda result: [result],
        lambda result: {"status": 0, "result": [result]},
    ],
    ids=["simple-salesforce", "sf", "a list", "sf, a list"],
)
def test_every_form(tmp_path: Path, wrap: Any) -> None:
    view = view_of(tmp_path, wrap(whole("Thing__c", field("F__c", length=7, byteLength=21), keyPrefix="a0X")))
    thing = view.sobject("Thing__c")

    assert (thing.key_prefix, thing.field("F__c").length, thing.queryable, thing.createable) == ("a0X", 7, True, False)


def test_a_recorded_describe_is_understood_whole(tmp_path: Path) -> None:
    document = json.loads(RECORDED.read_bytes())
    reading = read_schema([RECORDED])
    account = load_schema(additions=reading.additions).view(66).sobject("Account")

    assert {note.text for note in reading.notes} <= {"children of an object that this org does not have are left out"}
    assert [known.name for known in account.fields] == [known["name"] for known in document["fields"]]
    assert account.field("Industry").length == 40


def test_a_describe_without_an_id_adds_its_fields(tmp_path: Path) -> None:
    account = view_of(
        tmp_path, {"name": "Account", "fields": [field("ExtId__c", externalId=True, idLookup=True)]}
    ).sobject("Account")

    assert account.field("ExtId__c").external_id
    assert account.field("Industry") is not None


def test_children_are_found_when_their_parent_is_not_described(tmp_path: Path) -> None:
    lookup = field(
        "Account__c", "reference", referenceTo=["Account"], relationshipName="Account__r", cascadeDelete=True
    )
    view = view_of(tmp_path, whole("Thing__c", lookup))
    [child] = [each for each in view.sobject("Account").child_relationships if each.child_sobject == "Thing__c"]

    assert (child.field, child.relationship_name, child.cascade_delete) == ("Account__c", None, True)


def test_a_describe_of_the_parent_has_the_last_word(tmp_path: Path) -> None:
    lookup = field("Account__c", "reference", referenceTo=["Account"], relationshipName="Account__r")
    child = {"childSObject": "Thing__c", "field": "Account__c", "relationshipName": "Things__r", "cascadeDelete": False}
    account = whole("Account", keyPrefix="001", childRelationships=[child])
    view = view_of(tmp_path, whole("Thing__c", lookup), account)

    assert view.sobject("Account").child_relationship("Things__r").field == "Account__c"
    assert len(view.sobject("Account").child_relationships) == 1


def test_what_is_not_understood_is_told(tmp_path: Path) -> None:
    lookup = field("Other__c", "reference", referenceTo=["Nowhere__c"], sparkle=1)
    (tmp_path / "t.json").write_text(json.dumps(whole("Thing__c", lookup, glitter=2)), encoding="utf-8")

    assert sorted(str(note) for note in read_schema([tmp_path]).notes) == [
        "Thing__c.Other__c: 'sparkle' of a describe is not understood",
        "Thing__c.Other__c: it points at Nowhere__c, which this org does not have",
        "Thing__c: 'glitter' of a describe is not understood",
    ]


def test_later_sources_have_the_last_word_on_a_field(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    first.write_text(json.dumps(whole("Thing__c", field("F__c", length=7), keyPrefix="a0X")), encoding="utf-8")
    second.write_text(json.dumps({"name": "Thing__c", "fields": [field("F__c", length=9)]}), encoding="utf-8")
    thing = load_schema(additions=read_schema([first, second]).additions).latest.sobject("Thing__c")

    assert thing.field("F__c").length == 9


def test_describes_beside_metadata_are_not_read_and_told(folder: Folder) -> None:
    folder.object("Thing__c")
    folder.write("Account.json", "{}")

    assert [str(note).partition(": ")[2] for note in folder.read().notes] == [
        "1 JSON files beside metadata are not read: describes are a path of their own"
    ]
