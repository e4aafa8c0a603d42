"""Binds calls of date functions: ``CALENDAR_YEAR(field)`` and ``CALENDAR_YEAR(convertTimezone(field))``.

What each function counts is the plan's (``DateFunction``); here is which fields they take and what they give.
"""

from __future__ import annotations

from operator import attrgetter
from typing import NoReturn, TypeGuard

from mockorg_server.schema.field_type import FieldType
from mockorg_server.soql import syntax
from mockorg_server.soql.parameter import ParameterList
from mockorg_server.soql.plan import DateFunction, DatePart
from mockorg_server.soql.refusal import malformed
from mockorg_server.soql.scope import Column, Scope
from mockorg_server.soql.where_binder import Subject

ZONE_FUNCTION = "CONVERTTIMEZONE"
NESTING_MESSAGE = (
    "nested functional syntax can only be used in the following manner: date_function(convertTimezone(columnName)): "
)
_FISCAL = frozenset({DateFunction.FISCAL_MONTH, DateFunction.FISCAL_QUARTER, DateFunction.FISCAL_YEAR})
# These look at the time of day, or take it away (SOQL reference, date functions).
_DATETIME_ONLY = frozenset({DateFunction.DAY_ONLY, DateFunction.HOUR_IN_DAY})
_USER_ZONE = attrgetter("timezone")
_FISCAL_SHIFT = attrgetter("fiscal_shift")


def is_date_function(expression: syntax.Expression) -> TypeGuard[syntax.FunctionCall]:
    """Tell whether an expression is a call of a date function, or convertTimezone() out of its place."""
    if not isinstance(expression, syntax.FunctionCall):
        return False
    name = expression.name.upper()
    return name in DateFunction.__members__ or name == ZONE_FUNCTION


def bind_date_function(call: syntax.FunctionCall, scope: Scope, parameters: ParameterList) -> tuple[Subject, Column]:
    """Give what the call stands for, and the field it reads. Raises SoqlError."""
    name = call.name.upper()
    if name not in DateFunction.__members__:
        _refuse_nesting(call, scope)
    function = DateFunction[name]
    path, in_zone = _argument(call, scope)
    column = scope.column(path)
    kind = column.field.type
    needs_time = in_zone or function in _DATETIME_ONLY
    if kind is not FieldType.DATETIME and (needs_time or kind is not FieldType.DATE):
        what = "convertTimezone" if in_zone else function
        malformed(f"field {column.field.name} does not support the function {what}", scope, path.position)
    part = DatePart(
        function,
        column.ref,
        parameters.moment(_USER_ZONE) if in_zone else None,
        parameters.moment(_FISCAL_SHIFT) if function in _FISCAL else None,
    )
    result = FieldType.DATE if function is DateFunction.DAY_ONLY else FieldType.INT
    return Subject(part, result, f"{function}({path.text})", call.position), column


def refuse_ungrouped(call: syntax.FunctionCall, scope: Scope, parameters: ParameterList) -> NoReturn:
    """Refuse a date function in the select list that GROUP BY does not have (SOQL reference; the text is inferred)."""
    _, column = bind_date_function(call, scope, parameters)
    malformed(f"Field must be grouped or aggregated: {column.field.name}", scope, call.position)


def _argument(call: syntax.FunctionCall, scope: Scope) -> tuple[syntax.FieldPath, bool]:
    argument, in_zone = call.argument, False
    if isinstance(argument, syntax.FunctionCall) and argument.name.upper() == ZONE_FUNCTION:
        argument, in_zone = argument.argument, True
    if not isinstance(argument, syntax.FieldPath):
        _refuse_nesting(call, scope)
    return argument, in_zone


def _refuse_nesting(call: syntax.FunctionCall, scope: Scope) -> NoReturn:
    malformed(NESTING_MESSAGE + call.name, scope, call.position)
