"""Order, windows, groups, subqueries and parents from SOQL text to rows, against a plain evaluator over random rows."""

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

Row = dict[str, Any]

STAGES = ["Agriculture", "Banking", "Energy"]  # of Industry's picklist, in its order
KEYS = [f"001{number:012}AAA" for number in range(5)]


@st.composite
def accounts(draw: Any) -> list[Row]:
    return [
        {
            "Id": key,
            "IsDeleted": draw(st.integers(0, 5)) == 0,
            "Name": draw(st.sampled_from(["a", "A", "b", "É", "é", "zz"])),
            "Industry": draw(st.none() | st.sampled_from([*STAGES, "banking", "unlisted"])),
            "AnnualRevenue": draw(st.none() | st.sampled_from([-1.5, 0.0, 0.1, 0.2, 7.25])),
            "NumberOfEmployees": draw(st.none() | st.integers(-2, 2)),
            "ParentId": draw(st.none() | st.sampled_from(KEYS)),
        }
        for key in KEYS[: draw(st.integers(1, 5))]
    ]


@st.composite
def contacts(draw: Any) -> list[Row]:
    return [
        {
            "Id": f"003{number:012}AAA",
            "IsDeleted": draw(st.integers(0, 5)) == 0,
            "LastName": draw(st.sampled_from(["x", "X", "y", "z"])),
            "AccountId": draw(st.none() | st.sampled_from(KEYS)),
        }
        for number in range(draw(st.integers(0, 7)))
    ]


def fold(text: str) -> str:
    return text.upper()


def stage(value: str) -> Any:
    """Picklists sort by definition; what is not defined comes last, by name."""
    names = [fold(name) for name in STAGES]
    return (names.index(fold(value)), "") if fold(value) in names else (len(names), fold(value))


COMPARED: dict[str, Callable[[Any], Any]] = {"Name": fold, "Industry": stage, "LastName": fold}


def compared(path: str, value: Any) -> Any:
    convert = COMPARED.get(path.rpartition(".")[2])
    return value if value is None or convert is None else convert(value)


def value_of(row: Row | None, path: str, by_id: dict[str, Row]) -> Any:
    first, dot, rest = path.partition(".")
    if row is None or not dot:
        return None if row is None else row[first]
    return value_of(by_id.get(row[f"{first}Id"]), rest, by_id)


Key = tuple[str, bool, bool | None]


@st.composite
def orders(draw: Any, paths: tuple[str, ...]) -> list[Key]:
    """Draw sort keys: path, descending, and whether nulls come first (None: as by default)."""
    chosen = draw(st.lists(st.sampled_from(paths), max_size=3, unique=True))
    return [(path, draw(st.booleans()), draw(st.sampled_from([None, True, False]))) for path in chosen]


def order_text(keys: list[Key]) -> str:
    nulls = {None: "", True: " NULLS FIRST", False: " NULLS LAST"}
    terms = [f"{path}{' DESC' if descending else ''}{nulls[first]}" for path, descending, first in keys]
    return f" ORDER BY {', '.join(terms)}" if terms else ""


def in_order(rows: list[Row], keys: list[Key], by_id: dict[str, Row]) -> list[Row]:
    def compare(one: Row, other: Row) -> int:
        for path, descending, first in [*keys, ("Id", False, None)]:
            left, right = (compared(path, value_of(row, path, by_id)) for row in (one, other))
            if left == right:
                continue
            if left is None or right is None:
                return -1 if (left is None) is (first is not False) else 1
            return (-1 if left < right else 1) * (-1 if descending else 1)
        return 0

    return sorted(rows, key=cmp_to_key(compare))


WINDOWS = st.tuples(st.none() | st.integers(0, 4), st.none() | st.integers(0, 3))


def window_text(limit: int | None, offset: int | None) -> str:
    return ("" if limit is None else f" LIMIT {limit}") + ("" if offset is None else f" OFFSET {offset}")


def windowed(rows: list[Row], limit: int | None, offset: int | None) -> list[Row]:
    rows = rows[offset or 0 :]
    return rows if limit is None else rows[:limit]


def living(rows: list[Row]) -> list[Row]:
    return [row for row in rows if not row["IsDeleted"]]


PATHS = (
    "Name",
    "Industry",
    "AnnualRevenue",
    "NumberOfEmployees",
    "Parent.Name",
    "Parent.Industry",
    "Parent.Parent.Name",
)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(rows=accounts(), keys=orders(PATHS), window=WINDOWS)
def test_order_limit_and_offset(rows: list[Row], keys: list[Key], window: Any, engine: Any) -> None:
    engine.fill({"Account": rows})
    by_id = {row["Id"]: row for row in rows}
    expected = windowed(in_order(living(rows), keys, by_id), *window)
    assert engine.ids(f"SELECT Id FROM Account{order_text(keys)}{window_text(*window)}") == [r["Id"] for r in expected]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rows=accounts(), people=contacts(), keys=orders(("LastName", "Account.Name", "Account.Industry")))
