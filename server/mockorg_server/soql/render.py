"""A parsed query back to SOQL text. Parsing the text again gives an equal query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mockorg_server.soql.syntax import (
    Comparison,
    Condition,
    Conjunction,
    Constant,
    DataCategory,
    DateRange,
    Disjunction,
    Distance,
    Expression,
    FieldPath,
    FunctionCall,
    GroupBy,
    Literal,
    Membership,
    Money,
    Multiselect,
    Negation,
    Operand,
    Ordering,
    Query,
    Selection,
    SelectItem,
    SemiJoin,
    Source,
    Subquery,
    TypeOf,
    With,
)


def render(query: Query) -> str:
    """Give the query as SOQL in one line, clauses in order, keywords in upper case."""
    return " ".join(clause for clause in _clauses(query) if clause)


def _clauses(query: Query) -> Iterable[str]:
    yield "SELECT " + (_list(_selection, query.select) if query.select else "COUNT()")
    yield "FROM " + _list(_source, query.sources)
    yield f"USING SCOPE {query.scope}" if query.scope else ""
    if query.lookup:
        yield f"USING LOOKUP {query.lookup.path.text}"
        yield f"BIND {_settings(query.lookup.binds)}" if query.lookup.binds else ""
    yield f"WHERE {_condition(query.where)}" if query.where else ""
    yield from map(_with, query.withs)
    yield _group_by(query.group_by) if query.group_by else ""
    yield f"HAVING {_condition(query.having)}" if query.having else ""
    yield f"ORDER BY {_list(_ordering, query.order_by)}" if query.order_by else ""
    yield f"LIMIT {_literal(query.limit)}" if query.limit else ""
    yield f"OFFSET {_literal(query.offset)}" if query.offset else ""
    yield f"FOR {query.tracking}" if query.tracking else ""
    yield f"UPDATE {', '.join(query.updates)}" if query.updates else ""


def _list(show: Callable[[Any], str], items: Iterable[Any]) -> str:
    return ", ".join(map(show, items))


def _selection(item: Selection) -> str:
    match item:
        case SelectItem():
            text = _expression(item.expression)
        case Subquery():
            text = f"({render(item.query)})"
        case TypeOf():
            return _type_of(item)
    return f"{text} {item.alias}" if item.alias else text


def _type_of(item: TypeOf) -> str:
    cases = " ".join(f"WHEN {name} THEN {_list(_expression, paths)}" for name, paths in item.cases)
    otherwise = f" ELSE {_list(_expression, item.otherwise)}" if item.otherwise else ""
    return f"TYPEOF {item.path.text} {cases}{otherwise} END"


def _expression(expression: Expression) -> str:
    match expression:
        case FieldPath():
            return expression.text
        case FunctionCall(name, None):
            return f"{name}()"
        case FunctionCall(name, argument) if argument is not None:
            return f"{name}({_expression(argument)})"
        case Distance(path, latitude, longitude, unit):
            place = f"GEOLOCATION({_literal(latitude)}, {_literal(longitude)})"
            return f"DISTANCE({path.text}, {place}, {_literal(unit)})"
    raise TypeError(expression)


def _literal(literal: Literal) -> str:
    return literal.sign + literal.text


def _date_range(value: DateRange) -> str:
    return f"{value.name}:{value.count.text}" if value.count else value.name


def _money(value: Money) -> str:
    return value.text


def _constant(value: Constant) -> str:
    return value.name


_OPERANDS: Mapping[type[Any], Callable[[Any], str]] = {
    Literal: _literal,
    Constant: _constant,
    DateRange: _date_range,
    Money: _money,
}


def _operand(operand: Operand) -> str:
    return _OPERANDS[type(operand)](operand)


def _condition(condition: Condition) -> str:
    match condition:
        case Comparison(expression, operator, value):
            return f"{_expression(expression)} {operator} {_operand(value)}"
        case Membership(expression, negated, values):
            return f"{_expression(expression)}{' NOT' if negated else ''} IN ({_list(_operand, values)})"
        case Multiselect(expression, excludes, values):
            return f"{_expression(expression)} {'EXCLUDES' if excludes else 'INCLUDES'} ({_list(_operand, values)})"
        case SemiJoin(expression, negated, query):
            return f"{_expression(expression)}{' NOT' if negated else ''} IN ({render(query)})"
        case Conjunction(conditions):
            return " AND ".join(map(_nested, conditions))
        case Disjunction(conditions):
            return " OR ".join(map(_nested, conditions))
        case Negation(inner):
            return f"NOT {_nested(inner)}"


def _nested(condition: Condition) -> str:
    text = _condition(condition)
    return f"({text})" if isinstance(condition, Conjunction | Disjunction | Negation) else text


def _source(source: Source) -> str:
    return f"{source.path.text} {source.alias}" if source.alias else source.path.text


def _settings(settings: Iterable[tuple[str, Operand]]) -> str:
    return ", ".join(f"{name} = {_operand(value)}" for name, value in settings)


def _with(clause: With) -> str:
    if clause.categories:
        return "WITH DATA CATEGORY " + " AND ".join(map(_data_category, clause.categories))
    if clause.value is not None:
        return f"WITH {clause.name} = {_operand(clause.value)}"
    return f"WITH {clause.name} ({_settings(clause.settings)})" if clause.settings else f"WITH {clause.name}"


def _data_category(category: DataCategory) -> str:
    names = ", ".join(category.categories)
    return f"{category.group} {category.operator} " + (f"({names})" if len(category.categories) > 1 else names)


def _group_by(group_by: GroupBy) -> str:
    text = _list(_expression, group_by.expressions)
    return f"GROUP BY {group_by.modifier}({text})" if group_by.modifier else f"GROUP BY {text}"


def _ordering(ordering: Ordering) -> str:
    text = _expression(ordering.expression)
    direction = f" {ordering.direction}" if ordering.direction else ""
    return text + direction + (f" NULLS {ordering.nulls}" if ordering.nulls else "")
