"""How many records of each sObject there are: the record count resource of the REST API."""

from __future__ import annotations

from mockorg_server.core.calls.operation import CountRecords
from mockorg_server.core.context import CallContext


def count_records(context: CallContext, operation: CountRecords) -> dict[str, int]:
    """Count living records by sObject name. Names that the caller's version does not have are left out."""
    asked = [context.view.sobject(name) for name in operation.names or sorted(context.reader.holding.tables)]
    counts = {sobject.name: context.reader.living(sobject) for sobject in asked if sobject is not None}
    return {name: count for name, count in sorted(counts.items()) if count}
