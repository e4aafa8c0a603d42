"""What rows a plan gives: parents, polymorphic parents, order, groups, aggregates and pages."""

from dataclasses import replace
from typing import Any

import pytest

from mockorg_server.soql.plan import Aggregate, AggregateRef, Compare, IsNull, Like, Operator, Or, OrderBy
from mockorg_server.store.error import StoreError
from mockorg_server.store.store import Store

QUARRY = {"Id": "001A", "Name": "Quarry"}
ALPS = {"Id": "001B", "Name": "alps", "ParentId": "001A"}


def names(rows: list[tuple[Any, ...]]) -> list[Any]:
    return [row[0] for row in rows]


# --- rows


def test_rows_are_plain_tuples_in_id_order(accounts: Store, of: Any, ask: Any) -> None:
    rows = ask(accounts, of("Account").plan(["Id", "NumberOfEmployees", "AnnualRevenue", "Active"]))
    assert rows[:2] == [("001A", 5, 10.0, False), ("001B", 7, None, False)]
    assert {type(row) for row in rows} == {tuple}
    assert names(rows) == ["001A", "001B", "001C", "001D", "001E"]


def test_a_parent_gives_its_fields_or_nulls(accounts: Store, of: Any, ask: Any) -> None:
    rows = ask(accounts, of("Account").plan(["Id", "Parent.Id", "Parent.Name", "Parent.Parent.Name"]))
    assert rows[1:4] == [
        ("001B", "001A", "Quarry", None),
        ("001C", "001B", "alps", "Quarry"),
        ("001D", None, None, None),  # its parent does not exist
    ]


def test_tables_never_written_are_empty(accounts: Store, store: Store, of: Any, ask: Any) -> None:
    assert ask(accounts, of("Account").plan(["Id", "Owner.Name", "Owner.IsActive"]))[0] == ("001A", None, None)
    assert ask(store, of("Contact").plan(["Id", "Account.Name"])) == []
    assert ask(store, of("Contact").plan([AggregateRef(Aggregate.COUNT, None)], aggregate=True)) == [(0,)]
    maker = of("Contact")
    total = [AggregateRef(function, maker.ref("Name")) for function in (Aggregate.MIN, Aggregate.COUNT_DISTINCT)]
    assert ask(store, maker.plan(total, aggregate=True)) == [(None, 0)]
    grouped = maker.plan(
        ["Name"], group_by=(maker.ref("Name"),), aggregate=True, order_by=(OrderBy(maker.ref("Name")),)
    )
    assert ask(store, grouped) == []


def test_a_plan_sees_a_table_as_soon_as_it_is_made(store: Store, of: Any, ask: Any, fill: Any) -> None:
    plan = of("Contact").plan(["Id", "Account.Name"])
    assert ask(store, plan) == []
    fill(store, "Contact", {"Id": "003A", "AccountId": "001A"})
    assert ask(store, plan) == [("003A", None)]
    fill(store, "Account", QUARRY)
    assert ask(store, plan) == [("003A", "Quarry")]


def test_deleted_records_show_when_included_and_as_parents(store: Store, of: Any, ask: Any, fill: Any) -> None:
    fill(store, "Account", QUARRY | {"IsDeleted": True}, ALPS)
    plan = of("Account").plan(["Id", "Parent.Name"])
    assert ask(store, plan) == [("001B", "Quarry")]
    assert ask(store, plan, include_deleted=True) == [("001A", None), ("001B", "Quarry")]


# --- polymorphic parents


@pytest.fixture
def tasks(accounts: Store, fill: Any) -> Store:
    fill(accounts, "Opportunity", {"Id": "006A", "Name": "Deal", "AccountId": "001A"})
    fill(accounts, "Case", {"Id": "500A", "CaseNumber": "00001000"})
    whats = {"00TA": "001A", "00TB": "006A", "00TC": "500A", "00TD": None, "00TE": "001X"}
    fill(accounts, "Task", *[{"Id": key, "Subject": key, "WhatId": what} for key, what in whats.items()])
    return accounts


