r"""Quoted text: what the escape sequences of a string literal stand for.

``\n \r \t \b \f \" \' \\ \uXXXX`` in either case, and ``\%`` ``\_`` in the pattern of LIKE only (SOQL reference).
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|[\s\S]?)")
_PLAIN = {
    "n": "\n", "N": "\n", "r": "\r", "R": "\r", "t": "\t", "T": "\t", "b": "\b", "B": "\b", "f": "\f", "F": "\f",
    '"': '"', "'": "'", "\\": "\\",
}  # fmt: skip
# A pattern keeps the escapes of its wildcards, so a backslash that stands for itself stays escaped too.
_PATTERN = _PLAIN | {"\\": "\\\\", "%": "\\%", "_": "\\_"}


class QuotationError(ValueError):
    """A string literal that stands for no text."""


def unquote(literal: str) -> str:
    """Give the text of a literal in its quotes. Raises QuotationError."""
    return _replace(literal, _PLAIN) if "\\" in literal else literal[1:-1]


def unquote_pattern(literal: str) -> str:
    r"""Give the pattern of a literal in its quotes: ``%`` and ``_`` are wild unless a ``\`` precedes them."""
    return _replace(literal, _PATTERN) if "\\" in literal else literal[1:-1]


def _replace(literal: str, table: dict[str, str]) -> str:
    def stand_in(match: re.Match[str]) -> str:
        escape = match.group(1)
        if len(escape) == 5:
            character = chr(int(escape[1:], 16))
            return table.get(character, character) if character == "\\" else character
        if escape not in table:
            raise QuotationError(
                f"Invalid string literal {literal}. Illegal character sequence '\\{escape}' in string literal."
            )
        return table[escape]

    text = _ESCAPE.sub(stand_in, literal[1:-1])
    try:  # two \u escapes may make one character
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise QuotationError(f"Invalid string literal {literal}. Half a character in string literal.") from None
