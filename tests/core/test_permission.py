"""Object and field permissions of profiles and permission sets, held up where they are switched on."""

from datetime import UTC, datetime

import pytest

from mockorg_server.core.calls.operation import (
    Create,
    Delete,
    DescribeGlobal,
    DescribeSObjects,
    Query,
    Retrieve,
    Update,
)
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.metadata.reading import read_schema
from mockorg_server.schema.schema import load_schema

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
PROFILE = f"""{HEAD}<Profile {NAMESPACE}>
    <fieldPermissions><field>Account.Phone</field><readable>true</readable><editable>false</editable></fieldPermissions>
    <fieldPermissions><field>Account.Site</field><readable>true</readable><editable>true</editable></fieldPermissions>
    <objectPermissions>
        <object>Account</object><allowCreate>true</allowCreate><allowRead>true</allowRead><allowEdit>true</allowEdit>
        <allowDelete>false</allowDelete><viewAllRecords>false</viewAllRecords><modifyAllRecords>false</modifyAllRecords>
    </objectPermissions>
    <objectPermissions>
        <object>Contact</object><allowCreate>false</allowCreate><allowRead>true</allowRead><allowEdit>false</allowEdit>
        <allowDelete>false</allowDelete><viewAllRecords>false</viewAllRecords><modifyAllRecords>false</modifyAllRecords>
    </objectPermissions>
</Profile>
"""
MORE = f"""{HEAD}<PermissionSet {NAMESPACE}>
    <label>Fax readers</label>
    <fieldPermissions><field>Account.Fax</field><readable>true</readable><editable>true</editable></fieldPermissions>
    <objectPermissions>
        <object>Lead</object><allowCreate>true</allowCreate><allowRead>true</allowRead><allowEdit>true</allowEdit>
        <allowDelete>true</allowDelete><viewAllRecords>false</viewAllRecords><modifyAllRecords>false</modifyAllRecords>
    </objectPermissions>
</PermissionSet>
"""
READ_ONLY = (
    "Please check the security settings of this field and verify that it is read/write for your profile or "
    "permission set."
)


@pytest.fixture(scope="module")
def additions(tmp_path_factory):
    root = tmp_path_factory.mktemp("app")
    for folder, name, text in (
        ("profiles", "Sales.profile-meta.xml", PROFILE),
        ("permissionsets", "Fax_Readers.permissionset-meta.xml", MORE),
    ):
        (root / folder).mkdir()
        (root / folder / name).write_text(text)
    return read_schema([root]).additions


def _open(additions, **settings):
    return Org(
        load_schema(additions=additions),
        OrgSettings(additions=additions, clock_start=datetime(2026, 1, 31, 12, tzinfo=UTC), **settings),
    )


@pytest.fixture
def org(additions):
    opened = _open(additions, enforce_permissions=True)
    yield opened
    opened.close()


@pytest.fixture
def admin(org):
    return lambda operation: org.run(operation, Caller(org.token, 62))


def _one(results):
    (result,) = results
    assert result.success, result.errors
    return result.id


def _only_id(run, soql):
    return run(Query(soql)).rows[0][0]


@pytest.fixture
def seller_id(admin):
    profile = _only_id(admin, "SELECT Id FROM Profile WHERE Name = 'Sales'")
    values = {
        "Username": "sales@example.com", "LastName": "Sales", "Email": "sales@example.com", "Alias": "sales",
        "CommunityNickname": "sales", "ProfileId": profile, "TimeZoneSidKey": "GMT", "LocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US", "EmailEncodingKey": "UTF-8",
    }  # fmt: skip
    return _one(admin(Create((InputRecord("User", values),))))


@pytest.fixture
def seller(org, seller_id):
    session = org.sessions.open(seller_id)
    return lambda operation: org.run(operation, Caller(session.id, 62))


def test_hidden_fields_and_objects_are_as_if_they_were_missing(seller):
    (account,) = seller(DescribeSObjects(("Account",)))
    assert (account.field("Fax"), account.field("Name").updateable) == (None, True)
    assert (account.field("Phone").createable, account.field("Site").createable) == (False, True)
    assert (account.createable, account.deletable) == (True, False)
    outlines = {outline.name: outline for outline in seller(DescribeGlobal()).sobjects}
    assert "Lead" not in outlines
    assert (outlines["Account"].deletable, outlines["Contact"].createable) == (False, False)
    assert "User" in outlines
    for soql, code in (
        ("SELECT Fax FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Fax = '1'", "INVALID_FIELD"),
        ("SELECT Account.Fax FROM Contact", "INVALID_FIELD"),
        ("SELECT Fax FROM Account WITH SECURITY_ENFORCED", "INVALID_FIELD"),
        ("SELECT Id FROM Lead", "INVALID_TYPE"),
    ):
        with pytest.raises(OrgError) as refused:
            seller(Query(soql))
        assert refused.value.code == code, soql
    with pytest.raises(OrgError, match="No such column 'Fax'"):
        seller(Retrieve("Account", ("Fax",), ()))
    with pytest.raises(OrgError, match="INVALID_TYPE"):
        seller(DescribeSObjects(("Lead",)))


def test_writes_need_edit(seller, admin):
    made = _one(seller(Create((InputRecord("Account", {"Name": "a", "Site": "s"}),))))
    (refused,) = seller(Create((InputRecord("Account", {"Name": "a", "Phone": "1"}),)))
    assert (refused.errors[0].code, refused.errors[0].message) == (
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        f"Unable to create/update fields: Phone. {READ_ONLY}",
    )
    with pytest.raises(OrgError, match="No such column 'Fax' on sobject of type Account"):
        seller(Update((InputRecord("Account", {"Fax": "1"}, made),)))
    contact = _one(admin(Create((InputRecord("Contact", {"LastName": "c"}),))))
    for results in (
        seller(Create((InputRecord("Contact", {"LastName": "c"}),))),
        seller(Update((InputRecord("Contact", {"LastName": "d"}, contact),))),
        seller(Delete((made,))),
    ):
        assert [(error.code, error.message, error.fields) for error in results[0].errors] == [
            ("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", ())
        ]


def test_the_author_and_owner_is_the_caller(seller, seller_id, admin):
    _one(seller(Create((InputRecord("Account", {"Name": "a"}),))))
    row = admin(Query("SELECT Id, OwnerId, CreatedById, LastModifiedById FROM Account")).rows[0]
    assert row[-3:] == (seller_id, seller_id, seller_id)


def test_a_permission_set_adds_to_the_profile(seller, seller_id, admin):
    chosen = _only_id(admin, "SELECT Id FROM PermissionSet WHERE Name = 'Fax_Readers'")
    values = {"AssigneeId": seller_id, "PermissionSetId": chosen}
    _one(admin(Create((InputRecord("PermissionSetAssignment", values),))))
    _one(seller(Create((InputRecord("Account", {"Name": "a", "Fax": "1"}),))))
    assert seller(Query("SELECT Id FROM Account WHERE Fax = '1'")).size == 1
    _one(seller(Create((InputRecord("Lead", {"LastName": "l", "Company": "c"}),))))


def test_nothing_is_held_up_unless_it_is_switched_on(additions):
    org = _open(additions)
    try:
        caller = Caller(org.token, 62)
        assert org.run(Query("SELECT Fax FROM Account"), caller).size == 0
    finally:
        org.close()
