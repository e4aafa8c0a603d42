"""Binds semi-joins and anti-joins: ``Id IN (SELECT AccountId FROM Contact)``.

The rules are those of the SOQL reference, "Considerations for Semi-Join and Anti-Join Queries"; the texts are recorded
or reported where ``tests/soql/cases/refusals.jsonl`` says so, and told without a place where the recordings have none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NoReturn

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import RecordShape
from mockorg_server.schema.sobject import SObject
from mockorg_server.soql import syntax
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.parameter import ParameterList
from mockorg_server.soql.plan import Plan, SemiJoin
from mockorg_server.soql.refusal import malformed, plain_path, refuse_unsupported_clauses, require
from mockorg_server.soql.restriction import check_restriction
from mockorg_server.soql.scope import Column, Scope, driving_object
from mockorg_server.soql.subject_binder import field_subject
from mockorg_server.soql.where_binder import WhereBinder
from mockorg_server.soql.with_clause import check_withs

MAX_SEMI_JOINS: Final = 2
_TOP_ONLY: Final = (
    "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested WHERE expressions."
)
# Objects that cannot stand in the inner query; beside them all tags, such as AccountTag.
_NEVER_INNER: Final = frozenset({"ActivityHistory", "Attachment", "Event", "Note", "OpenActivity", "Task"})


def check_places(where: syntax.Condition) -> None:
    """Refuse semi-joins that are not ANDed terms of WHERE, or more than two of them."""
    if isinstance(where, syntax.Disjunction) and any(isinstance(term, syntax.SemiJoin) for term in where.conditions):
        _refuse("Semi join sub-selects are not allowed with the 'OR' operator")
    terms = where.conditions if isinstance(where, syntax.Conjunction) else (where,)
    for term in terms:
        if isinstance(term, syntax.Negation) and isinstance(term.condition, syntax.SemiJoin):
            _refuse("Semi join sub-selects are not allowed with the 'NOT' operator")
        if not isinstance(term, syntax.SemiJoin) and any(True for _ in _semi_joins(term)):
            _refuse(_TOP_ONLY)
    if sum(1 for _ in _semi_joins(where)) > MAX_SEMI_JOINS:
        message = f"Maximum {MAX_SEMI_JOINS} semi join sub-selects are allowed"
        raise SoqlError("EXCEEDED_MAX_SEMIJOIN_SUBSELECTS", message)


def refuse_in_subquery(_condition: syntax.SemiJoin) -> NoReturn:
    """Refuse a semi-join in the WHERE of a subquery."""
    _refuse(_TOP_ONLY)


def refuse_in_having(_condition: syntax.SemiJoin) -> NoReturn:
    """Refuse a semi-join in HAVING."""
    _refuse("Semi join sub-selects are not allowed in HAVING")


def bind_semi_join(condition: syntax.SemiJoin, scope: Scope, parameters: ParameterList) -> SemiJoin:
    """Bind one semi-join of the WHERE of a query. Raises SoqlError."""
    left = _reference(condition.expression, scope, "The left operand")
    outer = scope.root.sobject
    query = condition.query
    source = query.sources[0]
    inner_scope = Scope(scope.text, scope.view, driving_object(source, scope.text, scope.view))
    inner_scope.name_sources(query.sources)
    inner = inner_scope.root.sobject
    if inner.name in _NEVER_INNER or inner.name.endswith("Tag"):
        malformed(f"Entity '{inner.name}' is not supported for semi join inner selects", scope, source.path.position)
    if inner is outer:
        _refuse("The inner and outer selects should not be on the same object type")
    refuse_unsupported_clauses(query)
    if query.scope:
        malformed("USING SCOPE is not allowed in a subquery", scope, query.position)
    check_restriction(inner.name, query.where, scope.view.version)
    check_withs(query, inner_scope)
    item = query.select[0]
    if not isinstance(item, syntax.SelectItem):
        raise TypeError(item)
    selected = _reference(item.expression, inner_scope, "The inner select field")
    if not _targets(left, outer) & _targets(selected, inner):
        message = (
            f"The selected field '{selected.field.name}' in the subquery and the left operand field in the where "
            f"expression in the outer query '{left.field.name}' should point to the same object type"
        )
        malformed(message, scope, condition.expression.position - 1)  # so recorded: at the space before it
    return SemiJoin(left.ref, _inner_plan(query, selected, inner_scope, parameters), condition.negated)


def _inner_plan(query: syntax.Query, selected: Column, scope: Scope, parameters: ParameterList) -> Plan:
    where = None
    if query.where is not None:
        binder = WhereBinder(
            scope.text, parameters, lambda expression: field_subject(scope, parameters, expression), _refuse_nested
        )
        where = binder.bind(query.where)
    return Plan(
        sobject=scope.root.sobject,
        joins=tuple(scope.joins),
        columns=(selected.ref,),
        shape=RecordShape(scope.root.sobject.name, (), None),
        where=where,
    )


def _reference(expression: syntax.Expression, scope: Scope, what: str) -> Column:
    """Give the Id or reference field of the query's own object that an expression must be."""
    path = plain_path(expression, scope, "a semi-join")
    column = scope.column(path)
    if column.node is not scope.root:
        malformed(f"{what} '{path.text}' cannot have more than one level of relationships", scope, path.position)
    if column.field.type not in (FieldType.ID, FieldType.REFERENCE):
        _refuse(f"semi join sub selects can only query id fields, cannot use: '{column.field.name}'")
    require(column.field.filterable, column, "filtered", scope, path.position)
    return column


def _targets(column: Column, sobject: SObject) -> frozenset[str]:
    """Name the objects whose ids a field holds."""
    return frozenset({sobject.name} if column.field.type is FieldType.ID else column.field.reference_to)


def _semi_joins(condition: syntax.Condition) -> Iterator[syntax.SemiJoin]:
    match condition:
        case syntax.SemiJoin():
            yield condition
        case syntax.Negation(inner):
            yield from _semi_joins(inner)
        case syntax.Conjunction(conditions) | syntax.Disjunction(conditions):
            for term in conditions:
                yield from _semi_joins(term)


def _refuse_nested(_condition: syntax.SemiJoin) -> NoReturn:
    _refuse("Nesting of semi join sub-selects is not supported")


def _refuse(message: str) -> NoReturn:
    raise SoqlError("MALFORMED_QUERY", message)
