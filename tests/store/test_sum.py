"""SUM adds decimals: what people wrote, not what doubles make of it."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def ask(engine: Any, values: list[float | None]) -> Any:
    rows = [{"Id": f"001{number:012}AAA", "AnnualRevenue": value} for number, value in enumerate(values)]
    engine.fill({"Account": rows})
    ((total, average),) = engine.rows("SELECT SUM(AnnualRevenue), AVG(AnnualRevenue) FROM Account")
    return total, average


@st.composite
def amounts(draw: Any) -> list[float | None]:
    digits = draw(st.sampled_from([0, 1, 2, 2, 5, 8]))
    most = 10**11 if digits <= 2 else 10**4
    value = st.integers(-most, most).map(lambda number: round(number / 10**digits, digits))
    return draw(st.lists(st.none() | value, max_size=12))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(values=amounts())
def test_sums_are_those_of_decimals(values: list[float | None], engine: Any) -> None:
    known = [Decimal(repr(value)) for value in values if value is not None]
    total = float(sum(known, Decimal())) if known else None
    assert ask(engine, values) == (total, None if total is None else total / len(known))


@pytest.mark.parametrize(
    ("values", "total"),
    [
        ([1.1, 2.2], 3.3),
        ([0.1] * 10, 1.0),
        ([1e16, 1.0, -1e16], pytest.approx(1.0, abs=2)),
        ([1 / 3] * 3, pytest.approx(1.0)),
        ([123_456_789_012.34] * 7, 864_197_523_086.38),
        ([], None),
        ([None], None),
    ],
)
def test_particular_sums(values: list[float | None], total: Any, engine: Any) -> None:
    assert ask(engine, values)[0] == total
