"""retrieve(): records by id. Rules: the call's page in the SOAP API guide."""

from __future__ import annotations

from mockorg_server.core.calls.operation import Retrieve
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.draft import require_sobject
from mockorg_server.core.error import OrgError
from mockorg_server.core.limit import MAX_RETRIEVE_IDS, hold_to
from mockorg_server.core.record import RetrieveResult
from mockorg_server.schema.compound import MEMBERS, parts_of
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.record_shape import CompoundMember, FieldMember, RecordShape
from mockorg_server.schema.sobject import Field, SObject


def retrieve(context: CallContext, operation: Retrieve) -> RetrieveResult:
    """Give records by id, None where one is absent, deleted or of another type.

    Raises OrgError INVALID_TYPE, INVALID_FIELD, EXCEEDED_ID_LIMIT, MISSING_ARGUMENT for no fields, or MALFORMED_ID for
    a text that is no id (the codes of the last two are inferred).
    """
    sobject = require_sobject(context.view, operation.sobject)
    if not sobject.retrieveable:
        raise OrgError("INVALID_TYPE_FOR_OPERATION", f"entity type {sobject.name} does not support retrieve")
    hold_to(operation.ids, MAX_RETRIEVE_IDS)
    names = ["Id"]
    members = tuple(_member_of(sobject, field, names) for field in _fields_of(sobject, operation.fields))
    ids = [_long_id(text) for text in operation.ids]
    found = context.reader.get(sobject, ids, names)
    return RetrieveResult(RecordShape(sobject.name, members), [found.get(record_id) for record_id in ids])


def _member_of(sobject: SObject, field: Field, names: list[str]) -> FieldMember | CompoundMember:
    """Give the member of a field, and add what is to be read for it to ``names``."""
    if field.type not in MEMBERS:
        names.append(field.name)
        return FieldMember(field.name, field.type, len(names) - 1)
    parts = []
    for name, part in parts_of(sobject, field).items():
        names.append(part.name)
        parts.append(FieldMember(name, part.type, len(names) - 1))
    return CompoundMember(field.name, field.type, tuple(parts))


def _fields_of(sobject: SObject, names: tuple[str, ...]) -> list[Field]:
    if not names:
        # Records with nothing in them are no answer; the code is inferred.
        raise OrgError("MISSING_ARGUMENT", "fieldList names no field")
    fields: dict[str, Field] = {}
    for name in names:
        field = sobject.field(name)
        if field is None:
            raise OrgError(
                "INVALID_FIELD",
                f"No such column '{name}' on entity '{sobject.name}'. If you are attempting to use a custom field, be "
                "sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call "
                "for the appropriate names.",
            )
        if field.type is FieldType.COMPLEXVALUE:
            raise OrgError("INVALID_FIELD", f"mockorg does not support retrieving the field {field.name} yet")
        if field.name in fields:
            raise OrgError("INVALID_FIELD", f"duplicate field selected: {field.name}")
        fields[field.name] = field
    return list(fields.values())


def _long_id(text: str) -> str:
    record_id = normalise_id(text)
    if record_id is None:
        raise OrgError("MALFORMED_ID", f"malformed id {text}")
    return record_id
