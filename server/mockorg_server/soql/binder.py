"""The parsed query against the schema: ``bind`` gives the plan and what its parameters are made of.

Here: which object, which kind of query (records, groups, a mere count), LIMIT and OFFSET. The select lists are in
``record_binder`` and ``aggregate_binder``, what chooses records in ``filter_binder``, names in ``scope``.
"""

from __future__ import annotations

from dataclasses import dataclass

from mockorg_server.schema.record_shape import RecordShape
from mockorg_server.soql.aggregate_binder import AggregateBinder
from mockorg_server.soql.filter_binder import bind_filter
from mockorg_server.soql.literal import to_limit, to_offset
from mockorg_server.soql.parameter import ParameterList
from mockorg_server.soql.plan import Plan
from mockorg_server.soql.record_binder import RecordBinder, bind_count
from mockorg_server.soql.refusal import has_aggregate, malformed, refuse_unsupported_clauses
from mockorg_server.soql.restriction import check_restriction, check_selection
from mockorg_server.soql.scope import Scope, View, driving_object
from mockorg_server.soql.syntax import Query, SelectItem
from mockorg_server.soql.tracking import refuse_tracking


@dataclass(frozen=True, slots=True)
class Binding:
    """A plan and where the values of its parameters come from."""

    plan: Plan
    parameters: ParameterList


def bind(query: Query, text: str, view: View) -> Binding:
    """Bind a query to what one caller sees of the schema. Raises SoqlError."""
    scope = Scope(text, view, driving_object(query.sources[0], text, view))
    refuse_unsupported_clauses(query)
    check_selection(scope.root.sobject.name, query.select)
    check_restriction(scope.root.sobject.name, query.where, view.version)
    scope.name_sources(query.sources)
    parameters = ParameterList()
    if not query.select:
        plan = _count_only(query, scope, parameters)
    elif _is_aggregate(query):
        plan = AggregateBinder(scope, parameters).plan(query)
    else:
        plan = RecordBinder(scope, parameters).plan(query)
    return Binding(plan, parameters)


def _is_aggregate(query: Query) -> bool:
    selected = (item.expression for item in query.select if isinstance(item, SelectItem))
    ordered = (ordering.expression for ordering in query.order_by)
    return bool(query.group_by) or any(map(has_aggregate, selected)) or any(map(has_aggregate, ordered))


def _count_only(query: Query, scope: Scope, parameters: ParameterList) -> Plan:
    refuse_tracking(query)
    if query.group_by:
        malformed("COUNT() cannot be used with GROUP BY: use COUNT(fieldName)", scope, query.position)
    if query.order_by:
        malformed("COUNT() cannot be used with ORDER BY", scope, query.order_by[0].expression.position)
    chosen = bind_filter(query, scope, parameters)
    limit = bind_count(query.limit, to_limit, scope, parameters)
    offset = bind_count(query.offset, to_offset, scope, parameters)
    return Plan(
        sobject=scope.root.sobject,
        joins=tuple(scope.joins),
        columns=(),
        shape=RecordShape(scope.root.sobject.name, (), None),
        where=chosen.condition,
        semi_joins=chosen.semi_joins,
        limit=limit,
        offset=offset,
        count_only=True,
        parameter_count=len(parameters.parameters),
    )
