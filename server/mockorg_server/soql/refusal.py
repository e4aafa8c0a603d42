"""Refusals that more than one binder makes: functions, clauses without support, fields that cannot do what is asked."""

from __future__ import annotations

from typing import NoReturn, TypeGuard

from mockorg_server.soql.excerpt import positioned, unsupported
from mockorg_server.soql.function import AGGREGATES, PLACED
from mockorg_server.soql.scope import Column, Scope
from mockorg_server.soql.syntax import Distance, Expression, FieldPath, FunctionCall, Query


def is_aggregate(expression: Expression) -> TypeGuard[FunctionCall]:
    """Tell whether an expression is a call of an aggregate function."""
    return isinstance(expression, FunctionCall) and expression.name.upper() in AGGREGATES


def has_aggregate(expression: Expression | None) -> TypeGuard[FunctionCall]:
    """Tell whether an expression is a call of an aggregate function, or of another function over one."""
    if not isinstance(expression, FunctionCall):
        return False
    return is_aggregate(expression) or has_aggregate(expression.argument)


def plain_path(expression: Expression, scope: Scope, clause: str) -> FieldPath:
    """Give a field path where no function may stand, or refuse the function in the right words."""
    if isinstance(expression, FieldPath):
        return expression
    name = "DISTANCE" if isinstance(expression, Distance) else expression.name
    if name.upper() in AGGREGATES:
        message = f"aggregate function {name} is not allowed in {clause}"
    elif name.upper() in PLACED:
        message = f"function {name} is not allowed in {clause}"
    else:
        message = f"unknown function: {name}"
    raise positioned("MALFORMED_QUERY", message, scope.text, expression.position)


def require(allowed: bool, column: Column, verb: str, scope: Scope, position: int) -> None:
    """Refuse a field that cannot be filtered, sorted or grouped (recorded)."""
    if not allowed:
        message = f"field '{column.field.name}' can not be {verb} in a query call"
        raise positioned("INVALID_FIELD", message, scope.text, position)


def malformed(message: str, scope: Scope, position: int) -> NoReturn:
    """Refuse with MALFORMED_QUERY at a place of the text."""
    raise positioned("MALFORMED_QUERY", message, scope.text, position)


def refuse_unsupported_clauses(query: Query) -> None:
    """Refuse the clauses that are valid SOQL but not answered yet, by name."""
    if query.lookup:
        raise unsupported("USING LOOKUP")
