"""The rules that look at one value of one field: lengths, ranges, forms, picklists.

``VALUE_RULES`` is total over the field types. A rule gives the value to be stored, or raises ``Refused``.
Sources of the texts: recorded from real orgs unless a line says otherwise.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from mockorg_server.core.error import RowError
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import Field
from mockorg_server.schema.value import Value

# One '@', no blanks, a dot in the domain: the everyday part of what the platform checks (inferred).
_EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\"]+\.[^@\s.,;<>()\"]+")

_EXACT: Final = Context(prec=400)  # every double is told in full


# Degrees (Object Reference, compound fields). The code and text are those of any number out of range (inferred).
_DEGREES: Mapping[str, float] = {"latitude": 90.0, "longitude": 180.0}


class Refused(Exception):
    """A value that cannot be stored; carries the row's error."""

    def __init__(self, code: str, message: str, *fields: str) -> None:
        super().__init__(message)
        self.error = RowError(code, message, fields)


ValueRule = Callable[[Field, Value, bool], Value]


def _text(field: Field, value: Value, allow_truncation: bool) -> Value:
    # Leading and trailing white space is trimmed and an empty text is null (SOAP API guide, update()).
    text = str(value).strip()
    if field.length and len(text) > field.length:
        if not allow_truncation:
            raise Refused(
                "STRING_TOO_LONG",
                f"{field.label}: data value too large: {text} (max length={field.length})",
                field.name,
            )
        text = text[: field.length].rstrip()
    return text or None


def is_email(text: str) -> bool:
    """Say whether a text has the form of an e-mail address."""
    return _EMAIL.fullmatch(text) is not None


def _email(field: Field, value: Value, allow_truncation: bool) -> Value:
    text = _text(field, value, allow_truncation)
    if text is not None and not is_email(str(text)):
        raise Refused("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {text}", field.name)
    return text


def _escaped(text: str) -> str:
    # The message holds the value as HTML, with the apostrophe in decimal: ``Bachelor&#39;s``.
    return html.escape(text).replace("&#x27;", "&#39;")


def _picklist_entry(field: Field, text: str) -> str:
    folded = text.casefold()
    for entry in field.picklist_values:
        if entry.active and entry.value.casefold() == folded:
            return entry.value
    if field.restricted_picklist:
        error = bad_value(field, text)
        raise Refused(error.code, error.message, *error.fields)
    return text


def bad_value(field: Field, text: str) -> RowError:
    """Make the refusal of a value that a restricted picklist does not take."""
    message = f"{field.label}: bad value for restricted picklist field: {_escaped(text)}"
    return RowError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (field.name,))


def _picklist(field: Field, value: Value, allow_truncation: bool) -> Value:
    text = _text(field, value, allow_truncation)
    return None if text is None else _picklist_entry(field, str(text))


def _multipicklist(field: Field, value: Value, _allow_truncation: bool) -> Value:
    parts = [part.strip() for part in str(value).split(";")]
    return ";".join(_picklist_entry(field, part) for part in parts if part) or None


def _reference(field: Field, value: Value, _allow_truncation: bool) -> Value:
    text = str(value).strip()
    if not text:
        return None
    record_id = normalise_id(text)
    if record_id is None:
        raise Refused("MALFORMED_ID", f"{field.label}: id value of incorrect type: {text}", field.name)
    return record_id


def _number(field: Field, value: Value, _allow_truncation: bool) -> Value:
    number = float(value)  # type: ignore[arg-type]  # wires hand numbers to number fields
    whole_digits = field.precision - field.scale
    if not math.isfinite(number) or (field.precision and abs(number) >= 10**whole_digits):
        raise _out_of_range(field, value)
    if field.compound_field_name is not None and abs(number) > _DEGREES.get(_part_of(field), math.inf):
        raise _out_of_range(field, value)
    # Digits beyond the scale are rounded away, half up as the platform's decimals do (inferred).
    return number if number.is_integer() or not field.precision else round_half_up(number, field.scale)


def _part_of(field: Field) -> str:
    """Tell which part of a place a field is, in lower case: of ``BillingLatitude`` or ``Site__Latitude__s``."""
    name = field.name.removesuffix("__s").lower()
    return next((part for part in _DEGREES if name.endswith(part)), "")


def round_half_up(number: float, scale: int) -> float:
    """Round a float to ``scale`` decimals, halves away from zero."""
    # A double that stands for 2.675 lies a hair below it: round the decimal that people wrote.
    written = Decimal(repr(number))
    if not isinstance(places := written.as_tuple().exponent, int) or -places <= scale:
        return number
    return float(written.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _EXACT))


def _int(bits: int) -> ValueRule:
    def check(field: Field, value: Value, _allow_truncation: bool) -> Value:
        number = int(value)  # type: ignore[arg-type]  # wires hand numbers to number fields
        if not -(1 << bits) <= number < 1 << bits or (field.digits and abs(number) >= 10**field.digits):
            raise _out_of_range(field, value)
        return number

    return check


def _out_of_range(field: Field, value: Value) -> Refused:
    shown = int(value) if isinstance(value, float) and value.is_integer() else value
    return Refused(
        "NUMBER_OUTSIDE_VALID_RANGE",
        f"{field.label}: value outside of valid range on numeric field: {shown}",
        field.name,
    )


def _boolean(_field: Field, value: Value, _allow_truncation: bool) -> Value:
    return bool(value)


def _date(field: Field, value: Value, _allow_truncation: bool) -> Value:
    # Dates lie between 1700 and 4000 (SOQL reference, date formats).
    if not "1700" <= str(value)[:4] <= "4000":
        raise Refused("NUMBER_OUTSIDE_VALID_RANGE", f"{field.label}: invalid date: {value}", field.name)
    return value


def _datetime(field: Field, value: Value, allow_truncation: bool) -> Value:
    # The platform keeps whole seconds: its replies always end in .000 (seen in every recorded reply).
    checked = str(_date(field, value, allow_truncation))
    return checked[:19] + ".000Z"


def _as_is(_field: Field, value: Value, _allow_truncation: bool) -> Value:
    return value


def _no_value(field: Field, _value: Value, _allow_truncation: bool) -> Value:
    raise Refused(
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        f"Unable to create/update fields: {field.name}. Please check the security settings of this field and verify "
        "that it is read/write for your profile or permission set.",
        field.name,
    )


VALUE_RULES: Mapping[FieldType, ValueRule] = {
    FieldType.ADDRESS: _no_value,
    FieldType.ANYTYPE: _text,
    FieldType.BASE64: _as_is,
    FieldType.BOOLEAN: _boolean,
    FieldType.COMBOBOX: _text,
    FieldType.COMPLEXVALUE: _no_value,
    FieldType.CURRENCY: _number,
    FieldType.DATACATEGORYGROUPREFERENCE: _text,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.DOUBLE: _number,
    FieldType.EMAIL: _email,
    FieldType.ENCRYPTEDSTRING: _text,
    FieldType.ID: _reference,
    FieldType.INT: _int(31),
    FieldType.JSON: _text,
    FieldType.LOCATION: _no_value,
    FieldType.LONG: _int(63),
    FieldType.MULTIPICKLIST: _multipicklist,
    FieldType.PERCENT: _number,
    FieldType.PHONE: _text,
    FieldType.PICKLIST: _picklist,
    FieldType.REFERENCE: _reference,
    FieldType.STRING: _text,
    FieldType.TEXTAREA: _text,
    FieldType.TIME: _as_is,
    FieldType.URL: _text,
}
