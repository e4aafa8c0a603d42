"""Conditions as SQL that is true exactly where the condition is.

SQL's third truth value never decides: negation is pushed down to the single tests, each of which is written for both
signs with its null rows spelt out. What is left of UNKNOWN then stands under AND and OR only, where it acts as false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from mockorg_server.soql.plan import (
    And,
    Compare,
    Condition,
    Includes,
    InList,
    IsNull,
    Like,
    Not,
    Operator,
    Or,
    Plan,
    Ref,
    SemiJoin,
)
from mockorg_server.store.expression import Operand, Scope
from mockorg_server.store.table import Table

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
_RANGES: Final = frozenset({Operator.LT, Operator.LE, Operator.GT, Operator.GE})
_CHUNK: Final = 40  # terms per parenthesis: databases limit the depth of a chain of AND or OR
_SHALLOW: Final = 3  # levels of AND in OR in AND that may stand anywhere in a chain: SQLite's parser has a small stack
_MANY_PARAMETERS: Final = 20_000  # from here on even short lists become one parameter each
_FEW_LISTED: Final = 8


class ConditionWriter:
    """Writes the conditions of one statement; ``parameter_count`` is how many parameters the whole query has."""

    def __init__(self, scope: Scope, parameter_count: int = 0, place: str = "") -> None:
        self._scope = scope
        self._parameters = scope.parameters
        self._parameter_count = parameter_count
        self._place = place
        self._inner_count = 0
        self._few = False  # the records under test: an index has found them

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

    def includes(self, condition: Includes, negated: bool) -> str:
        """Null holds no value."""
        operand = self._scope.operand(condition.expression)
        listed = self._parameters.add_list(condition.parameters, operand.folded)
        return self._scope.dialect.includes(operand.sql, listed, condition.negated is not negated)

    def semi_join(self, condition: SemiJoin, negated: bool) -> str:
        """Look for the reference among the inner values; a null on either side is found by no search.

        EXISTS looks the inner records up by their index, once for each record; IN goes through all of them once, and
        lets the database begin with those that it finds. So the first is for few records, or for all inner ones.
        """
        self._inner_count += 1
        scope = self._scope.inner(condition.plan, f"{self._place}s{self._inner_count}t")
        outside = condition.negated is not negated
        root = scope.root
        if root is None:
            return self._scope.dialect.always if outside else self._scope.dialect.never
        reference = self._scope.operand(condition.ref).sql
        selected = scope.operand(_only_column(condition.plan)).sql
        probing = self._few or condition.plan.where is None
        tests = [f"{selected} = {reference}"] if probing else []
        if outside and not probing:
            tests.append(f"COALESCE({selected}, '') <> ''")  # IS NOT NULL would tempt the database to go by that index
        if root.table.is_deleted:
            tests.append(f"{root.sql(root.table.is_deleted)} = 0")
        if condition.plan.where is not None:
            inner = ConditionWriter(scope, self._parameter_count, f"{self._place}s{self._inner_count}")
            tests.append(inner.write(condition.plan.where))
        source = scope.from_clause() + (f" WHERE {_combine('AND', tests)}" if tests else "")
        sign = "NOT " if outside else ""
        if probing:
            return f"{sign}EXISTS (SELECT 1 {source})"
        test = f"{reference} {sign}IN (SELECT {selected} {source})"
        return f"({test} OR {reference} IS NULL)" if outside else test

    def junction(self, condition: And | Or, negated: bool) -> str:
        """All of them, or any; not all of them is any of their negations, and the other way round.

        The deepest part comes first: a parser can then forget what it has read before it goes deeper.
        """
        conjunctive = isinstance(condition, And) is not negated
        parts = sorted(_flat(condition, negated, conjunctive), key=_depth_first)
        self._few = self._few or (conjunctive and any(self._is_selective(part, sign) for part, sign in parts))
        tests = [self.write(part, sign) for part, sign in parts]
        word = "AND" if conjunctive else "OR"
        if len(tests) > 2 and _depth(parts[0][0]) > _SHALLOW:
            tests = [tests[0], _parenthesis(word, _grouped(word, tests[1:]))]
        return _combine(word, tests)

    def negation(self, condition: Not, negated: bool) -> str:
        """Turn the sign."""
        return self.write(condition.condition, not negated)

    def _is_selective(self, condition: Condition, negated: bool) -> bool:
        """Tell whether a condition leaves the few records that an index finds."""
        root = self._scope.root
        match condition:
            case Compare(Ref(0, field), Operator.EQ, _) | InList(Ref(0, field), _, False, False):
                return root is not None and not negated and field.name.lower() in root.table.indexed
        return False

    def _membership(self, operand: Operand, parameters: tuple[int, ...], outside: bool) -> str:
        many = self._parameter_count > _MANY_PARAMETERS
        if len(parameters) > (_FEW_LISTED if many else self._scope.dialect.max_list_parameters):
            return self._scope.dialect.member(
                operand.sql, self._parameters.add_list(parameters, operand.folded), outside
            )
        marks = ", ".join(self._parameters.add(parameter, operand.folded) for parameter in parameters)
        return f"{operand.sql} {'NOT ' if outside else ''}IN ({marks})"

    def _null_test(self, operand: Operand, negated: bool) -> str:
        if operand.boolean:
            return f"{operand.sql} {'<>' if negated else '='} 0"
        return f"{operand.sql} IS {'NOT ' if negated else ''}NULL"


def has_indexed_range(condition: Condition | None, table: Table) -> bool:
    """Tell whether a condition asks for a range of an indexed field of the root's records."""
    match condition:
        case And(conditions):
            return any(has_indexed_range(each, table) for each in conditions)
        case Compare(Ref(0, field), operator, _):
            return operator in _RANGES and (field.name.lower() in table.indexed or _is_stamp(field.name, table))
    return False


