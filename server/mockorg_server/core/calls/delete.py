"""delete()."""

from __future__ import annotations

from functools import partial

from mockorg_server.core.calls.operation import Delete
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml import removal
from mockorg_server.core.dml.save import save_all
from mockorg_server.core.limit import MAX_DML_RECORDS, hold_to
from mockorg_server.core.record import SaveResult


def delete(context: CallContext, operation: Delete) -> list[SaveResult]:
    """Delete records by id, each with its own result. Raises OrgError when there are too many."""
    hold_to(operation.ids, MAX_DML_RECORDS)
    saves = [partial(removal.delete, context, record_id) for record_id in operation.ids]
    return save_all(context, saves, operation.all_or_none)
