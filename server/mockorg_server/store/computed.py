"""Formula fields and roll-up summaries as SQL: worked out whenever they are read, so that no answer is ever stale.

A formula is a call of one Python function with the formula's number and the values it needs: fields of the record, and
of parents by their Ids. A roll-up summary is an aggregate over the details. Either may stand inside the other. In the
SQL of a column the mark ``MARK`` stands where the alias of its table belongs, see ``qualified``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import count
from typing import Final

from mockorg_server.formula.formula import FormulaError, Formulas
from mockorg_server.formula.term import Leaf
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.schema import SchemaView
from mockorg_server.schema.sobject import Field, Filter, RollUp, SObject
from mockorg_server.store.dialect import SqliteDialect
from mockorg_server.store.error import StoreUnsupportedError
from mockorg_server.store.evaluator import FUNCTION, Registered
from mockorg_server.store.fold import fold
from mockorg_server.store.table import MARK, Table, is_computed, qualified

_CALL: Final = re.compile(FUNCTION + r"\(([0-9]+)")
_MAX_ARGUMENTS: Final = 90
_NUMBERS: Final = frozenset({FieldType.CURRENCY, FieldType.DOUBLE, FieldType.INT, FieldType.LONG, FieldType.PERCENT})
_TESTS: Final[Mapping[str, str]] = {
    "equals": "=",
    "notEqual": "<>",
    "lessThan": "<",
    "greaterThan": ">",
    "lessOrEqual": "<=",
    "greaterOrEqual": ">=",
}


class Computations:
    """The computed fields of one schema as SQL. ``registered`` are the formulas by number."""

    def __init__(self, view: SchemaView, dialect: SqliteDialect, table_of: Callable[[str], Table]) -> None:
        self.registered: list[Registered] = []
        self.used = lru_cache(maxsize=2_000)(self._used)
        self._view = view
        self._formulas = Formulas(view)
        self._dialect = dialect
        self._table_of = table_of
        self._aliases = count()
        self._open: list[tuple[str, str]] = []

    def sql(self, sobject: SObject, known: Field) -> str:
        """Give a computed field as SQL. Raises StoreUnsupportedError for one that is not understood."""
        key = (sobject.name, known.name)
        if key in self._open:
            raise StoreUnsupportedError(f"the field {'.'.join(key)}: it refers to itself")
        self._open.append(key)
        try:
            if known.roll_up is not None:
                return self._roll_up(known.roll_up, known)
            return self._formula(sobject, known)
        except FormulaError as error:
            raise StoreUnsupportedError(f"the formula of {'.'.join(key)}: {error}") from error
        finally:
            self._open.pop()

    def needs(self, sobject: SObject) -> set[str]:
        """Name the sObjects whose tables the computed fields of one read, those it has itself left out."""
        found: set[str] = set()
        for known in sobject.fields:
            if known.roll_up is not None:
                found.add(known.roll_up.sobject)
            elif known.computed:
                found |= self._targets(sobject, known)
        return found - {sobject.name}

    def _targets(self, sobject: SObject, known: Field) -> set[str]:
        try:
            formula = self._formulas.of(sobject, known)
        except FormulaError:
            return set()
        return {step.target for leaf in formula.leaves for step in leaf.path}

    def _used(self, sql: str) -> tuple[Leaf, ...]:
        """Give the global values that the formulas of a statement mention."""
        numbers = {int(number) for number in _CALL.findall(sql)}
        return tuple({leaf: None for number in numbers for leaf in self.registered[number].formula.globals})

    def _formula(self, sobject: SObject, known: Field) -> str:
        formula = self._formulas.of(sobject, known)
        if len(formula.leaves) > _MAX_ARGUMENTS:
            raise StoreUnsupportedError(f"the formula of {sobject.name}.{known.name}: it reads too many fields")
        arguments = [self._leaf(sobject.name, leaf) for leaf in formula.leaves]
        self.registered.append(Registered(formula, known))
        return f"{FUNCTION}({', '.join([str(len(self.registered) - 1), *arguments])})"

    def _leaf(self, sobject: str, leaf: Leaf) -> str:
        if not leaf.path:
            return _marked(self._table_of(sobject).column(leaf.field.name).raw)
        key = _marked(self._table_of(sobject).column(leaf.path[0].reference.name).raw)
        for step, following in zip(leaf.path, (*leaf.path[1:], None), strict=True):
            wanted = leaf.field if following is None else following.reference
            key = self._of_record(self._table_of(step.target), wanted.name, key)
        return key

    def _of_record(self, table: Table, name: str, key: str) -> str:
        alias = f"f{next(self._aliases)}"
        value = qualified(table.column(name).raw, alias)
        return f"(SELECT {value} FROM {table.quoted} AS {alias} WHERE {alias}.{table.column('Id').raw} = {key})"

    # --- roll-up summaries

    def _roll_up(self, roll_up: RollUp, known: Field) -> str:
        sobject = self._view.sobject(roll_up.sobject)
        if sobject is None:
            raise FormulaError(f"there is no object {roll_up.sobject}", 1)
        table = self._table_of(sobject.name)
        alias = f"f{next(self._aliases)}"
        tests = [f"{qualified(table.column(roll_up.foreign_key).raw, alias)} = {MARK}{table.column('Id').raw}"]
        if table.is_deleted:
            tests.append(f"{alias}.{table.is_deleted} = 0")
        tests += [self._filter(sobject, table, alias, each) for each in roll_up.filters]
        value = "CAST(COUNT(*) AS REAL)"  # a double, as describe says
        if roll_up.operation != "count":
            value = self._aggregate(roll_up, qualified(table.column(roll_up.field or "").raw, alias), known)
        return f"(SELECT {value} FROM {table.quoted} AS {alias} WHERE {' AND '.join(tests)})"

    def _aggregate(self, roll_up: RollUp, value: str, known: Field) -> str:
        operation = roll_up.operation.lower()
        if operation == "sum":  # nothing to sum up gives zero, no smallest or largest gives null
            return f"ROUND(COALESCE({self._dialect.sum_of_decimals(value)}, 0.0), {known.scale})"
        if operation not in ("min", "max"):
            raise FormulaError(f"unknown operation {roll_up.operation}", 1)
        return f"{operation.upper()}({value})"

    def _filter(self, sobject: SObject, table: Table, alias: str, test: Filter) -> str:
        known = sobject.field(test.field.rpartition(".")[2])
        if known is None:
            raise FormulaError(f"Field {test.field} does not exist. Check spelling.", 1)
        column = table.column(known.name)
        if column.compared is None:
            raise FormulaError(f"Field {test.field} cannot be compared", 1)
        left = qualified(column.compared, alias)
        if test.value_field is not None:
            other = table.column(test.value_field.rpartition(".")[2])
            return self._compare(test, left, [qualified(other.compared or other.raw, alias)])
        texts = [part.strip() for part in (test.value or "").split(",")]
        return self._compare(test, left, [self._literal(known, text, column.folded) for text in texts])

    def _compare(self, test: Filter, left: str, values: list[str]) -> str:
        """Write a condition; several values are alternatives, for the negative ones all must hold."""
        if test.operation in _TESTS:
            pieces = [_comparison(left, _TESTS[test.operation], value) for value in values]
        elif test.operation in ("contains", "notContain"):
            pieces = [f"instr(COALESCE({left}, ''), {value}) {'>' if test.operation == 'contains' else '='} 0"
                      for value in values]  # fmt: skip
        elif test.operation == "startsWith":
            pieces = [f"instr(COALESCE({left}, ''), {value}) = 1" for value in values]
        elif test.operation in ("includes", "excludes"):
            sign = ">" if test.operation == "includes" else "="
            pieces = [f"instr(';'||COALESCE({left}, '')||';', ';'||{value}||';') {sign} 0" for value in values]
        else:
            raise FormulaError(f"mockorg does not support the filter operation {test.operation} yet", 1)
        word = " AND " if test.operation in ("notEqual", "notContain", "excludes") else " OR "
        return f"({word.join(pieces)})"

    def _literal(self, known: Field, text: str, folded: bool) -> str:
        if text == "":
            return "NULL"
        if known.type is FieldType.BOOLEAN:
            return "1" if text.lower() in ("true", "1") else "0"
        if known.type in _NUMBERS:
            try:
                return repr(float(text))
            except ValueError as error:
                raise FormulaError(f"{text} is not a number", 1) from error
        if known.type is FieldType.DATE and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise FormulaError(f"{text} is not a date", 1)
        return self._dialect.text(fold(text) if folded else text)


def _comparison(left: str, sign: str, value: str) -> str:
    if value == "NULL":
        return f"{left} IS {'NOT ' if sign == '<>' else ''}NULL" if sign in ("=", "<>") else "0"
    return f"({left} <> {value} OR {left} IS NULL)" if sign == "<>" else f"{left} {sign} {value}"


def _marked(raw: str) -> str:
    return raw if is_computed(raw) else MARK + raw
