"""Numbers as the platform writes them in every API: as Java does. It imports nothing and knows no wire."""

from __future__ import annotations


def double_text(value: object) -> str:
    """Write a number as Java's ``Double.toString`` does: ``12.0``, ``1234567.5``, but ``1.2345678E7``.

    The platform's replies show that form (recorded: ``9.9213206E7`` and ``9.0E7`` for AnnualRevenue, ``50000.0``).
    """
    number = float(value)  # type: ignore[arg-type]  # only number fields are written so, and nulls are not
    text = repr(number)
    size = abs(number)
    if 1e-3 <= size < 1e7 or number == 0:
        return text
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    power = len(whole.lstrip("0")) - 1 if whole != "0" else -1 - (len(fraction) - len(fraction.lstrip("0")))
    sign = "-" if number < 0 else ""
    rest = digits[1:].rstrip("0") or "0"
    return f"{sign}{digits[0]}.{rest}E{power + int(exponent or 0)}"
