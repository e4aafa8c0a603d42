"""Seeding: records written past the rules, every field of every object allowed.

A seed can make what no client can: ConvMessageSendRequest rows, stamps of the past, deleted records. Types, field
names, forms and references are still checked, and nothing is written when one record is bad.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from mockorg_server.core.clock import text_of
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.default import fill_defaults, name_by_id
from mockorg_server.core.dml.default_formula import fill_default_formulas
from mockorg_server.core.dml.derivation import derive_alone
from mockorg_server.core.messaging.seed import COMPONENT, seed_definition
from mockorg_server.core.seed_reference import ReferenceFault, SeedReferences
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,20}")
_FIRST_YEAR, _LAST_YEAR = 1700, 4000  # dates lie between them (SOQL reference, date formats)


@dataclass(frozen=True, slots=True)
class SeedRecord:
    """One record of a seed. ``values`` are raw JSON values or texts of a CSV cell; ``@ref`` stands for another's Id.

    Under the name of a relationship stands a parent by a field of it: ``{"Account": {"ExtId__c": "A-1"}}``.

    ``source`` says where it stands, for messages: ``accounts.json record 3``.
    """

    type: str
    values: Mapping[str, object]
    reference_id: str | None = None
    source: str = field(default="", compare=False)


class SeedError(Exception):
    """A seed that cannot be loaded: where, and what is wrong with it."""

    def __init__(self, record: SeedRecord, message: str) -> None:
        super().__init__(f"{record.source}: {message}" if record.source else message)


Tell = Callable[[str], None]
"""Shows people how far a seed has come."""

_TOLD_EVERY = 5_000  # records


def load(context: CallContext, records: Sequence[SeedRecord], tell: Tell | None = None) -> dict[str, str]:
    """Write the records in the open transaction; give the id of each reference. Raises SeedError."""
    records = _without_definitions(context, records)
    sobjects = [_sobject_of(context, record) for record in records]
    ids = _ids_of(context, records, sobjects)
    names = {
        record.reference_id: record_id
        for record, record_id in zip(records, ids, strict=True)
        if record.reference_id is not None
    }
    if len(names) != sum(record.reference_id is not None for record in records):
        raise _repeated_reference(records)
    rows = [
        (sobject, record.values, record_id) for record, sobject, record_id in zip(records, sobjects, ids, strict=True)
    ]
    references = SeedReferences(context, names, rows)
    unique = _UniqueValues(context)
    for number, (record, (sobject, _, record_id)) in enumerate(zip(records, rows, strict=True)):
        if tell is not None and number % _TOLD_EVERY == 0:
            tell(f"seeding record {number + 1:,} of {len(records):,}")
        values = _values_of(context, record, sobject, references)
        unique.check(record, sobject, values)
        name_by_id(sobject, values, record_id)
        context.writer.insert(sobject, values | {"Id": record_id})
    return names


class _UniqueValues:
    """Refuses a value of a unique field that stands twice, in the seed or in the org."""

    def __init__(self, context: CallContext) -> None:
        self._context = context
        self._fields: dict[str, tuple[Field, ...]] = {}

    def check(self, record: SeedRecord, sobject: SObject, values: Mapping[str, Value]) -> None:
        fields = self._fields.get(sobject.name)
        if fields is None:
            fields = self._fields[sobject.name] = tuple(known for known in sobject.fields if known.unique)
        for known in fields:
            value = values.get(known.name)
            if value is not None and self._context.reader.find(sobject, known.name, value):
                raise SeedError(record, f"{known.name}: another {sobject.name} has {value!r} already")


def _without_definitions(context: CallContext, records: Sequence[SeedRecord]) -> Sequence[SeedRecord]:
    """Load the messaging components among the records, which are no sObjects, and give the other records."""
    components = [record for record in records if record.type.casefold() == COMPONENT]
    for record in components:
        try:
            seed_definition(context, record.values)
        except ValueError as error:
            raise SeedError(record, str(error)) from None
    return [record for record in records if record.type.casefold() != COMPONENT] if components else records


def _sobject_of(context: CallContext, record: SeedRecord) -> SObject:
    sobject = context.org.schema.latest.sobject(record.type)
    if sobject is None:
        raise SeedError(record, f"there is no sObject {record.type!r} in this org")
    return sobject


def _ids_of(context: CallContext, records: Sequence[SeedRecord], sobjects: Sequence[SObject]) -> list[str]:
    ids: list[str] = []
    taken: set[str] = set()
    for record, sobject in zip(records, sobjects, strict=True):
        given = next((value for name, value in record.values.items() if name.lower() == "id"), None)
        if given in (None, ""):
            record_id = context.org.ids.next_id(sobject.id_prefix)
        else:
            record_id = _given_id(context, record, sobject, str(given))
        if record_id in taken:
            raise SeedError(record, f"Id {record_id} stands twice in the seed")
        taken.add(record_id)
        ids.append(record_id)
    return ids


def _given_id(context: CallContext, record: SeedRecord, sobject: SObject, text: str) -> str:
    record_id = normalise_id(text)
    if record_id is None or record_id[:3] != sobject.id_prefix:
        raise SeedError(record, f"{text!r} is not an Id of {sobject.name}, which begins {sobject.id_prefix}")
    if context.reader.get(sobject, [record_id], ["Id"], include_deleted=True):
        raise SeedError(record, f"there is a {sobject.name} with Id {text} already")
    context.org.ids.skip_past(record_id)
    return record_id


def _repeated_reference(records: Sequence[SeedRecord]) -> SeedError:
    seen: set[str] = set()
    for record in records:
        if record.reference_id is not None and record.reference_id in seen:
            return SeedError(record, f"referenceId {record.reference_id!r} stands twice")
        seen.add(record.reference_id or "")
    raise AssertionError("no reference is repeated")


def _values_of(
    context: CallContext, record: SeedRecord, sobject: SObject, references: SeedReferences
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, raw in record.values.items():
        known = sobject.parent_field(name) if isinstance(raw, Mapping) else sobject.field(name)
        if known is None:
            what = "relationship" if isinstance(raw, Mapping) else "field"
            raise SeedError(record, f"{sobject.name} has no {what} {name!r}")
        if raw in (None, "") and known.name in values:
            continue  # an empty cell beside a parent that is named by a field
        if values.get(known.name) is not None:
            raise SeedError(record, f"{known.name} is told twice, by Id and by a field of the parent")
        if known.computed:
            raise SeedError(record, f"{known.name} is worked out by mockorg and cannot be seeded")
        if known.type is not FieldType.ID:
            values[known.name] = _value_of(record, sobject, known, raw, references)
    _fill_stamps(context, sobject, values)
    fill_default_formulas(context, sobject, values)
    fill_defaults(context, sobject, values)
    derive_alone(context, sobject, values)
    return values


def _value_of(record: SeedRecord, sobject: SObject, known: Field, raw: object, references: SeedReferences) -> Value:
    if raw is None or raw == "":
        return None
    try:
        if isinstance(raw, Mapping):
            return references.parent(sobject, known, raw)
        if isinstance(raw, str) and raw.startswith("@") and known.type is FieldType.REFERENCE:
            return references.named(raw, known)
        return SEED_VALUES[known.type](raw)
    except ReferenceFault as fault:
        raise SeedError(record, f"{known.name}: {fault}") from None
    except (ValueError, TypeError, OverflowError) as error:
        raise SeedError(record, f"{known.name}: {raw!r} is not a {known.type.value}") from error


def _fill_stamps(context: CallContext, sobject: SObject, values: dict[str, Value]) -> None:
    """Fill the stamps that the seed leaves out: each from the one before it, so that they stay in order."""
    created = values.get("CreatedDate") or values.get("LastModifiedDate") or values.get("SystemModstamp")
    created = created or context.stamp
    modified = values.get("LastModifiedDate") or values.get("SystemModstamp") or created
    author = values.get("CreatedById") or context.org.administrator_id
    filled = {
        "CreatedDate": created,
        "LastModifiedDate": modified,
        "SystemModstamp": values.get("SystemModstamp") or modified,
        "CreatedById": author,
        "LastModifiedById": values.get("LastModifiedById") or author,
    }
    values.update({name: value for name, value in filled.items() if sobject.field(name) is not None})


def _boolean(raw: object) -> Value:
    if isinstance(raw, bool):
        return raw
    texts = {"true": True, "1": True, "false": False, "0": False}
    return texts[str(raw).strip().lower()] if str(raw).strip().lower() in texts else _refuse(raw)


def _refuse(raw: object) -> Value:
    raise ValueError(raw)


def _text(raw: object) -> Value:
    if isinstance(raw, (dict, list, bool)):
        raise TypeError(raw)
    return str(raw) or None


def _integer(bits: int) -> Callable[[object], Value]:
    limit = 1 << (bits - 1)

    def integer(raw: object) -> Value:
        text = str(raw).strip()
        number = int(text) if _INTEGER.fullmatch(text) and not isinstance(raw, bool) else _number(raw)
        return int(number) if number == int(number) and -limit <= number < limit else _refuse(raw)

    return integer


def _double(raw: object) -> Value:
    return _number(raw)


def _number(raw: object) -> float:
    text = str(raw).strip()
    if isinstance(raw, bool) or not _NUMBER.fullmatch(text):
        raise TypeError(raw)
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(raw)
    return number


def _date(raw: object) -> Value:
    return _in_range(date.fromisoformat(str(raw))).isoformat()


def _datetime(raw: object) -> Value:
    instant = datetime.fromisoformat(str(raw))
    instant = instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    _in_range(instant.date())
    return text_of(instant)


def _in_range(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(day)
    return day


def _time(raw: object) -> Value:
    return time.fromisoformat(str(raw)).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _id(raw: object) -> Value:
    return normalise_id(str(raw)) or _refuse(raw)


SEED_VALUES: Mapping[FieldType, Callable[[object], Value]] = {
    FieldType.ADDRESS: _refuse,
    FieldType.ANYTYPE: _text,
    FieldType.BASE64: _text,
    FieldType.BOOLEAN: _boolean,
    FieldType.COMBOBOX: _text,
    FieldType.COMPLEXVALUE: _refuse,
    FieldType.CURRENCY: _double,
    FieldType.DATACATEGORYGROUPREFERENCE: _text,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.DOUBLE: _double,
    FieldType.EMAIL: _text,
    FieldType.ENCRYPTEDSTRING: _text,
    FieldType.ID: _id,
    FieldType.INT: _integer(32),
    FieldType.JSON: _text,
    FieldType.LOCATION: _refuse,
    FieldType.LONG: _integer(64),
    FieldType.MULTIPICKLIST: _text,
    FieldType.PERCENT: _double,
    FieldType.PHONE: _text,
    FieldType.PICKLIST: _text,
    FieldType.REFERENCE: _id,
    FieldType.STRING: _text,
    FieldType.TEXTAREA: _text,
    FieldType.TIME: _time,
    FieldType.URL: _text,
}
