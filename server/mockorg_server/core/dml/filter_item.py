"""Filters of the Metadata API (FilterItem) compiled against the schema, and asked about records.

Lookup filters and the filters of duplicate rules are of this kind. Comparisons are those of filters in Salesforce
(Salesforce Help, filter operators): texts without regard to case, several values with commas are alternatives, no
value stands for blank, and a blank field is not equal to any text. A record type is named by its developer name, its
label or its Id. What cannot be asked truthfully (dates in words, distances) is a ``FilterError`` when it is compiled.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from mockorg_server.core.clock import text_of
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.filter_logic import FilterError, Logic, read_logic
from mockorg_server.core.surrounding import follow
from mockorg_server.formula.environment import Environment
from mockorg_server.formula.error import FormulaError
from mockorg_server.formula.path import find_leaf
from mockorg_server.formula.syntax import Name
from mockorg_server.formula.term import Leaf
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.schema import SchemaView
from mockorg_server.schema.sobject import Field, Filter, SObject
from mockorg_server.schema.value import Value

_SOURCE: Final = "$Source"
_NUMBERS: Final = frozenset({FieldType.CURRENCY, FieldType.DOUBLE, FieldType.INT, FieldType.LONG, FieldType.PERCENT})
_TIMES: Final = frozenset({FieldType.DATE, FieldType.DATETIME})
_IDS: Final = frozenset({FieldType.ID, FieldType.REFERENCE})
_NOT_COMPARED: Final = frozenset({FieldType.ADDRESS, FieldType.BASE64, FieldType.LOCATION, FieldType.COMPLEXVALUE,
                                  FieldType.ENCRYPTEDSTRING, FieldType.TIME})  # fmt: skip
_RECORD_TYPE: Final = "RecordTypeId"


class FilteredRecord(Protocol):
    """A record of which a filter asks values."""

    def value(self, leaf: Leaf, environment: Environment) -> Value:
        """Give the value of a leaf."""


class StoredRecord:
    """A record as it is in the database."""

    def __init__(self, context: CallContext, sobject: str, record_id: str) -> None:
        self._context = context
        self._sobject = sobject
        self._id = record_id

    def value(self, leaf: Leaf, _environment: Environment) -> Value:
        """Give the value of a leaf."""
        return follow(self._context, self._context.reader, self._sobject, self._id, leaf.path, leaf.field)


@dataclass(frozen=True, slots=True)
class Records:
    """What a filter is asked about: the record that is saved, and the one that its lookup points at, if there is one.

    Both are the same for a filter without a lookup.
    """

    source: FilteredRecord
    target: FilteredRecord
    environment: Environment

    def value(self, operand: Operand) -> Value:
        """Give the value of an operand."""
        leaf = operand.leaf
        if leaf.root:
            return self.environment.values[leaf]
        return (self.source if operand.of_source else self.target).value(leaf, self.environment)


@dataclass(frozen=True, slots=True)
class Operand:
    """A field in a filter: of the record that is saved (``of_source``), of its lookup's target, or global."""

    leaf: Leaf
    of_source: bool


Test = Callable[[Records], bool]
Compare = Callable[[Value, Value], bool]


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """A compiled filter. ``source_fields`` names the fields of the saved record that it looks at."""

    tests: tuple[Test, ...]
    logic: Logic
    source_fields: frozenset[str]

    def holds(self, records: Records) -> bool:
        """Tell whether the filter lets the record pass."""
        return self.logic.holds(lambda item: self.tests[item](records))


def compile_filter(
    view: SchemaView,
    source: SObject,
    target: SObject,
    filters: Sequence[Filter],
    boolean_filter: str | None,
    *,
    is_lookup: bool = False,
) -> RecordFilter:
    """Compile filters; their fields are ``Target.Field``, ``$Source.Field`` or global. Raises FilterError.

    Without ``is_lookup`` both are one record, and its fields are those of the source.
    """
    operands = [_operand(view, source, target, item.field) for item in filters]
    others = [_operand(view, source, target, item.value_field) if item.value_field else None for item in filters]
    tests = tuple(
        _test(view, operand, item, other) for operand, item, other in zip(operands, filters, others, strict=True)
    )
    own = {
        (each.leaf.path[0].reference if each.leaf.path else each.leaf.field).name
        for each in (*operands, *others)
        if each is not None and (each.of_source or not is_lookup) and not each.leaf.root
    }
    return RecordFilter(tests, read_logic(boolean_filter, len(tests)), frozenset(own))


def _operand(view: SchemaView, source: SObject, target: SObject, text: str) -> Operand:
    first, _, rest = text.partition(".")
    of_source = first == _SOURCE
    is_global = first.startswith("$") and not of_source
    if not (of_source or is_global or first.lower() == target.name.lower()):
        raise FilterError(f"the field {text}")
    root = source if of_source else target
    try:
        leaf = find_leaf(view, root, Name(tuple((text if is_global else rest).split(".")), 1))
    except FormulaError as error:
        raise FilterError(f"the field {text} ({error.message})") from None
    if leaf.field.type in _NOT_COMPARED:
        raise FilterError(f"the field {text}, a {leaf.field.type.value}")
    return Operand(leaf, of_source)


