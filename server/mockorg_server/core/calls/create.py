"""create()."""

from __future__ import annotations

from dataclasses import replace

from mockorg_server.core.calls.operation import Create
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.chunk import carry_out
from mockorg_server.core.dml.draft import Change, draft_of
from mockorg_server.core.dml.save import Insert, hold_to_chunks
from mockorg_server.core.limit import MAX_DML_RECORDS, hold_to
from mockorg_server.core.record import SaveResult


def create(context: CallContext, operation: Create) -> list[SaveResult]:
    """Insert records, each with its own result. Raises OrgError when the call as a whole is refused."""
    hold_to(operation.records, MAX_DML_RECORDS)
    context = replace(context, duplicate_rule=operation.duplicate_rule)
    drafts = [
        draft_of(context, record, Change.INSERT, operation.allow_field_truncation) for record in operation.records
    ]
    hold_to_chunks(draft.sobject for draft in drafts)
    return carry_out(context, [Insert(draft) for draft in drafts], operation.all_or_none)
