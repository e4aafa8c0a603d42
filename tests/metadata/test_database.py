"""A database file goes on with a schema that has grown."""

from pathlib import Path
from typing import Any

import pytest

from mockorg_server.core.added_record import known_key_prefixes
from mockorg_server.core.calls.operation import Create, Query
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.metadata.reading import read_schema
from mockorg_server.schema.schema import load_schema
from mockorg_server.store.error import StoreError

from .conftest import Folder, xml


def run(org: Org, operation: Any) -> Any:
    return org.run(operation, Caller(org.token, 66))


def opened(folder: Folder, file: Path, *, remember: bool = True) -> Org:
    prefixes = known_key_prefixes(load_schema(), str(file)) if remember else {}
    additions = read_schema([folder.path], key_prefixes=prefixes).additions
    return Org(load_schema(additions=additions), OrgSettings(database=str(file), additions=additions))


def test_objects_keep_their_prefixes_and_gain_fields(folder: Folder, tmp_path: Path) -> None:
    file = tmp_path / "org.db"
    folder.object("Middle__c")
    first = opened(folder, file)
    run(first, Create((InputRecord("Middle__c", {"Name": "one"}),)))
    first.close()
    folder.object("Before__c")
    folder.field("Middle__c.Late__c", "<type>Text</type><length>20</length>")
    second = opened(folder, file)
    run(second, Create((InputRecord("Middle__c", {"Name": "two", "Late__c": "x"}),)))
    page = run(second, Query("SELECT Id, Name, Late__c FROM Middle__c ORDER BY Name"))
    second.close()

    assert [(row[0][:3], *row[1:3]) for row in page.rows] == [("a00", "one", None), ("a00", "two", "x")]


def test_a_prefix_that_moved_is_refused(folder: Folder, tmp_path: Path) -> None:
    folder.object("Middle__c")
    opened(folder, tmp_path / "org.db").close()
    folder.object("Before__c")

    with pytest.raises(StoreError, match="records of Middle__c in the database begin a00, and the schema says a01"):
        opened(folder, tmp_path / "org.db", remember=False)


def test_rows_of_the_schema_are_kept_in_step(folder: Folder, tmp_path: Path) -> None:
    def record_type(label: str) -> None:
        folder.write(
            "objects/Account/recordTypes/Partner.recordType-meta.xml",
            xml("RecordType", f"<fullName>Partner</fullName><active>true</active><label>{label}</label>"),
        )

    for label in ("Partner", "Our partner"):
        record_type(label)
        org = opened(folder, tmp_path / "org.db")
        page = run(org, Query("SELECT Name FROM RecordType"))
        org.close()

        assert [row[page.shape.members[0].index] for row in page.rows] == [label]


def test_custom_metadata_records_are_rows(folder: Folder, tmp_path: Path) -> None:
    folder.object("Setting__mdt")
    folder.field("Setting__mdt.Limit__c", "<type>Number</type><precision>18</precision><scale>0</scale>")
    folder.field("Setting__mdt.On__c", "<type>Checkbox</type><defaultValue>false</defaultValue>")
    folder.write(
        "customMetadata/Setting.Default.md-meta.xml",
        '<CustomMetadata xmlns="http://soap.sforce.com/2006/04/metadata" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema"><label>The default</label><protected>false</protected>'
        '<values><field>Limit__c</field><value xsi:type="xsd:double">3.0</value></values>'
        '<values><field>On__c</field><value xsi:type="xsd:boolean">true</value></values></CustomMetadata>',
    )
    org = opened(folder, tmp_path / "org.db")
    [row] = run(org, Query("SELECT DeveloperName, MasterLabel, Limit__c, On__c FROM Setting__mdt")).rows
    org.close()

    assert [value for value in row if not str(value).startswith("m00")] == ["Default", "The default", 3.0, True]
