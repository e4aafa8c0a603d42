"""Record types hold the values of restricted picklists, and bring defaults of their own."""

import json

import pytest

from .test_wire import Door

RESTRICTED = (
    "<type>Picklist</type><valueSet><restricted>{}</restricted><valueSetDefinition><sorted>false</sorted>"
    + "".join(
        f"<value><fullName>{name}</fullName><default>{str(name == 'A').lower()}</default><label>{name}</label></value>"
        for name in "ABC"
    )
    + "</valueSetDefinition></valueSet>"
)
CODE = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def record_type(name, *values, default="", field="Kind__c"):
    listed = "".join(
        f"<values><fullName>{each}</fullName><default>{str(each == default).lower()}</default></values>"
        for each in values
    )
    picklist = f"<picklistValues><picklist>{field}</picklist>{listed}</picklistValues>" if values else ""
    return f"<fullName>{name}</fullName><active>true</active><label>{name}</label>{picklist}"


@pytest.fixture
def typed(rules):
    """An object with a restricted picklist, one that is not restricted, and record types; gives the types' Ids."""
    rules.folder.object("Thing__c")
    rules.folder.field("Thing__c.Kind__c", RESTRICTED.format("true"))
    rules.folder.field("Thing__c.Free__c", RESTRICTED.format("false"))
    multi = RESTRICTED.format("true").replace(
        "<type>Picklist", "<visibleLines>4</visibleLines><type>MultiselectPicklist"
    )
    rules.folder.field("Thing__c.Many__c", multi.replace("<default>true", "<default>false"))
    rules.folder.record_type("Thing__c", "Small", record_type("Small", "B", "C", default="B"))
    rules.folder.record_type("Thing__c", "Bare", record_type("Bare", "C"))
    rules.folder.record_type("Thing__c", "Free", record_type("Free", "B", field="Free__c"))
    rules.folder.record_type("Thing__c", "Many", record_type("Many", "A", "B", field="Many__c"))
    return rules


def ids_of(rules):
    return dict(rules.rows("SELECT DeveloperName, Id FROM RecordType WHERE SobjectType = 'Thing__c'"))


def told(result):
    return [(error.code, error.message, error.fields) for error in result.errors]


def bad(value, field="Kind"):
    return [(CODE, f"{field}: bad value for restricted picklist field: {value}", (f"{field}__c",))]


def test_a_restricted_picklist_takes_the_values_of_the_records_type(typed):
    ids = ids_of(typed)
    assert told(typed.create("Thing__c", {"RecordTypeId": ids["Small"], "Kind__c": "A"})[0]) == bad("A")
    thing = typed.make("Thing__c", RecordTypeId=ids["Small"], Kind__c="b")
    assert typed.rows("SELECT Kind__c FROM Thing__c") == [("B",)]
    assert told(typed.update("Thing__c", thing, Kind__c="A")) == bad("A")
    assert told(typed.update("Thing__c", thing, RecordTypeId=ids["Bare"], Kind__c="B")) == bad("B")
    assert typed.update("Thing__c", thing, RecordTypeId=ids["Bare"]).success


def test_without_a_type_every_value_is_taken(typed):
    assert typed.create("Thing__c", {"Kind__c": "A"})[0].success


def test_a_picklist_that_is_not_restricted_takes_every_value(typed):
    assert typed.create("Thing__c", {"RecordTypeId": ids_of(typed)["Free"], "Free__c": "Z"})[0].success


def test_every_part_of_a_multi_select_picklist_is_looked_at(typed):
    many = ids_of(typed)["Many"]
    assert typed.create("Thing__c", {"RecordTypeId": many, "Many__c": "A;B"})[0].success
    assert told(typed.create("Thing__c", {"RecordTypeId": many, "Many__c": "A;C"})[0]) == bad("C", "Many")


def test_the_default_is_that_of_the_type(typed):
    ids = ids_of(typed)
    for name, default in (("Small", "B"), ("Bare", None), ("Free", "A")):
        thing = typed.make("Thing__c", RecordTypeId=ids[name])
        assert typed.rows(f"SELECT Kind__c FROM Thing__c WHERE Id = '{thing}'") == [(default,)]


def test_a_new_record_has_the_administrators_default_type(typed):
    visibility = "<recordTypeVisibilities><default>true</default><recordType>Thing__c.Small</recordType>"
    profile = f"{visibility}<visible>true</visible></recordTypeVisibilities>"
    typed.folder.profile("Admin", profile)
    typed.make("Thing__c")
    typed.make("Thing__c", RecordTypeId=None)
    small = ids_of(typed)["Small"]
    assert typed.rows("SELECT RecordTypeId, Kind__c FROM Thing__c ORDER BY Id") == [(small, "B"), (None, "A")]


def test_layouts_and_picklist_values_agree_with_what_is_taken(typed):
    ids, door = ids_of(typed), Door(typed)
    path = f"GET /ui-api/object-info/Thing__c/picklist-values/{ids['Small']}/Kind__c"
    value = json.loads(door.rest(path, None)[1])
    assert ([each["value"] for each in value["values"]], value["defaultValue"]["value"]) == (["B", "C"], "B")
    value = json.loads(door.rest("GET /sobjects/Thing__c/describe/layouts", None)[1])
    narrowed = {each["name"]: each["picklistsForRecordType"] for each in value["recordTypeMappings"]}
    assert narrowed["Master"] is None
    ((picklist),) = narrowed["Bare"]
    assert picklist["picklistName"] == "Kind__c"
    assert [(each["value"], each["defaultValue"]) for each in picklist["picklistValues"]] == [("C", False)]
