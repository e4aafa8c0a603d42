"""findDuplicates() and findDuplicatesByIds(): duplicate rules asked without a save (SOAP API guide, each page)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mockorg_server.core.calls.operation import FindDuplicates, FindDuplicatesByIds
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.draft import Change, Draft, draft_of
from mockorg_server.core.dml.duplicate_rule import every_result
from mockorg_server.core.dml.given import NOTHING_GIVEN
from mockorg_server.core.dml.rule import values_are_valid
from mockorg_server.core.dml.save import existing_id, stored_record
from mockorg_server.core.duplicate_result import FindDuplicatesResult
from mockorg_server.core.error import OrgError, RowError
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import SObject

_MAX_RECORDS: Final = 50


def find_duplicates(context: CallContext, operation: FindDuplicates) -> list[FindDuplicatesResult]:
    """Ask about values, beside those of the record whose Id is among them. Raises OrgError."""
    _hold(operation.records)
    context = replace(context, duplicate_rule=operation.duplicate_rule)
    drafts = [draft_of(context, record, Change.UPDATE, False) for record in operation.records]
    _require_rules(context, [draft.sobject for draft in drafts])
    return [_found(context, draft) for draft in drafts]


def find_duplicates_by_ids(context: CallContext, operation: FindDuplicatesByIds) -> list[FindDuplicatesResult]:
    """Ask about records that are there. Raises OrgError."""
    _hold(operation.ids)
    context = replace(context, duplicate_rule=operation.duplicate_rule)
    drafts = [Draft(_sobject_of(context, text), Change.UPDATE, {}, NOTHING_GIVEN, id=text) for text in operation.ids]
    _require_rules(context, [draft.sobject for draft in drafts])
    return [_found(context, draft) for draft in drafts]


def _hold(items: Sequence[object]) -> None:
    if len(items) > _MAX_RECORDS:
        message = "Configuration error: The number of records to check is greater than the permitted batch size."
        raise OrgError("LIMIT_EXCEEDED", message)


def _sobject_of(context: CallContext, text: str) -> SObject:
    record_id = normalise_id(text)
    found = context.view.sobjects_by_prefix(record_id[:3]) if record_id else ()
    if not found:
        raise OrgError("MALFORMED_ID", f"malformed id {text}")
    return found[0]


def _require_rules(context: CallContext, sobjects: Sequence[SObject]) -> None:
    """Refuse records of several sObjects, and of one without rules: Apex has that text, the codes are inferred."""
    names = sorted({sobject.name for sobject in sobjects})
    if len(names) > 1:
        raise OrgError("INVALID_TYPE", f"all records must be of one type, not {', '.join(names)}")
    if sobjects and not context.org.rules.duplicates.of(sobjects[0]):
        message = f"No active duplicate rules are defined for the {names[0]} object type."
        raise OrgError("FUNCTIONALITY_NOT_ENABLED", message)


def _found(context: CallContext, draft: Draft) -> FindDuplicatesResult:
    errors: tuple[RowError, ...] = tuple(values_are_valid(context, draft))
    record_id = None
    if draft.id and not errors:
        record_id, errors = existing_id(context, draft.sobject, draft.id)
        if record_id is not None:
            draft.before = stored_record(context, draft.sobject, record_id)
    if errors:
        return FindDuplicatesResult((), errors)
    values = {**(draft.before or {}), **draft.values}
    return FindDuplicatesResult(tuple(every_result(context, draft.sobject, record_id, values)))
