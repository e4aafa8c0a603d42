"""What can be wrong with a formula: when it is read, and when it is evaluated."""

from __future__ import annotations


class FormulaError(Exception):
    """A formula that cannot be used: ``message`` says why, ``position`` counts characters from 1."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (position {position})")
        self.message = message
        self.position = position


class EvaluationError(Exception):
    """A formula that has no value for one record: ``#Error!`` in the platform's pages, null over its APIs."""
