"""Saving drafts: one row after the other, all in the call's transaction, each with its own result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.default import ON_UPDATE, name_by_id, system_values
from mockorg_server.core.dml.draft import Draft
from mockorg_server.core.dml.rule import errors_of, write_refusal
from mockorg_server.core.dml.trigger import Deed, before_of, carry_out
from mockorg_server.core.error import OrgError, RowError
from mockorg_server.core.limit import MAX_DML_CHUNKS
from mockorg_server.core.record import SaveResult
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import SObject

_ROLLED_BACK = RowError(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)

Save = Callable[[], SaveResult]


class _NotAllValid(Exception):
    """Rolls the savepoint of an all-or-none call back."""


def hold_to_chunks(sobjects: Iterable[SObject]) -> None:
    """Refuse a call whose records change type too often, as a whole.

    Consecutive records of one type make a chunk; a call may hold ten (SOAP API guide, create()). The text is the one
    that Apex gives for the same limit (inferred for the API).
    """
    if sum(1 for _ in groupby(sobjects, key=lambda sobject: sobject.name)) > MAX_DML_CHUNKS:
        raise OrgError(
            "LIMIT_EXCEEDED",
            f"Cannot have more than {MAX_DML_CHUNKS} chunks in a single operation. "
            "Please rearrange the data to reduce chunking.",
        )


def save_all(context: CallContext, saves: Sequence[Save], all_or_none: bool) -> list[SaveResult]:
    """Run the saves in order. With ``all_or_none``, one failure undoes all and the innocent rows say so."""
    results: list[SaveResult] = []
    try:
        with context.writer.savepoint():
            results.extend(save() for save in saves)
            if all_or_none and not all(result.success for result in results):
                raise _NotAllValid
    except _NotAllValid:
        return [rolled_back(result) if result.success else result for result in results]
    return results


def rolled_back(result: SaveResult) -> SaveResult:
    """Make the result of a row that was valid in a call that was not; one that was there keeps its id (recorded)."""
    return SaveResult(None if result.created else result.id, (_ROLLED_BACK,), created=False)


def insert(context: CallContext, draft: Draft) -> SaveResult:
    """Insert a draft when the rules allow."""
    errors = errors_of(context, draft)
    if errors:
        return SaveResult(None, errors)
    record_id = context.org.ids.next_id(draft.sobject.id_prefix)
    values = {**draft.values, "Id": record_id}
    name_by_id(draft.sobject, values, record_id)
    errors = carry_out(
        context,
        Deed("insert", draft.sobject, record_id, None, values),
        lambda: context.writer.insert(draft.sobject, values),
    )
    return SaveResult(None, errors) if errors else SaveResult(record_id, created=True)


def update(context: CallContext, draft: Draft) -> SaveResult:
    """Update the record whose Id the draft carries when the rules allow."""
    if not draft.sobject.updateable:
        return SaveResult(None, (write_refusal(context, draft.sobject, draft.change.value),))
    record_id, errors = existing_id(context, draft.sobject, draft.id)
    if errors or record_id is None:
        return SaveResult(None, errors)
    draft.before = before_of(context, draft.sobject, record_id, "update")
    errors = errors_of(context, draft)
    if errors:
        return SaveResult(None, errors)
    values = {**draft.values, **system_values(context, draft.sobject, ON_UPDATE)}
    if "Name" in values:
        name_by_id(draft.sobject, values, record_id)
    errors = carry_out(
        context,
        Deed("update", draft.sobject, record_id, draft.before, {**(draft.before or {}), **values}),
        lambda: context.writer.update(draft.sobject, record_id, values),
    )
    return SaveResult(None, errors) if errors else SaveResult(record_id)


def existing_id(context: CallContext, sobject: SObject, text: str | None) -> tuple[str | None, tuple[RowError, ...]]:
    """Give the long form of an Id to be updated, or what is wrong with it."""
    if not text:
        return None, (RowError("MISSING_ARGUMENT", "Id not specified in an update call", ("Id",)),)
    record_id = normalise_id(text)
    if record_id is None:
        return None, (RowError("MALFORMED_ID", f"malformed id {text}", ("Id",)),)
    if record_id[:3] != sobject.id_prefix:
        return None, (RowError("MALFORMED_ID", f"{sobject.label} ID: id value of incorrect type: {text}", ("Id",)),)
    if context.reader.get(sobject, [record_id], ["Id"]):
        return record_id, ()
    if context.reader.get(sobject, [record_id], ["Id"], include_deleted=True):
        return None, (RowError("ENTITY_IS_DELETED", "entity is deleted"),)
    return None, (RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),)
