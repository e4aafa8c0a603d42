"""Rules about where references lead: owners, record types, hierarchies.

Sources: the refusals of an inactive owner and of a queue are quoted by users; that of a record type is recorded. That a
hierarchy has no loop is documented, its text quoted by users; its code is from memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.draft import Change, Draft
from mockorg_server.core.dml.saved_record import values_of
from mockorg_server.core.error import RowError
from mockorg_server.schema.identifier import SHORT, normalise_id
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

OWNER: Final = "OwnerId"
RECORD_TYPE: Final = "RecordTypeId"
_QUEUE: Final = "Queue"
_MANY: Final = 1_000_000_000


def record_type_is_filled(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Give a new record its sObject's default record type. Finds no errors."""
    if draft.change is Change.INSERT and RECORD_TYPE not in draft.values and draft.sobject.field(RECORD_TYPE):
        types = (each for each in draft.sobject.record_types if each.is_default and each.active and not each.is_master)
        default = next(types, None)
        if default is not None and values_of(context, default.id, ["Id"]) is not None:
            draft.values[RECORD_TYPE] = default.id
    return ()


def references_fit(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Refuse owners that may not own, record types of other sObjects, and ancestors of themselves."""
    for field in (*draft.given.references, *(field for field, _ in draft.references)):
        value = draft.values.get(field.name)
        if value is None or not field.reference_to:
            continue
        if field.name == OWNER:
            yield from _owner_errors(context, draft, str(value))
        elif field.name == RECORD_TYPE:
            yield from _record_type_errors(context, draft.sobject, str(value))
        elif field.reference_to == (draft.sobject.name,) and draft.change is Change.UPDATE:
            yield from _loop_errors(context, draft, field.name, str(value))


def _owner_errors(context: CallContext, draft: Draft, owner_id: str) -> Iterable[RowError]:
    owner = values_of(context, owner_id, ["IsActive", "Type"])
    if owner is None or owner.get("IsActive", False) or _owns_already(context, draft, owner_id):
        return
    if "IsActive" in owner:
        text = f"operation performed with inactive user [{owner_id[:SHORT]}] as owner of {draft.sobject.label.lower()}"
        yield RowError("INACTIVE_OWNER_OR_USER", text)
    elif owner.get("Type") == _QUEUE and not _is_queue_of(context, owner_id, draft.sobject):
        yield RowError("INVALID_OPERATION", "Queue not associated with this SObject type", (OWNER,))
    elif "Type" in owner and owner["Type"] != _QUEUE:
        yield RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", (OWNER,))  # inferred


def _owns_already(context: CallContext, draft: Draft, owner_id: str) -> bool:
    record_id = normalise_id(draft.id) if draft.id and draft.change is Change.UPDATE else None
    return record_id is not None and (values_of(context, record_id, [OWNER]) or {}).get(OWNER) == owner_id


def _is_queue_of(context: CallContext, queue_id: str, sobject: SObject) -> bool:
    held = context.org.schema.latest.sobject("QueueSobject")
    if held is None:
        return True
    ids = context.reader.find(held, "QueueId", queue_id, limit=_MANY)
    return any(row[0] == sobject.name for row in context.reader.get(held, ids, ["SobjectType"]).values())


def _record_type_errors(context: CallContext, sobject: SObject, type_id: str) -> Iterable[RowError]:
    found = values_of(context, type_id, ["SobjectType", "IsActive"])
    if found is not None and "SobjectType" in found and (found["SobjectType"] != sobject.name or not found["IsActive"]):
        text = f"Record Type ID: this ID value isn't valid for the user: {type_id}"
        yield RowError("INVALID_CROSS_REFERENCE_KEY", text, (RECORD_TYPE,))


def _loop_errors(context: CallContext, draft: Draft, name: str, parent_id: str) -> Iterable[RowError]:
    own_id = normalise_id(draft.id) if draft.id else None
    seen: set[str] = set()
    above: Value = parent_id
    while above is not None and str(above) not in seen and above != own_id:
        seen.add(str(above))
        above = next(iter(context.reader.get(draft.sobject, [str(above)], [name]).values()), (None,))[0]
    if above is not None and above == own_id:
        yield RowError("CIRCULAR_DEPENDENCY", "attempt to violate hierarchy constraints", (name,))
