"""Binds what may stand on the left side of a predicate, or in ORDER BY: fields, date functions, DISTANCE()."""

from __future__ import annotations

from mockorg_server.schema.field_type import FieldType
from mockorg_server.soql import syntax
from mockorg_server.soql.date_binder import bind_date_function, is_date_function
from mockorg_server.soql.distance_binder import bind_distance
from mockorg_server.soql.parameter import ParameterList
from mockorg_server.soql.refusal import plain_path, require
from mockorg_server.soql.scope import Scope
from mockorg_server.soql.text_binder import is_label, label_subject
from mockorg_server.soql.where_binder import Subject


def field_subject(scope: Scope, parameters: ParameterList, expression: syntax.Expression) -> Subject:
    """Give the left side of a WHERE predicate: a field that can be filtered, or a function of one. Raises SoqlError."""
    return _subject(scope, parameters, expression, "WHERE", "filter")


def sort_subject(scope: Scope, parameters: ParameterList, expression: syntax.Expression) -> Subject:
    """Give a sort key: a field that can be sorted, or a function of one. Raises SoqlError."""
    return _subject(scope, parameters, expression, "ORDER BY", "sort")


# Describe calls them filterable, but they are not (object reference, compound field considerations).
_COMPOUND = (FieldType.ADDRESS, FieldType.LOCATION)
_VERBS = {"filter": "filtered", "sort": "sorted"}


def _subject(
    scope: Scope, parameters: ParameterList, expression: syntax.Expression, clause: str, ability: str
) -> Subject:
    if isinstance(expression, syntax.Distance):
        return bind_distance(expression, scope, parameters)
    if is_date_function(expression):
        subject, column = bind_date_function(expression, scope, parameters)
        position = expression.position
    elif is_label(expression) and ability == "filter":
        subject, column = label_subject(expression, scope)
        position = expression.position
    else:
        path = plain_path(expression, scope, clause)
        column = scope.column(path)
        position = path.position
        subject = Subject(column.ref, column.field.type, column.field.name, position)
    able = column.field.filterable if ability == "filter" else column.field.sortable
    require(able and column.field.type not in _COMPOUND, column, _VERBS[ability], scope, position)
    return subject
