"""Literals to values, per field type: which kinds a field may be compared with, and what becomes of their text.

``FILTER_RULES`` is total over FieldType. A literal of the wrong kind is the binder's refusal; a literal of the right
kind that stands for no value (a malformed id, the 30th of February) raises ``LiteralError`` here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.value import Value
from mockorg_server.soql.date_literal import EARLIEST, LATEST
from mockorg_server.soql.operator import DAY_TESTS, INSTANT_TESTS, RangeTest
from mockorg_server.soql.plan import Operator
from mockorg_server.soql.quotation import QuotationError, unquote, unquote_pattern
from mockorg_server.soql.token import Kind

Converter = Callable[[str], Value]

MAX_STRING = 4_000  # characters of one string in WHERE (app limits, SOQL)
MAX_OFFSET = 2_000
MAX_FIELDS_LIMIT = 200
_INT_DIGITS = 10


class LiteralError(ValueError):
    """A literal that stands for no value; the place in the text is added by whoever knows it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def _string(convert: Callable[[str], str]) -> Converter:
    def string(text: str) -> str:
        if len(text) > MAX_STRING + 2:
            raise LiteralError("MALFORMED_QUERY", f"a string in WHERE cannot be longer than {MAX_STRING} characters")
        try:
            return convert(text)
        except QuotationError as error:
            raise LiteralError("MALFORMED_QUERY", str(error)) from None

    return string


to_text: Final = _string(unquote)
to_pattern: Final = _string(unquote_pattern)


def to_id(text: str) -> str:
    """Convert a quoted id to its 18-character form."""
    plain = to_text(text)
    identifier = normalise_id(str(plain))
    if identifier is None:
        raise LiteralError("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {plain}")
    return identifier


def _integer(bits: int) -> Converter:
    limit = 1 << (bits - 1)

    def integer(text: str) -> int:
        number = int(text) if len(text) < 30 else limit * 2
        if not -limit <= number < limit:
            raise LiteralError("NUMBER_OUTSIDE_VALID_RANGE", f"number outside the valid range: {text}")
        return number

    return integer


to_int: Final = _integer(32)
to_long: Final = _integer(64)


def to_double(text: str) -> float:
    """Convert a number to a finite float."""
    number = float(text)
    if not math.isfinite(number):
        raise LiteralError("NUMBER_OUTSIDE_VALID_RANGE", f"number outside the valid range: {text}")
    return number


def to_date(text: str) -> str:
    """Check a date against the calendar."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise LiteralError("MALFORMED_QUERY", f"Invalid date: {text}") from None
    _within_range(day, text)
    return text


def to_datetime(text: str) -> str:
    """Convert a date and time with its zone to UTC, milliseconds kept and what is finer cut off."""
    try:
        instant = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise LiteralError("MALFORMED_QUERY", f"Invalid datetime: {text}") from None
    _within_range(instant.date(), text)
    return instant.isoformat(timespec="milliseconds")[:-6] + "Z"


def to_time(text: str) -> str:
    """Check a time of day; milliseconds are kept and what is finer cut off."""
    clock, _, fraction = text[:-1].partition(".")
    hours, minutes, seconds = map(int, clock.split(":"))
    if hours > 23 or minutes > 59 or seconds > 59:
        raise LiteralError("MALFORMED_QUERY", f"Invalid time: {text}")
    return f"{clock}.{fraction[:3]:0<3}Z"


def _within_range(day: date, text: str) -> None:
    if not EARLIEST <= day <= LATEST:
        raise LiteralError("NUMBER_OUTSIDE_VALID_RANGE", f"date outside the valid range: {text}")


def to_limit(text: str) -> Value:
    """Convert the number of LIMIT."""
    return to_int(text)


def to_fields_limit(text: str) -> Value:
    """Convert the number of LIMIT where FIELDS(ALL) or FIELDS(CUSTOM) is selected."""
    if len(text) > _INT_DIGITS or int(text) > MAX_FIELDS_LIMIT:
        raise LiteralError("MALFORMED_QUERY", FIELDS_LIMIT_MESSAGE)
    return int(text)


FIELDS_LIMIT_MESSAGE: Final = f"The SOQL FIELDS function must have a LIMIT of at most {MAX_FIELDS_LIMIT}"


def to_offset(text: str) -> Value:
    """Convert the number of OFFSET."""
    if len(text) > _INT_DIGITS or int(text) > MAX_OFFSET:
        raise LiteralError("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MAX_OFFSET}")
    return int(text)


def to_single_limit(text: str) -> Value:
    """Check that a parent's LIMIT is 1, as OFFSET in its child query asks for."""
    if int(text[:_INT_DIGITS]) != 1:
        raise LiteralError("MALFORMED_QUERY", CHILD_OFFSET_MESSAGE)
    return 1


