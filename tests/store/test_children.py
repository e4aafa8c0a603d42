"""Child subqueries: which rows stand under which parent."""

from typing import Any

import pytest

from mockorg_server.schema.record_shape import ChildRows
from mockorg_server.soql.plan import Compare, InList, Operator, OrderBy
from mockorg_server.store.store import Store


@pytest.fixture
def contacts(accounts: Store, fill: Any) -> Store:
    parents = {"003A": "001A", "003B": "001A", "003C": "001B", "003D": None, "003E": "001A", "003F": "001X"}
    fill(accounts, "Contact", *[{"Id": k, "Name": f"n{k[-1]}", "AccountId": parent} for k, parent in parents.items()])
    fill(accounts, "Case", *[{"Id": f"500{n}", "CaseNumber": str(n), "ContactId": "003A"} for n in (1, 2)])
    return accounts


def with_contacts(of: Any, *columns: Any, **parts: Any) -> Any:
    parent, child = of("Account"), of("Contact")
    plan = child.plan(["Id", *columns], **{key: part(child) if callable(part) else part for key, part in parts.items()})
    return parent.plan(["Id", "Name", None], children=(parent.child("AccountId", plan, 2),))


def test_children_are_grouped_under_their_parents(contacts: Store, of: Any, ask: Any) -> None:
    rows = ask(contacts, with_contacts(of, "Account.Name"))
    assert rows[0] == (
        "001A",
        "Quarry",
        ChildRows([("003A", "Quarry"), ("003B", "Quarry"), ("003E", "Quarry")], size=3),
    )
    assert rows[1][2] == ChildRows([("003C", "alps")], size=1)
    assert [row[2] for row in rows[2:]] == [None, None, None]


@pytest.mark.parametrize(
    ("limit", "offset", "expect"),
    [
        (1, None, ["E", "C"]),
        (2, None, ["EB", "C"]),
        (1, 1, ["B", None]),
        (None, 2, ["A", None]),
        (0, None, [None, None]),
    ],
)
def test_limit_offset_and_order_count_per_parent(
    limit: int | None, offset: int | None, expect: list[str | None], contacts: Store, of: Any, ask: Any
) -> None:
    parts = {key: index for index, key in enumerate(["limit", "offset"]) if (limit, offset)[index] is not None}
    plan = with_contacts(of, order_by=lambda child: (OrderBy(child.ref("Name"), descending=True),), **parts)
    rows = ask(contacts, plan, limit, offset)
    children = [row[2] and "".join(child[0][-1] for child in row[2].rows) for row in rows[:2]]
    assert children == expect


def test_parameters_are_numbered_over_the_whole_query(contacts: Store, of: Any, ask: Any) -> None:
    parent, child = of("Account"), of("Contact")
    plan = child.plan(["Id"], where=Compare(child.ref("Name"), Operator.NE, 0), limit=2)
    where = InList(parent.ref("Name"), (1,))
    whole = parent.plan(["Id", None], children=(parent.child("AccountId", plan, 1),), where=where)
    assert ask(contacts, whole, "NA", "quarry", 1) == [("001A", ChildRows([("003B",)], 1))]


def test_children_of_children(contacts: Store, of: Any, ask: Any) -> None:
    parent, child, grandchild = of("Account"), of("Contact"), of("Case")
    cases = grandchild.plan(["Id", "CaseNumber"])
    people = child.plan(["Id", None], children=(child.child("ContactId", cases, 1),))
    rows = ask(contacts, parent.plan(["Id", None], children=(parent.child("AccountId", people, 1),)))
    assert rows[0][1].rows[:2] == [("003A", ChildRows([("5001", "1"), ("5002", "2")], 2)), ("003B", None)]
    assert rows[1][1].rows == [("003C", None)]


def test_deleted_children_show_when_included(contacts: Store, of: Any, ask: Any, schema: Any) -> None:
    with contacts.write() as writer:
        writer.update(schema.sobject("Contact"), "003C", {"IsDeleted": True})
    plan = with_contacts(of)
    assert ask(contacts, plan)[1][2] is None
    assert ask(contacts, plan, include_deleted=True)[1][2] == ChildRows([("003C",)], 1)


def test_children_of_a_table_never_written(accounts: Store, of: Any, ask: Any) -> None:
    assert {row[2] for row in ask(accounts, with_contacts(of))} == {None}
    assert {row[2] for row in ask(accounts, with_contacts(of, limit=0), 3)} == {None}


def test_one_statement_per_subquery_however_many_parents(store: Store, of: Any, fill: Any) -> None:
    fill(store, "Account", *[{"Id": f"001{n:05}", "Name": f"a{n}"} for n in range(3_000)])
    fill(store, "Contact", *[{"Id": f"003{n:05}", "AccountId": f"001{n:05}"} for n in range(3_000)])
    with store.read() as reader:
        counted: list[str] = []
        run = reader._rows
        reader._rows = lambda sql, values: counted.append(sql) or run(sql, values)  # type: ignore[method-assign]
        rows = reader.query(with_contacts(of), ())
    assert len(counted) == 2
    assert len(rows) == 3_000
    assert all(row[2].rows[0][0][3:] == row[0][3:] for row in rows)
