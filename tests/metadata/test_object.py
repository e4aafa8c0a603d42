"""Objects of an org's own: their kinds, standard fields, companions, record types and relationships."""

import re
from pathlib import Path

import pytest

from mockorg_server.metadata.reading import SchemaSourceError, read_schema
from mockorg_server.schema.feature import DEFAULT_FEATURES, MULTI_CURRENCY
from mockorg_server.schema.schema import load_schema

from .conftest import Folder, xml

FULL = """<label>Thing</label><pluralLabel>Things</pluralLabel><enableActivities>true</enableActivities><enableFeeds>true</enableFeeds>
<enableHistory>true</enableHistory><enableSearch>true</enableSearch><sharingModel>Private</sharingModel>
<nameField><label>Thing Name</label><type>Text</type></nameField>"""
MASTER = "<type>MasterDetail</type><referenceTo>Account</referenceTo><relationshipName>Things</relationshipName>"


def test_a_currency_comes_with_several_currencies(folder: Folder) -> None:
    folder.object("Thing__c")
    features = DEFAULT_FEATURES | {MULTI_CURRENCY}
    additions = read_schema([folder.path], features).additions

    assert load_schema(features, additions=additions).latest.sobject("Thing__c").field("CurrencyIsoCode") is not None
    assert "CurrencyIsoCode" not in names(folder, "Thing__c")


def names(folder: Folder, sobject: str) -> list[str]:
    return [field.name for field in folder.view().sobject(sobject).fields]


def test_the_standard_fields_of_a_custom_object(folder: Folder) -> None:
    folder.object("Thing__c", FULL)

    assert names(folder, "Thing__c") == [
        "Id", "OwnerId", "IsDeleted", "Name", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById",
        "SystemModstamp", "LastActivityDate", "LastViewedDate", "LastReferencedDate",
    ]  # fmt: skip


def test_a_detail_has_no_owner_and_goes_with_its_master(folder: Folder) -> None:
    folder.object("Thing__c")
    folder.field("Thing__c.Account__c", MASTER)
    view = folder.view()

    assert "OwnerId" not in names(folder, "Thing__c")
    assert view.sobject("Account").child_relationship("Things__r").cascade_delete


def test_companions_come_with_what_is_switched_on(folder: Folder) -> None:
    folder.object("Thing__c", FULL)
    folder.object("Plain__c", "<label>Plain</label><sharingModel>ReadWrite</sharingModel>")
    folder.write(
        "platformEventChannelMembers/ChangeEvents_Thing_ChangeEvent.platformEventChannelMember-meta.xml",
        xml(
            "PlatformEventChannelMember",
            "<eventChannel>ChangeEvents</eventChannel><selectedEntity>Thing__ChangeEvent</selectedEntity>",
        ),
    )
    view = folder.view()
    thing = view.sobject("Thing__c")

    assert [name for name in view.names if name.startswith(("Thing__", "Plain__"))] == [
        "Plain__c", "Thing__ChangeEvent", "Thing__Feed", "Thing__History", "Thing__Share", "Thing__c",
    ]  # fmt: skip
    assert [field.name for field in view.sobject("Thing__Share").fields][:4] == [
        "Id",
        "ParentId",
        "UserOrGroupId",
        "AccessLevel",
    ]
    assert thing.child_relationship("Histories").child_sobject == "Thing__History"
    assert thing.child_relationship("Shares").field == "ParentId"
    assert thing.child_relationship("Tasks").child_sobject == "Task"
    assert "Thing__c" in view.sobject("Task").field("WhatId").reference_to
    assert "Plain__c" not in view.sobject("Task").field("WhatId").reference_to
    assert "Plain__c" in view.sobject("Attachment").field("ParentId").reference_to


def test_prefixes_are_given_out_by_name_and_kind(folder: Folder) -> None:
    for name in ("B__c", "A__c", "C__mdt", "D__e", "E__mdt", "ns__A__c"):
        folder.object(name)
    view = folder.view()

    assert {name: view.sobject(name).key_prefix for name in view.names if "__" in name and not name.startswith("Knowledge")} == {
        "A__c": "a00", "B__c": "a01", "C__mdt": "m00", "D__e": "e00", "E__mdt": "m01", "ns__A__c": "a02",
    }  # fmt: skip