def test_parents(rows: list[Row], people: list[Row], keys: list[Key], engine: Any) -> None:
    engine.fill({"Account": rows, "Contact": people})
    by_id = {row["Id"]: row for row in rows}
    paths = ("LastName", "Account.Name", "Account.Parent.Name", "Account.Parent.Parent.Industry")
    expected = [
        tuple(value_of(person, path, by_id) for path in paths) for person in in_order(living(people), keys, by_id)
    ]
    got = engine.records(f"SELECT {', '.join(paths)} FROM Contact{order_text(keys)}")
    assert [tuple(_read(record, path) for path in paths) for record in got] == expected


def _read(record: Any, path: str) -> Any:
    for name in path.split("."):
        record = None if record is None else record[name]
    return record


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    rows=accounts(),
    people=contacts(),
    keys=orders(("LastName", "Account.Name")),
    window=st.tuples(st.none() | st.integers(0, 3), st.none()),
    name=st.none() | st.sampled_from(["x", "y"]),
)
def test_subqueries(
    rows: list[Row], people: list[Row], keys: list[Key], window: Any, name: str | None, engine: Any
) -> None:
    engine.fill({"Account": rows, "Contact": people})
    by_id = {row["Id"]: row for row in rows}
    where = "" if name is None else f" WHERE LastName != '{name}'"
    inner = f"SELECT LastName, Id FROM Contacts{where}{order_text(keys)}{window_text(*window)}"
    expected = []
    for row in living(rows):
        children = [person for person in living(people) if person["AccountId"] == row["Id"]]
        chosen = [person for person in children if name is None or fold(person["LastName"]) != fold(name)]
        expected.append([person["Id"] for person in windowed(in_order(chosen, keys, by_id), *window)])
    got = engine.records(f"SELECT Name, ({inner}) FROM Account ORDER BY Id")
    assert [[child["Id"] for child in (record["Contacts"] or {"records": []})["records"]] for record in got] == expected


def exact_sum(values: list[float]) -> float:
    return float(sum((Decimal(repr(value)) for value in values), Decimal()))


AGGREGATES: dict[str, Callable[[list[Any]], Any]] = {
    "COUNT(Id)": len,
    "COUNT(AnnualRevenue)": len,
    "SUM(AnnualRevenue)": lambda values: exact_sum(values) if values else None,
    "SUM(NumberOfEmployees)": lambda values: sum(values) if values else None,
    "MIN(AnnualRevenue)": lambda values: min(values, default=None),
    "MAX(NumberOfEmployees)": lambda values: max(values, default=None),
    "COUNT_DISTINCT(Name)": lambda values: len({fold(value) for value in values}),
    "COUNT_DISTINCT(Industry)": lambda values: len({fold(value) for value in values}),
    "MIN(Name)": lambda values: min(map(fold, values), default=None),
    "MAX(Industry)": lambda values: fold(max(values, key=stage)) if values else None,
}


def folded(value: Any) -> Any:
    return fold(value) if isinstance(value, str) else value


@settings(max_examples=120, deadline=None, derandomize=True)
@given(
    rows=accounts(),
    keys=st.lists(st.sampled_from(["Name", "Industry", "ParentId", "Parent.Name"]), max_size=2, unique=True),
    shown=st.lists(st.sampled_from(sorted(AGGREGATES)), min_size=1, max_size=4, unique=True),
    least=st.none() | st.integers(0, 3),
)
def test_groups(rows: list[Row], keys: list[str], shown: list[str], least: int | None, engine: Any) -> None:
    if {"Name", "Parent.Name"} <= set(keys):  # one name for two columns
        keys = ["Name"]
    shown = [call for call in shown if call[:-1].partition("(")[2] not in keys]
    if not shown:
        return
    engine.fill({"Account": rows})
    by_id = {row["Id"]: row for row in rows}
    groups: dict[tuple[Any, ...], list[Row]] = {} if keys else {(): []}
    for row in living(rows):
        groups.setdefault(tuple(folded(value_of(row, path, by_id)) for path in keys), []).append(row)
    expected = []
    for group, members in groups.items():
        if not keys or least is None or len(members) >= least:
            cells = []
            for call in shown:
                field = call[:-1].partition("(")[2]
                cells.append(AGGREGATES[call]([row[field] for row in members if row[field] is not None]))
            expected.append((*group, *cells))
    by = f" GROUP BY {', '.join(keys)}" if keys else ""
    having = f" HAVING COUNT(Id) >= {least}" if keys and least is not None else ""
    got = engine.rows(f"SELECT {', '.join([*keys, *shown])} FROM Account{by}{having}")
    assert sorted(map(repr, (tuple(map(folded, row)) for row in got))) == sorted(map(repr, expected))
