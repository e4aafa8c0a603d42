"""Records as callers write them, mappings of field names to Python values, made ready for a wire."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from mockorg._call import InputRecord
from mockorg._record import QueryResult
from mockorg._value import value_text

ParentType = Callable[[str, str], str]
"""From the name of an sObject and of one of its parent relationships to the sObject it points at."""

_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# On the SOAP wire these names, in exactly this case, are slots of the record and not fields.
_SLOTS = frozenset({"type", "fieldsToNull"})


def input_records(
    sobject: str, records: Iterable[Mapping[str, object]], parent_type: ParentType
) -> tuple[InputRecord, ...]:
    """Make records ready; ``TypeError`` or ``ValueError`` naming the record and its member when one cannot be sent."""
    if isinstance(records, (str, Mapping)):
        raise TypeError("records must be a list of mappings")
    return tuple(_input_record(sobject, record, parent_type, f"record {index}") for index, record in enumerate(records))


def _input_record(sobject: str, record: Mapping[str, object], parent_type: ParentType, where: str) -> InputRecord:
    if not isinstance(record, Mapping):
        raise TypeError(f"{where}: a record must be a mapping, this is a {type(record).__name__}")
    record_id: str | None = None
    values: dict[str, str] = {}
    nulls: list[str] = []
    references: dict[str, InputRecord] = {}
    for name, value in record.items():
        spot = f"{where}, {_checked(name, where)}"
        if name.lower() == "id":
            record_id = None if value is None else _text(value, spot)
        elif value is None or value == "":
            nulls.append(name)
        elif isinstance(value, Mapping):
            references[name] = _reference(sobject, name, value, parent_type, spot)
        else:
            values[name] = _text(value, spot)
    return InputRecord(sobject, record_id, values, tuple(nulls), references)


def _reference(
    sobject: str, name: str, value: Mapping[str, object], parent_type: ParentType, where: str
) -> InputRecord:
    """Read ``{"Ext__c": "x"}``, a parent by its external id; ``type`` names its sObject where several can be meant."""
    keys = {key: each for key, each in value.items() if key != "type"}
    told = value.get("type")
    parent = str(told) if told is not None else parent_type(sobject, name)
    reference = _input_record(parent, keys, parent_type, where)
    if len(keys) != 1 or reference.nulls:
        raise ValueError(f"{where}: a parent is named by exactly one external id field with a value")
    return reference


def _checked(name: object, where: str) -> str:
    if not isinstance(name, str) or not _FIELD_NAME.match(name):
        raise ValueError(f"{where}: {name!r} is not a field name")
    if name in _SLOTS:
        raise ValueError(f"{where}: {name!r} is the API's own; for a field, write its name in the case of its describe")
    return name


def _text(value: object, where: str) -> str:
    if isinstance(value, QueryResult):
        raise TypeError(f"{where}: children cannot be written through their parent")
    try:
        text = value_text(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{where}: {error}") from None
    unfit = _NOT_IN_XML.search(text)
    if unfit:
        raise ValueError(f"{where}: the character {unfit.group()!r} cannot be sent")
    return text
