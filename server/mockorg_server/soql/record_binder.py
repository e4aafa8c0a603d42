"""Binds a query that gives records: the select list with parents, children and FIELDS(), and how rows are laid out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import ChildrenMember, FieldMember, Member, ParentMember, RecordShape
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.soql import syntax
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.excerpt import positioned, unexpected, unsupported
from mockorg_server.soql.literal import (
    CHILD_OFFSET_MESSAGE,
    FIELDS_LIMIT_MESSAGE,
    MAX_FIELDS_LIMIT,
    Converter,
    LiteralError,
    to_fields_limit,
    to_limit,
    to_offset,
    to_single_limit,
)
from mockorg_server.soql.parameter import FromLiteral, ParameterList
from mockorg_server.soql.plan import ChildPlan, Expression, OrderBy, Plan
from mockorg_server.soql.refusal import (
    is_aggregate,
    malformed,
    plain_path,
    refuse_unsupported_clauses,
    require,
)
from mockorg_server.soql.scope import RELATIONSHIP_HINT, Column, Node, Scope, check_selectable
from mockorg_server.soql.where_binder import Subject, WhereBinder

MAX_SUBQUERIES = 20
FIELDS_SINCE = 51  # API version
ONLY_AGGREGATES_ALIAS = "only aggregate expressions use field aliasing"
ONLY_ROOT_AGGREGATES = "only root queries support aggregate expressions"

_FIELD_GROUPS: dict[str, Callable[[Field], bool]] = {
    "ALL": lambda field: True,
    "STANDARD": lambda field: not field.custom,
    "CUSTOM": lambda field: field.custom,
}


class RecordBinder:
    """Binds one query, the root's or a child's, that selects fields of records."""

    def __init__(self, scope: Scope, parameters: ParameterList, parent: syntax.Query | None = None) -> None:
        self._scope = scope
        self._parameters = parameters
        self._parent = parent
        self._columns: list[Expression | None] = [scope.root.id_ref]
        self._children: list[ChildPlan] = []
        self._child_members: dict[int, ChildrenMember] = {}
        self._seen: set[tuple[int, str]] = set()
        self._bounded = False

    def plan(self, query: syntax.Query) -> Plan:
        """Bind the query. Raises SoqlError."""
        for item in query.select:
            self._select(item, query)
        if not (self._seen or self._children):
            raise SoqlError(
                "MALFORMED_QUERY", "'FIELDS(...)' expansion function must result in at least one field being selected."
            )
        scope = self._scope
        where = None
        if query.where:
            binder = WhereBinder(scope.text, self._parameters, lambda expression: field_subject(scope, expression))
            where = binder.bind(query.where)
        order_by = tuple(self._order(ordering) for ordering in query.order_by)
        plan = Plan(
            sobject=scope.root.sobject,
            joins=(),
            columns=(),
            shape=self._shape(scope.root),
            children=tuple(self._children),
            where=where,
            order_by=order_by,
            limit=self._limit(query),
            offset=self._offset(query),
        )
        count = len(self._parameters.parameters)
        return replace(plan, joins=tuple(scope.joins), columns=tuple(self._columns), parameter_count=count)

    def _select(self, item: syntax.Selection, query: syntax.Query) -> None:
        match item:
            case syntax.TypeOf():
                raise unsupported("TYPEOF")
            case syntax.Subquery():
                self._select_children(item, query)
            case syntax.SelectItem(syntax.FunctionCall() as call, alias) if call.name.upper() == "FIELDS":
                self._select_group(call, alias, query)
            case syntax.SelectItem(expression, alias):
                if is_aggregate(expression):  # of a child query; in a root it would be an aggregate query
                    malformed(ONLY_ROOT_AGGREGATES, self._scope, expression.position)
                path = plain_path(expression, self._scope, "SELECT")
                if alias is not None:
                    malformed(ONLY_AGGREGATES_ALIAS, self._scope, path.position)
                self._select_column(self._scope.column(path), path.text)

    def _select_column(self, column: Column, name: str) -> None:
        node = column.node
        key = (node.slot, column.field.name)
        if key in self._seen:
            raise SoqlError("INVALID_FIELD", f"duplicate field selected: {name}")
        self._seen.add(key)
        check_selectable(column, name)
        self._show(node)
        if column.field.type is FieldType.ID and column.field.name == "Id":
            index = node.id_index
        else:
            index = len(self._columns)
            self._columns.append(column.ref)
        node.members.append((column.field, index))

    def _show(self, node: Node) -> None:
        """Give a parent its place in the shape, at its first mention, and with it a column for its Id."""
        if node.slot == 0 or node.id_index:
            return
        above = self._above(node)
        self._show(above)
        above.members.append(node)
        node.id_index = len(self._columns)
        self._columns.append(node.id_ref)

    def _above(self, node: Node) -> Node:
        slot = self._scope.joins[node.slot - 1].source_slot
        return self._scope.nodes[slot]

    def _select_group(self, call: syntax.FunctionCall, alias: str | None, query: syntax.Query) -> None:
        argument = call.argument
        group = argument.text.upper() if isinstance(argument, syntax.FieldPath) else ""
        if group not in _FIELD_GROUPS or alias is not None or self._scope.view.version < FIELDS_SINCE:
            raise unexpected(self._scope.text, call.position, call.name)
        if group != "STANDARD":
            self._require_few(call, query)
            self._bounded = True
        for column in self._scope.columns():
            if _FIELD_GROUPS[group](column.field):
                self._select_column(column, column.field.name)

    def _require_few(self, call: syntax.FunctionCall, query: syntax.Query) -> None:
        """Refuse FIELDS(ALL) and FIELDS(CUSTOM) of an unknown number of records, before any field is looked at."""
        if query.limit is None and not _names_few_ids(query.where):
            malformed(FIELDS_LIMIT_MESSAGE, self._scope, call.position)
        if query.limit is not None:
            try:
                to_fields_limit(query.limit.text)
            except LiteralError as error:
                malformed(error.message, self._scope, query.limit.position)

    def _select_children(self, item: syntax.Subquery, query: syntax.Query) -> None:
        if self._parent is not None:
            raise unsupported("subqueries nested in subqueries")
        if len(self._children) == MAX_SUBQUERIES:
            malformed(f"a query cannot have more than {MAX_SUBQUERIES} subqueries", self._scope, item.position)
        inner = item.query
        name, sobject, field = self._child_relationship(inner.sources[0])
        if not inner.select:
            malformed(ONLY_ROOT_AGGREGATES, self._scope, inner.position)
        refuse_unsupported_clauses(inner)
        if inner.scope:
            malformed("USING SCOPE is not allowed in a subquery", self._scope, inner.position)
        if inner.group_by:
            malformed(ONLY_ROOT_AGGREGATES, self._scope, inner.group_by.expressions[0].position)
        scope = Scope(self._scope.text, self._scope.view, sobject)
        scope.name_sources(inner.sources)
        plan = RecordBinder(scope, self._parameters, query).plan(inner)
        index = len(self._columns)
        self._columns.append(None)
        self._children.append(ChildPlan(field, plan, index))
        self._child_members[index] = ChildrenMember(name, plan.shape, index)
        self._scope.root.members.append((field, index))

    def _child_relationship(self, source: syntax.Source) -> tuple[str, SObject, Field]:
        names = source.path.names
        relationship = None
        if len(names) == 1 or (len(names) == 2 and self._scope.is_root(names[0])):
            relationship = self._scope.root.sobject.child_relationship(names[-1])
        child = self._scope.view.sobject(relationship.child_sobject) if relationship else None
        field = child.field(relationship.field) if child and relationship else None
        if relationship is None or child is None or field is None:
            what = f"Didn't understand relationship '{source.path.text}' in FROM part of query call."
            message = f"{what} {RELATIONSHIP_HINT}"
            raise positioned("INVALID_TYPE", message, self._scope.text, source.path.position)
        name = relationship.relationship_name or names[-1]
        if not child.queryable:
            raise unsupported(f"the subquery on {name}")
        if any(member.name == name for member in self._child_members.values()):
            raise SoqlError("INVALID_FIELD", f"duplicate field selected: {name}")
        return name, child, field

    def _shape(self, node: Node) -> RecordShape:
        return RecordShape(node.sobject.name, tuple(map(self._member, node.members)), node.id_index)

    def _member(self, member: tuple[Field, int] | Node) -> Member:
        if isinstance(member, Node):
            return ParentMember(member.relationship, self._shape(member), member.id_index)
        field, index = member
        return self._child_members.get(index) or FieldMember(field.name, field.type, index)

    def _order(self, ordering: syntax.Ordering) -> OrderBy:
        if is_aggregate(ordering.expression):  # of a child query
            malformed(ONLY_ROOT_AGGREGATES, self._scope, ordering.expression.position)
        column = sort_column(self._scope, ordering.expression)
        return order_by(column.ref, column.field.type, ordering)

    def _limit(self, query: syntax.Query) -> int | None:
        convert = to_fields_limit if self._bounded else to_limit
        return bind_count(query.limit, convert, self._scope, self._parameters)

    def _offset(self, query: syntax.Query) -> int | None:
        parent, offset = self._parent, query.offset
        if parent is not None and offset is not None:
            if parent.limit is None:
                malformed(CHILD_OFFSET_MESSAGE, self._scope, offset.position)
            limit = parent.limit
            self._parameters.checks.append(FromLiteral(limit.index, limit.sign, to_single_limit, offset.position))
        return bind_count(offset, to_offset, self._scope, self._parameters)


def field_subject(scope: Scope, expression: syntax.Expression) -> Subject:
    """Give the left side of a WHERE predicate: a field that can be filtered."""
    path = plain_path(expression, scope, "WHERE")
    column = scope.column(path)
    require(column.field.filterable, column, "filtered", scope, path)
    return Subject(column.ref, column.field.type, column.field.name, path.position)


def sort_column(scope: Scope, expression: syntax.Expression) -> Column:
    """Give the field of a sort key: one that can be sorted."""
    path = plain_path(expression, scope, "ORDER BY")
    column = scope.column(path)
    require(column.field.sortable, column, "sorted", scope, path)
    return column


def order_by(expression: Expression, kind: FieldType, ordering: syntax.Ordering) -> OrderBy:
    """Give a sort key. Nulls come first in either direction unless NULLS LAST is written (SOQL reference).

    On references NULLS LAST has no effect (SOQL reference).
    """
    nulls_last = ordering.nulls == "LAST" and kind is not FieldType.REFERENCE
    return OrderBy(expression, descending=ordering.direction == "DESC", nulls_first=not nulls_last)


def bind_count(
    literal: syntax.Literal | None, convert: Converter, scope: Scope, parameters: ParameterList
) -> int | None:
    """Give the parameter of LIMIT or OFFSET, None when the clause is absent."""
    if literal is None:
        return None
    if literal.sign == "-":
        raise unexpected(scope.text, literal.position, "-")
    return parameters.literal(literal, convert, literal.position)


def _names_few_ids(where: syntax.Condition | None) -> bool:
    """Tell whether WHERE is an Id among at most 200, which FIELDS(ALL) accepts in place of a LIMIT (SOQL reference)."""
    match where:
        case syntax.Membership(syntax.FieldPath() as path, False, values):
            return path.names[-1].lower() == "id" and len(path.names) == 1 and len(values) <= MAX_FIELDS_LIMIT
        case syntax.Comparison(syntax.FieldPath() as path, "=", _):
            return path.names[-1].lower() == "id" and len(path.names) == 1
        case syntax.Disjunction(conditions):
            return len(conditions) <= MAX_FIELDS_LIMIT and all(
                isinstance(condition, syntax.Comparison) and _names_few_ids(condition) for condition in conditions
            )
    return False
