"""update()."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mockorg_server.core.calls.operation import Update
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.chunk import carry_out
from mockorg_server.core.dml.draft import Change, Draft, draft_of
from mockorg_server.core.dml.save import Update as UpdateDeed
from mockorg_server.core.dml.save import hold_to_chunks
from mockorg_server.core.error import RowError
from mockorg_server.core.limit import MAX_DML_RECORDS, hold_to
from mockorg_server.core.record import SaveResult
from mockorg_server.schema.identifier import normalise_id

_MAX_SAME_ID = 12  # SOAP API guide, update(): of duplicate ids in a call the first 12 are processed


def update(context: CallContext, operation: Update) -> list[SaveResult]:
    """Update records by Id, each with its own result. Raises OrgError when the call as a whole is refused."""
    hold_to(operation.records, MAX_DML_RECORDS)
    context = replace(context, duplicate_rule=operation.duplicate_rule)
    drafts = [
        draft_of(context, record, Change.UPDATE, operation.allow_field_truncation) for record in operation.records
    ]
    hold_to_chunks(draft.sobject for draft in drafts)
    return carry_out(context, _deeds(drafts), operation.all_or_none)


def _deeds(drafts: Sequence[Draft]) -> list[UpdateDeed | SaveResult]:
    seen: Counter[str] = Counter()
    deeds: list[UpdateDeed | SaveResult] = []
    for draft in drafts:
        key = normalise_id(draft.id or "") or ""
        seen[key] += bool(key)
        deeds.append(_TOO_OFTEN if seen[key] > _MAX_SAME_ID else UpdateDeed(draft))
    return deeds


_TOO_OFTEN: Final = SaveResult(
    None, (RowError("DUPLICATE_VALUE", f"Maximum number of duplicate updates in one batch ({_MAX_SAME_ID} allowed)."),)
)
