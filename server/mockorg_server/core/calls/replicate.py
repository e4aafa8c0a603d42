"""getUpdated() and getDeleted(): what changed in a window of time.

Rules of the window: the SOAP API guide's pages of both calls; texts recorded or, where a line says so, inferred.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mockorg_server.core.calls.operation import GetDeleted, GetUpdated
from mockorg_server.core.calls.result import DeletedRecord, GetDeletedResult, GetUpdatedResult
from mockorg_server.core.clock import instant_of, text_of
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.draft import require_sobject
from mockorg_server.core.error import OrgError
from mockorg_server.core.limit import MAX_REPLICATION_IDS
from mockorg_server.schema.sobject import SObject

_REACH = timedelta(days=30)
_DELETED_REACH = timedelta(days=15)
_MINUTE = timedelta(minutes=1)


def get_updated(context: CallContext, operation: GetUpdated) -> GetUpdatedResult:
    """Give the ids inserted or updated in the window and not deleted since. Raises OrgError."""
    sobject = _replicateable(context, operation.sobject)
    start, end = _window(context, operation.start, operation.end, least=timedelta(0))
    ids = context.reader.changed(sobject, text_of(start), text_of(end))
    _hold(ids)
    return GetUpdatedResult(tuple(ids), _covered(context, end))


def get_deleted(context: CallContext, operation: GetDeleted) -> GetDeletedResult:
    """Give the records deleted in the window, no older than 15 days. Raises OrgError."""
    sobject = _replicateable(context, operation.sobject)
    start, end = _window(context, operation.start, operation.end, least=_MINUTE)
    earliest = max(start, context.now - _DELETED_REACH)
    rows = context.reader.deleted(sobject, text_of(earliest), text_of(end)) if earliest < end else []
    _hold(rows)
    records = tuple(DeletedRecord(row_id, instant_of(stamp).replace(microsecond=0)) for row_id, stamp in rows)
    return GetDeletedResult(records, context.org.created_at, _covered(context, end))


def _replicateable(context: CallContext, name: str) -> SObject:
    sobject = require_sobject(context.view, name)
    if not sobject.replicateable:
        # The code is the one that query() gives for sObjects it does not support (inferred).
        raise OrgError("INVALID_TYPE_FOR_OPERATION", f"entity type {sobject.name} does not support replication")
    return sobject


def _whole_minutes(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(second=0, microsecond=0)


def _window(context: CallContext, start: datetime, end: datetime, least: timedelta) -> tuple[datetime, datetime]:
    """Cut the seconds off both ends and hold the window to its rules; it must be longer than ``least``."""
    start, end = _whole_minutes(start), _whole_minutes(end)
    if end - start <= least:
        # The code is documented for both calls; the text is from memory.
        raise OrgError("INVALID_REPLICATION_DATE", "endDate must be at least one minute greater than startDate")
    if start < _whole_minutes(context.now - _REACH):
        raise OrgError("INVALID_REPLICATION_DATE", "startDate cannot be more than 30 days ago.")
    if start < context.org.created_at:
        raise OrgError("INVALID_REPLICATION_DATE", "startDate before org replication enabled date")
    return start, end


def _covered(context: CallContext, end: datetime) -> datetime:
    """Give latestDateCovered: no later than the start of a write under way (API guide, GetUpdatedResult)."""
    return min(end, _whole_minutes(context.settled))


def _hold(found: list[str] | list[tuple[str, str]]) -> None:
    if len(found) > MAX_REPLICATION_IDS:
        raise OrgError("EXCEEDED_ID_LIMIT", f"more than {MAX_REPLICATION_IDS} ids: choose a shorter window")
