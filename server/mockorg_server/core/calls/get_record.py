"""One record by its Id or by a field that finds records, as the REST API reads it."""

from __future__ import annotations

from mockorg_server.core.calls.operation import FindRecord, GetRecord, Retrieve
from mockorg_server.core.calls.retrieve import retrieve
from mockorg_server.core.context import CallContext
from mockorg_server.core.error import OrgError
from mockorg_server.core.record import RetrieveResult
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value

_TRUTHS = {"true": True, "false": False}


def get_record(context: CallContext, operation: GetRecord) -> RetrieveResult:
    """Give one record, every field when none is named.

    Raises OrgError NOT_FOUND, ENTITY_IS_DELETED (both recorded), INVALID_FIELD and the others of retrieve().
    """
    sobject = _sobject(context, operation.sobject)
    record_id = normalise_id(operation.id)
    if record_id is None or (sobject.id_prefix and record_id[:3] != sobject.id_prefix):
        raise OrgError("NOT_FOUND", "The requested resource does not exist")
    fields = operation.fields or tuple(field.name for field in sobject.fields if _is_shown(field))
    result = retrieve(context, Retrieve(sobject.name, fields, (record_id,)))
    if result.rows[0] is None:
        if context.reader.get(sobject, [record_id], ["Id"], include_deleted=True):
            raise OrgError("ENTITY_IS_DELETED", "entity is deleted")
        raise OrgError("NOT_FOUND", "The requested resource does not exist")
    return result


def find_record(context: CallContext, operation: FindRecord) -> tuple[str, ...]:
    """Give the Ids, at most a few, of living records whose key has a value. Raises OrgError NOT_FOUND for no key."""
    sobject = _sobject(context, operation.sobject)
    field = sobject.field(operation.field)
    if field is None or not (field.external_id or field.id_lookup or field.type is FieldType.ID):
        message = f"Provided external ID field does not exist or is not accessible: {operation.field}"
        raise OrgError("NOT_FOUND", message)
    if field.type is FieldType.ID:
        record_id = normalise_id(operation.value)
        found = context.reader.get(sobject, [record_id], ["Id"]) if record_id else {}
        return tuple(found)
    value = _typed(field, operation.value)
    return () if value is None else tuple(context.reader.find(sobject, field.name, value, limit=operation.limit))


def _sobject(context: CallContext, name: str) -> SObject:
    sobject = context.view.sobject(name)
    if sobject is None:
        raise OrgError("NOT_FOUND", "The requested resource does not exist")
    return sobject


def _is_shown(field: Field) -> bool:
    return field.type is not FieldType.COMPLEXVALUE


def _typed(field: Field, text: str) -> Value:
    try:
        if field.type in (FieldType.DOUBLE, FieldType.CURRENCY, FieldType.PERCENT):
            return float(text)
        if field.type in (FieldType.INT, FieldType.LONG):
            return int(text)
    except ValueError:
        return None
    if field.type is FieldType.BOOLEAN:
        return _TRUTHS.get(text.lower())
    if field.type is FieldType.REFERENCE:
        return normalise_id(text)
    return text.strip() or None
