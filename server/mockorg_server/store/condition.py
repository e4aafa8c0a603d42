"""Conditions as SQL that is true exactly where the condition is.

SQL's third truth value never decides: negation is pushed down to the single tests, each of which is written for both
signs with its null rows spelt out. What is left of UNKNOWN then stands under AND and OR only, where it acts as false.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mockorg_server.soql.plan import And, Compare, Condition, InList, IsNull, Like, Not, Operator, Or
from mockorg_server.store.expression import Operand, ParameterList, Scope

_OPPOSITES: Final[dict[Operator, Operator]] = {
    Operator.EQ: Operator.NE,
    Operator.NE: Operator.EQ,
    Operator.LT: Operator.GE,
    Operator.GE: Operator.LT,
    Operator.GT: Operator.LE,
    Operator.LE: Operator.GT,
}
_SYMBOLS: Final[dict[Operator, str]] = {
    Operator.EQ: "=",
    Operator.NE: "<>",
    Operator.LT: "<",
    Operator.LE: "<=",
    Operator.GT: ">",
    Operator.GE: ">=",
}
_CHUNK: Final = 40  # terms per parenthesis: databases limit the depth of a chain of AND or OR


class ConditionWriter:
    """Writes the conditions of one statement."""

    def __init__(self, scope: Scope, parameters: ParameterList) -> None:
        self._scope = scope
        self._parameters = parameters

    def write(self, condition: Condition, negated: bool = False) -> str:
        """Give SQL that is true where the condition is (or is not, when ``negated``)."""
        return _WRITERS[type(condition)](self, condition, negated)

    def compare(self, condition: Compare, negated: bool) -> str:
        """Null satisfies != alone, and so the negations of the other operators."""
        operand = self._scope.operand(condition.expression)
        operator = _OPPOSITES[condition.operator] if negated else condition.operator
        test = f"{operand.sql} {_SYMBOLS[operator]} {self._parameters.add(condition.parameter, operand.folded)}"
        return _or_null(operand, test) if negated is not (condition.operator is Operator.NE) else test

    def is_null(self, condition: IsNull, negated: bool) -> str:
        """Test for null. A boolean is never null; ``= null`` on it means false (SOQL reference, boolean fields)."""
        return self._null_test(self._scope.operand(condition.expression), condition.negated is not negated)

    def in_list(self, condition: InList, negated: bool) -> str:
        """Null is in the list only when ``with_null``."""
        operand = self._scope.operand(condition.expression)
        outside = condition.negated is not negated
        tests = [self._membership(operand, condition.parameters, outside)] if condition.parameters else []
        if condition.with_null:
            tests.append(self._null_test(operand, outside))
        elif outside:
            return _or_null(operand, tests[0]) if tests else self._scope.dialect.always
        if not tests:
            return self._scope.dialect.never
        return _combine("AND" if outside else "OR", tests)

    def like(self, condition: Like, negated: bool) -> str:
        """Null is like nothing."""
        operand = self._scope.operand(condition.expression)
        pattern = self._parameters.add(condition.parameter, operand.folded)
        test = self._scope.dialect.like(operand.sql, pattern, negated)
        return _or_null(operand, test) if negated else test

    def conjunction(self, condition: And, negated: bool) -> str:
        """All of them; not all of them is any of their negations."""
        return _combine("OR" if negated else "AND", [self.write(part, negated) for part in condition.conditions])

    def disjunction(self, condition: Or, negated: bool) -> str:
        """Any of them; not any is all of their negations."""
        return _combine("AND" if negated else "OR", [self.write(part, negated) for part in condition.conditions])

    def negation(self, condition: Not, negated: bool) -> str:
        """Turn the sign."""
        return self.write(condition.condition, not negated)

    def _membership(self, operand: Operand, parameters: tuple[int, ...], outside: bool) -> str:
        if len(parameters) > self._scope.dialect.max_list_parameters:
            return self._scope.dialect.member(
                operand.sql, self._parameters.add_list(parameters, operand.folded), outside
            )
        marks = ", ".join(self._parameters.add(parameter, operand.folded) for parameter in parameters)
        return f"{operand.sql} {'NOT ' if outside else ''}IN ({marks})"

    def _null_test(self, operand: Operand, negated: bool) -> str:
        if operand.boolean:
            return f"{operand.sql} {'<>' if negated else '='} 0"
        return f"{operand.sql} IS {'NOT ' if negated else ''}NULL"


def _or_null(operand: Operand, test: str) -> str:
    return test if operand.boolean else f"({test} OR {operand.sql} IS NULL)"


def _combine(word: str, tests: list[str]) -> str:
    if len(tests) == 1:
        return tests[0]
    while len(tests) > _CHUNK:
        tests = [_parenthesis(word, tests[start : start + _CHUNK]) for start in range(0, len(tests), _CHUNK)]
    return _parenthesis(word, tests)


def _parenthesis(word: str, tests: list[str]) -> str:
    return f"({f' {word} '.join(tests)})"


_WRITERS: Final[dict[type, Callable[..., str]]] = {
    Compare: ConditionWriter.compare,
    IsNull: ConditionWriter.is_null,
    InList: ConditionWriter.in_list,
    Like: ConditionWriter.like,
    And: ConditionWriter.conjunction,
    Or: ConditionWriter.disjunction,
    Not: ConditionWriter.negation,
}
