"""Binds a query that gives groups: aggregates, GROUP BY, HAVING, and the names of result columns."""

from __future__ import annotations

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import FieldMember, RecordShape
from mockorg_server.soql import syntax
from mockorg_server.soql.date_binder import NESTING_MESSAGE, bind_date_function, is_date_function
from mockorg_server.soql.excerpt import unsupported
from mockorg_server.soql.fields_binder import bind_fields, is_fields
from mockorg_server.soql.filter_binder import bind_filter
from mockorg_server.soql.function import AGGREGATES
from mockorg_server.soql.grouping_set import MAX_KEYS, grouping_sets
from mockorg_server.soql.literal import to_limit, to_offset
from mockorg_server.soql.parameter import ParameterList
from mockorg_server.soql.plan import (
    AggregateRef,
    Condition,
    DatePart,
    Expression,
    Grouping,
    GroupKey,
    OrderBy,
    Plan,
    RowStep,
)
from mockorg_server.soql.record_binder import bind_count, order_by
from mockorg_server.soql.refusal import has_aggregate, is_aggregate, malformed, plain_path, require
from mockorg_server.soql.scope import Column, Scope
from mockorg_server.soql.semi_join_binder import refuse_in_having
from mockorg_server.soql.text_binder import bind_field_function, bind_format, is_field_function, is_format
from mockorg_server.soql.tracking import refuse_tracking
from mockorg_server.soql.where_binder import Subject, WhereBinder

RESULT = "AggregateResult"


