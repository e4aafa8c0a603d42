"""undelete() and emptyRecycleBin()."""

from __future__ import annotations

from mockorg_server.core.calls.operation import EmptyRecycleBin, Undelete
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml import recycle_bin
from mockorg_server.core.dml.chunk import carry_out
from mockorg_server.core.limit import MAX_DML_RECORDS, hold_to
from mockorg_server.core.record import SaveResult


def undelete(context: CallContext, operation: Undelete) -> list[SaveResult]:
    """Bring records back from the recycle bin, each with its own result. Raises OrgError when there are too many."""
    hold_to(operation.ids, MAX_DML_RECORDS)
    deeds = [recycle_bin.undeletion_of(context, text) for text in operation.ids]
    return carry_out(context, deeds, operation.all_or_none)


def empty_recycle_bin(context: CallContext, operation: EmptyRecycleBin) -> list[SaveResult]:
    """Take records out of the recycle bin for good. Raises OrgError when there are too many."""
    hold_to(operation.ids, MAX_DML_RECORDS)
    return [recycle_bin.empty(context, text) for text in operation.ids]
