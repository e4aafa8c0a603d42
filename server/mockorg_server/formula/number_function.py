"""The functions over numbers and places. A blank argument gives a blank result."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_UP, Decimal
from typing import Any, Final

from mockorg_server.formula.error import EvaluationError
from mockorg_server.formula.function import Function, N, P, T
from mockorg_server.formula.kind import EXACT, Kind, rounded

Number = Decimal | None
Place = tuple[float | None, float | None] | None

_PI: Final = Decimal("3.14159265358979323846")
_CUT: Final = Decimal("1e-18")
_DIGITS_KEPT: Final = 18
_RADIUS_KILOMETRES: Final = 6371.0
_KILOMETRES_IN_MILE: Final = 1.609344


def strict(call: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function blank where an argument is."""

    def checked(*values: Any) -> Any:
        return None if None in values else call(*values)

    return checked


def _whole(rounding: str) -> Callable[[Decimal], Decimal]:
    # A digit is cut off first, for fractions that are inexact at their last one: 3 * (1/3) is 1.
    def whole(number: Decimal) -> Decimal:
        cut = number.quantize(_CUT, context=EXACT) if number.adjusted() < _DIGITS_KEPT else number
        return cut.to_integral_value(rounding)

    return whole


def _truncated(number: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    digits = int(scale)
    return number.scaleb(digits, EXACT).to_integral_value(ROUND_DOWN).scaleb(-digits, EXACT)


def _float(call: Callable[..., float]) -> Callable[..., Any]:
    def checked(*values: Decimal) -> Decimal:
        try:
            result = call(*map(float, values))
        except (ValueError, OverflowError, ZeroDivisionError) as error:
            raise EvaluationError(str(error)) from error
        if not math.isfinite(result):
            raise EvaluationError("out of range")
        return Decimal(repr(result))

    return strict(checked)


def _modulus(number: Decimal, divisor: Decimal) -> Decimal:
    if not divisor:
        raise EvaluationError("MOD: division by zero")
    return EXACT.remainder(number, divisor)


def _geolocation(latitude: Decimal, longitude: Decimal) -> Place:
    return float(latitude), float(longitude)


def _distance(one: Place, other: Place, unit: str | None) -> Number:
    if unit not in ("mi", "km"):
        raise EvaluationError(f"Invalid unit for the distance() function: {unit}")
    if one is None or other is None or None in one or None in other:
        return None
    (north, east), (other_north, other_east) = (tuple(map(math.radians, place)) for place in (one, other))  # type: ignore[arg-type]
    half = math.sin((other_north - north) / 2) ** 2
    half += math.cos(north) * math.cos(other_north) * math.sin((other_east - east) / 2) ** 2
    kilometres = 2 * _RADIUS_KILOMETRES * math.asin(min(1.0, math.sqrt(half)))
    return Decimal(repr(kilometres / _KILOMETRES_IN_MILE if unit == "mi" else kilometres))


NUMBER_FUNCTIONS: Final[Mapping[str, Function]] = {
    "ABS": Function((N,), Kind.NUMBER, strict(EXACT.abs)),
    "ACOS": Function((N,), Kind.NUMBER, _float(math.acos)),
    "ASIN": Function((N,), Kind.NUMBER, _float(math.asin)),
    "ATAN": Function((N,), Kind.NUMBER, _float(math.atan)),
    "ATAN2": Function((N, N), Kind.NUMBER, _float(math.atan2)),
    "CEILING": Function((N,), Kind.NUMBER, strict(_whole(ROUND_UP))),
    "COS": Function((N,), Kind.NUMBER, _float(math.cos)),
    "DISTANCE": Function((P, P, T), Kind.NUMBER, _distance),
    "EXP": Function((N,), Kind.NUMBER, _float(math.exp)),
    "FLOOR": Function((N,), Kind.NUMBER, strict(_whole(ROUND_DOWN))),
    "GEOLOCATION": Function((N, N), Kind.PLACE, strict(_geolocation)),
    "LN": Function((N,), Kind.NUMBER, _float(math.log)),
    "LOG": Function((N,), Kind.NUMBER, _float(math.log10)),
    "MAX": Function((N,), Kind.NUMBER, strict(lambda *numbers: max(numbers)), repeats=True),
    "MCEILING": Function((N,), Kind.NUMBER, strict(_whole(ROUND_CEILING))),
    "MFLOOR": Function((N,), Kind.NUMBER, strict(_whole(ROUND_FLOOR))),
    "MIN": Function((N,), Kind.NUMBER, strict(lambda *numbers: min(numbers)), repeats=True),
    "MOD": Function((N, N), Kind.NUMBER, strict(_modulus)),
    "PI": Function((), Kind.NUMBER, lambda: _PI),
    "ROUND": Function((N, N), Kind.NUMBER, strict(lambda number, scale: rounded(number, int(scale)))),
    "SIN": Function((N,), Kind.NUMBER, _float(math.sin)),
    "SQRT": Function((N,), Kind.NUMBER, _float(math.sqrt)),
    "TAN": Function((N,), Kind.NUMBER, _float(math.tan)),
    "TRUNC": Function((N, N), Kind.NUMBER, strict(_truncated), optional=1),
}
