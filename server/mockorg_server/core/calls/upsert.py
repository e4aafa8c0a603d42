"""upsert(): update the record with that external id, or insert one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from mockorg_server.core.calls.operation import Upsert
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.chunk import carry_out
from mockorg_server.core.dml.draft import Change, Draft, draft_of
from mockorg_server.core.dml.given import given_of
from mockorg_server.core.dml.rule import write_refusal
from mockorg_server.core.dml.save import Insert, Update
from mockorg_server.core.error import OrgError, RowError
from mockorg_server.core.limit import MAX_DML_RECORDS, hold_to
from mockorg_server.core.record import SaveResult
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.store.fold import fold


def upsert(context: CallContext, operation: Upsert) -> list[SaveResult]:
    """Insert or update records by an external id field, an idLookup field, or Id.

    Raises OrgError INVALID_FIELD when the field is none of these (text from memory), INVALID_TYPE and others of
    create() and update().
    """
    hold_to(operation.records, MAX_DML_RECORDS)
    context = replace(context, duplicate_rule=operation.duplicate_rule)
    drafts = [
        draft_of(context, record, Change.UPDATE, operation.allow_field_truncation) for record in operation.records
    ]
    if not drafts:
        return []
    key = _key_of([draft.sobject for draft in drafts], operation.external_id_field)
    keys = [_key_value(draft, key) for draft in drafts]
    often = Counter(value for value in keys if value is not None)
    deeds = [
        _deed_of(context, draft, key, value, value is not None and often[value] > 1)
        for draft, value in zip(drafts, keys, strict=True)
    ]
    return carry_out(context, deeds, operation.all_or_none)


def _key_of(sobjects: Sequence[SObject], name: str) -> Field:
    sobject = sobjects[0]
    if any(other.name != sobject.name for other in sobjects):
        raise OrgError("INVALID_TYPE", "upsert() takes records of one type in a call")
    field = sobject.field(name)
    if field is None or not (field.type is FieldType.ID or field.external_id or field.id_lookup):
        raise OrgError(
            "INVALID_FIELD",
            f"Field name provided, {name} does not match an External ID, Salesforce Id, or indexed field for "
            f"{sobject.name}",
        )
    return field


def _key_value(draft: Draft, key: Field) -> str | None:
    """Give what makes two rows of a call the same record, folded as the field compares; None when there is none."""
    if key.type is FieldType.ID:
        return normalise_id(draft.id) or draft.id if draft.id else None
    value = draft.values.get(key.name)
    if isinstance(value, str):  # as it will be stored, so that it finds the record that an earlier call has made of it
        value = draft.values[key.name] = value.strip() or None
    if value is None:
        return None
    return str(value) if key.case_sensitive else fold(str(value))


def _deed_of(
    context: CallContext, draft: Draft, key: Field, key_value: str | None, repeated: bool
) -> Insert | Update | SaveResult:
    """Make the insert or update that a row comes to, or the result that refuses it."""
    if not (draft.sobject.createable or draft.sobject.updateable):
        exists = draft.id or (key_value and context.reader.find(draft.sobject, key.name, key_value, limit=1))
        change = Change.UPDATE if exists else Change.INSERT
        return SaveResult(None, (write_refusal(context, draft.sobject, change.value),))
    refusal = _refusal(draft, key, key_value, repeated)
    if refusal is not None:
        return SaveResult(None, (refusal,))
    if key.type is not FieldType.ID:
        matches = context.reader.find(draft.sobject, key.name, draft.values[key.name])
        if len(matches) > 1:
            return SaveResult(None, (_matches_several(key, matches),))
        if matches:
            draft.id = matches[0]
            _leave_key(draft, key)
    if draft.id:
        return Update(draft)
    draft.change = Change.INSERT
    return Insert(draft)


def _matches_several(key: Field, matches: Sequence[str]) -> RowError:
    return RowError(
        "DUPLICATE_EXTERNAL_ID",
        f"{key.name}: more than one record found for external id field: [{', '.join(matches)}]",
        (key.name,),
    )


def _refusal(draft: Draft, key: Field, key_value: str | None, repeated: bool) -> RowError | None:
    if key.type is FieldType.ID:
        return RowError("DUPLICATE_VALUE", f"Duplicate Id specified: {draft.id}", ("Id",)) if repeated else None
    if draft.id:
        return RowError("INVALID_FIELD", "The Id field should not be specified in the sobject data.", ("Id",))
    if key_value is None:
        return RowError("MISSING_ARGUMENT", f"{key.name} not specified", (key.name,))
    if repeated:
        return RowError("DUPLICATE_VALUE", f"Duplicate external id specified: {draft.values[key.name]}", (key.name,))
    return None


def _leave_key(draft: Draft, key: Field) -> None:
    """Take the matching key out of an update: it found the record, and an idLookup field may not be updateable."""
    if not key.updateable:
        draft.given = given_of(field for field in draft.given if field.name != key.name)
        draft.values.pop(key.name, None)
