"""A formula ready to run: compiled once from its text, then asked per record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mockorg_server.formula.binder import Binder, Use
from mockorg_server.formula.environment import Environment
from mockorg_server.formula.error import EvaluationError, FormulaError
from mockorg_server.formula.kind import KINDS, Kind, encode
from mockorg_server.formula.parser import parse
from mockorg_server.formula.path import View
from mockorg_server.formula.term import Leaf, Run
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value

__all__ = ["EvaluationError", "Formula", "FormulaError", "Formulas", "Use", "compile_formula", "formula_of_field"]


@dataclass(frozen=True, slots=True)
class Formula:
    """A compiled formula. ``leaves`` are what its rows hold, in order; ``globals`` what its environments must hold."""

    kind: Kind
    leaves: tuple[Leaf, ...]
    globals: tuple[Leaf, ...]
    run: Run

    def evaluate(self, row: Sequence[Value], environment: Environment) -> Any:
        """Give the formula's value for a record, None = blank.

        ``row`` holds the neutral values of the leaves. Raises EvaluationError where the platform shows ``#Error!``.
        """
        try:
            return self.run(row, environment)
        except (ArithmeticError, ValueError) as error:
            raise EvaluationError(str(error)) from error

    def field_value(self, field: Field, row: Sequence[Value], environment: Environment) -> Value:
        """Give the neutral value of the field that shows the formula; null where it cannot be evaluated."""
        try:
            return encode(field, self.evaluate(row, environment))
        except (EvaluationError, ArithmeticError, ValueError):
            return encode(field, None)


def compile_formula(
    text: str, view: View, sobject: SObject, use: Use, gives: Kind | None = None, *, blank_as_zero: bool = False
) -> Formula:
    """Read a formula of an sObject. Raises FormulaError, with what is wrong and where.

    ``gives`` is the kind that is wanted of it, None = any.
    """
    binder = Binder(view, sobject, use, blank_as_zero=blank_as_zero)
    term = binder.bind(parse(text))
    if gives is not None and term.kind not in (gives, Kind.NOTHING):
        message = f"Formula result is data type ({term.kind.value}), incompatible with expected data type"
        raise FormulaError(f"{message} ({gives.value}).", 1)
    return Formula(term.kind, tuple(binder.leaves), tuple(binder.globals), term.run)


def formula_of_field(view: View, sobject: SObject, field: Field) -> Formula:
    """Read the formula of a formula field. Raises FormulaError."""
    return compile_formula(
        field.calculated_formula or "",
        view,
        sobject,
        Use.FIELD,
        KINDS[field.type],
        blank_as_zero=field.formula_treat_null_number_as_zero,
    )


class Formulas:
    """The formula fields of one schema, each compiled when it is first asked for. Threads may at worst do it twice."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._known: dict[tuple[str, str], Formula | FormulaError] = {}

    def of(self, sobject: SObject, field: Field) -> Formula:
        """Give the formula of a formula field. Raises FormulaError, the same each time."""
        key = (sobject.name, field.name)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._compiled(sobject, field)
        if isinstance(found, FormulaError):
            raise found
        return found

    def _compiled(self, sobject: SObject, field: Field) -> Formula | FormulaError:
        try:
            formula = formula_of_field(self._view, sobject, field)
            self._hold_acyclic(sobject, field, formula, ())
        except FormulaError as error:
            return error
        return formula

    def _hold_acyclic(self, sobject: SObject, field: Field, formula: Formula, above: tuple[Field, ...]) -> None:
        """Refuse a formula that leads back to itself, or uses one that cannot be read."""
        if field in above:
            raise FormulaError(f"Formula field {sobject.name}.{field.name} refers to itself", 1)
        for leaf in formula.leaves:
            held = self._view.sobject(leaf.sobject)
            if leaf.field.calculated_formula and held is not None:
                inner = formula_of_field(self._view, held, leaf.field)
                self._hold_acyclic(held, leaf.field, inner, (*above, field))
