"""XML Schema text to neutral values: one reader per field type, and the readers that parameters and headers use.

A text that is not of its type raises ``ClientFault``, as the platform refuses the whole call before any row is
looked at. The three forms of its message are recorded from real orgs, for date and dateTime, double, and boolean.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import NoReturn

from mockorg_server.core.clock import text_of
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.value import Value
from mockorg_server.soap.fault import ClientFault

ValueReader = Callable[[str], Value]

_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_INT = re.compile(r"[+-]?[0-9]{1,40}")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")
_ZONE = r"(?:Z|[+-][0-9]{2}:?[0-9]{2})"
_DATE = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){_ZONE}?")
_TIME = re.compile(rf"([0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}})(?:\.([0-9]+))?(?:{_ZONE})?")
_DATETIME = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}})(?:\.([0-9]+))?({_ZONE})?")
_MAX_NUMBER_LENGTH = 400
_MAX_SHOWN_LENGTH = 1_000


def _invalid(text: str, form: str) -> NoReturn:
    shown = text if len(text) <= _MAX_SHOWN_LENGTH else text[:_MAX_SHOWN_LENGTH] + "…"
    raise ClientFault(f"'{shown}' is not {form}")


def read_text(text: str) -> str:
    """Give a text as it is; the core trims it."""
    return text


def read_boolean(text: str) -> bool:
    """Read an xsd:boolean."""
    known = _BOOLEANS.get(text.strip())
    return (
        _invalid(text, "valid for type xsd:boolean, should be '0', '1', 'true' or 'false'") if known is None else known
    )


def _read_integer(text: str, bits: int, name: str) -> int:
    stripped = text.strip()
    if not _INT.fullmatch(stripped):
        _invalid(text, f"a valid value for the type {name}")
    number = int(stripped)
    if not -(1 << bits) <= number < 1 << bits:
        _invalid(text, f"a valid value for the type {name}")
    return number


def read_int(text: str) -> int:
    """Read an xsd:int of 32 bits."""
    return _read_integer(text, 31, "xsd:int")


def read_long(text: str) -> int:
    """Read an xsd:long of 64 bits."""
    return _read_integer(text, 63, "xsd:long")


def read_double(text: str) -> float:
    """Read an xsd:double. ``INF`` and ``NaN``, which no field can hold, are refused (inferred)."""
    stripped = text.strip()
    if len(stripped) > _MAX_NUMBER_LENGTH or not _DOUBLE.fullmatch(stripped):
        _invalid(text, "valid for the type xsd:double")
    return float(stripped)


def read_date(text: str) -> str:
    """Read an xsd:date. A time zone is allowed and changes nothing: the day is the one that was written (inferred).

    An xsd:dateTime is taken as well, as the day in UTC: WSC sends every date so, and Data Loader with it (public
    issues of Data Loader tell how a midnight in Tokyo was stored as the day before).
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        if _DATETIME.fullmatch(text.strip()):
            return read_datetime(text)[:10]
        _invalid(text, "a valid value for the type xsd:date")
    try:
        return date.fromisoformat(match[1]).isoformat()
    except ValueError:
        _invalid(text, "a valid value for the type xsd:date")


def read_instant(text: str) -> datetime:
    """Read an xsd:dateTime as an aware instant; without a time zone it is in UTC.

    The zone may be written without a colon, as older clients do (``+0000``, recorded).
    """
    match = _DATETIME.fullmatch(text.strip())
    if match is None:
        _invalid(text, "a valid value for the type xsd:dateTime")
    try:
        fraction = (match[2] or "0")[:6].ljust(6, "0")
        return datetime.fromisoformat(f"{match[1]}.{fraction}{match[3] or 'Z'}").astimezone(UTC)
    except (ValueError, OverflowError):
        _invalid(text, "a valid value for the type xsd:dateTime")


def read_datetime(text: str) -> str:
    """Read an xsd:dateTime as a neutral value: UTC, milliseconds."""
    return text_of(read_instant(text))


def read_time(text: str) -> str:
    """Read an xsd:time; the zone is dropped, since a time field has none (inferred)."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        _invalid(text, "a valid value for the type xsd:time")
    try:
        whole = time.fromisoformat(match[1]).isoformat()
    except ValueError:
        _invalid(text, "a valid value for the type xsd:time")
    return f"{whole}.{(match[2] or '')[:3].ljust(3, '0')}Z"


def read_base64(text: str) -> str:
    """Read an xsd:base64Binary; line breaks inside are taken out."""
    content = "".join(text.split())
    try:
        base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        _invalid(text[:40], "a valid value for the type xsd:base64Binary")
    return content


TEXT_TYPES = frozenset(
    {
        FieldType.ADDRESS,
        FieldType.ANYTYPE,
        FieldType.COMBOBOX,
        FieldType.COMPLEXVALUE,
        FieldType.DATACATEGORYGROUPREFERENCE,
        FieldType.EMAIL,
        FieldType.ENCRYPTEDSTRING,
        FieldType.ID,
        FieldType.JSON,
        FieldType.LOCATION,
        FieldType.MULTIPICKLIST,
        FieldType.PHONE,
        FieldType.PICKLIST,
        FieldType.REFERENCE,
        FieldType.STRING,
        FieldType.TEXTAREA,
        FieldType.URL,
    }
)
"""The types whose XML is any text: an empty element says nothing, where it would be no value of the other types."""

VALUE_READERS: Mapping[FieldType, ValueReader] = {
    **dict.fromkeys(TEXT_TYPES, read_text),
    FieldType.BASE64: read_base64,
    FieldType.BOOLEAN: read_boolean,
    FieldType.CURRENCY: read_double,
    FieldType.DATE: read_date,
    FieldType.DATETIME: read_datetime,
    FieldType.DOUBLE: read_double,
    FieldType.INT: read_int,
    FieldType.LONG: read_long,
    FieldType.PERCENT: read_double,
    FieldType.TIME: read_time,
}
"""Reader of each field type. Ids and references stay text: the core knows their forms and whose rows they break.
Compound types stay text as well, so that the core refuses them as fields that cannot be written."""
