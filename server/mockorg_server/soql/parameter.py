"""The parameters of a plan and where each takes its value from: a literal of the text, a constant, or the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mockorg_server.schema.value import Value
from mockorg_server.soql.date_literal import Range
from mockorg_server.soql.literal import Converter, LiteralError
from mockorg_server.soql.moment import Moment
from mockorg_server.soql.operator import Edge
from mockorg_server.soql.syntax import Literal
from mockorg_server.soql.token import Token

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


def _next_day(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


Parameter = FromLiteral | FromConstant | FromRange


@dataclass(slots=True)
class ParameterList:
    """The parameters of one query while it is being bound; child queries share it.

    ``checks`` are values that must convert though no parameter needs them.
    """

    parameters: list[Parameter] = field(default_factory=list)
    checks: list[FromLiteral] = field(default_factory=list)

    def add(self, parameter: Parameter) -> int:
        """Give the new parameter's number."""
        self.parameters.append(parameter)
        return len(self.parameters) - 1

    def literal(self, literal: Literal, convert: Converter, position: int) -> int:
        """Add a literal of the text and give its number."""
        return self.add(FromLiteral(literal.index, literal.sign, convert, position))

    def ranges(self) -> Mapping[int, FromRange]:
        """Give the parameters that depend on the moment, by number."""
        return {number: item for number, item in enumerate(self.parameters) if isinstance(item, FromRange)}