class AggregateBinder:
    """Binds one aggregate query. Rows hold the selected expressions in order and no Id."""

    def __init__(self, scope: Scope, parameters: ParameterList) -> None:
        self._scope = scope
        self._parameters = parameters
        self._grouped: dict[GroupKey, str] = {}
        self._columns: list[Expression | None] = []
        self._members: list[FieldMember] = []
        self._steps: list[RowStep] = []
        self._modifier = ""
        self._names: set[str] = set()
        self._unnamed = 0

    def plan(self, query: syntax.Query) -> Plan:
        """Bind the query. Raises SoqlError."""
        scope = self._scope
        refuse_tracking(query)
        if query.group_by:
            self._group_by(query.group_by)
        else:
            self._refuse_window(query)
        for item in query.select:
            self._select(item, query)
        chosen = bind_filter(query, scope, self._parameters)
        having = self._having(query.having)
        return Plan(
            sobject=scope.root.sobject,
            columns=tuple(self._columns),
            shape=RecordShape(RESULT, tuple(self._members), None),
            where=chosen.condition,
            semi_joins=chosen.semi_joins,
            group_by=tuple(self._grouped),
            grouping_sets=grouping_sets(self._modifier, tuple(self._grouped)),
            having=having,
            order_by=tuple(self._order(ordering) for ordering in query.order_by),
            limit=bind_count(query.limit, to_limit, scope, self._parameters),
            offset=bind_count(query.offset, to_offset, scope, self._parameters),
            joins=tuple(scope.joins),
            aggregate=True,
            parameter_count=len(self._parameters.parameters),
            steps=tuple(self._steps),
        )

    def _refuse_window(self, query: syntax.Query) -> None:
        for clause, literal in (("LIMIT", query.limit), ("OFFSET", query.offset)):
            if literal is not None:
                message = f"Non-grouped query that uses overall aggregate functions cannot also use {clause}"
                malformed(message, self._scope, literal.position)

    def _group_by(self, clause: syntax.GroupBy) -> None:
        self._modifier = clause.modifier
        if clause.modifier and len(clause.expressions) > MAX_KEYS:
            message = f"GROUP BY {clause.modifier} must contain {MAX_KEYS} fields or less"
            malformed(message, self._scope, clause.expressions[MAX_KEYS].position)
        for expression in clause.expressions:
            self._group(expression)

    def _group(self, expression: syntax.Expression) -> None:
        key: GroupKey
        if is_date_function(expression):
            key, _, name = self._date_part(expression)
        else:
            path = plain_path(expression, self._scope, "GROUP BY")
            column = self._scope.column(path)
            require(column.field.groupable, column, "grouped", self._scope, path.position)
            key, name = column.ref, column.field.name
        if key in self._grouped:
            malformed(f"duplicate grouping expression: {name}", self._scope, expression.position)
        self._grouped[key] = name

    def _select(self, item: syntax.Selection, query: syntax.Query) -> None:
        if isinstance(item, syntax.TypeOf):
            malformed("TYPEOF is not allowed in a query with aggregates or GROUP BY", self._scope, item.position)
        if isinstance(item, syntax.Subquery):
            raise unsupported("a subquery in an aggregate query")
        expression, alias = item.expression, item.alias
        if is_fields(expression):
            for column in bind_fields(expression, alias, query, self._scope):
                self._require_grouped(column, "Field", expression.position)
                self._add(column.ref, column.field.name, column.field.type, expression)
        elif is_format(expression) and has_aggregate(expression):
            self._select_format(expression, alias)
        elif is_field_function(expression):
            self._select_changed(expression, alias)
        elif isinstance(expression, syntax.FunctionCall):
            subject = self._function(expression, "SELECT", "Field")
            if isinstance(subject.expression, AggregateRef) and subject.expression.ref in self._grouped:
                name = self._grouped[subject.expression.ref]
                malformed(f"Grouped field should not be aggregated: {name}", self._scope, expression.position)
            self._add(subject.expression, alias or self._next_name(), subject.type, expression)
        else:
            path = plain_path(expression, self._scope, "SELECT")
            column = self._scope.column(path)
            self._require_grouped(column, "Field", path.position)
            self._add(column.ref, alias or column.field.name, column.field.type, expression)

    def _select_format(self, call: syntax.FunctionCall, alias: str | None) -> None:
        """Select FORMAT() of an aggregate."""
        argument = call.argument
        if argument is None or not is_aggregate(argument) or not isinstance(argument.argument, syntax.FieldPath):
            malformed(NESTING_MESSAGE + call.name, self._scope, call.position)
        aggregate, kind = self._aggregate(argument)
        step = bind_format(self._scope.column(argument.argument), kind, self._parameters)
        self._steps.append(RowStep(len(self._columns), step))
        self._add(aggregate, alias or self._next_name(), FieldType.STRING, call)

    def _select_changed(self, call: syntax.FunctionCall, alias: str | None) -> None:
        """Select toLabel() or FORMAT() of a grouped field. No source tells what it is called without an alias."""
        changed = bind_field_function(call, self._scope, self._parameters)
        self._require_grouped(changed.column, "Field", call.position)
        if alias is None or changed.step is None:
            raise unsupported(f"{call.name}() of a field without an alias in a query with aggregates or GROUP BY")
        self._steps.append(RowStep(len(self._columns), changed.step))
        self._add(changed.column.ref, alias, changed.type, call)

    def _function(self, call: syntax.FunctionCall, clause: str, what: str) -> Subject:
        """Give an aggregate, a date function that is grouped by, or GROUPING(); ``what`` begins a refusal."""
        if is_aggregate(call):
            aggregate, kind = self._aggregate(call)
            return Subject(aggregate, kind, aggregate.function.value, call.position)
        if is_date_function(call):
            part, kind = self._grouped_part(call, what)
            return Subject(part, kind, part.function, call.position)
        if call.name.upper() == "GROUPING":
            return Subject(self._grouping(call), FieldType.INT, "GROUPING", call.position)
        plain_path(call, self._scope, clause)
        raise TypeError(call)

    def _grouping(self, call: syntax.FunctionCall) -> Grouping:
        argument = call.argument
        key: GroupKey | None = None
        if argument is not None and is_date_function(argument):
            key, _, _ = self._date_part(argument)
        elif isinstance(argument, syntax.FieldPath):
            key = self._scope.column(argument).ref
        if key is None or key not in self._grouped or not self._modifier:
            message = "GROUPING takes a field of GROUP BY ROLLUP or GROUP BY CUBE"
            malformed(message, self._scope, call.position)
        return Grouping(key)

    def _next_name(self) -> str:
        self._unnamed += 1
        return f"expr{self._unnamed - 1}"

    def _date_part(self, call: syntax.FunctionCall) -> tuple[DatePart, FieldType, str]:
        subject, _ = bind_date_function(call, self._scope, self._parameters)
        if not isinstance(subject.expression, DatePart):
            raise TypeError(subject.expression)
        return subject.expression, subject.type, subject.name

    def _grouped_part(self, call: syntax.FunctionCall, what: str) -> tuple[DatePart, FieldType]:
        """Give a date function that is grouped by, or one of a date field (not datetime) that is (SOQL reference)."""
        part, kind, _ = self._date_part(call)
        field = part.ref.field
        if part not in self._grouped and not (field.type is FieldType.DATE and part.ref in self._grouped):
            malformed(f"{what} must be grouped or aggregated: {field.name}", self._scope, call.position)
        return part, kind

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
            malformed(NESTING_MESSAGE + expression.name, self._scope, expression.position)
        column = self._scope.column(argument, unknown=f"Invalid field: '{argument.text}'")
        kind = column.field.type
        if not column.field.aggregatable or kind not in function.types:
            message = f"field {column.field.name} does not support aggregate operator {function.aggregate}"
            malformed(message, self._scope, argument.position)
        return AggregateRef(function.aggregate, column.ref), function.result or kind

    def _require_grouped(self, column: Column, what: str, position: int) -> None:
        if column.ref not in self._grouped:
            malformed(f"{what} must be grouped or aggregated: {column.field.name}", self._scope, position)

    def _having(self, condition: syntax.Condition | None) -> Condition | None:
        if condition is None:
            return None
        binder = WhereBinder(self._scope.text, self._parameters, self._group_subject, refuse_in_having)
        return binder.bind(condition)

    def _group_subject(self, expression: syntax.Expression) -> Subject:
        if isinstance(expression, syntax.FunctionCall):
            return self._function(expression, "HAVING", "Field")
        path = plain_path(expression, self._scope, "HAVING")
        column = self._scope.column(path)
        self._require_grouped(column, "Field", path.position)
        return Subject(column.ref, column.field.type, column.field.name, path.position)

    def _order(self, ordering: syntax.Ordering) -> OrderBy:
        expression = ordering.expression
        if isinstance(expression, syntax.FunctionCall):
            subject = self._function(expression, "ORDER BY", "Ordering field")
            return order_by(subject.expression, subject.type, ordering)
        path = plain_path(expression, self._scope, "ORDER BY")
        column = self._scope.column(path)
        require(column.field.sortable, column, "sorted", self._scope, path.position)
        self._require_grouped(column, "Ordering field", path.position)
        return order_by(column.ref, column.field.type, ordering)