def _is_stamp(name: str, table: Table) -> bool:
    return table.stamp is not None and table.column(name).raw == table.stamp


def _only_column(plan: Plan) -> Ref:
    (column,) = plan.columns
    if not isinstance(column, Ref):
        raise TypeError(column)
    return column


_Signed = tuple[Condition, bool]


def _flat(condition: Condition, negated: bool, conjunctive: bool) -> Iterator[_Signed]:
    """Give the parts of a chain of ANDs (or of ORs), with the chains inside it that are of the same kind."""
    while isinstance(condition, Not):
        condition, negated = condition.condition, not negated
    if isinstance(condition, And | Or) and (isinstance(condition, And) is not negated) is conjunctive:
        for part in condition.conditions:
            yield from _flat(part, negated, conjunctive)
    else:
        yield condition, negated


def _depth(condition: Condition) -> int:
    """Count the levels of AND and OR."""
    if isinstance(condition, Not):
        return _depth(condition.condition)
    if isinstance(condition, And | Or):
        return 1 + max(map(_depth, condition.conditions), default=0)
    return 0


def _depth_first(part: _Signed) -> int:
    depth = _depth(part[0])
    return -depth if depth > _SHALLOW else 0


def _or_null(operand: Operand, test: str) -> str:
    return test if operand.boolean else f"({test} OR {operand.sql} IS NULL)"


def _combine(word: str, tests: list[str]) -> str:
    """Join tests; AND, which binds tighter than OR, needs no parentheses in either."""
    tests = _grouped(word, tests)
    return tests[0] if len(tests) == 1 else " AND ".join(tests) if word == "AND" else _parenthesis(word, tests)


def _grouped(word: str, tests: list[str]) -> list[str]:
    while len(tests) > _CHUNK:
        tests = [_parenthesis(word, tests[start : start + _CHUNK]) for start in range(0, len(tests), _CHUNK)]
    return tests


def _parenthesis(word: str, tests: list[str]) -> str:
    return f"({f' {word} '.join(tests)})"


_WRITERS: Final[dict[type, Callable[..., str]]] = {
    Compare: ConditionWriter.compare,
    IsNull: ConditionWriter.is_null,
    InList: ConditionWriter.in_list,
    Like: ConditionWriter.like,
    Includes: ConditionWriter.includes,
    SemiJoin: ConditionWriter.semi_join,
    And: ConditionWriter.junction,
    Or: ConditionWriter.junction,
    Not: ConditionWriter.negation,
}
