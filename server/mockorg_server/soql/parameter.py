"""The parameters of a plan and where each takes its value from: a literal of the text, a constant, or the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from mockorg_server.schema.value import Value
from mockorg_server.soql.date_literal import Range
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.literal import Converter, LiteralError
from mockorg_server.soql.moment import Moment
from mockorg_server.soql.operator import Edge
from mockorg_server.soql.syntax import Literal
from mockorg_server.soql.token import Token

# Comparisons of a query, a date literal counting twice: a guard against hostile input, for databases take a time that
# grows with the square of their number. The platform refuses queries as too complicated by a measure of its own.
MAX_TESTS = 2_000
_MAX_COUNT_DIGITS = 9


@dataclass(frozen=True, slots=True)
class FromLiteral:
    """Literal number ``index`` of the text, converted. ``position`` is where a bad one is reported."""

    index: int
    sign: str
    convert: Converter
    position: int

    def value(self, literals: list[Token]) -> Value:
        """Give the value. Raises LiteralError."""
        text = literals[self.index].text
        return self.convert(f"-{text}" if self.sign == "-" else text)


@dataclass(frozen=True, slots=True)
class FromConstant:
    """A value that belongs to the shape, such as TRUE."""

    constant: Value
    position: int = -1

    def value(self, literals: list[Token]) -> Value:
        """Give the constant."""
        return self.constant


@dataclass(frozen=True, slots=True)
class FromRange:
    """One edge of a date literal; ``index`` is the literal with its number, None when it has none."""

    range: Range
    edge: Edge
    index: int | None
    position: int

    def value(self, literals: list[Token]) -> Value:
        """Give the literal's number; the edge itself waits for the moment. Raises LiteralError."""
        if self.index is None:
            return 0
        text = literals[self.index].text
        if len(text) > _MAX_COUNT_DIGITS:
            raise LiteralError("NUMBER_OUTSIDE_VALID_RANGE", f"number outside the valid range: {text}")
        return int(text)

    def at(self, moment: Moment, count: int) -> str:
        """Give the edge as a date or datetime value."""
        first, last = self.range.days(moment, count)
        if self.edge is Edge.FIRST_DAY:
            return first.isoformat()
        if self.edge is Edge.LAST_DAY:
            return last.isoformat()
        return moment.midnight(first if self.edge is Edge.BEGIN else _next_day(last))


@dataclass(frozen=True, slots=True)
class FromMoment:
    """What ``read`` takes from the moment, such as the user's id."""

    read: Callable[[Moment], Value]
    position: int = -1

    def value(self, literals: list[Token]) -> Value:
        """Give null: the value waits for the moment."""
        return None

    def at(self, moment: Moment, count: int) -> Value:
        """Give the value."""
        return self.read(moment)


def _next_day(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


Timed = FromRange | FromMoment
Parameter = FromLiteral | FromConstant | Timed


@dataclass(slots=True)
class ParameterList:
    """The parameters of one query while it is being bound; child queries share it.

    ``checks`` are values that must convert though no parameter needs them.
    """

    parameters: list[Parameter] = field(default_factory=list)
    checks: list[FromLiteral] = field(default_factory=list)
    tests: int = 0
    _read: dict[Callable[[Moment], Value], int] = field(default_factory=dict)

    def count_test(self) -> None:
        """Count a comparison. Raises SoqlError when they are too many."""
        self.tests += 1
        if self.tests > MAX_TESTS:
            message = f"mockorg reads at most {MAX_TESTS} comparisons in a query; IN takes any number of values"
            raise SoqlError("QUERY_TOO_COMPLICATED", message)

    def add(self, parameter: Parameter) -> int:
        """Give the new parameter's number."""
        self.parameters.append(parameter)
        return len(self.parameters) - 1

    def literal(self, literal: Literal, convert: Converter, position: int) -> int:
        """Add a literal of the text and give its number."""
        return self.add(FromLiteral(literal.index, literal.sign, convert, position))

    def moment(self, read: Callable[[Moment], Value]) -> int:
        """Give the number of what ``read`` takes from the moment; the same number each time."""
        number = self._read.get(read)
        if number is None:
            number = self._read[read] = self.add(FromMoment(read))
        return number

    def timed(self) -> Mapping[int, Timed]:
        """Give the parameters that depend on the moment, by number."""
        return {number: item for number, item in enumerate(self.parameters) if isinstance(item, Timed)}
