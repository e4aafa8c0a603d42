"""The parsed query against the schema: ``bind`` gives the plan and what its parameters are made of.

Here: which object, which kind of query (records, groups, a mere count), LIMIT and OFFSET. The select lists are in
``record_binder`` and ``aggregate_binder``, conditions in ``where_binder``, names in ``scope``.
"""

from __future__ import annotations

from dataclasses import dataclass

from mockorg_server.schema.record_shape import RecordShape
from mockorg_server.schema.sobject import SObject
from mockorg_server.soql.aggregate_binder import AggregateBinder
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.excerpt import positioned
from mockorg_server.soql.literal import to_limit, to_offset
from mockorg_server.soql.parameter import ParameterList
from mockorg_server.soql.plan import Plan
from mockorg_server.soql.record_binder import RecordBinder, bind_count, field_subject
from mockorg_server.soql.refusal import is_aggregate, malformed, refuse_unsupported_clauses
from mockorg_server.soql.restriction import check_restriction
from mockorg_server.soql.scope import OBJECT_HINT, Scope, View
from mockorg_server.soql.syntax import Query, SelectItem, Source
from mockorg_server.soql.where_binder import WhereBinder


@dataclass(frozen=True, slots=True)
class Binding:
    """A plan and where the values of its parameters come from."""

    plan: Plan
    parameters: ParameterList


def bind(query: Query, text: str, view: View) -> Binding:
    """Bind a query to what one caller sees of the schema. Raises SoqlError."""
    scope = Scope(text, view, _driving_object(query.sources[0], text, view))
    refuse_unsupported_clauses(query)
    check_restriction(scope.root.sobject.name, query.where)
    scope.name_sources(query.sources)
    parameters = ParameterList()
    if not query.select:
        plan = _count_only(query, scope, parameters)
    elif _is_aggregate(query):
        plan = AggregateBinder(scope, parameters).plan(query)
    else:
        plan = RecordBinder(scope, parameters).plan(query)
    return Binding(plan, parameters)


def _driving_object(source: Source, text: str, view: View) -> SObject:
    name = source.path.text
    sobject = view.sobject(name)
    if sobject is None:
        message = f"sObject type '{name}' is not supported. {OBJECT_HINT}"
        raise positioned("INVALID_TYPE", message, text, source.path.position)
    if not sobject.queryable:
        raise SoqlError("INVALID_TYPE_FOR_OPERATION", f"entity type {sobject.name} does not support query")
    return sobject


def _is_aggregate(query: Query) -> bool:
    selected = (item.expression for item in query.select if isinstance(item, SelectItem))
    ordered = (ordering.expression for ordering in query.order_by)
    return bool(query.group_by) or any(map(is_aggregate, selected)) or any(map(is_aggregate, ordered))


def _count_only(query: Query, scope: Scope, parameters: ParameterList) -> Plan:
    if query.group_by:
        malformed("COUNT() cannot be used with GROUP BY: use COUNT(fieldName)", scope, query.position)
    if query.order_by:
        malformed("COUNT() cannot be used with ORDER BY", scope, query.order_by[0].expression.position)
    where = None
    if query.where:
        binder = WhereBinder(scope.text, parameters, lambda expression: field_subject(scope, expression))
        where = binder.bind(query.where)
    limit = bind_count(query.limit, to_limit, scope, parameters)
    offset = bind_count(query.offset, to_offset, scope, parameters)
    return Plan(
        sobject=scope.root.sobject,
        joins=tuple(scope.joins),
        columns=(),
        shape=RecordShape(scope.root.sobject.name, (), None),
        where=where,
        limit=limit,
        offset=offset,
        count_only=True,
        parameter_count=len(parameters.parameters),
    )
