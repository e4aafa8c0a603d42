"""Records by Id and by key, replication windows, and the org's small state."""

from typing import Any

import pytest

from mockorg_server.schema.field_type import FieldType
from mockorg_server.store.store import Store

STAMPS = [f"2026-01-31T12:0{minute}:00.000Z" for minute in range(4)]


@pytest.fixture
def account(schema: Any) -> Any:
    return schema.sobject("Account")


@pytest.fixture
def accounts(store: Store, fill: Any) -> Store:
    fill(
        store,
        "Account",
        {"Id": "001A", "Name": "Ärger", "Key": "k", "Code": "x", "SystemModstamp": STAMPS[0]},
        {"Id": "001B", "Name": "äRGER", "Key": "K", "Code": "X", "SystemModstamp": STAMPS[1], "Active": True},
        {"Id": "001C", "Name": "gone", "Key": "k", "SystemModstamp": STAMPS[2], "IsDeleted": True},
    )
    return store


def test_get_gives_the_fields_asked_for_by_id(accounts: Store, account: Any) -> None:
    with accounts.read() as reader:
        assert reader.get(account, ["001B"], ["Name", "Active"]) == {"001B": ("äRGER", True)}
        assert reader.get(account, ["001B", "001A", "001Z"], ["Name"]) == {"001A": ("Ärger",), "001B": ("äRGER",)}
        assert reader.get(account, ["001A"], []) == {"001A": ()}
        assert reader.get(account, [], ["Name"]) == {}


def test_get_hides_deleted_records_unless_told(accounts: Store, account: Any) -> None:
    with accounts.read() as reader:
        assert reader.get(account, ["001C"], ["Name"]) == {}
        assert reader.get(account, ["001C"], ["Name"], include_deleted=True) == {"001C": ("gone",)}
        assert list(reader.get(account, ["001C", "001A"], ["Name"], include_deleted=True)) == ["001A", "001C"]


def test_find_follows_the_case_rule_of_the_field(accounts: Store, account: Any) -> None:
    with accounts.read() as reader:
        assert reader.find(account, "Name", "ÄRGER") == ["001A", "001B"]
        assert reader.find(account, "Code", "x") == ["001A", "001B"]
        assert reader.find(account, "Key", "k") == ["001A"]
        assert reader.find(account, "Key", "k", include_deleted=True) == ["001A", "001C"]
        assert reader.find(account, "Name", "ÄRGER", limit=1) == ["001A"]
        assert reader.find(account, "Name", "nobody") == []


@pytest.mark.parametrize(("field", "value"), [("Name", None), ("Description", "x"), ("BillingAddress", "x")])
def test_find_refuses_what_cannot_be_looked_up(accounts: Store, account: Any, field: str, value: Any) -> None:
    with accounts.read() as reader, pytest.raises(ValueError, match=field):
        reader.find(account, field, value)


def test_changed_takes_the_window_s_start_and_not_its_end(accounts: Store, account: Any) -> None:
    with accounts.read() as reader:
        assert reader.changed(account, STAMPS[0], STAMPS[2]) == ["001A", "001B"]
        assert reader.changed(account, STAMPS[1], STAMPS[3]) == ["001B"]


def test_deleted_gives_ids_with_their_stamps(accounts: Store, account: Any) -> None:
    with accounts.read() as reader:
        assert reader.deleted(account, STAMPS[0], STAMPS[3]) == [("001C", STAMPS[2])]
        assert reader.deleted(account, STAMPS[0], STAMPS[2]) == []


@pytest.mark.parametrize("stamp", ["LastModifiedDate", "CreatedDate"])
def test_changed_falls_back_to_what_stamp_there_is(build: Any, stamp: str) -> None:
    sobject = build.sobject("T", "a00", build.field(stamp), deletable=False)
    with Store(build.schema([sobject])) as store:
        with store.write() as writer:
            writer.insert(sobject, {"Id": "a001", stamp: STAMPS[1]})
        with store.read() as reader:
            assert reader.changed(sobject, STAMPS[1], STAMPS[2]) == ["a001"]
            assert reader.deleted(sobject, STAMPS[1], STAMPS[2]) == []


def test_changed_is_refused_without_any_stamp(store: Store, schema: Any) -> None:
    with store.read() as reader, pytest.raises(ValueError, match="User has no field that tells"):
        reader.changed(schema.sobject("User"), STAMPS[0], STAMPS[1])


def test_sobjects_never_written_have_no_records(store: Store, account: Any) -> None:
    with store.read() as reader:
        assert reader.get(account, ["001A"], ["Name"]) == {}
        assert reader.find(account, "Name", "x") == []
        assert reader.changed(account, STAMPS[0], STAMPS[3]) == []
        assert reader.deleted(account, STAMPS[0], STAMPS[3]) == []
        assert reader.row_counts() == {}


