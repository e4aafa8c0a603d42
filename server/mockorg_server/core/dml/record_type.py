"""What the record type of a record allows in its picklists, and what it fills in.

A restricted picklist takes the values of the record's type alone; one that is not restricted takes any value over the
API, whatever the type allows (Salesforce Help, picklist considerations; that updates of other fields are not asked
about what the record held before is inferred). A record without a type of its own has the master one, which allows all.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.draft import Draft
from mockorg_server.core.dml.reference_rule import RECORD_TYPE
from mockorg_server.core.dml.value_rule import bad_value
from mockorg_server.core.error import RowError
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import RecordType, SObject
from mockorg_server.schema.value import Value


def fill_picklists(sobject: SObject, values: dict[str, Value]) -> None:
    """Give the picklists of a new record the defaults of its type, in place.

    A picklist that the type lists without a default has none, whatever the field's own default is.
    """
    record_type = record_type_of(sobject, values.get(RECORD_TYPE)) if sobject.record_types else None
    if record_type is None:
        return
    for name in record_type.picklists:
        field = sobject.field(name)
        if field is not None and field.name not in values:
            values[field.name] = record_type.defaults.get(name)


def record_type_of(sobject: SObject, record_type_id: Value) -> RecordType | None:
    """Give an object's record type of that Id, None for the master one."""
    return next((each for each in sobject.record_types if each.id == record_type_id and not each.is_master), None)


def picklist_errors(context: CallContext, draft: Draft) -> Iterator[RowError]:
    """Refuse values of restricted picklists that the record's type does not allow."""
    sobject = context.org.save_profiles.of(draft.sobject).latest
    if not any(each.picklists for each in sobject.record_types):
        return
    picklists = [field for field in draft.given if field.restricted_picklist and draft.values.get(field.name)]
    record_type = record_type_of(sobject, _record_type_id(context, draft)) if picklists else None
    for field in picklists if record_type else ():
        allowed = None if record_type is None else _allowed(record_type, field.name)
        text = str(draft.values[field.name])
        parts = text.split(";") if field.type is FieldType.MULTIPICKLIST else [text]
        bad = [part for part in parts if allowed is not None and part.casefold() not in allowed]
        if bad:
            yield bad_value(field, bad[0])


def _allowed(record_type: RecordType, name: str) -> frozenset[str] | None:
    for field, values in record_type.picklists.items():
        if field.lower() == name.lower():
            return frozenset(value.casefold() for value in values)
    return None


def _record_type_id(context: CallContext, draft: Draft) -> Value:
    if RECORD_TYPE in draft.values:
        return draft.values[RECORD_TYPE]
    record_id = normalise_id(draft.id) if draft.id else None
    if record_id is None or draft.sobject.field(RECORD_TYPE) is None:
        return None
    return context.reader.get(draft.sobject, [record_id], [RECORD_TYPE])[record_id][0]