CHILD_OFFSET_MESSAGE: Final = "OFFSET in a subquery needs LIMIT 1 on the parent query"


@dataclass(frozen=True, slots=True)
class FilterRule:
    """How fields of one type are filtered.

    ``type_name`` stands in messages about a literal of the wrong kind, ``operator_name`` in those about an operator.
    ``null_value`` is what null means for a type that knows no null. ``range_tests`` is there for types that compare
    with date literals. ``equal`` and ``ordered`` tell which families of comparisons there are.
    """

    type_name: str
    operator_name: str
    converters: Mapping[Kind, Converter] = field(default_factory=dict)
    quoted: bool = False
    ordered: bool = True
    equal: bool = True
    pattern: bool = False
    null_value: Value = None
    range_tests: Mapping[Operator, RangeTest] | None = None


def _text(name: str, *, ordered: bool = True, pattern: bool = True) -> FilterRule:
    return FilterRule("string", name, {Kind.STRING: to_text}, quoted=True, ordered=ordered, pattern=pattern)


def _number(name: str, *, exact: Converter | None = None) -> FilterRule:
    converters = {Kind.INTEGER: exact} if exact else {Kind.INTEGER: to_double, Kind.DECIMAL: to_double}
    return FilterRule(name if exact else "double", name, converters)


_ID = FilterRule("string", "id", {Kind.STRING: to_id}, quoted=True)

# Distances have no notion of equality (SOQL reference, location-based queries).
DISTANCE_RULE: Final = FilterRule("double", "distance", {Kind.INTEGER: to_double, Kind.DECIMAL: to_double}, equal=False)

# None: mockorg compares nothing with such a field.
FILTER_RULES: Mapping[FieldType, FilterRule | None] = {
    FieldType.ADDRESS: None,
    FieldType.ANYTYPE: None,
    FieldType.BASE64: None,
    FieldType.BOOLEAN: FilterRule("boolean", "boolean", ordered=False, null_value=False),
    FieldType.COMBOBOX: _text("combobox"),
    FieldType.COMPLEXVALUE: None,
    FieldType.CURRENCY: _number("currency"),
    FieldType.DATACATEGORYGROUPREFERENCE: None,
    FieldType.DATE: FilterRule("date", "date", {Kind.DATE: to_date}, range_tests=DAY_TESTS),
    FieldType.DATETIME: FilterRule("dateTime", "dateTime", {Kind.DATETIME: to_datetime}, range_tests=INSTANT_TESTS),
    FieldType.DOUBLE: _number("double"),
    FieldType.EMAIL: _text("email"),
    FieldType.ENCRYPTEDSTRING: None,
    FieldType.ID: _ID,
    FieldType.INT: _number("int", exact=to_int),
    FieldType.JSON: None,
    FieldType.LOCATION: None,
    FieldType.LONG: _number("long", exact=to_long),
    FieldType.MULTIPICKLIST: _text("multipicklist", ordered=False, pattern=False),
    FieldType.PERCENT: _number("percent"),
    FieldType.PHONE: _text("phone"),
    FieldType.PICKLIST: _text("picklist"),
    FieldType.REFERENCE: _ID,
    FieldType.STRING: _text("string"),
    FieldType.TEXTAREA: _text("textarea"),
    FieldType.TIME: FilterRule("time", "time", {Kind.TIME: to_time}),
    FieldType.URL: _text("url"),
}
