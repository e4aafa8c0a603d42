"""The operators. Blank goes through arithmetic and orderings as null does through SQL; text compares blank as ''."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final

from mockorg_server.formula.error import EvaluationError, FormulaError
from mockorg_server.formula.function import B, C, D, Kinds, M, N, T, calling, require
from mockorg_server.formula.kind import EXACT, Kind
from mockorg_server.formula.number_function import strict
from mockorg_server.formula.term import Term

_MILLISECONDS: Final = Decimal(86_400_000)
_MAX_POWER: Final = 64  # decimal digits before the point (Salesforce's published formula engine)


def _divide(one: Decimal, other: Decimal) -> Decimal:
    if not other:
        raise EvaluationError("division by zero")
    return EXACT.divide(one, other)


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    whole = int(exponent)
    if base and whole * math.log10(abs(base)) > _MAX_POWER:
        raise EvaluationError("Out of range argument to POWER() function")
    if exponent != whole:
        if base < 0:
            raise EvaluationError("a root of a negative number")
        return Decimal(repr(float(base) ** float(exponent)))
    if not base and whole < 0:
        raise EvaluationError("division by zero")
    return Decimal(1) if not whole else EXACT.power(base, whole)


def _days(number: Decimal) -> timedelta:
    return timedelta(milliseconds=int((number * _MILLISECONDS).to_integral_value()))


def _move_date(day: date, number: Decimal) -> date:
    return day + timedelta(days=int(number.to_integral_value(ROUND_FLOOR)))


def _move_time(moment: time, number: Decimal) -> time:
    milliseconds = (_in_day(moment) + int(number)) % int(_MILLISECONDS)
    seconds, rest = divmod(milliseconds, 1000)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, rest * 1000)


def _in_day(moment: time) -> int:
    return ((moment.hour * 60 + moment.minute) * 60 + moment.second) * 1000 + moment.microsecond // 1000


def _between(one: datetime, other: datetime) -> Decimal:
    return EXACT.divide(Decimal((one - other) // timedelta(milliseconds=1)), _MILLISECONDS)


def _join(one: str | None, other: str | None) -> str | None:
    return (one or "") + (other or "") or None


def _swapped(call: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda one, other: call(other, one)


Arithmetic = tuple[Kind, Callable[[Any, Any], Any]]
_K = Kind
ARITHMETIC: Final[Mapping[tuple[str, Kind, Kind], Arithmetic]] = {
    ("+", _K.NUMBER, _K.NUMBER): (_K.NUMBER, strict(EXACT.add)),
    ("-", _K.NUMBER, _K.NUMBER): (_K.NUMBER, strict(EXACT.subtract)),
    ("*", _K.NUMBER, _K.NUMBER): (_K.NUMBER, strict(EXACT.multiply)),
    ("/", _K.NUMBER, _K.NUMBER): (_K.NUMBER, strict(_divide)),
    ("^", _K.NUMBER, _K.NUMBER): (_K.NUMBER, strict(_power)),
    ("+", _K.TEXT, _K.TEXT): (_K.TEXT, _join),
    ("&", _K.TEXT, _K.TEXT): (_K.TEXT, _join),
    ("+", _K.DATE, _K.NUMBER): (_K.DATE, strict(_move_date)),
    ("+", _K.NUMBER, _K.DATE): (_K.DATE, strict(_swapped(_move_date))),
    ("-", _K.DATE, _K.NUMBER): (_K.DATE, strict(lambda day, number: _move_date(day, -number))),
    ("-", _K.DATE, _K.DATE): (_K.NUMBER, strict(lambda one, other: Decimal((one - other).days))),
    ("+", _K.DATETIME, _K.NUMBER): (_K.DATETIME, strict(lambda moment, number: moment + _days(number))),
    ("+", _K.NUMBER, _K.DATETIME): (_K.DATETIME, strict(lambda number, moment: moment + _days(number))),
    ("-", _K.DATETIME, _K.NUMBER): (_K.DATETIME, strict(lambda moment, number: moment - _days(number))),
    ("-", _K.DATETIME, _K.DATETIME): (_K.NUMBER, strict(_between)),
    ("+", _K.TIME, _K.NUMBER): (_K.TIME, strict(_move_time)),
    ("+", _K.NUMBER, _K.TIME): (_K.TIME, strict(_swapped(_move_time))),
    ("-", _K.TIME, _K.NUMBER): (_K.TIME, strict(lambda moment, number: _move_time(moment, -number))),
    ("-", _K.TIME, _K.TIME): (_K.NUMBER, strict(lambda one, other: Decimal(_in_day(one) - _in_day(other)))),
}
_ORDERED: Final[Kinds] = N | D | M | C
_EQUAL: Final[Kinds] = N | T | B | D | M | C
_TESTS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
}


def _same_text(one: str | None, other: str | None) -> bool:
    return (one or "") == (other or "")


def _other_text(one: str | None, other: str | None) -> bool:
    return (one or "") != (other or "")


def apply_operator(sign: str, terms: Sequence[Term], position: int) -> Term:
    """Bind an operator. Raises FormulaError."""
    if sign.startswith("unary"):
        return _signed(sign[-1], terms[0], position)
    one, other = terms
    if sign in _TESTS or sign in ("=", "<>"):
        return _comparison(sign, one, other, position)
    return _arithmetic(sign, one, other, position)


def is_operator(name: str) -> bool:
    """Tell an operator from a function."""
    return not name[0].isalpha() or name.startswith("unary")


def _signed(sign: str, term: Term, position: int) -> Term:
    require(sign, term, N)
    call = strict(EXACT.minus) if sign == "-" else strict(EXACT.plus)
    return Term(Kind.NUMBER, calling(call, [term.run]), position)


def _arithmetic(sign: str, one: Term, other: Term, position: int) -> Term:
    left, right = _matched(sign, one, other)
    found = ARITHMETIC.get((sign, left, right))
    if found is None:
        firsts = frozenset(first for name, first, _ in ARITHMETIC if name == sign)
        require(sign, one, firsts)
        require(sign, other, frozenset(second for name, first, second in ARITHMETIC if (name, first) == (sign, left)))
        raise FormulaError(f"Incorrect parameter type for operator '{sign}'", position)
    kind, call = found
    return Term(kind, calling(call, [one.run, other.run]), position)


def _matched(sign: str, one: Term, other: Term) -> tuple[Kind, Kind]:
    """Let NULL be of the kind that suits the other side."""
    usual = Kind.TEXT if sign == "&" else Kind.NUMBER
    left = one.kind if one.kind is not Kind.NOTHING else (Kind.TEXT if other.kind is Kind.TEXT else usual)
    right = other.kind if other.kind is not Kind.NOTHING else (Kind.TEXT if left is Kind.TEXT else usual)
    return left, right


def _comparison(sign: str, one: Term, other: Term, position: int) -> Term:
    kinds = _ORDERED if sign in _TESTS else _EQUAL
    require(sign, one, kinds)
    require(sign, other, kinds if one.kind is Kind.NOTHING else frozenset({one.kind}))
    return Term(Kind.BOOLEAN, calling(_test(sign, one, other), [one.run, other.run]), position)


def _test(sign: str, one: Term, other: Term) -> Callable[[Any, Any], Any]:
    if sign in _TESTS:
        return strict(_TESTS[sign])
    if Kind.TEXT in (one.kind, other.kind):
        return _same_text if sign == "=" else _other_text
    if Kind.NOTHING in (one.kind, other.kind):
        # The platform's engine answers null here; as a condition that is false.
        return strict(lambda _one, _other: None)
    return strict(lambda left, right: left == right) if sign == "=" else strict(lambda left, right: left != right)
