"""describeGlobal() and describeSObjects()."""

from __future__ import annotations

from mockorg_server.core.calls.operation import DescribeGlobal, DescribeSObjects
from mockorg_server.core.calls.result import DescribeGlobalResult
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.draft import unknown_sobject
from mockorg_server.core.limit import MAX_DESCRIBE_SOBJECTS, hold_to
from mockorg_server.schema.sobject import SObject


def describe_global(context: CallContext, _operation: DescribeGlobal) -> DescribeGlobalResult:
    """List every sObject that the caller's API version can see."""
    return DescribeGlobalResult(context.view.shown_outlines)


def describe_sobjects(context: CallContext, operation: DescribeSObjects) -> tuple[SObject, ...]:
    """Describe sObjects in the order asked for. Raises OrgError INVALID_TYPE for the first unknown one."""
    hold_to(operation.names, MAX_DESCRIBE_SOBJECTS)
    return tuple(_describe(context, name) for name in operation.names)


def _describe(context: CallContext, name: str) -> SObject:
    sobject = context.view.sobject(name)
    if sobject is None:
        raise unknown_sobject(name)
    return sobject
