"""Field values: which Python type stands for which field type, and the texts that both wires write for them.

=============================================  =====================================================================
field type                                     Python value
=============================================  =====================================================================
boolean                                        ``bool``
int, long                                      ``int``
double, currency, percent                      ``float``
date                                           ``datetime.date``
datetime                                       aware ``datetime.datetime`` in UTC
time                                           ``datetime.time`` without a zone (the platform keeps none)
base64                                         ``bytes``
address, location                              ``Address``, ``Location``
all others, and what is no field (an alias)    ``str``
null                                           ``None``
=============================================  =====================================================================

A text that is not of its type's form stays ``str``: that is what ``FORMAT(Amount)`` gives, under the name of the field.
The forms are those of the SOAP API's "Primitive Data Types"; nothing here knows XML or JSON.
"""

from __future__ import annotations

import math
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A geolocation field, in decimal degrees."""

    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address(Location):
    """A compound address field. ``geocode_accuracy`` is the platform's word for how exact the location is."""

    street: str | None = None
    city: str | None = None
    state: str | None = None
    state_code: str | None = None
    postal_code: str | None = None
    country: str | None = None
    country_code: str | None = None
    geocode_accuracy: str | None = None


FieldValue = str | bool | int | float | bytes | date | datetime | time | Address | Location | None
"""The value of a field in a record that was read."""

Converter = Callable[[str], FieldValue]
"""From the wire's text to the Python value; ``ValueError`` when the text has not the form of the type."""


# Python's own parsers take more than the wire's forms (``1_000``, ``nan``, ``20260131``), hence the patterns.
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+\Z")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_DATETIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})\Z"
)
_TIME = re.compile(r"([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?Z?\Z")
_BOOLEANS = MappingProxyType({"true": True, "1": True, "false": False, "0": False})


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    match = pattern.match(text)
    if match is None:
        raise ValueError(f"not of the form of its type: {text!r}")
    return match


def boolean_of(text: str) -> bool:
    """Read ``true`` as True."""
    value = _BOOLEANS.get(text)
    if value is None:
        raise ValueError(f"not a boolean: {text!r}")
    return value


def whole_number_of(text: str) -> int:
    """``12`` -> 12. A whole number written as a double (``12.0``) counts: some answers write an int that way."""
    if _WHOLE_NUMBER.match(text):
        return int(text)
    number = number_of(text)
    if not number.is_integer():
        raise ValueError(f"not a whole number: {text!r}")
    return int(number)


def number_of(text: str) -> float:
    """``12.5`` or ``1.25E7`` -> float."""
    _match(_NUMBER, text)
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"out of range: {text!r}")
    return number


def date_of(text: str) -> date:
    """``2026-01-31`` -> date."""
    _match(_DATE, text)
    return date.fromisoformat(text)


def datetime_of(text: str) -> datetime:
    """``2026-01-31T12:00:00.000Z`` or ``…+0000`` -> aware datetime in UTC; digits beyond microseconds are cut."""
    seconds, fraction, zone = _match(_DATETIME, text).groups()
    return datetime.fromisoformat(seconds + (fraction or "")[:7] + zone).astimezone(UTC)


def time_of(text: str) -> time:
    """``12:00:00.000Z`` -> time without a zone."""
    seconds, fraction = _match(_TIME, text).groups()
    return time.fromisoformat(seconds + (fraction or "")[:7])


def bytes_of(text: str) -> bytes:
    """Base64 -> bytes. Line breaks, which XML allows within, are skipped."""
    try:
        return b64decode("".join(text.split()), validate=True)
    except Base64Error as error:
        raise ValueError("not base64") from error


CONVERTERS: Mapping[str, Converter] = MappingProxyType(
    {
        "address": str,
        "anyType": str,
        "base64": bytes_of,
        "boolean": boolean_of,
        "combobox": str,
        "complexvalue": str,
        "currency": number_of,
        "datacategorygroupreference": str,
        "date": date_of,
        "datetime": datetime_of,
        "double": number_of,
        "email": str,
        "encryptedstring": str,
        "id": str,
        "int": whole_number_of,
        "json": str,
        "location": str,
        "long": whole_number_of,
        "multipicklist": str,
        "percent": number_of,
        "phone": str,
        "picklist": str,
        "reference": str,
        "string": str,
        "textarea": str,
        "time": time_of,
        "url": str,
    }
)
"""By the platform's fieldType (SOAP API, enum of that name). A type that is new to it is read as text."""


def convert(converter: Converter, text: str) -> FieldValue:
    """Apply ``converter``; a text that has not the type's form stays as it is."""
    try:
        return converter(text)
    except (ValueError, OverflowError):  # an instant at the very edge of the calendar overflows
        return text


def instant_text(instant: datetime) -> str:
    """Write an aware datetime in UTC to the millisecond; ``ValueError`` for a naive one."""
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError(f"a naive datetime has no place in time, give it a tzinfo: {instant!r}")
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _float_text(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"not a number that a field can hold: {value}")
    return repr(value)


def _decimal_text(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"not a number that a field can hold: {value}")
    return format(value, "f")


def _time_text(value: time) -> str:
    if value.tzinfo is not None and value.utcoffset() != UTC.utcoffset(None):
        raise ValueError(f"a time field has no zone, give a time without tzinfo: {value!r}")
    return value.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


# In this order: a bool is an int, and a datetime is a date.
_WRITERS: tuple[tuple[type, Callable[..., str]], ...] = (
    (str, str),
    (bool, lambda value: "true" if value else "false"),
    (int, lambda value: str(int(value))),
    (float, _float_text),
    (Decimal, _decimal_text),
    (datetime, instant_text),
    (date, date.isoformat),
    (time, _time_text),
    (bytes, lambda value: b64encode(value).decode("ascii")),
)


def value_text(value: object) -> str:
    """Write a Python value as the wires do: any type of the table above, and ``Decimal`` for numbers.

    ``TypeError`` for a type that no field takes, ``ValueError`` for a value that none can hold (NaN, a naive datetime).
    Compound fields are written by their parts (``BillingCity``), so ``Address`` and ``Location`` are no input.
    """
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"no field takes a value of type {type(value).__name__}")
