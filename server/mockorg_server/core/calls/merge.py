"""merge()."""

from __future__ import annotations

from dataclasses import replace

from mockorg_server.core.calls.operation import Merge
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml import combine
from mockorg_server.core.limit import MAX_DML_RECORDS, hold_to
from mockorg_server.core.record import MergeResult


def merge(context: CallContext, operation: Merge) -> list[MergeResult]:
    """Merge records, request by request. Raises OrgError when the call as a whole is refused."""
    hold_to(operation.requests, MAX_DML_RECORDS)
    context = replace(context, duplicate_rule=None)
    return [combine.merge(context, request, operation.allow_field_truncation) for request in operation.requests]
