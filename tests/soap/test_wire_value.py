"""Values between XML text and the neutral form: every field type both ways, and what is no value of its type."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.value import Value
from mockorg_server.soap.fault import ClientFault
from mockorg_server.soap.record_writer import VALUE_WRITERS, XSD_TYPES
from mockorg_server.soap.text import double_text, escaped
from mockorg_server.soap.value_reader import TEXT_TYPES, VALUE_READERS, read_double, read_instant

from .strict_reader import FORMS


def test_every_field_type_can_be_read_and_written() -> None:
    assert set(VALUE_READERS) == set(VALUE_WRITERS) == set(XSD_TYPES) == set(FieldType)


READINGS: list[tuple[FieldType, str, Value]] = [
    (FieldType.BOOLEAN, "true", True),
    (FieldType.BOOLEAN, " 0 ", False),
    (FieldType.INT, "-12", -12),
    (FieldType.INT, "+0012", 12),
    (FieldType.LONG, "9223372036854775807", 2**63 - 1),
    (FieldType.DOUBLE, "1.5", 1.5),
    (FieldType.CURRENCY, "9.9213206E7", 99213206.0),
    (FieldType.PERCENT, ".5", 0.5),
    (FieldType.DOUBLE, "5.", 5.0),
    (FieldType.DATE, "2026-01-31", "2026-01-31"),
    (FieldType.DATE, "2026-01-31Z", "2026-01-31"),
    (FieldType.DATE, "2026-01-31-08:00", "2026-01-31"),
    (FieldType.DATE, "2026-01-31T00:00:00.000Z", "2026-01-31"),
    (FieldType.DATE, "2026-01-31T00:00:00.000+09:00", "2026-01-30"),
    (FieldType.DATETIME, "2026-01-31T12:00:00.000Z", "2026-01-31T12:00:00.000Z"),
    (FieldType.DATETIME, "2026-01-31T12:00:00", "2026-01-31T12:00:00.000Z"),
    (FieldType.DATETIME, "2026-01-31T23:30:00.9999999-01:00", "2026-02-01T00:30:00.999Z"),
    (FieldType.DATETIME, "2026-01-31T12:00:00+0530", "2026-01-31T06:30:00.000Z"),
    (FieldType.TIME, "12:30:15", "12:30:15.000Z"),
    (FieldType.TIME, "12:30:15.25Z", "12:30:15.250Z"),
    (FieldType.BASE64, " aGVs\nbG8= ", "aGVsbG8="),
    (FieldType.REFERENCE, "001000000000001", "001000000000001"),
    (FieldType.STRING, " x ", " x "),
]


@pytest.mark.parametrize(("field_type", "text", "value"), READINGS)
def test_reading_a_value(field_type: FieldType, text: str, value: Value) -> None:
    assert VALUE_READERS[field_type](text) == value


@pytest.mark.parametrize(
    ("field_type", "text"),
    [
        (FieldType.BOOLEAN, "True"),
        (FieldType.BOOLEAN, "2"),
        (FieldType.INT, "12.0"),
        (FieldType.INT, "2147483648"),
        (FieldType.INT, "9" * 5000),
        (FieldType.INT, "\u0661"),
        (FieldType.LONG, "9223372036854775808"),
        (FieldType.DOUBLE, "NaN"),
        (FieldType.DOUBLE, "INF"),
        (FieldType.DOUBLE, "1,5"),
        (FieldType.DOUBLE, "1" * 100_000),
        (FieldType.DATE, "31/01/2026"),
        (FieldType.DATE, "2026-02-30"),
        (FieldType.DATE, "2026-01-31T00:00"),
        (FieldType.DATE, "2026-02-30T00:00:00Z"),
        (FieldType.DATE, "12988-11-20"),
        (FieldType.DATETIME, "2026-01-31"),
        (FieldType.DATETIME, "2026-01-31T25:00:00Z"),
        (FieldType.DATETIME, "2026-01-31T12:00:00+99:00"),
        (FieldType.DATETIME, "0001-01-01T00:00:00+14:00"),
        (FieldType.TIME, "25:00:00"),
        (FieldType.TIME, "12:30"),
        (FieldType.BASE64, "a"),
        (FieldType.BASE64, "äöü="),
        *(
            (field_type, "")
            for field_type in FieldType
            if field_type not in TEXT_TYPES and field_type is not FieldType.BASE64
        ),
    ],
)
def test_what_is_no_value_of_its_type(field_type: FieldType, text: str) -> None:
    with pytest.raises(ClientFault, match=r"is not (a valid value|valid) for (the )?type xsd:"):
        VALUE_READERS[field_type](text)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (12.0, "12.0"),
        (0.0, "0.0"),
        (-1.5, "-1.5"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (99213206.0, "9.9213206E7"),
        (115056052.0, "1.15056052E8"),
        (14412092.88, "1.441209288E7"),
        (-123456789.125, "-1.23456789125E8"),
        (1e16, "1.0E16"),
        (1.7976931348623157e308, "1.7976931348623157E308"),
        (0.001, "0.001"),
        (0.00012, "1.2E-4"),
        (1.5e-07, "1.5E-7"),
        (5, "5.0"),
    ],
)
def test_doubles_are_written_as_java_prints_them(number: float, text: str) -> None:
    """The large ones are recorded from a real org, or follow the rule of Java's Double.toString."""
    assert double_text(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_survives_the_way_out_and_in(number: float) -> None:
    text = double_text(number)

    assert FORMS["xsd:double"](text)
    assert read_double(text) == number
    assert math.copysign(1, read_double(text)) == math.copysign(1, number)


@given(st.datetimes(datetime(1700, 1, 1), datetime(4000, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_an_instant_is_the_same_in_every_zone(local: datetime, offset_minutes: int) -> None:
    instant = local.replace(tzinfo=timezone(timedelta(minutes=offset_minutes)))

    assert read_instant(instant.isoformat()) == instant
    assert read_instant(instant.isoformat()).tzinfo is UTC


XML_TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff", min_codepoint=32)
    | st.sampled_from("\t\n\r")
)


@given(XML_TEXT)
def test_a_text_survives_the_way_out_and_in(text: str) -> None:
    element = etree.fromstring(f"<a>{escaped(text)}</a>")

    assert (element.text or "") == text


def test_the_five_entities_are_written_as_the_platform_does() -> None:
    assert escaped('<a href="x">O\'Brien & Söhne</a>') == (
        "&lt;a href=&quot;x&quot;&gt;O&apos;Brien &amp; Söhne&lt;/a&gt;"
    )


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1f", "\ud800", "\ufffe"])
def test_what_xml_cannot_carry_is_replaced(character: str) -> None:
    assert escaped(f"a{character}b") == "a\ufffdb"