def test_update_sets_some_fields_and_their_folded_text(accounts: Store, account: Any) -> None:
    with accounts.write() as writer:
        writer.update(account, "001A", {"Name": "Ödön", "Active": True, "Code": None})
        assert writer.get(account, ["001A"], ["Name", "Active", "Code", "Key"]) == {"001A": ("Ödön", 1, None, "k")}
        assert writer.find(account, "Name", "ödöN") == ["001A"]
        assert writer.find(account, "Name", "ärger") == ["001B"]
        assert writer.find(account, "Code", "x") == ["001B"]


def test_purge_removes_for_good(accounts: Store, account: Any) -> None:
    with accounts.write() as writer:
        writer.purge(account, "001C")
        assert writer.get(account, ["001C"], [], include_deleted=True) == {}
        assert writer.row_counts() == {"Account": 2}


def test_a_record_that_is_not_there_cannot_be_written(accounts: Store, account: Any) -> None:
    with accounts.write() as writer:
        with pytest.raises(KeyError, match="001Z"):
            writer.update(account, "001Z", {"Name": "x"})
        with pytest.raises(KeyError, match="001Z"):
            writer.purge(account, "001Z")


@pytest.mark.parametrize("name", ["Nme", "BillingAddress", "Name~"])
def test_a_name_that_holds_no_value_cannot_be_written(store: Store, account: Any, name: str) -> None:
    with store.write() as writer, pytest.raises(ValueError, match=f"table Account has no column for {name}"):
        writer.insert(account, {"Id": "001A", name: "x"})


def test_values_come_back_as_they_went_in(store: Store, build: Any) -> None:
    values = {
        FieldType.STRING: "a'b\"c ?:x 😀",
        FieldType.INT: 2**31,
        FieldType.LONG: 2**62,
        FieldType.DOUBLE: 0.1,
        FieldType.CURRENCY: 1e17,
        FieldType.PERCENT: -3.0,
        FieldType.DATE: "2026-01-31",
        FieldType.DATETIME: STAMPS[0],
        FieldType.TIME: "12:00:00.000Z",
        FieldType.BASE64: "AAE=",
        FieldType.MULTIPICKLIST: "A;B",
        FieldType.ANYTYPE: "5",
    }
    sobject = build.sobject("T", "a00", *[build.field(kind.value, kind) for kind in values])
    with Store(build.schema([sobject])) as own, own.write() as writer:
        writer.insert(sobject, {"Id": "a", **{kind.value: value for kind, value in values.items()}})
        (row,) = writer.get(sobject, ["a"], [kind.value for kind in values]).values()
        assert list(map(repr, row)) == list(map(repr, values.values()))
        writer.update(sobject, "a", {"anyType": 5})
        assert writer.get(sobject, ["a"], ["anyType"]) == {"a": (5,)}


def test_state_is_kept_by_key(store: Store) -> None:
    with store.write() as writer:
        writer.set_state("counter", "1")
        writer.set_state("counter", "2")
        assert writer.state("counter") == "2"
    with store.read() as reader:
        assert (reader.state("counter"), reader.state("other")) == ("2", None)


def test_tables_are_indexed_once_they_grow(accounts: Store, account: Any, of: Any) -> None:
    plan = of("Account").plan(["Id"])
    with accounts.write() as writer:
        assert writer.holding.indexed == frozenset()
        for number in range(60):
            writer.insert(account, {"Id": f"001{number:04}", "Name": f"n{number}"})
        assert writer.holding.indexed == {"Account"}
        steps = writer._rows('EXPLAIN QUERY PLAN SELECT 1 FROM "Account" WHERE "Name~" = ?', ["x"])
        assert "Account.Name" in steps[0][3]
        assert len(writer.query(plan, ())) == 62


def test_children_are_looked_up_by_index(store: Store, fill: Any, of: Any, schema: Any) -> None:
    fill(store, "Contact", *[{"Id": f"003{n:05}", "AccountId": f"001{n:05}"} for n in range(100)])
    parent, child = of("Account"), of("Contact")
    subquery = parent.child("AccountId", child.plan(["Id"]), 1)
    with store.read() as reader:
        statement = reader._layout.statement(subquery.plan, False, frozenset({"Contact"}), subquery.field)
        steps = reader._rows(f"EXPLAIN QUERY PLAN {statement.sql}", ["[]"])
    assert any("Contact.AccountId" in step[3] for step in steps), steps
