"""Field values: text to Python by field type, and back."""

import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mockorg
from mockorg._value import CONVERTERS, convert, value_text

READ = [
    ("boolean", "true", True),
    ("boolean", "false", False),
    ("int", "12", 12),
    ("int", "-3", -3),
    ("int", "12.0", 12),
    ("long", "9007199254740993", 9007199254740993),
    ("double", "12.0", 12.0),
    ("double", "12", 12.0),
    ("currency", "1.25E7", 12_500_000.0),
    ("percent", "-.5", -0.5),
    ("date", "2026-01-31", date(2026, 1, 31)),
    ("datetime", "2026-01-31T12:00:00.000Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
    ("datetime", "2026-01-31T12:00:00.123+0000", datetime(2026, 1, 31, 12, 0, 0, 123000, tzinfo=UTC)),
    ("datetime", "2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
    ("time", "11:59:59.000Z", time(11, 59, 59)),
    ("base64", "aGVsbG8=", b"hello"),
    ("base64", "aGVs\nbG8=", b"hello"),
    ("string", "true", "true"),
    ("string", " 12 ", " 12 "),
    ("picklist", "2026-01-31", "2026-01-31"),
    ("id", "001000000000001AAA", "001000000000001AAA"),
    ("phone", "0123", "0123"),
]

# What FORMAT(field) and its like give under the field's name stays text; so does what only Python would accept.
STAYS_TEXT = [
    ("currency", "USD 1,000.00"),
    ("currency", "nan"),
    ("currency", "1e999"),
    ("double", "1_000"),
    ("int", "1_000"),
    ("int", "1.5"),
    ("int", ""),
    ("boolean", "yes"),
    ("boolean", "True"),
    ("date", "20260131"),
    ("date", "2026-02-30"),
    ("date", "1/31/2026"),
    ("datetime", "2026-01-31"),
    ("datetime", "2026-01-31T12:00:00"),
    ("datetime", "0001-01-01T00:00:00+14:00"),
    ("time", "25:00:00.000Z"),
    ("base64", "not base64!"),
]


@pytest.mark.parametrize(("kind", "text", "value"), READ)
def test_a_text_becomes_the_value_of_its_type(kind, text, value):
    actual = convert(CONVERTERS[kind], text)

    assert actual == value
    assert type(actual) is type(value)


@pytest.mark.parametrize(("kind", "text"), STAYS_TEXT)
def test_a_text_that_has_not_the_form_of_its_type_stays_text(kind, text):
    assert convert(CONVERTERS[kind], text) == text


def test_datetimes_are_in_utc():
    assert CONVERTERS["datetime"]("2026-01-31T12:00:00+02:00").tzinfo is UTC


def test_every_field_type_of_the_contract_has_a_converter():
    # SOAP API, enum fieldType
    types = (
        "string picklist multipicklist combobox reference base64 boolean currency textarea int double percent phone id "
        "date datetime time url email encryptedstring datacategorygroupreference location address anyType json "
        "complexvalue long"
    )

    assert set(CONVERTERS) == set(types.split())


WRITTEN = [
    ("a & b", "a & b"),
    (True, "true"),
    (False, "false"),
    (12, "12"),
    (12.5, "12.5"),
    (1e22, "1e+22"),
    (Decimal("1E+3"), "1000"),
    (date(2026, 1, 31), "2026-01-31"),
    (datetime(2026, 1, 31, 12, tzinfo=UTC), "2026-01-31T12:00:00.000Z"),
    (datetime(2026, 1, 31, 12, 0, 0, 5999, tzinfo=timezone(timedelta(hours=2))), "2026-01-31T10:00:00.005Z"),
    (time(11, 59, 59), "11:59:59.000Z"),
    (time(11, 59, 59, tzinfo=UTC), "11:59:59.000Z"),
    (b"hello", "aGVsbG8="),
]


@pytest.mark.parametrize(("value", "text"), WRITTEN, ids=repr)
def test_a_value_is_written_as_the_wires_have_it(value, text):
    assert value_text(value) == text


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        Decimal("NaN"),
        datetime(2026, 1, 31, 12),
        time(12, tzinfo=timezone(timedelta(hours=2))),
    ],
    ids=repr,
)
def test_a_value_that_no_field_holds_is_refused(value):
    with pytest.raises(ValueError):  # noqa: PT011 - the texts are told elsewhere
        value_text(value)


@pytest.mark.parametrize("value", [object(), [1], {1}, timedelta(1), mockorg.Address(city="Ghent")], ids=repr)
def test_a_type_that_no_field_takes_is_refused(value):
    with pytest.raises(TypeError, match="no field takes a value of type"):
        value_text(value)


MILLISECONDS = st.datetimes(timezones=st.just(UTC)).map(
    lambda each: each.replace(microsecond=each.microsecond // 1000 * 1000)
)


@given(
    st.one_of(
        st.tuples(st.just("string"), st.text()),
        st.tuples(st.just("boolean"), st.booleans()),
        st.tuples(st.sampled_from(["int", "long"]), st.integers()),
        st.tuples(st.sampled_from(["double", "currency", "percent"]), st.floats(allow_nan=False, allow_infinity=False)),
        st.tuples(st.just("date"), st.dates()),
        st.tuples(st.just("datetime"), MILLISECONDS),
        st.tuples(st.just("time"), MILLISECONDS.map(datetime.time)),
        st.tuples(st.just("base64"), st.binary()),
    )
)
def test_what_is_written_reads_the_same(typed):
    kind, value = typed

    again = convert(CONVERTERS[kind], value_text(value))

    assert again == value
    assert type(again) is type(value)
