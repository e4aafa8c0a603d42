"""query(), queryAll() and queryMore()."""

from __future__ import annotations

from dataclasses import replace

from mockorg_server.core.calls.operation import Query, QueryAll, QueryMore
from mockorg_server.core.context import CallContext
from mockorg_server.core.error import OrgError
from mockorg_server.core.limit import MAX_AGGREGATE_ROWS, batch_size_of
from mockorg_server.core.platform_object import require_rows
from mockorg_server.core.recent_use import LIST, forget_deleted, note_use, require_writer
from mockorg_server.core.record import QueryResult
from mockorg_server.core.record_access import ACCESS, make_access_rows
from mockorg_server.schema.record_shape import ChildrenMember, ChildRows, ParentMember, RecordShape, Row
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.plan import Plan


def query(context: CallContext, operation: Query) -> QueryResult:
    """Run a query. Raises OrgError with the codes of the query family."""
    return _run(context, operation.soql, operation.batch_size, include_deleted=False)


def query_all(context: CallContext, operation: QueryAll) -> QueryResult:
    """Run a query over deleted records as well."""
    return _run(context, operation.soql, operation.batch_size, include_deleted=True)


def query_more(context: CallContext, operation: QueryMore) -> QueryResult:
    """Give the next page. Raises OrgError INVALID_QUERY_LOCATOR."""
    batch_size = batch_size_of(operation.batch_size)
    return context.org.cursors.next_page(operation.query_locator, batch_size, context.user_id)


def _run(context: CallContext, soql: str, asked_size: int | None, include_deleted: bool) -> QueryResult:
    org = context.org
    try:
        bound = context.queries.compile(soql, context.version)
        parameters = bound.parameters(org.directory.moment_of(context))
    except SoqlError as error:
        raise OrgError(error.code, error.message, error.row, error.column) from error
    plan = bound.plan
    require_rows(context, plan)
    require_writer(context, plan)
    if plan.sobject.name == LIST:
        forget_deleted(context)
    elif plan.sobject.name == ACCESS:
        make_access_rows(context, plan, parameters)
    if plan.count_only:
        return QueryResult(None, (), context.reader.count(plan, parameters, include_deleted), done=True)
    rows = context.reader.query(plan, parameters, include_deleted)
    note_use(context, plan, rows)
    batch_size = batch_size_of(asked_size)
    if plan.children:
        rows = [_cut_children(context, plan.shape, row, batch_size) for row in rows]
    _hold_aggregate(plan, len(rows))
    return org.cursors.first_page(plan.shape, rows, batch_size, context.user_id)


def _hold_aggregate(plan: Plan, size: int) -> None:
    if plan.aggregate and size > MAX_AGGREGATE_ROWS:
        raise OrgError(
            "EXCEEDED_ID_LIMIT",
            "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch",
        )


def _cut_children(context: CallContext, shape: RecordShape, row: Row, batch_size: int) -> Row:
    """Cut child rows that do not fit a page, at every level, and keep their rest under a locator."""
    cells = list(row)
    for member in shape.members:
        if isinstance(member, ChildrenMember):
            rows = cells[member.index]
            if isinstance(rows, ChildRows):
                cells[member.index] = _cut(context, member.shape, rows, batch_size)
        elif isinstance(member, ParentMember):
            cells = list(_cut_children(context, member.shape, tuple(cells), batch_size))
    return tuple(cells)


def _cut(context: CallContext, shape: RecordShape, children: ChildRows, batch_size: int) -> ChildRows:
    rows = [_cut_children(context, shape, row, batch_size) for row in children.rows]
    if len(rows) <= batch_size:
        return replace(children, rows=rows)
    locator = context.org.cursors.keep(shape, rows, batch_size, context.user_id)
    return ChildRows(rows[:batch_size], len(rows), done=False, query_locator=locator)
