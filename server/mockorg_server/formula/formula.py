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

__all__ = ["EvaluationError", "Formula", "FormulaError", "Use", "compile_formula", "formula_of_field"]


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
