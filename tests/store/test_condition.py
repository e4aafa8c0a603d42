"""Where conditions are true: the table of cases, and random ones against a plain evaluator."""

import json
import operator
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockorg_server.soql.plan import And, Compare, Condition, InList, IsNull, Like, Not, Operator, Or
from mockorg_server.store.fold import fold
from mockorg_server.store.store import Store

CASES = json.loads((Path(__file__).parent / "cases" / "conditions.json").read_text())
USERS = ({"Id": "005T", "Name": "Tess", "IsActive": True}, {"Id": "005F", "Name": "Finn", "IsActive": False})
COMPARED = {symbol.value: symbol for symbol in Operator}


def to_condition(maker: Any, form: list[Any], parameters: list[Any]) -> Condition:
    """Read a condition written as a list; its values go to the end of ``parameters``."""
    head, *rest = form
    if head in ("and", "or"):
        return (And if head == "and" else Or)(tuple(to_condition(maker, part, parameters) for part in rest))
    if head == "not":
        return Not(to_condition(maker, rest[0], parameters))
    ref = maker.ref(rest[0])
    if head in ("null", "not null"):
        return IsNull(ref, negated=head == "not null")
    values = rest[1] if isinstance(rest[1], list) else [rest[1]]
    places = tuple(range(len(parameters), len(parameters) + len(values)))
    parameters += values
    if head == "like":
        return Like(ref, places[0])
    if head in COMPARED:
        return Compare(ref, COMPARED[head], places[0])
    return InList(ref, places, with_null=head.endswith("or null"), negated=head.startswith("not"))


@pytest.fixture(scope="module")
def accounts(schema: Any, fill: Any) -> Any:
    with Store(schema, "memory") as store:
        fill(store, "User", *USERS)
        fill(store, "Account", *CASES["records"])
        yield store


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: json.dumps(case["where"], ensure_ascii=False))
def test_condition_is_true_for(case: dict[str, Any], accounts: Store, of: Any, ask: Any) -> None:
    maker, parameters = of("Account"), []
    where = to_condition(maker, case["where"], parameters)
    rows = ask(accounts, maker.plan(["Id"], where=where), *parameters)
    assert "".join(row[0][-1] for row in rows) == case["expect"]


@pytest.mark.parametrize("count", [499, 500, 501, 5_000, 40_000])
def test_a_list_may_be_long(count: int, accounts: Store, of: Any, ask: Any) -> None:
    maker = of("Account")
    where = InList(maker.ref("Name"), tuple(range(count)))
    assert ask(accounts, maker.plan(where=where), *[f"n{n}" for n in range(count - 1)], "gamma") == [("001C",)]
    opposite = InList(maker.ref("AnnualRevenue"), tuple(range(count)), negated=True)
    rows = ask(accounts, maker.plan(where=opposite), *[float(n) for n in range(1_000, 999 + count)], 300.0)
    assert rows == [("001A",), ("001B",), ("001D",)]


@pytest.mark.parametrize("combine", [And, Or])
def test_a_chain_may_be_long(combine: type, accounts: Store, of: Any, ask: Any) -> None:
    maker = of("Account")
    tests = tuple(Compare(maker.ref("Name"), Operator.EQ, 0) for _ in range(3_000))
    assert ask(accounts, maker.plan(where=combine(tests)), "alpha") == [("001A",)]


def test_a_field_that_compares_not_at_all_is_a_bug(accounts: Store, of: Any, ask: Any) -> None:
    maker = of("Account")
    with pytest.raises(ValueError, match="field Description cannot be compared"):
        ask(accounts, maker.plan(where=Compare(maker.ref("Description"), Operator.EQ, 0)), "x")


# --- random conditions over random records, against a plain evaluator

