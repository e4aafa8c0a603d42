"""WHERE from SOQL text to rows: random queries over random records, against a plain evaluator.

A random condition is a pair: its text, and a Python predicate on a record that says the same in the plainest way.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2024, 3, 10, 9, 30, tzinfo=UTC)  # the engine's: its moment is chosen for this test

Row = dict[str, Any]
Test = tuple[str, Callable[[Row], bool]]


# --- records

TEXTS = st.sampled_from(["a", "A", "ab", "É", "é", "a_b", "z;y", "100%"])
NUMBERS = st.sampled_from([-1.5, 0.0, 1.0, 2.5])
COUNTS = st.sampled_from([-1, 0, 1, 7])
TAGS = st.sampled_from(["A", "B", "A;B", "B;C", "ab", "A;C"])
PLACES = st.sampled_from(
    [(None, None), (37.775, -122.418), (34.052, -118.244), (0.0, None), (91.0, 0.0), (-33.9, 151.2)]
)
INSTANTS = st.one_of(
    st.datetimes(NOW.replace(tzinfo=None) - timedelta(days=3), NOW.replace(tzinfo=None) + timedelta(days=2)),
    st.datetimes(datetime(2022, 12, 30), datetime(2025, 1, 3)),
).map(lambda instant: instant.replace(microsecond=0, tzinfo=UTC))
KEYS = [f"001{number:012}AAA" for number in range(6)]
CONTACT_KEYS = [f"003{number:012}AAA" for number in range(4)]


@st.composite
def accounts(draw: Any) -> list[Row]:
    rows = []
    for key in KEYS[: draw(st.integers(1, 5))]:
        latitude, longitude = draw(PLACES)
        rows.append(
            {
                "Id": key,
                "IsDeleted": draw(st.integers(0, 4)) == 0,
                "Name": draw(st.none() | TEXTS),
                "AnnualRevenue": draw(st.none() | NUMBERS),
                "NumberOfEmployees": draw(st.none() | COUNTS),
                "CreatedDate": _value(draw(INSTANTS)),
                "LastActivityDate": draw(st.none() | INSTANTS.map(lambda instant: instant.date().isoformat())),
                "Tags__c": draw(st.none() | TAGS),
                "Place__Latitude__s": latitude,
                "Place__Longitude__s": longitude,
                "ParentId": draw(st.none() | st.sampled_from(KEYS)),
            }
        )
    return rows


@st.composite
def contacts(draw: Any) -> list[Row]:
    return [
        {
            "Id": key,
            "IsDeleted": draw(st.integers(0, 4)) == 0,
            "LastName": draw(TEXTS),
            "AccountId": draw(st.none() | st.sampled_from(KEYS)),
        }
        for key in CONTACT_KEYS[: draw(st.integers(0, 4))]
    ]


def _value(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.000Z")


# --- conditions and what they mean

ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}
OPERATORS = ["=", "!=", *ORDERINGS]


def holds(operator: str, value: Any, operand: Any) -> bool:
    """Compare as SOQL does: null is equal to nothing but null, and in no order."""
    if operator in ("=", "!="):
        return (value == operand) is (operator == "=")
    return value is not None and ORDERINGS[operator](value, operand)


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def folded(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


VALUES: dict[str, Any] = {"Name": TEXTS, "AnnualRevenue": NUMBERS, "NumberOfEmployees": COUNTS}


@st.composite
def comparisons(draw: Any) -> Test:
    name = draw(st.sampled_from(sorted(VALUES)))
    operand = draw(st.none() | VALUES[name])
    operator = draw(st.sampled_from(["=", "!="] if operand is None else OPERATORS))
    written = "null" if operand is None else quoted(operand) if isinstance(operand, str) else str(operand)
    return f"{name} {operator} {written}", lambda row: holds(operator, folded(row[name]), folded(operand))


@st.composite
def memberships(draw: Any) -> Test:
    name = draw(st.sampled_from(sorted(VALUES)))
    operands = draw(st.lists(st.none() | VALUES[name], min_size=1, max_size=4))
    written = ["null" if o is None else quoted(o) if isinstance(o, str) else str(o) for o in operands]
    negated = draw(st.booleans())
    listed = [folded(operand) for operand in operands]
    text = f"{name} {'NOT ' if negated else ''}IN ({', '.join(written)})"
    return text, lambda row: (folded(row[name]) in listed) is not negated


@st.composite
def patterns(draw: Any) -> Test:
    parts = draw(st.lists(st.sampled_from(["a", "É", "_", "%", "\\_", "\\%", "b"]), min_size=1, max_size=3))
    wild = {"%": ".*", "_": "."}
    pattern = re.compile("".join(wild.get(part) or re.escape(part[-1].upper()) for part in parts))
    text = "".join(parts)
    return f"Name LIKE '{text}'", lambda row: bool(row["Name"] and pattern.fullmatch(row["Name"].upper()))


@st.composite
def multiselects(draw: Any) -> Test:
    wanted = draw(st.lists(TAGS, min_size=1, max_size=3))
    excludes = draw(st.booleans())

    def is_true(row: Row) -> bool:
        held = {tag.upper() for tag in (row["Tags__c"] or "").split(";")}
        found = any(all(tag.upper() in held for tag in some.split(";")) for some in wanted)
        return found is not excludes

    return f"Tags__c {'EXCLUDES' if excludes else 'INCLUDES'} ({', '.join(map(quoted, wanted))})", is_true


PARTS: dict[str, Callable[[datetime], int]] = {
    "CALENDAR_YEAR": lambda instant: instant.year,
    "CALENDAR_MONTH": lambda instant: instant.month,
    "DAY_IN_MONTH": lambda instant: instant.day,
    "DAY_IN_WEEK": lambda instant: instant.isoweekday() % 7 + 1,
    "HOUR_IN_DAY": lambda instant: instant.hour,
    "WEEK_IN_YEAR": lambda instant: (instant.timetuple().tm_yday - 1) // 7 + 1,
    "FISCAL_QUARTER": lambda instant: (instant.month - 2) % 12 // 3 + 1,
    "FISCAL_YEAR": lambda instant: instant.year + (instant.month >= 2),
}


@st.composite
def date_parts(draw: Any) -> Test:
    function = draw(st.sampled_from(sorted(PARTS)))
    local = draw(st.booleans())
    name = (
        "CreatedDate"
        if local or function == "HOUR_IN_DAY"
        else draw(st.sampled_from(["CreatedDate", "LastActivityDate"]))
    )
    operator = draw(st.sampled_from(OPERATORS))
    operand = draw(st.sampled_from([1, 2, 3, 10, 17, 23, 2023, 2024]))

    def is_true(row: Row) -> bool:
        if row[name] is None:
            return operator == "!="
        instant = datetime.fromisoformat(row[name]).replace(tzinfo=UTC)
        return holds(operator, PARTS[function](instant.astimezone(ZONE) if local else instant), operand)

    argument = f"convertTimezone({name})" if local else name
    return f"{function}({argument}) {operator} {operand}", is_true


DAYS: dict[str, tuple[date, date]] = {  # at NOW, in the user's zone
    "TODAY": (date(2024, 3, 10), date(2024, 3, 10)),
    "YESTERDAY": (date(2024, 3, 9), date(2024, 3, 9)),
    "LAST_N_DAYS:2": (date(2024, 3, 8), date(2024, 3, 10)),
    "NEXT_N_DAYS:1": (date(2024, 3, 11), date(2024, 3, 11)),
    "LAST_WEEK": (date(2024, 3, 3), date(2024, 3, 9)),
    "THIS_FISCAL_QUARTER": (date(2024, 2, 1), date(2024, 4, 30)),
    "LAST_YEAR": (date(2023, 1, 1), date(2023, 12, 31)),
}


@st.composite
def days(draw: Any) -> Test:
    literal = draw(st.sampled_from(sorted(DAYS)))
    name = draw(st.sampled_from(["CreatedDate", "LastActivityDate", "DAY_ONLY(convertTimezone(CreatedDate))"]))
    operator = draw(st.sampled_from(OPERATORS))
    first, last = DAYS[literal]

    def is_true(row: Row) -> bool:
        text = row["LastActivityDate" if name == "LastActivityDate" else "CreatedDate"]
        if text is None:
            return operator == "!="
        if name == "LastActivityDate":
            day = date.fromisoformat(text)
        else:
            day = datetime.fromisoformat(text).astimezone(ZONE).date()
        if operator in ("=", "!="):
            return (first <= day <= last) is (operator == "=")
        return holds(operator, day, first if operator in ("<", ">=") else last)

    return f"{name} {operator} {literal}", is_true


@st.composite
def distances(draw: Any) -> Test:
    operator = draw(st.sampled_from(sorted(ORDERINGS)))
    kilometres = draw(st.sampled_from([1, 600, 12_500]))

    def is_true(row: Row) -> bool:
        latitude, longitude = row["Place__Latitude__s"], row["Place__Longitude__s"]
        if latitude is None or longitude is None or abs(latitude) > 90:
            return False
        north, south = math.radians(latitude), math.radians(37.775)
        east = math.radians(longitude + 122.418)
        cosine = math.sin(north) * math.sin(south) + math.cos(north) * math.cos(south) * math.cos(east)
        return holds(operator, math.acos(min(1.0, cosine)) * 6371, kilometres)

    return f"DISTANCE(Place__c, GEOLOCATION(37.775, -122.418), 'km') {operator} {kilometres}", is_true


LEAVES = st.one_of(comparisons(), memberships(), patterns(), multiselects(), date_parts(), days(), distances())


def both(word: str, parts: list[Test]) -> Test:
    tests = [is_true for _, is_true in parts]
    quantifier = all if word == "AND" else any
    return f" {word} ".join(f"({text})" for text, _ in parts), lambda row: quantifier(test(row) for test in tests)


def negation(part: Test) -> Test:
    text, is_true = part
    return f"NOT ({text})", lambda row: not is_true(row)


CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(both, st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3)) | inner.map(negation)
    ),
    max_leaves=5,
)


@settings(max_examples=130, deadline=None, derandomize=True)
@given(rows=accounts(), condition=CONDITIONS)
def test_any_condition_agrees_with_a_plain_evaluator(rows: list[Row], condition: Test, engine: Any) -> None:
    engine.fill({"Account": rows})
    text, is_true = condition
    for deleted in (False, True):
        expected = [row["Id"] for row in rows if is_true(row) and (deleted or not row["IsDeleted"])]
        assert engine.ids(f"SELECT Id FROM Account WHERE {text}", deleted) == expected


@st.composite
def semi_joins(draw: Any) -> tuple[str, Callable[[Row, list[Row]], bool]]:
    negated, filtered = draw(st.booleans()), draw(st.booleans())
    name = draw(st.sampled_from(["Id", "ParentId"]))
    operand = draw(TEXTS)
    where = f" WHERE LastName != {quoted(operand)}" if filtered else ""

    def is_true(row: Row, others: list[Row]) -> bool:
        inner = [
            o for o in others if not o["IsDeleted"] and not (filtered and folded(o["LastName"]) == folded(operand))
        ]
        found = any(row[name] == other["AccountId"] for other in inner if other["AccountId"] is not None)
        return found is not negated

    return f"{name} {'NOT ' if negated else ''}IN (SELECT AccountId FROM Contact{where})", is_true


@settings(max_examples=70, deadline=None, derandomize=True)
@given(rows=accounts(), others=contacts(), joins=st.lists(semi_joins(), min_size=1, max_size=2), leaf=LEAVES)
def test_any_semi_join_agrees_with_a_plain_evaluator(
    rows: list[Row], others: list[Row], joins: list[Any], leaf: Test, engine: Any
) -> None:
    engine.fill({"Account": rows, **({"Contact": others} if others else {})})
    text = " AND ".join([leaf[0], *[join[0] for join in joins]])
    for deleted in (False, True):
        chosen = [row for row in rows if deleted or not row["IsDeleted"]]
        expected = [row["Id"] for row in chosen if leaf[1](row) and all(join[1](row, others) for join in joins)]
        assert engine.ids(f"SELECT Id FROM Account WHERE {text}", deleted) == expected
