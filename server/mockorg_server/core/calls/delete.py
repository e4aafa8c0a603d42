"""delete()."""

from __future__ import annotations

from mockorg_server.core.calls.operation import Delete
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.chunk import carry_out
from mockorg_server.core.dml.removal import deletion_of
from mockorg_server.core.limit import MAX_DML_RECORDS, hold_to
from mockorg_server.core.record import SaveResult


def delete(context: CallContext, operation: Delete) -> list[SaveResult]:
    """Delete records by id, each with its own result. Raises OrgError when there are too many."""
    hold_to(operation.ids, MAX_DML_RECORDS)
    return carry_out(context, [deletion_of(context, text) for text in operation.ids], operation.all_or_none)
