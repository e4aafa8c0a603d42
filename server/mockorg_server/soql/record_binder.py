"""Binds a query that gives records: the select list with parents and children, and how rows are laid out.

What stands for several fields or for a changed one has a module of its own: ``fields_binder``, ``typeof_binder``,
``text_binder``, ``distance_binder``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mockorg_server.schema.compound import MEMBERS, parts_of
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import (
    ChildrenMember,
    CompoundMember,
    FieldMember,
    Member,
    ParentMember,
    RecordShape,
    TypeofMember,
)
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.soql import syntax
from mockorg_server.soql.date_binder import is_date_function, refuse_ungrouped
from mockorg_server.soql.distance_binder import bind_distance
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.excerpt import positioned, unexpected, unsupported
from mockorg_server.soql.fields_binder import bind_fields, is_bounded, is_fields
from mockorg_server.soql.filter_binder import bind_filter
from mockorg_server.soql.literal import (
    CHILD_OFFSET_MESSAGE,
    Converter,
    to_fields_limit,
    to_limit,
    to_offset,
    to_single_limit,
)
from mockorg_server.soql.parameter import FromLiteral, ParameterList
from mockorg_server.soql.plan import ChildPlan, Expression, OrderBy, Plan, Ref, RowStep
from mockorg_server.soql.refusal import (
    has_aggregate,
    malformed,
    plain_path,
    refuse_unsupported_clauses,
)
from mockorg_server.soql.scope import RELATIONSHIP_HINT, Branches, Column, Node, Scope
from mockorg_server.soql.subject_binder import sort_subject
from mockorg_server.soql.text_binder import bind_field_function, is_field_function
from mockorg_server.soql.tracking import bind_tracking
from mockorg_server.soql.typeof_binder import bind_typeof, check_typeof, refuse_repeated

MAX_SUBQUERIES = 20
DEEP_SINCE = 58  # API version from which subqueries may nest MAX_DEPTH deep; before it, not at all (SOQL reference)
MAX_DEPTH = 4
ONLY_AGGREGATES_ALIAS = "only aggregate expressions use field aliasing"
ONLY_ROOT_AGGREGATES = "only root queries support aggregate expressions"
NO_FIELD = "'FIELDS(...)' expansion function must result in at least one field being selected."


@dataclass(slots=True)
class Place:
    """Where a query stands: the query around it, how deep it is below the root, and how many subqueries there are."""

    parent: syntax.Query | None = None
    depth: int = 0
    subqueries: list[syntax.Subquery] = field(default_factory=list)


class RecordBinder:
    """Binds one query, the root's or a child's, that selects fields of records."""

    def __init__(self, scope: Scope, parameters: ParameterList, place: Place | None = None) -> None:
        self._scope = scope
        self._parameters = parameters
        self._place = place or Place()
        self._columns: list[Expression | None] = [scope.root.id_ref]
        self._indexes: dict[tuple[int, str], int] = {}
        self._children: list[ChildPlan] = []
        self._steps: list[RowStep] = []
        self._typeofs: list[tuple[syntax.TypeOf, Node, Branches]] = []
        self._seen: set[tuple[int, str]] = set()
        self._unnamed = 0

    def plan(self, query: syntax.Query) -> Plan:
        """Bind the query. Raises SoqlError."""
        scope = self._scope
        check_typeof(query, scope)
        for item in query.select:
            self._select(item, query)
        refuse_repeated(self._typeofs, scope)
        if not scope.root.members:
            raise SoqlError("MALFORMED_QUERY", NO_FIELD)
        chosen = bind_filter(query, scope, self._parameters, nested=self._place.depth > 0)
        order_by = tuple(self._order(ordering) for ordering in query.order_by)
        plan = Plan(
            sobject=scope.root.sobject,
            joins=(),
            columns=(),
            shape=self._shape(scope.root),
            children=tuple(self._children),
            where=chosen.condition,
            semi_joins=chosen.semi_joins,
            order_by=order_by,
            limit=self._limit(query),
            offset=self._offset(query),
            steps=tuple(self._steps),
            tracking=bind_tracking(query),
        )
        count = len(self._parameters.parameters)
        return replace(plan, joins=tuple(scope.joins), columns=tuple(self._columns), parameter_count=count)

    def _select(self, item: syntax.Selection, query: syntax.Query) -> None:
        match item:
            case syntax.TypeOf():
                self._select_typeof(item)
            case syntax.Subquery():
                self._select_children(item, query)
            case syntax.SelectItem(expression, alias) if is_fields(expression):
                for column in bind_fields(expression, alias, query, self._scope):
                    self._select_column(column, column.field.name)
            case syntax.SelectItem(expression, alias):
                if has_aggregate(expression):  # of a child query; in a root it would be an aggregate query
                    malformed(ONLY_ROOT_AGGREGATES, self._scope, expression.position)
                self._select_expression(expression, alias)

    def _select_expression(self, expression: syntax.Expression, alias: str | None) -> None:
        if isinstance(expression, syntax.Distance):
            self._select_distance(expression, alias)
            return
        if is_field_function(expression):
            self._select_changed(expression, alias)
            return
        if is_date_function(expression):
            refuse_ungrouped(expression, self._scope, self._parameters)
        path = plain_path(expression, self._scope, "SELECT")
        if alias is not None:
            malformed(ONLY_AGGREGATES_ALIAS, self._scope, path.position)
        self._select_column(self._scope.column(path), path.text)

    def _select_column(self, column: Column, name: str) -> None:
        self._see(column, name)
        node, chosen = column.node, column.field
        self._show(node)
        if chosen.type in MEMBERS:
            node.members.append(self._compound(node, chosen))
        elif chosen.type is FieldType.ID and chosen.name == "Id":
            node.members.append(FieldMember(chosen.name, chosen.type, node.id_index))
        else:
            node.members.append(FieldMember(chosen.name, chosen.type, self._index(column.ref)))

    def _compound(self, node: Node, chosen: Field) -> CompoundMember:
        parts = parts_of(node.sobject, chosen)
        if not parts:
            raise unsupported(f"the compound field {chosen.name} of {node.sobject.name}, whose parts are not known,")
        members = [FieldMember(name, part.type, self._index(Ref(node.slot, part))) for name, part in parts.items()]
        return CompoundMember(chosen.name, chosen.type, tuple(members))

    def _select_changed(self, call: syntax.FunctionCall, alias: str | None) -> None:
        """Select toLabel(), FORMAT() or convertCurrency(), under its alias or the name of the field."""
        changed = bind_field_function(call, self._scope, self._parameters)
        node, name = changed.column.node, changed.column.field.name
        if alias is None:
            self._see(changed.column, name)
        elif node is not self._scope.root:  # no source tells in which record the alias stands
            raise unsupported(f"the alias {alias} of a parent's field")
        else:
            self._require_new(alias, call.position)
        self._show(node)
        index = self._add(changed.column.ref)
        if changed.step is not None:
            self._steps.append(RowStep(index, changed.step))
        node.members.append(FieldMember(alias or name, changed.type, index))

    def _see(self, column: Column, name: str) -> None:
        key = (column.node.slot, column.field.name)
        if key in self._seen:
            raise SoqlError("INVALID_FIELD", f"duplicate field selected: {name}")
        self._seen.add(key)

    def _require_new(self, alias: str, position: int) -> None:
        """Refuse an alias that names a member of the record already."""
        members = self._scope.root.members
        names = {(member.relationship if isinstance(member, Node | Branches) else member.name) for member in members}
        if alias.lower() in {name.lower() for name in names}:
            malformed(f"duplicate alias: {alias}", self._scope, position)

    def _index(self, ref: Ref) -> int:
        """Give the place of a field's value, the same for each mention."""
        key = (ref.slot, ref.field.name)
        index = self._indexes.get(key)
        if index is None:
            index = self._indexes[key] = self._add(ref)
        return index

    def _add(self, expression: Expression | None) -> int:
        self._columns.append(expression)
        return len(self._columns) - 1

    def _select_distance(self, expression: syntax.Distance, alias: str | None) -> None:
        """Select a distance, under its alias or the name that unnamed aggregates get too (inferred)."""
        if alias is None:
            alias = f"expr{self._unnamed}"
            self._unnamed += 1
        self._require_new(alias, expression.position)
        subject = bind_distance(expression, self._scope, self._parameters)
        self._scope.root.members.append(FieldMember(alias, subject.type, self._add(subject.expression)))

    def _select_typeof(self, item: syntax.TypeOf) -> None:
        above, branches = bind_typeof(item, self._scope)
        self._show(above)
        above.members.append(branches)
        self._typeofs.append((item, above, branches))
        for branch in branches.nodes:
            branch.node.id_index = self._add(branch.node.id_ref)
            if branch.type_name is not None:
                branch.node.type_index = self._add(branch.type_name)
            for path in branch.paths:
                self._select_column(self._scope.column(path, within=branch.node), path.text)

    def _show(self, node: Node) -> None:
        """Give a parent its place in the shape, at its first mention, and with it a column for its Id."""
        if node.slot == 0 or node.id_index:
            return
        above = self._above(node)
        self._show(above)
        above.members.append(node)
        node.id_index = self._add(node.id_ref)

    def _above(self, node: Node) -> Node:
        slot = self._scope.joins[node.slot - 1].source_slot
        return self._scope.nodes[slot]

    def _select_children(self, item: syntax.Subquery, query: syntax.Query) -> None:
        place = self._inner_place(item, query)
        inner = item.query
        name, sobject, reference = self._child_relationship(inner.sources[0])
        if not inner.select:
            malformed(ONLY_ROOT_AGGREGATES, self._scope, inner.position)
        refuse_unsupported_clauses(inner)
        if inner.scope:
            malformed("USING SCOPE is not allowed in a subquery", self._scope, inner.position)
        if inner.group_by:
            malformed(ONLY_ROOT_AGGREGATES, self._scope, inner.group_by.expressions[0].position)
        scope = Scope(self._scope.text, self._scope.view, sobject)
        scope.name_sources(inner.sources)
        plan = RecordBinder(scope, self._parameters, place).plan(inner)
        index = self._add(None)
        self._children.append(ChildPlan(reference, plan, index))
        self._scope.root.members.append(ChildrenMember(name, plan.shape, index))

    def _inner_place(self, item: syntax.Subquery, query: syntax.Query) -> Place:
        """Give the place of a subquery. Raises SoqlError for one that is too deep, or one too many."""
        depth = self._place.depth + 1
        most = MAX_DEPTH if self._scope.view.version >= DEEP_SINCE else 1
        if depth > most:
            levels = f"{most} level" + ("s" if most > 1 else "")
            message = f"SOQL statements cannot query aggregate relationships more than {levels} away from the root"
            malformed(f"{message} entity object", self._scope, item.position)
        subqueries = self._place.subqueries
        subqueries.append(item)
        if len(subqueries) > MAX_SUBQUERIES:
            malformed(f"a query cannot have more than {MAX_SUBQUERIES} subqueries", self._scope, item.position)
        return Place(query, depth, subqueries)

    def _child_relationship(self, source: syntax.Source) -> tuple[str, SObject, Field]:
        names = source.path.names
        relationship = None
        if len(names) == 1 or (len(names) == 2 and self._scope.is_root(names[0])):
            relationship = self._scope.root.sobject.child_relationship(names[-1])
        child = self._scope.view.sobject(relationship.child_sobject) if relationship else None
        reference = child.field(relationship.field) if child and relationship else None
        if relationship is None or child is None or reference is None:
            what = f"Didn't understand relationship '{source.path.text}' in FROM part of query call."
            message = f"{what} {RELATIONSHIP_HINT}"
            raise positioned("INVALID_TYPE", message, self._scope.text, source.path.position)
        name = relationship.relationship_name or names[-1]
        if not child.queryable:
            raise unsupported(f"the subquery on {name}")
        members = self._scope.root.members
        if any(isinstance(member, ChildrenMember) and member.name == name for member in members):
            raise SoqlError("INVALID_FIELD", f"duplicate field selected: {name}")
        return name, child, reference

    def _shape(self, node: Node) -> RecordShape:
        return RecordShape(node.sobject.name, tuple(map(self._member, node.members)), node.id_index, node.type_index)

    def _member(self, member: Member | Node | Branches) -> Member:
        if isinstance(member, Node):
            return self._parent(member)
        if isinstance(member, Branches):
            return TypeofMember(member.relationship, tuple(self._parent(branch.node) for branch in member.nodes))
        return member

    def _parent(self, node: Node) -> ParentMember:
        return ParentMember(node.relationship, self._shape(node), node.id_index)

    def _order(self, ordering: syntax.Ordering) -> OrderBy:
        if has_aggregate(ordering.expression):  # of a child query
            malformed(ONLY_ROOT_AGGREGATES, self._scope, ordering.expression.position)
        subject = sort_subject(self._scope, self._parameters, ordering.expression)
        return order_by(subject.expression, subject.type, ordering)

    def _limit(self, query: syntax.Query) -> int | None:
        convert = to_fields_limit if is_bounded(query) else to_limit
        return bind_count(query.limit, convert, self._scope, self._parameters)

    def _offset(self, query: syntax.Query) -> int | None:
        parent, offset = self._place.parent, query.offset
        if parent is not None and offset is not None:
            if parent.limit is None:
                malformed(CHILD_OFFSET_MESSAGE, self._scope, offset.position)
            limit = parent.limit
            self._parameters.checks.append(FromLiteral(limit.index, limit.sign, to_single_limit, offset.position))
        return bind_count(offset, to_offset, self._scope, self._parameters)


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
