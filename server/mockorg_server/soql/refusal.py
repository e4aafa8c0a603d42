"""Refusals that more than one binder makes: functions, clauses without support, fields that cannot do what is asked."""

from __future__ import annotations

from typing import NoReturn, TypeGuard

from mockorg_server.soql.excerpt import positioned, unsupported
from mockorg_server.soql.function import AGGREGATES, UNSUPPORTED
from mockorg_server.soql.scope import Column, Scope
from mockorg_server.soql.syntax import Distance, Expression, FieldPath, FunctionCall, Query

_EVERYTHING = "EVERYTHING"


def is_aggregate(expression: Expression) -> TypeGuard[FunctionCall]:
    """Tell whether an expression is a call of an aggregate function."""
    return isinstance(expression, FunctionCall) and expression.name.upper() in AGGREGATES


def plain_path(expression: Expression, scope: Scope, clause: str) -> FieldPath:
    """Give a field path where no function may stand, or refuse the function in the right words."""
    if isinstance(expression, FieldPath):
        return expression
    name = "DISTANCE" if isinstance(expression, Distance) else expression.name
    if name.upper() in UNSUPPORTED:
        raise unsupported(UNSUPPORTED[name.upper()])
    if name.upper() in AGGREGATES:
        message = f"aggregate function {name} is not allowed in {clause}"
    else:
        message = f"unknown function: {name}"
    raise positioned("MALFORMED_QUERY", message, scope.text, expression.position)


def require(allowed: bool, column: Column, verb: str, scope: Scope, path: FieldPath) -> None:
    """Refuse a field that cannot be filtered, sorted or grouped (recorded)."""
    if not allowed:
        message = f"field '{column.field.name}' can not be {verb} in a query call"
        raise positioned("INVALID_FIELD", message, scope.text, path.position)


def malformed(message: str, scope: Scope, position: int) -> NoReturn:
    """Refuse with MALFORMED_QUERY at a place of the text."""
    raise positioned("MALFORMED_QUERY", message, scope.text, position)


def refuse_unsupported_clauses(query: Query) -> None:
    """Refuse the clauses that are valid SOQL but not answered yet, by name."""
    if query.scope and query.scope.upper() != _EVERYTHING:
        raise unsupported(f"USING SCOPE {query.scope}")
    if query.lookup:
        raise unsupported("USING LOOKUP")
    for clause in query.withs:
        raise unsupported(f"WITH {clause.name or 'DATA CATEGORY'}")
    if query.group_by and query.group_by.modifier:
        raise unsupported(f"GROUP BY {query.group_by.modifier}")
    if query.tracking:
        raise unsupported(f"FOR {query.tracking}")
    if query.updates:
        raise unsupported(f"UPDATE {query.updates[0]}")
