"""undelete() and emptyRecycleBin()."""

from __future__ import annotations

from functools import partial

from mockorg_server.core.calls.operation import EmptyRecycleBin, Undelete
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml import recycle_bin
from mockorg_server.core.dml.save import save_all
from mockorg_server.core.limit import MAX_DML_RECORDS, hold_to
from mockorg_server.core.record import SaveResult


def undelete(context: CallContext, operation: Undelete) -> list[SaveResult]:
    """Bring records back from the recycle bin, each with its own result. Raises OrgError when there are too many."""
    hold_to(operation.ids, MAX_DML_RECORDS)
    saves = [partial(recycle_bin.undelete, context, record_id) for record_id in operation.ids]
    return save_all(context, saves, operation.all_or_none)


def empty_recycle_bin(context: CallContext, operation: EmptyRecycleBin) -> list[SaveResult]:
    """Take records out of the recycle bin for good. Raises OrgError when there are too many."""
    hold_to(operation.ids, MAX_DML_RECORDS)
    saves = [partial(recycle_bin.empty, context, record_id) for record_id in operation.ids]
    return save_all(context, saves, all_or_none=False)
