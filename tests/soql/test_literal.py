"""Literal text to values, per field type."""

import pytest

from mockorg_server.schema.field_type import FieldType
from mockorg_server.soql.literal import (
    FILTER_RULES,
    LiteralError,
    to_date,
    to_datetime,
    to_double,
    to_id,
    to_int,
    to_long,
    to_text,
    to_time,
)
from mockorg_server.soql.quotation import QuotationError, unquote, unquote_pattern


def test_every_field_type_has_its_rule():
    assert set(FILTER_RULES) == set(FieldType)


def test_types_that_take_patterns():
    patterns = {kind for kind, rule in FILTER_RULES.items() if rule and rule.pattern}
    assert patterns == {
        FieldType.COMBOBOX, FieldType.EMAIL, FieldType.PHONE, FieldType.PICKLIST, FieldType.STRING,
        FieldType.TEXTAREA, FieldType.URL,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("convert", "text", "value"),
    [
        (to_int, "-2147483648", -(2**31)),
        (to_long, "9223372036854775807", 2**63 - 1),
        (to_double, ".5", 0.5),
        (to_double, "-3", -3.0),
        (to_date, "1700-01-01", "1700-01-01"),
        (to_date, "4000-12-31", "4000-12-31"),
        (to_datetime, "2024-01-01T00:30:00+01:00", "2023-12-31T23:30:00.000Z"),
        (to_datetime, "2024-01-01T00:00:00.1239Z", "2024-01-01T00:00:00.123Z"),
        (to_time, "01:02:03Z", "01:02:03.000Z"),
        (to_time, "01:02:03.1234z", "01:02:03.123Z"),
        (to_id, "'00337000003VbP1'", "00337000003VbP1AAK"),
    ],
)
def test_values(convert, text, value):
    assert convert(text) == value
    assert type(convert(text)) is type(value)


@pytest.mark.parametrize(
    ("convert", "text", "code"),
    [
        (to_int, "2147483648", "NUMBER_OUTSIDE_VALID_RANGE"),
        (to_int, "9" * 5_000, "NUMBER_OUTSIDE_VALID_RANGE"),
        (to_long, "9223372036854775808", "NUMBER_OUTSIDE_VALID_RANGE"),
        (to_double, "9" * 400, "NUMBER_OUTSIDE_VALID_RANGE"),
        (to_date, "2023-02-29", "MALFORMED_QUERY"),
        (to_date, "1699-12-31", "NUMBER_OUTSIDE_VALID_RANGE"),
        (to_date, "4001-01-01", "NUMBER_OUTSIDE_VALID_RANGE"),
        (to_datetime, "2024-01-01T25:00:00Z", "MALFORMED_QUERY"),
        (to_datetime, "0001-01-01T00:00:00+01:00", "MALFORMED_QUERY"),
        (to_time, "24:00:00Z", "MALFORMED_QUERY"),
        (to_id, "'abc'", "INVALID_QUERY_FILTER_OPERATOR"),
        (to_id, "'00100000000000é'", "INVALID_QUERY_FILTER_OPERATOR"),
        (to_text, "'" + "x" * 4_001 + "'", "MALFORMED_QUERY"),
        (to_text, r"'\q'", "MALFORMED_QUERY"),
    ],
)
def test_no_values(convert, text, code):
    with pytest.raises(LiteralError) as caught:
        convert(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("literal", "text", "pattern"),
    [
        ("'plain'", "plain", "plain"),
        (r"'a\nb\Tc'", "a\nb\tc", "a\nb\tc"),
        (r"'\b\f\r\"\''", "\b\f\r\"'", "\b\f\r\"'"),
        (r"'back\\slash'", "back\\slash", r"back\\slash"),
        (r"'\u00e9\u005c'", "é\\", r"é\\"),
        (r"'\ud83d\ude00'", "😀", "😀"),
        (r"'\\n'", r"\n", r"\\n"),
    ],
)
def test_escapes(literal, text, pattern):
    assert unquote(literal) == text
    assert unquote_pattern(literal) == pattern


def test_wildcards_are_escaped_in_patterns_only():
    assert unquote_pattern(r"'100\%\_'") == r"100\%\_"
    for literal in (r"'100\%'", r"'a\_b'", r"'\ud83d'", r"'\u12'"):
        with pytest.raises(QuotationError):
            unquote(literal)
