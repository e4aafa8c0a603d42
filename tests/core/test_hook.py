"""Save hooks of the user: when they run, what they may do, and what becomes of their mistakes."""

from datetime import UTC, datetime

import pytest

from mockorg_server.core.calls.operation import Create, Delete, Merge, Query, Update, Upsert
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord, MergeRequest
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


# --- several records


@pytest.fixture
def create_all(run):
    def save(*names, all_or_none=False, type="Account"):  # noqa: A002
        results = run(Create(tuple(InputRecord(type, {"Name": name}) for name in names), all_or_none=all_or_none))
        return [result.errors[0].code if result.errors else "ok" for result in results]

    return save


@pytest.fixture
def heard(org):
    """What the events of accounts were about, one entry each."""
    seen = []
    for event in ("before insert", "after insert", "before update", "after update", "before delete", "after delete"):
        org.hook_org.on(
            event,
            "Account",
            lambda event: seen.append((event.timing, event.operation, [r["Name"] for r in event.records])),
        )
    return seen


def test_the_records_of_a_call_are_one_event(create_all, heard):
    assert create_all("a", "b", "c") == ["ok"] * 3
    assert heard == [("before", "insert", ["a", "b", "c"]), ("after", "insert", ["a", "b", "c"])]


def test_another_sobject_between_makes_two_events(run, heard):
    records = (
        InputRecord("Account", {"Name": "a"}),
        InputRecord("Contact", {"LastName": "c"}),
        InputRecord("Account", {"Name": "b"}),
    )
    assert all(result.success for result in run(Create(records)))
    assert [names for timing, _, names in heard if timing == "before"] == [["a"], ["b"]]


def test_old_and_new_stand_in_one_order(org, run, create, rows):
    ids = [create("Account", Name=name).id for name in "ab"]
    pairs = []
    org.hook_org.on(
        "before update",
        "Account",
        lambda event: pairs.extend(
            (old["Name"], new["Name"], event.old_map[new.id]["Name"])
            for old, new in zip(event.old, event.new, strict=True)
        ),
    )
    run(
        Update(
            tuple(InputRecord("Account", {"Name": name}, record_id) for name, record_id in zip("xy", ids, strict=True))
        )
    )
    assert pairs == [("a", "x", "a"), ("b", "y", "b")]


def test_a_record_that_a_call_updates_twice_is_in_two_events(run, create, heard, rows):
    account = create("Account", Name="a").id
    heard.clear()
    assert all(r.success for r in run(Update(tuple(InputRecord("Account", {"Name": name}, account) for name in "xy"))))
    assert [names for timing, _, names in heard if timing == "before"] == [["x"], ["y"]]
    assert rows("SELECT Name FROM Account") == [("y",)]


def test_an_upsert_makes_an_event_of_each_kind(run, create, heard):
    known = create("Account", Name="known").id
    heard.clear()
    records = (
        InputRecord("Account", {"Name": "new 1"}),
        InputRecord("Account", {"Name": "changed"}, known),
        InputRecord("Account", {"Name": "new 2"}),
    )
    results = run(Upsert("Id", records))
    assert [(result.success, result.created, result.id == known) for result in results] == [
        (True, True, False),
        (True, False, True),
        (True, True, False),
    ]
    assert heard == [
        ("before", "insert", ["new 1", "new 2"]),
        ("after", "insert", ["new 1", "new 2"]),
        ("before", "update", ["changed"]),
        ("after", "update", ["changed"]),
    ]


def test_a_record_that_fails_is_set_aside_and_the_others_are_tried_again(org, create_all, heard, rows):
    """Apex guide, bulk DML exception handling: the hooks run again, and what the first attempt wrote is undone."""

    @org.hook_org.on("after insert", "Account")
    def contacts_and_refusal(event):
        event.org.create("Contact", [{"LastName": account["Name"]} for account in event.new])
        for account in event.new:
            if account["Name"] == "bad":
                account.add_error("no")

    assert create_all("a", "bad", "b") == ["ok", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "ok"]
    assert [names for timing, _, names in heard if timing == "after"] == [["a", "bad", "b"], ["a", "b"]]
    assert rows("SELECT Name FROM Account") == [("a",), ("b",)]
    assert rows("SELECT LastName FROM Contact") == [("a",), ("b",)]


def test_each_attempt_begins_with_the_values_of_the_client(org, create_all, rows):
    @org.hook_org.on("before insert", "Account")
    def add_a_mark(event):
        for account in event.new:
            account["Name"] += "!"
            if account["Name"].startswith("bad"):
                account.add_error("no")

    assert create_all("a", "bad") == ["ok", "FIELD_CUSTOM_VALIDATION_EXCEPTION"]
    assert rows("SELECT Name FROM Account") == [("a!",)]


def test_a_record_that_no_hook_has_met_causes_no_second_attempt(create_all, heard):
    assert create_all("a", "x" * 256) == ["ok", "STRING_TOO_LONG"]
    assert heard == [("before", "insert", ["a"]), ("after", "insert", ["a"])]


def test_after_three_attempts_all_fail(org, run, create_all, rows):
    """Text from the Apex guide."""
    counted = []

    @org.hook_org.on("after insert", "Account")
    def refuse_the_first(event):
        counted.append(len(event.new))
        event.new[0].add_error("no")

    assert create_all(*"abcdef") == ["FIELD_CUSTOM_VALIDATION_EXCEPTION"] * 3 + [FAILED] * 3
    assert counted == [6, 5, 4]
    assert rows("SELECT Id FROM Account") == []


def test_all_or_none_tries_once_and_keeps_nothing(org, create_all, heard, rows):
    org.hook_org.on("before insert", "Account", lambda event: event.new[1].add_error("no"))
    rolled_back = "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert create_all(*"abc", all_or_none=True) == [rolled_back, "FIELD_CUSTOM_VALIDATION_EXCEPTION", rolled_back]
    assert heard == [("before", "insert", ["a", "b", "c"])]
    assert rows("SELECT Id FROM Account") == []


def test_a_hook_for_one_record_is_refused_several(org, create_all):
    org.hook_org.on("before insert", "Account", lambda event: event.record)
    assert create_all("a", "b") == [FAILED, FAILED]


def test_a_merge_is_a_delete_of_the_losers_and_an_update_of_the_master(org, run, create, heard, rows):
    """Apex guide, triggers and merge statements."""
    master, loser = (create("Account", Name=name).id for name in ("master", "loser"))
    contact = create("Contact", LastName="c", AccountId=loser).id
    told = []
    for event in ("before delete", "after delete"):
        org.hook_org.on(
            event,
            "Account",
            lambda event: told.append(
                (
                    event.timing,
                    event.record["MasterRecordId"],
                    event.org.query(f"SELECT AccountId FROM Contact WHERE Id = '{contact}'"),
                )
            ),
        )
    heard.clear()
    (result,) = run(Merge((MergeRequest(InputRecord("Account", {}, master), (loser,)),)))
    assert result.success
    assert heard == [
        ("before", "delete", ["loser"]),
        ("after", "delete", ["loser"]),
        ("before", "update", ["master"]),
        ("after", "update", ["master"]),
    ]
    assert told == [("before", None, [{"AccountId": loser}]), ("after", master, [{"AccountId": master}])]
