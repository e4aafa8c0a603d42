"""Text inside XML: what must be escaped, and how this wire writes truth values, instants and Java doubles.

Nothing here knows an element; the writers put these texts between tags.
"""

from __future__ import annotations

import re

from mockorg_server.schema.value import Value

# The five of XML, as the platform escapes them in text (recorded: ' is &apos; and " is &quot; inside elements);
# carriage return, which a parser would turn into a line feed; and what XML 1.0 cannot carry at all.
_UNSAFE = re.compile("[&<>\"'\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;"}
_is_unsafe = _UNSAFE.search


def _safe(match: re.Match[str]) -> str:
    return _ENTITIES.get(match[0], "\ufffd")


def escaped(text: str) -> str:
    """Make a text fit to stand inside an element or a quoted attribute. What XML cannot carry becomes U+FFFD."""
    return _UNSAFE.sub(_safe, text) if _is_unsafe(text) else text


def boolean_text(value: Value) -> str:
    """Write a boolean; the store may give it as 0 or 1."""
    return "true" if value else "false"


def double_text(value: Value) -> str:
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