def test_prefixes_that_are_known_are_kept(folder: Folder) -> None:
    folder.object("A__c")
    folder.object("B__c")
    reading = read_schema([folder.path], key_prefixes={"B__c": "a00"})

    assert {sobject.name: sobject.key_prefix for sobject in reading.additions.sobjects} == {
        "A__c": "a01",
        "B__c": "a00",
    }


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        (
            "S__c",
            "<customSettingsType>Hierarchy</customSettingsType><label>S</label>",
            "Id IsDeleted Name SetupOwnerId",
        ),
        ("S__c", "<customSettingsType>List</customSettingsType><label>S</label>", "Id IsDeleted Name SetupOwnerId"),
        ("M__mdt", "<label>M</label>", "Id DeveloperName MasterLabel Language NamespacePrefix Label QualifiedApiName"),
        ("E__e", "<label>E</label><eventType>HighVolume</eventType>", "ReplayId EventUuid CreatedDate CreatedById"),
        ("B__b", "<label>B</label>", "Id CreatedDate CreatedById"),
    ],
)
def test_other_kinds_have_fields_of_their_own(folder: Folder, name: str, body: str, expected: str) -> None:
    folder.object(name, body)

    assert " ".join(names(folder, name)).startswith(expected)
    assert (folder.view().sobject(name).custom_setting_type is not None) == (name == "S__c")


def test_record_types_are_told_with_what_they_allow(folder: Folder) -> None:
    folder.write(
        "objects/Account/recordTypes/Partner.recordType-meta.xml",
        xml(
            "RecordType",
            "<fullName>Partner</fullName><active>true</active><description>d</description><label>Our Partner</label>"
            "<picklistValues><picklist>Industry</picklist><values><fullName>Food %26 Beverage</fullName><default>true</default></values></picklistValues>",
        ),
    )
    folder.write(
        "profiles/Admin.profile-meta.xml",
        xml(
            "Profile",
            "<recordTypeVisibilities><default>true</default><recordType>Account.Partner</recordType><visible>true</visible></recordTypeVisibilities>",
        ),
    )
    reading = folder.read()
    account = folder.view().sobject("Account")
    [partner] = account.record_types
    [row] = reading.additions.records

    assert (partner.developer_name, partner.name, partner.is_default) == ("Partner", "Our Partner", True)
    assert partner.picklists == {"Industry": ("Food & Beverage",)}
    assert partner.defaults == {"Industry": "Food & Beverage"}
    assert account.field("RecordTypeId").reference_to == ("RecordType",)
    assert (row.sobject, row.values["Id"], row.values["SobjectType"]) == ("RecordType", partner.id, "Account")
    assert partner.id.startswith("012")


def test_validation_rules_are_kept(folder: Folder) -> None:
    folder.object("Thing__c")
    folder.write(
        "objects/Thing__c/validationRules/No.validationRule-meta.xml",
        xml(
            "ValidationRule",
            "<fullName>No</fullName><active>true</active><errorConditionFormula>ISBLANK(Name)</errorConditionFormula>"
            "<errorDisplayField>Name</errorDisplayField><errorMessage>Say a name.</errorMessage>",
        ),
    )
    [rule] = folder.view().sobject("Thing__c").validation_rules

    assert (rule.name, rule.formula, rule.error_message, rule.active, rule.error_display_field) == (
        "No", "ISBLANK(Name)", "Say a name.", True, "Name",
    )  # fmt: skip


def test_two_children_of_one_name_are_told(folder: Folder) -> None:
    folder.object("Thing__c")
    for name in ("One__c", "Two__c"):
        folder.field(
            f"Thing__c.{name}",
            "<type>Lookup</type><referenceTo>Account</referenceTo><relationshipName>Things</relationshipName>",
        )

    assert "Thing__c.Two__c: the child relationship Account.Things__r exists twice" in [
        str(note) for note in folder.read().notes
    ]


