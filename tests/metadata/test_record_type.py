"""The record type of a saved record: of its own sObject, active, and the default where none is given."""

from pathlib import Path
from typing import Any

from mockorg_server.core.calls.operation import Create, Query
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.metadata.reading import read_schema
from mockorg_server.schema.schema import load_schema

from .conftest import Folder, xml


def record_type(folder: Folder, sobject: str, name: str, active: str = "true") -> None:
    folder.write(
        f"objects/{sobject}/recordTypes/{name}.recordType-meta.xml",
        xml("RecordType", f"<fullName>{name}</fullName><active>{active}</active><label>{name}</label>"),
    )


def test_record_types_fit_their_records(folder: Folder, tmp_path: Path) -> None:
    record_type(folder, "Account", "Partner")
    record_type(folder, "Account", "Former", "false")
    record_type(folder, "Contact", "Friend")
    folder.write(
        "profiles/Admin.profile-meta.xml",
        xml(
            "Profile",
            "<recordTypeVisibilities><default>true</default><recordType>Account.Partner</recordType>"
            "<visible>true</visible></recordTypeVisibilities>",
        ),
    )
    additions = read_schema([folder.path]).additions
    org = Org(load_schema(additions=additions), OrgSettings(additions=additions))

    def run(operation: Any) -> Any:
        return org.run(operation, Caller(org.token, 66))

    page = run(Query("SELECT Id, DeveloperName FROM RecordType"))
    ids = {row[1]: row[0] for row in page.rows}
    wanted = [{}, {"RecordTypeId": ids["Friend"]}, {"RecordTypeId": ids["Former"]}, {"RecordTypeId": ids["Partner"]}]
    results = run(Create(tuple(InputRecord("Account", {"Name": "A", **more}) for more in wanted)))
    text = "Record Type ID: this ID value isn't valid for the user: "
    assert [[(error.code, error.message) for error in result.errors] for result in results] == [
        [],
        [("INVALID_CROSS_REFERENCE_KEY", text + ids["Friend"])],
        [("INVALID_CROSS_REFERENCE_KEY", text + ids["Former"])],
        [],
    ]
    rows = run(Query("SELECT Id, RecordTypeId FROM Account")).rows
    org.close()
    assert [row[1] for row in rows] == [ids["Partner"], ids["Partner"]]
