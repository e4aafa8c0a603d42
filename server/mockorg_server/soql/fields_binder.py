"""Binds ``FIELDS(ALL|STANDARD|CUSTOM)``: which fields it stands for, and that their records are few."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeGuard

from mockorg_server.schema.sobject import Field
from mockorg_server.soql import syntax
from mockorg_server.soql.excerpt import unexpected
from mockorg_server.soql.literal import FIELDS_LIMIT_MESSAGE, MAX_FIELDS_LIMIT, LiteralError, to_fields_limit
from mockorg_server.soql.refusal import malformed
from mockorg_server.soql.scope import Column, Scope

FIELDS_SINCE = 51  # API version

_GROUPS: dict[str, Callable[[Field], bool]] = {
    "ALL": lambda field: True,
    "STANDARD": lambda field: not field.custom,
    "CUSTOM": lambda field: field.custom,
}


def is_fields(expression: syntax.Expression) -> TypeGuard[syntax.FunctionCall]:
    """Tell whether an expression is a call of FIELDS()."""
    return isinstance(expression, syntax.FunctionCall) and expression.name.upper() == "FIELDS"


def is_bounded(query: syntax.Query) -> bool:
    """Tell whether a query selects FIELDS(ALL) or FIELDS(CUSTOM), which ask for a LIMIT of at most 200."""
    items = [item.expression for item in query.select if isinstance(item, syntax.SelectItem)]
    return any(is_fields(item) and _group(item) != "STANDARD" for item in items)


def bind_fields(call: syntax.FunctionCall, alias: str | None, query: syntax.Query, scope: Scope) -> list[Column]:
    """Give the fields that the call stands for, in describe order. Raises SoqlError."""
    group = _group(call)
    if group not in _GROUPS or alias is not None or scope.view.version < FIELDS_SINCE:
        raise unexpected(scope.text, call.position, call.name)
    if group != "STANDARD":
        _require_few(call, query, scope)
    return [column for column in scope.columns() if _GROUPS[group](column.field)]


def _group(call: syntax.FunctionCall) -> str:
    argument = call.argument
    return argument.text.upper() if isinstance(argument, syntax.FieldPath) else ""


def _require_few(call: syntax.FunctionCall, query: syntax.Query, scope: Scope) -> None:
    """Refuse FIELDS(ALL) and FIELDS(CUSTOM) of an unknown number of records, before any field is looked at."""
    if query.limit is None and not _names_few_ids(query.where):
        malformed(FIELDS_LIMIT_MESSAGE, scope, call.position)
    if query.limit is not None:
        try:
            to_fields_limit(query.limit.text)
        except LiteralError as error:
            malformed(error.message, scope, query.limit.position)


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
