"""What a query would do: the plan of the REST API's explain, and the columns of its column metadata."""

from __future__ import annotations

from dataclasses import dataclass

from mockorg_server.core.calls.operation import DescribeQuery, ExplainQuery
from mockorg_server.core.context import CallContext
from mockorg_server.core.error import OrgError
from mockorg_server.schema.record_shape import RecordShape
from mockorg_server.soql.compiler import BoundQuery
from mockorg_server.soql.error import SoqlError


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """How the database answers a query. ``leading_operation`` is ``Index`` or ``TableScan``; cardinalities are rows."""

    sobject: str
    sobject_cardinality: int
    cardinality: int
    leading_operation: str
    fields: tuple[str, ...]
    relative_cost: float


@dataclass(frozen=True, slots=True)
class QueryDescription:
    """What a query selects. ``shape`` is None for ``SELECT COUNT()``."""

    sobject: str
    shape: RecordShape | None
    is_grouped: bool


def explain_query(context: CallContext, operation: ExplainQuery) -> list[QueryPlan]:
    """Give the plan of a query, as the database has chosen it. Raises OrgError as query() does."""
    bound = _compile(context, operation.soql)
    plan = bound.plan
    parameters = bound.parameters(context.org.directory.moment_of(context))
    total = context.reader.living(plan.sobject)
    if plan.count_only:
        found = context.reader.count(plan, parameters)
    else:
        found = len(context.reader.query(plan, parameters))
    fields = context.reader.indexed_fields(plan, parameters)
    share = found / total if total else 0.0
    cost = round(share if fields else 1 + share, 4)
    leading = "Index" if fields else "TableScan"
    return [QueryPlan(plan.sobject.name, total, found, leading, fields, cost)]


def describe_query(context: CallContext, operation: DescribeQuery) -> QueryDescription:
    """Tell what a query selects. Raises OrgError as query() does."""
    plan = _compile(context, operation.soql).plan
    return QueryDescription(plan.sobject.name, None if plan.count_only else plan.shape, bool(plan.group_by))


def _compile(context: CallContext, soql: str) -> BoundQuery:
    try:
        return context.org.queries.compile(soql, context.version)
    except SoqlError as error:
        raise OrgError(error.code, error.message, error.row, error.column) from error