def test_metadata_form_and_several_package_directories(tmp_path: Path) -> None:
    root = Folder(tmp_path)
    root.write("sfdx-project.json", '{"packageDirectories": [{"path": "one", "default": true}, {"path": "two"}]}')
    fields = "<fields><fullName>F__c</fullName><label>F</label><type>Text</type><length>5</length></fields>"
    root.write("one/src/package.xml", xml("Package", "<version>60.0</version>"))
    root.write("one/src/objects/Thing__c.object", xml("CustomObject", f"<label>Thing</label>{fields}"))
    root.write(
        "two/main/objects/Thing__c/fields/G__c.field-meta.xml",
        xml("CustomField", "<fullName>G__c</fullName><type>Date</type>"),
    )
    root.write("three/objects/Other__c.object", xml("CustomObject", "<label>Other</label>"))
    view = load_schema(additions=read_schema([tmp_path]).additions).latest
    thing = view.sobject("Thing__c")

    assert (thing.field("F__c").length, thing.field("G__c").type) == (5, "date")
    assert view.sobject("Other__c") is None


def test_what_is_not_run_is_told_by_number(folder: Folder) -> None:
    folder.object("Thing__c")
    folder.write("classes/A.cls", "class A {}")
    folder.write("classes/A.cls-meta.xml", "<x/>")
    folder.write("flows/F.flow-meta.xml", "<x/>")
    folder.write("queues/Q.queue-meta.xml", "<x/>")
    folder.write("objects/Thing__c/fieldSets/S.fieldSet-meta.xml", "<x/>")

    assert [note.text for note in folder.read().notes] == [
        "not used: 1 field sets", "not run: 1 Apex classes, 1 flows", "no records are made of: 1 queues",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("objects/T__c/fields/F__c.field-meta.xml", "<CustomField>\n<a></b>\n</CustomField>", "F__c.field-meta.xml line 2: no XML"),
        ("objects/T__c/fields/F__c.field-meta.xml", xml("CustomObject", ""), "line 2: <CustomField> expected"),
        ("objects/T__c/fields/F__c.field-meta.xml", xml("CustomField", "\n<type>Text</type>"), "line 2: <fullName> is missing"),
        ("objects/T__c/fields/F__c.field-meta.xml", xml("CustomField", "<fullName>F__c</fullName>\n<type>Text</type>\n<length>many</length>"), "line 5: <length> must be a whole number, not 'many'"),
        ("objects/T__c/fields/F__c.field-meta.xml", xml("CustomField", "<fullName>F__c</fullName>\n<type>Text</type>\n<unique>ja</unique>"), "line 5: <unique> must be true or false, not 'ja'"),
        ("objects/T__c.object", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><CustomObject><label>&e;</label></CustomObject>', "a document type is not allowed"),
        ("notes.txt", "nothing", "the folder holds no objects, fields, describe JSON or WSDL"),
        ("T.json", "{", "T.json line 1: no JSON"),
        ("T.json", '{"name": "T"}', "no describe of an sObject"),
        ("T.json", '{"name": "T__c", "fields": [{"name": "Id", "type": "idd"}]}', "describe of 'T__c' is not understood"),
    ],
)  # fmt: skip
def test_a_broken_file_is_named_with_its_line(folder: Folder, file: str, text: str, message: str) -> None:
    folder.write(file, text)

    with pytest.raises(SchemaSourceError, match=re.escape(message)):
        folder.read()


def test_members_of_an_object_that_are_not_understood_are_told(folder: Folder) -> None:
    folder.object(
        "Thing__c",
        "<label>Thing</label><language>en_US</language><sparkle>true</sparkle><listViews><fullName>All</fullName></listViews>"
        "<fieldSets><fullName>A</fullName></fieldSets><fieldSets><fullName>B</fullName></fieldSets>",
    )

    assert [note.text for note in folder.read().notes] == [
        "<sparkle> of an object is not understood",
        "not used: 2 field sets, 1 list views",
    ]


def test_a_project_without_objects_is_told_and_no_error(folder: Folder) -> None:
    folder.write("classes/A.cls", "class A {}")

    assert [note.text for note in folder.read().notes] == [
        "there are no objects and fields in it",
        "not run: 1 Apex classes",
    ]