def test_a_polymorphic_parent_gives_the_field_of_whichever_it_is(tasks: Store, of: Any, ask: Any) -> None:
    rows = ask(tasks, of("Task").plan(["Id", "What.Id", "What.Type", "What.Name", "What.Industry", "What.Amount"]))
    assert rows == [
        ("00TA", "001A", "Account", "Quarry", "Energy", None),
        ("00TB", "006A", "Opportunity", "Deal", None, None),
        ("00TC", "500A", "Case", "00001000", None, None),  # a case is named by its number
        ("00TD", None, None, None, None, None),
        ("00TE", None, None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("path", "value", "expect"),
    [("What.Type", "OPPORTUNITY", ["00TB"]), ("What.Name", "quarry", ["00TA"]), ("What.Name", "00001000", ["00TC"])],
)
def test_a_polymorphic_parent_can_be_filtered(
    path: str, value: str, expect: list[str], tasks: Store, of: Any, ask: Any
) -> None:
    maker = of("Task")
    assert names(ask(tasks, maker.plan(where=Compare(maker.ref(path), Operator.EQ, 0)), value)) == expect


def test_what_lies_behind_a_polymorphic_parent(tasks: Store, of: Any, ask: Any) -> None:
    assert ask(tasks, of("Task").plan(["Id", "What.Account.Name"]))[:3] == [
        ("00TA", None),
        ("00TB", "Quarry"),
        ("00TC", None),
    ]


def test_targets_never_written_are_empty(accounts: Store, of: Any, ask: Any, fill: Any) -> None:
    fill(accounts, "Task", {"Id": "00TA", "WhatId": "001A"}, {"Id": "00TB", "WhatId": "006A"})
    rows = ask(accounts, of("Task").plan(["What.Name", "What.Type"]))
    assert rows == [("Quarry", "Account"), (None, None)]


def test_type_is_an_ordinary_field_of_an_ordinary_parent(store: Store, of: Any, ask: Any, fill: Any) -> None:
    fill(store, "Account", {"Id": "001A", "Name": "A", "Type": "Partner"}, {"Id": "001B", "ParentId": "001A"})
    assert ask(store, of("Account").plan(["Id", "Parent.Type"])) == [("001A", None), ("001B", "Partner")]


def test_a_polymorphic_parent_stays_so_with_one_target(build: Any) -> None:
    target = build.sobject("Account", "001", build.field("Name"), build.field("Type"))
    what = replace(build.reference("WhatId", "Account"), polymorphic_foreign_key=True)
    task = build.sobject("Task", "00T", what)
    schema = build.schema([target, task])
    with Store(schema) as store:
        with store.write() as writer:
            writer.insert(target, {"Id": "001A", "Name": "Quarry", "Type": "Customer"})
            writer.insert(task, {"Id": "00TA", "WhatId": "001A"})
        with store.read() as reader:
            plan = build.maker(schema, "Task").plan(["What.Type", "What.Name", "What.Email"])
            assert reader.query(plan, ()) == [("Account", "Quarry", None)]


def test_a_polymorphic_reference_may_have_any_number_of_targets(build: Any) -> None:
    targets = [build.sobject(f"T{number}", "a00", build.field("Name")) for number in range(150)]
    note = build.sobject("Note", "002", build.reference("ParentId", *[target.name for target in targets]))
    schema = build.schema([note, *targets])
    with Store(schema, "memory") as store:
        with store.write() as writer:
            for number, target in enumerate(targets):
                writer.insert(note, {"Id": f"002{number:03}", "ParentId": f"{target.name}A"})
                writer.insert(target, {"Id": f"{target.name}A", "Name": f"n{number}"})
        maker = build.maker(schema, "Note")
        name, kind = maker.ref("Parent.Name"), maker.ref("Parent.Type")
        where = Or((Compare(name, Operator.EQ, 0), Compare(kind, Operator.EQ, 1)))
        with store.read() as reader:
            rows = reader.query(maker.plan(["Id", name, kind], where=where), ("N7", "t149"))
            assert rows == [("002007", "n7", "T7"), ("002149", "n149", "T149")]
            assert len(reader.query(maker.plan(["Id", name]), ())) == len(targets)


def test_too_many_tables_are_refused(build: Any) -> None:
    targets = [build.sobject(f"T{number}", "a00", build.field("Name")) for number in range(70)]
    task = build.sobject("Note", "002", *[build.reference(f"{target.name}Id", target.name) for target in targets])
    schema = build.schema([task, *targets])
    with Store(schema, "memory") as store:
        with store.write() as writer:
            writer.insert(task, {"Id": "002A"})
            for target in targets:
                writer.insert(target, {"Id": f"{target.name}A"})
        maker = build.maker(schema, "Note")
        plan = maker.plan(["Id", *[f"{target.name}.Name" for target in targets]])
        with store.read() as reader, pytest.raises(StoreError, match="joins more tables than the 64 that the database"):
            reader.query(maker.plan(plan.columns), ())


# --- order


@pytest.mark.parametrize(
    ("path", "descending", "nulls_first", "expect"),
    [
        ("Name", False, True, "BEACD"),  # ALPS and alps are equal, so their ids decide
        ("Name", True, True, "DCABE"),
        ("Industry", False, True, "DBEAC"),  # definition order, then what is not defined
        ("Industry", False, False, "BEACD"),
        ("Industry", True, True, "DCABE"),
        ("Industry", True, False, "CABED"),
        ("NumberOfEmployees", False, True, "CDEAB"),
        ("NumberOfEmployees", False, False, "EABCD"),
        ("NumberOfEmployees", True, True, "CDBAE"),
        ("NumberOfEmployees", True, False, "BAECD"),
        ("Parent.Name", False, True, "ADECB"),
        ("Parent.Name", True, False, "BCADE"),
        ("Id", True, True, "EDCBA"),
    ],
)
def test_order(path: str, descending: bool, nulls_first: bool, expect: str, accounts: Store, of: Any, ask: Any) -> None:
    maker = of("Account")
    rows = ask(accounts, maker.plan(["Id"], order_by=(OrderBy(maker.ref(path), descending, nulls_first),)))
    assert "".join(name[-1] for name in names(rows)) == expect


def test_keys_are_applied_in_turn(accounts: Store, of: Any, ask: Any) -> None:
    maker = of("Account")
    keys = (OrderBy(maker.ref("Name")), OrderBy(maker.ref("NumberOfEmployees")))
    assert names(ask(accounts, maker.plan(["Id"], order_by=keys)))[:2] == ["001E", "001B"]


# --- pages


@pytest.mark.parametrize(
    ("limit", "offset", "expect"),
    [(2, None, "AB"), (None, 3, "DE"), (2, 1, "BC"), (0, None, ""), (9, 4, "E"), (1, 9, "")],
)
def test_limit_and_offset(
    limit: int | None, offset: int | None, expect: str, accounts: Store, of: Any, ask: Any
) -> None:
    parts = {key: index for index, key in enumerate(["limit", "offset"]) if (limit, offset)[index] is not None}
    rows = ask(accounts, of("Account").plan(["Id"], **parts), limit, offset)
    assert "".join(name[-1] for name in names(rows)) == expect


@pytest.mark.parametrize(("limit", "expect"), [(None, 5), (3, 3), (0, 0), (9, 5)])
def test_count_stops_at_the_limit(limit: int | None, expect: int, accounts: Store, of: Any) -> None:
    plan = of("Account").plan([], count_only=True, limit=None if limit is None else 0)
    with accounts.read() as reader:
        assert reader.count(plan, (limit,)) == expect


def test_count_takes_no_other_plan(accounts: Store, of: Any) -> None:
    with accounts.read() as reader, pytest.raises(ValueError, match="COUNT"):
        reader.count(of("Account").plan(), ())


# --- groups and aggregates


def aggregates(maker: Any, *pairs: tuple[Aggregate, str | None]) -> list[AggregateRef]:
    return [AggregateRef(function, path and maker.ref(path)) for function, path in pairs]


def test_aggregates_over_all_rows(accounts: Store, of: Any, ask: Any) -> None:
    maker = of("Account")
    columns = aggregates(
        maker,
        (Aggregate.COUNT, None),
        (Aggregate.COUNT, "Industry"),
        (Aggregate.COUNT_DISTINCT, "Industry"),
        (Aggregate.SUM, "NumberOfEmployees"),
        (Aggregate.SUM, "AnnualRevenue"),
        (Aggregate.AVG, "NumberOfEmployees"),
        (Aggregate.MIN, "AnnualRevenue"),
        (Aggregate.MAX, "NumberOfEmployees"),
        (Aggregate.MIN, "Name"),
        (Aggregate.MAX, "Name"),
        (Aggregate.MIN, "Industry"),
        (Aggregate.MAX, "Industry"),
    )
    (row,) = ask(accounts, maker.plan(columns, aggregate=True))
    assert row == (5, 4, 3, 13, 12.5, 13 / 3, 2.5, 7, "ALPS", "Über", "Media", "Unlisted")
    assert [type(value) for value in row[3:8]] == [int, float, float, float, int]


@pytest.mark.parametrize(
    ("values", "total", "mean"),
    [
        ((1.1, 2.2, None), 3.3, 1.65),
        ((0.1, 0.2, 0.07), 0.37, 0.37 / 3),
        ((1e9 + 0.1, -1e9), 0.1, 0.05),
        ((99999999999999.99,), 99999999999999.99, 99999999999999.99),
        ((1.0, 0.0, 0.0), 1.0, 1 / 3),
        ((None,), None, None),
    ],
)
def test_sums_are_of_decimals(
    store: Store, of: Any, ask: Any, fill: Any, values: Any, total: float | None, mean: float | None
) -> None:
    maker = of("Account")
    fill(store, "Account", *({"Id": f"001{n}", "AnnualRevenue": value} for n, value in enumerate(values)))
    columns = aggregates(maker, (Aggregate.SUM, "AnnualRevenue"), (Aggregate.AVG, "AnnualRevenue"))
    assert ask(store, maker.plan(columns, aggregate=True)) == [(total, mean)]
    having = IsNull(columns[0]) if total is None else Compare(columns[0], Operator.EQ, 0)
    assert len(ask(store, maker.plan(columns, aggregate=True, having=having), total)) == 1


def test_aggregates_over_nothing(accounts: Store, of: Any, ask: Any) -> None:
    maker = of("Account")
    functions = [(function, "NumberOfEmployees") for function in Aggregate]
    where = Compare(maker.ref("Name"), Operator.EQ, 0)
    (row,) = ask(accounts, maker.plan(aggregates(maker, *functions), aggregate=True, where=where), "none")
    assert dict(zip(Aggregate, row, strict=True)) == {
        Aggregate.COUNT: 0,
        Aggregate.COUNT_DISTINCT: 0,
        Aggregate.SUM: None,
        Aggregate.AVG: None,
        Aggregate.MIN: None,
        Aggregate.MAX: None,
    }


def test_groups_form_without_regard_to_case(accounts: Store, of: Any, ask: Any) -> None:
    maker = of("Account")
    key = maker.ref("Industry")
    count = AggregateRef(Aggregate.COUNT, None)
    rows = ask(accounts, maker.plan([key, count], group_by=(key,), aggregate=True))
    assert rows == [(None, 1), ("Media", 2), ("Energy", 1), ("Unlisted", 1)]


def test_groups_by_a_parents_boolean_count_a_missing_one_as_false(accounts: Store, of: Any, ask: Any) -> None:
    maker = of("Account")
    key = maker.ref("Parent.Active")
    rows = ask(accounts, maker.plan([key, AggregateRef(Aggregate.COUNT, None)], group_by=(key,), aggregate=True))
    assert rows == [(0, 5)]


def test_groups_can_be_ordered_and_cut(accounts: Store, of: Any, ask: Any) -> None:
    maker = of("Account")
    key, count = maker.ref("Name"), AggregateRef(Aggregate.COUNT, None)
    order = (OrderBy(count, descending=True), OrderBy(AggregateRef(Aggregate.MIN, maker.ref("Industry")), True, False))
    plan = maker.plan([key, count], group_by=(key,), aggregate=True, order_by=order, limit=0)
    assert ask(accounts, plan, 3) == [("ALPS", 2), ("Zinc", 1), ("Quarry", 1)]


@pytest.mark.parametrize(
    ("function", "path", "operator", "value", "expect"),
    [
        (Aggregate.COUNT, None, Operator.GT, 1, ["Media"]),
        (Aggregate.SUM, "NumberOfEmployees", Operator.GE, 5, ["Media", "Energy"]),
        (Aggregate.SUM, "NumberOfEmployees", Operator.NE, 5, [None, "Media", "Unlisted"]),
        (Aggregate.MIN, "Name", Operator.EQ, "alps", ["Media"]),
        (Aggregate.MAX, "Industry", Operator.EQ, "MEDIA", ["Media"]),
    ],
)
def test_having(
    function: Aggregate,
    path: str | None,
    operator: Operator,
    value: object,
    expect: list[Any],
    accounts: Store,
    of: Any,
    ask: Any,
) -> None:
    maker = of("Account")
    key = maker.ref("Industry")
    having = Compare(AggregateRef(function, path and maker.ref(path)), operator, 0)
    assert names(ask(accounts, maker.plan([key], group_by=(key,), aggregate=True, having=having), value)) == expect


def test_having_on_the_groups_key(accounts: Store, of: Any, ask: Any) -> None:
    maker = of("Account")
    key = maker.ref("Industry")
    plan = maker.plan([key], group_by=(key,), aggregate=True, having=IsNull(key, negated=True))
    assert names(ask(accounts, plan)) == ["Media", "Energy", "Unlisted"]
    plan = maker.plan([key], group_by=(key,), aggregate=True, having=Like(key, 0))
    assert names(ask(accounts, plan, "m%")) == ["Media"]
