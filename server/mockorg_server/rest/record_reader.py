"""JSON objects to ``InputRecord``: names as the caller wrote them, values in their neutral forms.

A value of a type that the field cannot take refuses the request as the platform's parser does (recorded for dates,
datetimes and arrays). Numbers and booleans may come as texts, as spreadsheets and CSV tools send them (inferred from
public use).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final

from mockorg_server.core.clock import text_of
from mockorg_server.core.record import InputRecord, ParentReference
from mockorg_server.rest.error import RestError
from mockorg_server.rest.exchange import place_of, token_of
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.schema import SchemaView
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value

ValueReader = Callable[[Any], Value]

_ZONE = r"(?:Z|[+-][0-9]{2}:?[0-9]{2})"
_DATE = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:{_ZONE})?")
_DATETIME = re.compile(
    rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})T([0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?)(?:\.([0-9]+))?({_ZONE})?"
)
_TIME = re.compile(rf"([0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}})(?:\.([0-9]+))?(?:{_ZONE})?")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


class _Unfit(Exception):
    """A value that is not one of the field's type."""


def _text(value: Any) -> Value:
    if isinstance(value, str):
        return value
    raise _Unfit


def _loose_text(value: Any) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise _Unfit


def _boolean(value: Any) -> Value:
    if isinstance(value, bool):
        return value
    known = {"true": True, "false": False, "1": True, "0": False}.get(str(value).strip().lower())
    if isinstance(value, str | int) and known is not None:
        return known
    raise _Unfit


def _double(value: Any) -> Value:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _Unfit
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        raise _Unfit
    try:
        number = float(value)
    except OverflowError:
        raise _Unfit from None
    if not math.isfinite(number):
        raise _Unfit
    return number


def _int(value: Any) -> Value:
    number = _double(value)
    if not isinstance(number, float) or number != int(number) or not -(2**63) <= number < 2**63:
        raise _Unfit
    return int(value) if not isinstance(value, str) else int(number)


def _date(value: Any) -> Value:
    text = value.strip() if isinstance(value, str) else ""
    if _DATETIME.fullmatch(text):
        return str(_datetime(text))[:10]
    if not _DATE.fullmatch(text):
        raise _Unfit
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise _Unfit from None


def _datetime(value: Any) -> Value:
    text = value.strip() if isinstance(value, str) else ""
    match = _DATETIME.fullmatch(text)
    if match is None:
        if not _DATE.fullmatch(text):
            raise _Unfit
        return f"{_date(text)}T00:00:00.000Z"
    day, clock, fraction, zone = match.groups()
    clock = clock if len(clock) == 8 else f"{clock}:00"
    try:
        instant = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0')[:6].ljust(6, '0')}{zone or 'Z'}")
        return text_of(instant.astimezone(UTC))
    except (ValueError, OverflowError):
        raise _Unfit from None


def _time(value: Any) -> Value:
    match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise _Unfit
    try:
        parsed = time.fromisoformat(match[1])
    except ValueError:
        raise _Unfit from None
    return f"{parsed.isoformat()}.{(match[2] or '0')[:3].ljust(3, '0')}Z"


def _whole(value: Any) -> Value:
    """Take whatever stands in a compound field: no record can be given one, and its rule says so."""
    return str(value)


VALUE_READERS: Final[Mapping[FieldType, ValueReader]] = {
    **dict.fromkeys(FieldType, _loose_text),
    FieldType.ADDRESS: _whole,
    FieldType.LOCATION: _whole,
    FieldType.BASE64: _text,
    FieldType.BOOLEAN: _boolean,
    FieldType.CURRENCY: _double,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.DOUBLE: _double,
    FieldType.ID: _text,
    FieldType.INT: _int,
    FieldType.LONG: _int,
    FieldType.PERCENT: _double,
    FieldType.REFERENCE: _text,
    FieldType.TIME: _time,
}
"""How a JSON value that is not null is read, by field type: texts, unless a line says otherwise."""


def read_record(
    view: SchemaView, type_name: str, values: Mapping[str, Any], record_id: str | None = None, text: str = ""
) -> InputRecord:
    """Read a record of the type that the caller wrote. ``text`` is the body, to tell places in it.

    An Id among the values becomes the record's, unless ``record_id`` is given. Raises RestError JSON_PARSER_ERROR.
    """
    sobject = view.sobject(type_name)
    read: dict[str, Value] = {}
    nulls: list[str] = []
    references: dict[str, ParentReference] = {}
    for name, value in values.items():
        if name == "attributes":
            continue
        if name.lower() == "id":
            record_id = record_id or _id(value)
            continue
        field = sobject.field(name) if sobject is not None else None
        if value is None:
            nulls.append(name)
        elif isinstance(value, dict) and field is None:
            reference = _reference(view, sobject, name, value)
            references[name] = reference
        else:
            read[name] = _value(field, name, value, text)
    return InputRecord(type_name, read, record_id, tuple(nulls), references)


def _id(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _value(field: Field | None, name: str, value: Any, text: str) -> Value:
    if field is None:
        return str(value)
    try:
        return VALUE_READERS[field.type](value)
    except _Unfit:
        message = f"Cannot deserialize instance of {field.type.value} from {token_of(value)} value"
        if isinstance(value, list):  # recorded: of an array the message tells no more
            message = f"{message} {_place(name, text)}"
        else:
            shown = _shown(value)
            message = f"{message} {shown} or request may be missing a required field at {_place(name, text)}"
        raise RestError("JSON_PARSER_ERROR", message) from None


def _shown(value: Any) -> str:
    """Give a token as the platform's parser tells it: of an object it has read the brace (seen in the field)."""
    if isinstance(value, dict):
        return "{"
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)


def _place(name: str, text: str) -> str:
    match = re.search(rf'"{re.escape(name)}"\s*:\s*', text)
    return place_of(text, match.end() + 1) if match else "[line:1, column:1]"


def _reference(view: SchemaView, sobject: SObject | None, name: str, value: Mapping[str, Any]) -> ParentReference:
    """Read a parent that is named by its external id: ``{"ExtId__c": "A-1"}``."""
    attributes = value.get("attributes")
    type_name = attributes.get("type") if isinstance(attributes, dict) else None
    keys = [key for key in value if key != "attributes"]
    if len(keys) != 1:
        raise RestError(
            "INVALID_FIELD",
            f"Foreign key external ID field must be specified for {name}: one field of the parent, not {len(keys)}",
        )
    parent_field = sobject.parent_field(name) if sobject is not None else None
    target = view.sobject(type_name or (parent_field.reference_to[0] if parent_field else ""))
    field = target.field(keys[0]) if target is not None else None
    return ParentReference(type_name, keys[0], _value(field, keys[0], value[keys[0]], ""))
