"""The function by which SQL evaluates formulas. Which formulas there are is told by ``computed.py``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mockorg_server.formula.environment import Environment
from mockorg_server.formula.formula import Formula
from mockorg_server.schema.sobject import Field
from mockorg_server.schema.value import Value

FUNCTION: Final = "mockorg_formula"


@dataclass(frozen=True, slots=True)
class Registered:
    """A formula and the field that shows it."""

    formula: Formula
    field: Field


@dataclass(slots=True)
class Evaluator:
    """The function of one connection, in the surroundings of the statement that runs."""

    registered: Sequence[Registered]
    environment: Environment | None = None

    def __call__(self, number: int, *row: Value) -> Value:
        """Give the value of a formula, by its number, for a row."""
        entry = self.registered[number]
        if self.environment is None:
            raise RuntimeError("a formula runs without its surroundings")
        return entry.formula.field_value(entry.field, row, self.environment)