def _test(view: SchemaView, operand: Operand, item: Filter, other: Operand | None) -> Test:
    compare = _COMPARES.get(item.operation)
    if compare is None:
        raise FilterError(f"the operator {item.operation}")
    field = operand.leaf.field
    if other is not None:
        return lambda records: compare(_plain(field, records.value(operand)), _plain(field, records.value(other)))
    wanted = [_literal(view, operand, text) for text in _texts(item.value)] or [None]
    if field.type is FieldType.MULTIPICKLIST or item.operation in ("includes", "excludes"):
        return _of_several(operand, item.operation, wanted)
    is_negative = item.operation in ("notEqual", "notContain")
    join = all if is_negative else any
    return lambda records: join(compare(_plain(field, records.value(operand)), each) for each in wanted)


def _of_several(operand: Operand, operation: str, wanted: Sequence[Value]) -> Test:
    """Make the test of a multi-select picklist: each alternative names values with semicolons, all of them wanted."""
    if operation not in ("includes", "excludes", "equals", "notEqual"):
        raise FilterError(f"the operator {operation} of a multi-select picklist")
    sets = [_members(each) for each in wanted]
    is_whole = operation in ("equals", "notEqual")

    def test(records: Records) -> bool:
        had = _members(records.value(operand))
        found = any(each == had if is_whole or not each else each <= had for each in sets)
        return found is (operation in ("includes", "equals"))

    return test


def _members(value: Value) -> frozenset[str]:
    return frozenset(part.strip().casefold() for part in str(value or "").split(";") if part.strip())


def _texts(value: str | None) -> list[str]:
    """Give the alternatives of a value: they stand between commas, one with a comma in double quotes."""
    if not value:
        return []
    (row,) = csv.reader([value.replace("\n", " ")], skipinitialspace=True)
    return [text.strip() for text in row if text.strip()]


def _literal(view: SchemaView, operand: Operand, text: str) -> Value:
    """Read a text of a filter as a value of the field. Raises FilterError."""
    field = operand.leaf.field
    if field.name == _RECORD_TYPE:
        return _record_type(view, operand.leaf, text)
    if field.type is FieldType.BOOLEAN:
        truths = {"true": True, "1": True, "false": False, "0": False}
        if text.lower() not in truths:
            raise FilterError(f"the value {text!r} of a checkbox")
        return truths[text.lower()]
    if field.type in _NUMBERS:
        try:
            return float(text)
        except ValueError:
            raise FilterError(f"the value {text!r} of a number") from None
    if field.type in _TIMES:
        return _moment(field, text)
    if field.type in _IDS:
        return _plain(field, normalise_id(text) or text)
    return text.casefold()


def _moment(field: Field, text: str) -> Value:
    """Read a date or an instant in ISO form; one in words (TODAY) is not asked. Raises FilterError."""
    try:
        if field.type is FieldType.DATE:
            return date.fromisoformat(text).isoformat()
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise FilterError(f"the value {text!r} of a {field.type.value}") from None
    if instant.tzinfo is None:
        raise FilterError(f"the value {text!r} of a datetime, which names no time zone")
    return text_of(instant)


def _record_type(view: SchemaView, leaf: Leaf, text: str) -> Value:
    sobject = view.sobject(leaf.sobject)
    for each in sobject.record_types if sobject else ():
        if text.casefold() in (each.developer_name.casefold(), each.name.casefold()) or normalise_id(text) == each.id:
            return each.id
    raise FilterError(f"the record type {text!r}")


def _plain(field: Field, value: Value) -> Value:
    """Give a value as it is compared: texts without case, numbers as floats, booleans as such."""
    if value is None or value == "":
        return False if field.type is FieldType.BOOLEAN else None
    if field.type is FieldType.BOOLEAN:
        return bool(value)
    if field.type in _NUMBERS:
        return float(value)
    if field.type in _TIMES or field.type in _IDS:
        return value
    return str(value).casefold()


def _ordered(compare: Callable[[object, object], bool]) -> Compare:
    def test(had: Value, wanted: Value) -> bool:
        return had is not None and wanted is not None and compare(had, wanted)

    return test


def _contains(had: Value, wanted: Value) -> bool:
    return had is None if wanted is None else had is not None and str(wanted) in str(had)


def _starts_with(had: Value, wanted: Value) -> bool:
    return had is None if wanted is None else had is not None and str(had).startswith(str(wanted))


_COMPARES: Final[Mapping[str, Compare]] = {
    "equals": lambda had, wanted: had == wanted,
    "notEqual": lambda had, wanted: had != wanted,
    "lessThan": _ordered(lambda had, wanted: had < wanted),  # type: ignore[operator]  # both of one kind
    "lessOrEqual": _ordered(lambda had, wanted: had <= wanted),  # type: ignore[operator]
    "greaterThan": _ordered(lambda had, wanted: had > wanted),  # type: ignore[operator]
    "greaterOrEqual": _ordered(lambda had, wanted: had >= wanted),  # type: ignore[operator]
    "contains": _contains,
    "notContain": lambda had, wanted: not _contains(had, wanted),
    "startsWith": _starts_with,
    "includes": lambda had, wanted: had == wanted,
    "excludes": lambda had, wanted: had != wanted,
}
"""By operation (Metadata API guide, FilterOperation); ``within`` is of distances, which are not asked."""
