"""Binds the functions of one selected field: ``toLabel(field)``, ``FORMAT(…)`` and ``convertCurrency(field)``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeGuard

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field
from mockorg_server.schema.value import Value
from mockorg_server.soql import syntax
from mockorg_server.soql.date_binder import NESTING_MESSAGE
from mockorg_server.soql.excerpt import unsupported
from mockorg_server.soql.locale_text import FORMATS, LOCALES, Format
from mockorg_server.soql.moment import Moment
from mockorg_server.soql.parameter import ParameterList
from mockorg_server.soql.plan import Label
from mockorg_server.soql.refusal import malformed
from mockorg_server.soql.scope import Column, Scope
from mockorg_server.soql.where_binder import Subject

LABEL = "TOLABEL"
CONVERT = "CONVERTCURRENCY"
FORMAT = "FORMAT"
_LABELLED = frozenset({FieldType.PICKLIST, FieldType.MULTIPICKLIST, FieldType.COMBOBOX})
_RECORD_TYPE = "RecordType"
_ZONE = attrgetter("timezone")


@dataclass(frozen=True, slots=True)
class LabelStep:
    """Turns a picklist's value, or a list ``A;B`` of them, into labels; ``labels`` are by value in lower case."""

    labels: Mapping[str, str]

    def __call__(self, value: Value, parameters: Sequence[Value]) -> Value:
        """Give the labels. A value that the picklist does not know stands for itself."""
        return ";".join(self.labels.get(item.casefold(), item) for item in str(value).split(";"))


@dataclass(frozen=True, slots=True)
class FormatStep:
    """Writes a value as the running user reads it; ``zone`` and ``locale`` are parameters."""

    format: Format
    zone: int
    locale: int

    def __call__(self, value: Value, parameters: Sequence[Value]) -> Value:
        """Give the text."""
        return self.format.text(value, str(parameters[self.zone]))


@dataclass(frozen=True, slots=True)
class ChangedColumn:
    """A field that is selected as something else: ``step`` makes that of its value, None leaves it."""

    column: Column
    type: FieldType
    step: LabelStep | FormatStep | None = None


def is_field_function(expression: syntax.Expression) -> TypeGuard[syntax.FunctionCall]:
    """Tell whether an expression is a call of toLabel(), FORMAT() or convertCurrency()."""
    return isinstance(expression, syntax.FunctionCall) and expression.name.upper() in (LABEL, FORMAT, CONVERT)


def is_label(expression: syntax.Expression) -> TypeGuard[syntax.FunctionCall]:
    """Tell whether an expression is a call of toLabel()."""
    return isinstance(expression, syntax.FunctionCall) and expression.name.upper() == LABEL


def is_format(expression: syntax.Expression) -> TypeGuard[syntax.FunctionCall]:
    """Tell whether an expression is a call of FORMAT()."""
    return isinstance(expression, syntax.FunctionCall) and expression.name.upper() == FORMAT


def bind_field_function(call: syntax.FunctionCall, scope: Scope, parameters: ParameterList) -> ChangedColumn:
    """Give what a call in a select list of records stands for. Raises SoqlError."""
    if _is_conversion(call):
        return ChangedColumn(_converted(call, scope), FieldType.CURRENCY)
    if is_label(call):
        column = scope.column(_argument(call, scope))
        return ChangedColumn(column, FieldType.STRING, LabelStep(_labels(column)))
    argument = call.argument
    column = _converted(argument, scope) if _is_conversion(argument) else scope.column(_argument(call, scope))
    return ChangedColumn(column, FieldType.STRING, bind_format(column, column.field.type, parameters))


def _is_conversion(expression: syntax.Expression | None) -> TypeGuard[syntax.FunctionCall]:
    return isinstance(expression, syntax.FunctionCall) and expression.name.upper() == CONVERT


def _converted(call: syntax.FunctionCall, scope: Scope) -> Column:
    """Give the field of convertCurrency(). With one currency in the org, amounts are in the user's already."""
    column = scope.column(_argument(call, scope))
    if column.field.type is not FieldType.CURRENCY:
        malformed(f"field {column.field.name} does not support the function convertCurrency", scope, call.position)
    if column.node.sobject.field("CurrencyIsoCode"):
        raise unsupported("convertCurrency() in an org with several currencies")
    return column


def bind_format(column: Column, kind: FieldType, parameters: ParameterList) -> FormatStep:
    """Give how FORMAT() writes the field, or an aggregate of it whose type is ``kind``. Raises SoqlError."""
    field = column.field
    average = kind is not field.type and kind is FieldType.DOUBLE
    shown = field.type if average else kind
    is_coordinate = field.type is FieldType.DOUBLE and field.compound_field_name is not None
    if shown not in FORMATS or is_coordinate or (average and field.type in (FieldType.INT, FieldType.LONG)):
        raise unsupported(f"FORMAT() of the field {field.name}")
    if shown is FieldType.CURRENCY and column.node.sobject.field("CurrencyIsoCode"):
        raise unsupported(f"FORMAT() of the field {field.name} in an org with several currencies")
    scale = 0 if shown in (FieldType.INT, FieldType.LONG) else field.scale
    return FormatStep(Format(shown, scale), parameters.moment(_ZONE), parameters.moment(_locale))


def label_subject(call: syntax.FunctionCall, scope: Scope) -> tuple[Subject, Column]:
    """Give toLabel() as the left side of a predicate, and its field. Raises SoqlError."""
    column = scope.column(_argument(call, scope))
    labels = _labels(column)
    if column.field.type is FieldType.MULTIPICKLIST and any(label.casefold() != key for key, label in labels.items()):
        raise unsupported(f"filtering by toLabel() of the multi-select field {column.field.name}")
    return Subject(Label(column.ref), column.field.type, column.field.name, call.position), column


def _argument(call: syntax.FunctionCall, scope: Scope) -> syntax.FieldPath:
    argument = call.argument
    if not isinstance(argument, syntax.FieldPath):
        malformed(NESTING_MESSAGE + call.name, scope, call.position)
    return argument


def _labels(column: Column) -> Mapping[str, str]:
    """Give the labels of a field by value in lower case; the names of record types are labels themselves."""
    field = column.field
    if field.type in _LABELLED:
        return _labels_of(field)
    if field.name == "Name" and column.node.sobject.name == _RECORD_TYPE:
        return {}
    raise unsupported(f"toLabel() of the field {field.name}")


def _labels_of(field: Field) -> Mapping[str, str]:
    return {entry.value.casefold(): entry.label for entry in field.picklist_values if entry.label}


def _locale(moment: Moment) -> Value:
    """Take the user's locale from the moment. Raises SoqlError for one whose forms are not known."""
    if moment.locale not in LOCALES:
        raise unsupported(f"FORMAT() in the locale {moment.locale}")
    return moment.locale
