"""The kinds of value that formulas know, and how the neutral values of fields become such values and back.

=========  =====================================================
kind       value while a formula is evaluated; None = blank
=========  =====================================================
NUMBER     ``Decimal``
TEXT       ``str``
BOOLEAN    ``bool``
DATE       ``date``
DATETIME   ``datetime`` in UTC
TIME       ``time``
PICKLIST   ``str``
MULTI      ``str``, values between semicolons
PLACE      ``(latitude, longitude)`` in degrees, as floats
NOTHING    the literal NULL
=========  =====================================================
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import Enum
from typing import Any, Final

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field
from mockorg_server.schema.value import Value

EXACT: Final = Context(prec=39, rounding=ROUND_HALF_UP)
"""How numbers are reckoned: 39 digits, halves up (Salesforce's published formula engine)."""


class Kind(Enum):
    """A kind of value; the value is how messages call it."""

    NUMBER = "Number"
    TEXT = "Text"
    BOOLEAN = "Boolean"
    DATE = "Date"
    DATETIME = "Date/Time"
    TIME = "Time"
    PICKLIST = "Picklist"
    MULTI = "Multi-Select Picklist"
    PLACE = "Geolocation"
    NOTHING = "Null"


# None: a field that formulas cannot use.
KINDS: Final[Mapping[FieldType, Kind | None]] = {
    FieldType.ADDRESS: None,
    FieldType.ANYTYPE: None,
    FieldType.BASE64: None,
    FieldType.BOOLEAN: Kind.BOOLEAN,
    FieldType.COMBOBOX: Kind.TEXT,
    FieldType.COMPLEXVALUE: None,
    FieldType.CURRENCY: Kind.NUMBER,
    FieldType.DATACATEGORYGROUPREFERENCE: Kind.TEXT,
    FieldType.DATE: Kind.DATE,
    FieldType.DATETIME: Kind.DATETIME,
    FieldType.DOUBLE: Kind.NUMBER,
    FieldType.EMAIL: Kind.TEXT,
    FieldType.ENCRYPTEDSTRING: Kind.TEXT,
    FieldType.ID: Kind.TEXT,
    FieldType.INT: Kind.NUMBER,
    FieldType.JSON: None,
    FieldType.LOCATION: Kind.PLACE,
    FieldType.LONG: Kind.NUMBER,
    FieldType.MULTIPICKLIST: Kind.MULTI,
    FieldType.PERCENT: Kind.NUMBER,
    FieldType.PHONE: Kind.TEXT,
    FieldType.PICKLIST: Kind.PICKLIST,
    FieldType.REFERENCE: Kind.TEXT,
    FieldType.STRING: Kind.TEXT,
    FieldType.TEXTAREA: Kind.TEXT,
    FieldType.TIME: Kind.TIME,
    FieldType.URL: Kind.TEXT,
}

Decoder = Callable[[Any], Any]


def number_of(value: Any) -> Decimal:
    """Give a stored number as the decimal that people wrote."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def instant_of(text: str) -> datetime:
    """Give a datetime value as an instant."""
    return datetime.fromisoformat(text).astimezone(UTC)


def time_of(text: str) -> time:
    """Give a time value."""
    return time.fromisoformat(text.rstrip("Z"))


def text_of_instant(instant: datetime) -> str:
    """Give an instant as a datetime value."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def _percent(value: Any) -> Decimal:
    # A percent field of 50 is 0.5 in a formula.
    return number_of(value).scaleb(-2, EXACT)


def decoder_of(field: Field) -> Decoder:
    """Give what turns a field's neutral value, never null, into a formula's."""
    if field.type is FieldType.PERCENT:
        return _percent
    kind = KINDS[field.type]
    if kind is None:
        raise ValueError(field.name)
    return DECODERS[kind]


DECODERS: Final[Mapping[Kind, Decoder]] = {
    Kind.NUMBER: number_of,
    Kind.TEXT: str,
    Kind.BOOLEAN: bool,
    Kind.DATE: date.fromisoformat,
    Kind.DATETIME: instant_of,
    Kind.TIME: time_of,
    Kind.PICKLIST: str,
    Kind.MULTI: str,
    Kind.PLACE: tuple,
    Kind.NOTHING: str,
}


def rounded(number: Decimal, scale: int) -> Decimal:
    """Round to ``scale`` decimals (negative: tens, hundreds …), halves away from zero."""
    return EXACT.quantize(number, Decimal(1).scaleb(-scale)) if scale >= 0 else _rounded_whole(number, -scale)


def _rounded_whole(number: Decimal, zeros: int) -> Decimal:
    return EXACT.quantize(number.scaleb(-zeros, EXACT), Decimal(1)).scaleb(zeros, EXACT)


def _encode_number(field: Field, value: Decimal) -> Value:
    if field.type is FieldType.PERCENT:
        value = value.scaleb(2, EXACT)
    if value.adjusted() + field.scale < EXACT.prec - 1:
        value = rounded(value, field.scale)
    number = float(value)
    if field.type in (FieldType.INT, FieldType.LONG):
        return int(value)
    return number if math.isfinite(number) else None


def encode(field: Field, value: Any) -> Value:
    """Give a formula's value as the neutral value of the field that shows it; numbers are rounded to its scale."""
    if value is None or value == "":
        return False if field.type is FieldType.BOOLEAN else None
    if isinstance(value, Decimal):
        return _encode_number(field, value)
    if isinstance(value, datetime):
        return text_of_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="milliseconds") + "Z"
    return bool(value) if isinstance(value, bool) else str(value)