TEXTS = st.sampled_from(["a", "A", "ab", "é", "É", "ß", "ẞ", "SS", "a_b", "a%", "Σ", "ς", "日本", "z", "\\"])
NUMBERS = st.sampled_from([-1.5, 0.0, 1.0, 2.5])
FIELDS: dict[str, Any] = {
    "Name": TEXTS,
    "Industry": TEXTS,
    "Key": TEXTS,
    "AnnualRevenue": NUMBERS,
    "Active": st.booleans(),
}
RECORDS = st.lists(
    st.fixed_dictionaries(
        {name: st.none() | values for name, values in FIELDS.items()} | {"parent": st.integers(0, 3)}
    ),
    min_size=1,
    max_size=5,
)
PATTERNS = st.lists(st.sampled_from(["a", "É", "_", "%", "\\_", "\\%", "ß"]), min_size=1, max_size=3).map("".join)


@st.composite
def leaves(draw: Any) -> list[Any]:
    name = draw(st.sampled_from(sorted(FIELDS)))
    path = draw(st.sampled_from([name, f"Parent.{name}", f"Parent.Parent.{name}"]))
    heads = [*COMPARED, "null", "not null", "in", "in or null", "not in", "not in or null"]
    head = draw(st.sampled_from(heads + (["like"] if FIELDS[name] is TEXTS else [])))
    if head.endswith("null") and "or" not in head:
        return [head, path]
    if head == "like":
        return [head, path, draw(PATTERNS)]
    values = FIELDS[name]
    return [head, path, draw(values if head in COMPARED else st.lists(values, max_size=3))]


FORMS = st.recursive(
    leaves(),
    lambda inner: (
        st.tuples(st.sampled_from(["and", "or"]), inner, inner).map(list) | inner.map(lambda form: ["not", form])
    ),
    max_leaves=6,
)
PYTHON: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def is_true(form: list[Any], record: dict[str, Any] | None, parents: Callable[[Any], Any]) -> bool:
    head, *rest = form
    if head in ("and", "or"):
        return (all if head == "and" else any)(is_true(part, record, parents) for part in rest)
    if head == "not":
        return not is_true(rest[0], record, parents)
    *steps, name = rest[0].split(".")
    for _ in steps:
        record = parents(record)
    value = None if record is None else record[name]
    if name == "Active":
        value = bool(value)
    if head.endswith("null") and "in" not in head.split():
        return (value is None or value is False) is (head == "null")
    return _holds(head, name, value, rest[1])


def _holds(head: str, name: str, value: Any, operand: Any) -> bool:
    prepare = fold if name in ("Name", "Industry") else lambda same: same
    if value is not None:
        value = prepare(value)
    if head in COMPARED:
        return head == "!=" if value is None else PYTHON[head](value, prepare(operand))
    if head == "like":
        return value is not None and _pattern(prepare(operand)).fullmatch(value) is not None
    found = value in [prepare(listed) for listed in operand] if value is not None else False
    if "null" in head and (value is None or value is False):
        found = True
    return found is not head.startswith("not")


def _pattern(pattern: str) -> re.Pattern[str]:
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return re.compile("".join(wild.get(part) or re.escape(part[-1]) for part in parts), re.DOTALL)


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(records=RECORDS, form=FORMS)
def test_any_condition_agrees_with_a_plain_evaluator(
    records: list[dict[str, Any]], form: list[Any], schema: Any, of: Any, ask: Any, fill: Any
) -> None:
    ids = {f"001{number}": record for number, record in enumerate(records)}
    with Store(schema, "memory") as store:
        rows = [{k: v for k, v in r.items() if k != "parent"} | {"Id": i} for i, r in ids.items()]
        fill(store, "Account", *[row | {"ParentId": f"001{ids[row['Id']]['parent']}"} for row in rows])
        maker, parameters = of("Account"), []
        where = to_condition(maker, form, parameters)
        answer = {row[0] for row in ask(store, maker.plan(where=where), *parameters)}
    expected = {i for i, r in ids.items() if is_true(form, r, lambda r: r and ids.get(f"001{r['parent']}"))}
    assert answer == expected
