"""Deleting records: into the recycle bin, with the children that go along.

Children whose relationship cascades are deleted too; a relationship that restricts refuses the delete; any other
reference is cleared where it can be null (SOAP API guide, delete(); describe's cascadeDelete and restrictedDelete).
"""

from __future__ import annotations

from collections.abc import Iterator

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.default import ON_UPDATE, system_values
from mockorg_server.core.dml.rule import entity_not_writable
from mockorg_server.core.error import RowError
from mockorg_server.core.record import SaveResult
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import ChildRelationship, Field, SObject

_ALL_CHILDREN = 1_000_000_000


def delete(context: CallContext, text: str) -> SaveResult:
    """Delete the record of an id in either form."""
    record_id = normalise_id(text)
    if record_id is None:
        return SaveResult(None, (RowError("MALFORMED_ID", f"bad id {text}"),))
    candidates = context.view.sobjects_by_prefix(record_id[:3])
    if not candidates:
        return SaveResult(None, (RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),))
    refused = [sobject for sobject in candidates if not sobject.deletable]
    if len(refused) == len(candidates):
        return SaveResult(None, (entity_not_writable(refused[0], "deleted"),))
    for sobject in candidates:
        if sobject.deletable and context.reader.get(sobject, [record_id], ["Id"]):
            return _delete_found(context, sobject, record_id)
    if any(context.reader.get(sobject, [record_id], ["Id"], include_deleted=True) for sobject in candidates):
        return SaveResult(None, (RowError("ENTITY_IS_DELETED", "entity is deleted"),))
    return SaveResult(None, (RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),))


def _delete_found(context: CallContext, sobject: SObject, record_id: str) -> SaveResult:
    restricting = next(_restricting(context, sobject, record_id), None)
    if restricting is not None:
        return SaveResult(
            None,
            (
                RowError(
                    "DELETE_FAILED",
                    "Your attempt to delete this record could not be completed because it is associated with the "
                    f"following {restricting.label_plural}.",  # the form of the text is from memory
                ),
            ),
        )
    _remove(context, sobject, record_id)
    return SaveResult(record_id)


def _remove(context: CallContext, sobject: SObject, record_id: str) -> None:
    if sobject.field("IsDeleted") is None:
        context.writer.purge(sobject, record_id)
    else:
        context.writer.update(sobject, record_id, {"IsDeleted": True, **system_values(context, sobject, ON_UPDATE)})
    for relationship, child, field in _children(context, sobject):
        for child_id in context.reader.find(child, field.name, record_id, limit=_ALL_CHILDREN):
            if relationship.cascade_delete:
                _remove(context, child, child_id)
            elif field.nillable:
                context.writer.update(child, child_id, {field.name: None})


def _restricting(context: CallContext, sobject: SObject, record_id: str) -> Iterator[SObject]:
    for relationship, child, field in _children(context, sobject):
        if relationship.restricted_delete and context.reader.find(child, field.name, record_id, limit=1):
            yield child


def _children(context: CallContext, sobject: SObject) -> Iterator[tuple[ChildRelationship, SObject, Field]]:
    """Give the child relationships whose sObjects ever held a record."""
    filled = context.reader.holding.tables
    # Relationships are a fact of the org, not of the caller's API version.
    known = context.org.schema.latest.sobject(sobject.name) or sobject
    for relationship in known.child_relationships:
        if relationship.child_sobject in filled:
            child = context.org.schema.latest.sobject(relationship.child_sobject)
            field = child.field(relationship.field) if child else None
            if child is not None and field is not None and sobject.name in field.reference_to:
                yield relationship, child, field
