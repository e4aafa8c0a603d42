"""Save hooks of the user: when they run, what they may do, and what becomes of their mistakes."""

from datetime import UTC, datetime

import pytest

from mockorg_server.core.calls.operation import Create, Delete, Query, Update
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.schema.schema import load_schema

FAILED = "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"


@pytest.fixture
def org():
    opened = Org(load_schema(), OrgSettings(clock_start=datetime(2026, 1, 31, 12, tzinfo=UTC)))
    yield opened
    opened.close()


@pytest.fixture
def run(org):
    return lambda operation: org.run(operation, Caller(org.token, 62))


@pytest.fixture
def create(run):
    return lambda type, **values: run(Create((InputRecord(type, values),)))[0]  # noqa: A006


@pytest.fixture
def rows(run):
    def read(soql):
        result = run(Query(soql))
        return [tuple(row[member.index] for member in result.shape.members) for row in result.rows]

    return read


def test_a_before_hook_changes_the_record(org, create, rows):
    @org.hook_org.on("before insert", "Account")
    def shout(event):
        for account in event.new:
            account["name"] = account["Name"].upper()
            account["Description"] = f"{event.timing} {event.operation} {account.id}"

    assert create("Account", Name="acme").success
    assert rows("SELECT Name, Description FROM Account") == [("ACME", "before insert None")]


def test_what_a_hook_sets_is_checked_like_what_a_client_sets(org, create):
    org.hook_org.on("before insert", "Account", lambda event: event.record.update(Name="x" * 256))
    assert create("Account", Name="a").errors[0].code == "STRING_TOO_LONG"


def test_a_hook_may_give_what_is_required(org, create):
    org.hook_org.on("before insert", "Account", lambda event: event.record.update(Name="given"))
    assert create("Account").success


def test_add_error_refuses_the_record(org, create, rows):
    @org.hook_org.on("before insert", "Account")
    def check(event):
        event.record.add_error("No", "name")
        event.add_error("At all")

    errors = create("Account", Name="a").errors
    assert [(error.code, error.message, error.fields) for error in errors] == [
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "No", ("Name",)),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "At all", ()),
    ]
    assert rows("SELECT Id FROM Account") == []


def test_an_update_shows_the_record_as_it_was(org, run, create):
    seen = []
    for event in ("before update", "after update"):
        org.hook_org.on(
            event, "Account", lambda event: seen.append((event.timing, event.old_record["Name"], event.record["Name"]))
        )
    account = create("Account", Name="a").id
    assert run(Update((InputRecord("Account", {"Name": "b"}, account),)))[0].success
    assert seen == [("before", "a", "b"), ("after", "a", "b")]


def test_an_error_after_the_save_undoes_it(org, create, rows):
    org.hook_org.on("after insert", "Account", lambda event: event.add_error(f"no {event.record.id[:3]}"))
    assert create("Account", Name="a").errors[0].message == "no 001"
    assert rows("SELECT Id FROM Account") == []


def test_a_delete_can_be_refused(org, run, create):
    org.hook_org.on("before delete", "Account", lambda event: event.add_error(f"keep {event.old[0]['Name']}"))
    account = create("Account", Name="a").id
    assert run(Delete((account,)))[0].errors[0].message == "keep a"


def test_an_exception_is_told_in_the_form_of_a_failed_trigger(org, create):
    def explode(event):
        raise ValueError("boom")

    org.hook_org.on("before insert", "Account", explode)
    (error,) = create("Account", Name="a").errors
    line = explode.__code__.co_firstlineno + 1
    assert (error.code, error.message, error.fields) == (
        FAILED,
        f"explode: execution of BeforeInsert\n\ncaused by: System.ValueError: boom\n\nTrigger.explode: line {line}, column 1",
        (),
    )


def test_dml_of_a_hook_belongs_to_the_save(org, create, rows):
    @org.hook_org.on("after insert", "Account")
    def add_contact(event):
        ids = event.org.create("Contact", [{"LastName": "Auto", "AccountId": event.record.id}])
        assert event.org.query(f"SELECT Account.Name FROM Contact WHERE Id = '{ids[0]}'") == [
            {"Account": {"Name": event.record["Name"]}}
        ]
        if event.record["Name"] == "bad":
            event.add_error("no")

    assert create("Account", Name="good").success
    assert not create("Account", Name="bad").success
    assert rows("SELECT LastName FROM Contact") == [("Auto",)]


def test_dml_that_fails_in_a_hook_is_a_dml_exception(org, create):
    def add(event):
        event.org.create("Contact", {"FirstName": "No"})

    org.hook_org.on("after insert", "Account", add)
    message = create("Account", Name="a").errors[0].message
    assert message.startswith(
        "add: execution of AfterInsert\n\ncaused by: System.DmlException: Insert failed. First exception on row 0; "
        "first error: REQUIRED_FIELD_MISSING, Required fields are missing: [LastName]: [LastName]\n\nTrigger.add: line "
    )


def test_recursion_ends_at_the_platforms_depth(org, create, rows):
    depth = []

    @org.hook_org.on("after insert", "Account")
    def again(event):
        depth.append(1)
        event.org.create("Account", {"Name": "again"})

    message = create("Account", Name="a").errors[0].message
    assert "again: maximum trigger depth exceeded\nAccount trigger event AfterInsert" in message
    assert len(depth) == 16
    assert rows("SELECT Id FROM Account") == []


def test_outside_a_save_the_org_may_be_used_too(org, rows):
    org.hook_org.create("Account", {"Name": "a"})
    assert rows("SELECT Name FROM Account") == [("a",)]
    with pytest.raises(OrgError, match="INVALID_TYPE"):
        org.hook_org.query("SELECT Id FROM Nothing")


@pytest.mark.parametrize(
    ("event", "sobject", "message"),
    [
        ("before think", "Account", "unknown event 'before think'"),
        ("before insert", "Nothing", "there is no sObject 'Nothing' in this org"),
    ],
)
def test_a_wrong_registration_is_refused(org, event, sobject, message):
    with pytest.raises(ValueError, match=message):
        org.hook_org.on(event, sobject, print)


@pytest.mark.parametrize("name", ["Id", "Nope"])
def test_what_cannot_be_written_fails_the_hook(org, create, name):
    def write(event):
        event.record[name] = "x"

    org.hook_org.on("before insert", "Account", write)
    assert create("Account", Name="a").errors[0].code == FAILED


def test_after_hooks_read_only(org, create):
    def write(event):
        event.record["Name"] = "x"

    org.hook_org.on("after insert", "Account", write)
    assert "System.TypeError: Record is read-only" in create("Account", Name="a").errors[0].message
