"""Binds a query that gives groups: aggregates, GROUP BY, HAVING, and the names of result columns."""

from __future__ import annotations

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import FieldMember, RecordShape
from mockorg_server.soql import syntax
from mockorg_server.soql.excerpt import unsupported
from mockorg_server.soql.function import AGGREGATES
from mockorg_server.soql.literal import to_limit, to_offset
from mockorg_server.soql.parameter import ParameterList
from mockorg_server.soql.plan import AggregateRef, Condition, Expression, OrderBy, Plan, Ref
from mockorg_server.soql.record_binder import bind_count, field_subject, order_by, sort_column
from mockorg_server.soql.refusal import is_aggregate, malformed, plain_path, require
from mockorg_server.soql.scope import Column, Scope
from mockorg_server.soql.where_binder import Subject, WhereBinder

RESULT = "AggregateResult"


class AggregateBinder:
    """Binds one aggregate query. Rows hold the selected expressions in order and no Id."""

    def __init__(self, scope: Scope, parameters: ParameterList) -> None:
        self._scope = scope
        self._parameters = parameters
        self._grouped: dict[Ref, Column] = {}
        self._columns: list[Expression | None] = []
        self._members: list[FieldMember] = []
        self._names: set[str] = set()
        self._unnamed = 0

    def plan(self, query: syntax.Query) -> Plan:
        """Bind the query. Raises SoqlError."""
        scope = self._scope
        for expression in query.group_by.expressions if query.group_by else ():
            self._group(expression)
        for item in query.select:
            self._select(item)
        if not query.group_by:
            self._refuse_window(query)
        where = self._where(query.where, having=False)
        having = self._where(query.having, having=True)
        return Plan(
            sobject=scope.root.sobject,
            columns=tuple(self._columns),
            shape=RecordShape(RESULT, tuple(self._members), None),
            where=where,
            group_by=tuple(self._grouped),
            having=having,
            order_by=tuple(self._order(ordering) for ordering in query.order_by),
            limit=bind_count(query.limit, to_limit, scope, self._parameters),
            offset=bind_count(query.offset, to_offset, scope, self._parameters),
            joins=tuple(scope.joins),
            aggregate=True,
            parameter_count=len(self._parameters.parameters),
        )

    def _refuse_window(self, query: syntax.Query) -> None:
        for clause, literal in (("LIMIT", query.limit), ("OFFSET", query.offset)):
            if literal is not None:
                message = f"Non-grouped query that uses overall aggregate functions cannot also use {clause}"
                malformed(message, self._scope, literal.position)

    def _group(self, expression: syntax.Expression) -> None:
        path = plain_path(expression, self._scope, "GROUP BY")
        column = self._scope.column(path)
        require(column.field.groupable, column, "grouped", self._scope, path)
        if column.ref in self._grouped:
            malformed(f"duplicate grouping expression: {column.field.name}", self._scope, path.position)
        self._grouped[column.ref] = column

    def _select(self, item: syntax.Selection) -> None:
        if isinstance(item, syntax.TypeOf):
            raise unsupported("TYPEOF")
        if isinstance(item, syntax.Subquery):
            raise unsupported("a subquery in an aggregate query")
        expression, alias = item.expression, item.alias
        if is_aggregate(expression):
            aggregate, kind = self._aggregate(expression)
            if aggregate.ref in self._grouped:
                name = self._grouped[aggregate.ref].field.name
                malformed(f"Grouped field should not be aggregated: {name}", self._scope, expression.position)
            if alias is None:
                alias = f"expr{self._unnamed}"
                self._unnamed += 1
            self._add(aggregate, alias, kind, expression)
            return
        if isinstance(expression, syntax.FunctionCall) and expression.name.upper() == "FIELDS":
            raise unsupported("FIELDS() in an aggregate query")
        path = plain_path(expression, self._scope, "SELECT")
        column = self._scope.column(path)
        self._require_grouped(column, "Field", path)
        self._add(column.ref, alias or column.field.name, column.field.type, expression)

    def _add(self, expression: Expression, name: str, kind: FieldType, source: syntax.Expression) -> None:
        if name.lower() in self._names:
            malformed(f"duplicate alias: {name}", self._scope, source.position)
        self._names.add(name.lower())
        self._members.append(FieldMember(name, kind, len(self._columns)))
        self._columns.append(expression)

    def _aggregate(self, expression: syntax.FunctionCall) -> tuple[AggregateRef, FieldType]:
        function = AGGREGATES[expression.name.upper()]
        argument = expression.argument
        if not isinstance(argument, syntax.FieldPath):
            message = (
                "nested functional syntax can only be used in the following manner: "
                f"date_function(convertTimezone(columnName)): {expression.name}"
            )
            malformed(message, self._scope, expression.position)
        column = self._scope.column(argument, unknown=f"Invalid field: '{argument.text}'")
        kind = column.field.type
        if not column.field.aggregatable or kind not in function.types:
            message = f"field {column.field.name} does not support aggregate operator {function.aggregate}"
            malformed(message, self._scope, argument.position)
        return AggregateRef(function.aggregate, column.ref), function.result or kind

    def _require_grouped(self, column: Column, what: str, path: syntax.FieldPath) -> None:
        if column.ref not in self._grouped:
            message = f"{what} must be grouped or aggregated: {column.field.name}"
            malformed(message, self._scope, path.position)

    def _where(self, condition: syntax.Condition | None, *, having: bool) -> Condition | None:
        if condition is None:
            return None
        resolve = self._group_subject if having else lambda expression: field_subject(self._scope, expression)
        return WhereBinder(self._scope.text, self._parameters, resolve).bind(condition)

    def _group_subject(self, expression: syntax.Expression) -> Subject:
        if is_aggregate(expression):
            aggregate, kind = self._aggregate(expression)
            return Subject(aggregate, kind, aggregate.function.value, expression.position)
        path = plain_path(expression, self._scope, "HAVING")
        column = self._scope.column(path)
        self._require_grouped(column, "Field", path)
        return Subject(column.ref, column.field.type, column.field.name, path.position)

    def _order(self, ordering: syntax.Ordering) -> OrderBy:
        expression = ordering.expression
        if is_aggregate(expression):
            aggregate, kind = self._aggregate(expression)
            return order_by(aggregate, kind, ordering)
        column = sort_column(self._scope, expression)
        path = plain_path(expression, self._scope, "ORDER BY")
        self._require_grouped(column, "Ordering field", path)
        return order_by(column.ref, column.field.type, ordering)
