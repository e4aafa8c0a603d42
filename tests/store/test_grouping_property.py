"""ROLLUP and CUBE from SOQL text to rows: random records and keys, against a plain evaluator."""

from collections import Counter
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

KEYS = ("Industry", "Rating", "Site")
VALUES = {"Industry": ["Energy", "Media"], "Rating": ["Hot", "Cold"], "Site": ["a", "A", "b"]}

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            **{name: st.none() | st.sampled_from(values) for name, values in VALUES.items()},
            "NumberOfEmployees": st.none() | st.integers(-2, 3),
        }
    ),
    max_size=8,
)


def kept_keys(modifier: str, keys: tuple[str, ...]) -> list[tuple[str, ...]]:
    if modifier == "ROLLUP":
        return [keys[:count] for count in range(len(keys) + 1)]
    return [kept for count in range(len(keys) + 1) for kept in combinations(keys, count)]


def expected(rows: list[dict[str, Any]], keys: tuple[str, ...], modifier: str, least: int) -> Counter[tuple[Any, ...]]:
    """Give the rows of the answer: keys, GROUPING() of each, COUNT(Id), SUM(NumberOfEmployees)."""
    answer: Counter[tuple[Any, ...]] = Counter()
    for kept in kept_keys(modifier, keys):
        groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {} if kept else {(None,) * len(keys): []}
        for row in rows:
            key = tuple(row[name] and row[name].upper() if name in kept else None for name in keys)
            groups.setdefault(key, []).append(row)
        for key, members in groups.items():
            numbers = [row["NumberOfEmployees"] for row in members if row["NumberOfEmployees"] is not None]
            if len(members) >= least:
                flags = tuple(int(name not in kept) for name in keys)
                answer[(*key, *flags, len(members), sum(numbers) if numbers else None)] += 1
    return answer


@settings(max_examples=150, deadline=None)
@given(ROWS, st.permutations(KEYS), st.integers(1, 3), st.sampled_from(["ROLLUP", "CUBE"]), st.integers(0, 2))
def test_subtotals(engine: Any, rows: list[Any], order: list[str], count: int, modifier: str, least: int) -> None:
    keys = tuple(order[:count])
    engine.fill({"Account": [{**row, "Id": f"001{place:012}AAA"} for place, row in enumerate(rows)]})
    flags = ", ".join(f"GROUPING({name})" for name in keys)
    answer = engine.rows(
        f"SELECT {', '.join(keys)}, {flags}, COUNT(Id), SUM(NumberOfEmployees) FROM Account "
        f"GROUP BY {modifier}({', '.join(keys)}) HAVING COUNT(Id) >= {least} ORDER BY {flags}"
    )
    folded = [(*(value and value.upper() for value in row[:count]), *row[count:]) for row in answer]
    assert Counter(folded) == expected(rows, keys, modifier, least)
    assert [row[count : 2 * count] for row in answer] == sorted(row[count : 2 * count] for row in answer)


@settings(max_examples=50, deadline=None)
@given(ROWS, st.permutations(KEYS))
def test_a_subtotal_follows_what_it_sums_up(engine: Any, rows: list[Any], order: list[str]) -> None:
    engine.fill({"Account": [{**row, "Id": f"001{place:012}AAA"} for place, row in enumerate(rows)]})
    answer = engine.rows(
        f"SELECT GROUPING({order[0]}), GROUPING({order[1]}), COUNT(Id) FROM Account GROUP BY ROLLUP({order[0]}, {order[1]})"
    )
    since_subtotal = since_total = 0
    for is_total, is_subtotal, size in answer:
        if is_total:
            assert size == since_total == len(rows)
        elif is_subtotal:
            assert size == since_subtotal > 0
            since_total, since_subtotal = since_total + size, 0
        else:
            since_subtotal += size
    assert answer[-1][:2] == (1, 1)
