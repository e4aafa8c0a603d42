"""Formula text as tokens.

The lexical rules are those of the grammar that Salesforce has published: names hold ``.``, ``:``, ``$`` and ``#``,
texts stand in either quote and know a few escapes, comments do not nest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from mockorg_server.formula.error import FormulaError


class TokenKind(Enum):
    """What a token is."""

    NAME = "name"
    NUMBER = "number"
    TEXT = "text"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; ``text`` of a TEXT is what the literal stands for. ``position`` counts characters from 1."""

    kind: TokenKind
    text: str
    position: int


_SKIPPED: Final = re.compile(r"(?:\s|/\*.*?\*/)+", re.DOTALL)
_NAME: Final = re.compile(r"[A-Za-z$][A-Za-z0-9_$:.#]*")
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'', re.DOTALL)
_SIGN: Final = re.compile(r"&&|\|\||==|<>|!=|<=|>=|[-+*/^&=<>!(),]")
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


def tokens_of(text: str) -> Iterator[Token]:
    """Give the tokens of a formula, END last. Raises FormulaError."""
    place = 0
    while True:
        skipped = _SKIPPED.match(text, place)
        if skipped is not None:
            place = skipped.end()
        if place == len(text):
            yield Token(TokenKind.END, "", place + 1)
            return
        token, place = _token_at(text, place)
        yield token


def _token_at(text: str, place: int) -> tuple[Token, int]:
    for kind, pattern in _PATTERNS:
        found = pattern.match(text, place)
        if found is not None:
            shown = _unescaped(found.group(), place) if kind is TokenKind.TEXT else found.group()
            return Token(kind, shown, place + 1), found.end()
    if text[place] in "\"'":
        raise FormulaError("Syntax error. A text literal is not closed", place + 1)
    if text.startswith("/*", place):
        raise FormulaError("Syntax error. A comment is not closed", place + 1)
    raise FormulaError(f"Syntax error. Found '{text[place]}'", place + 1)


def _unescaped(literal: str, place: int) -> str:
    def meant(found: re.Match[str]) -> str:
        shown = _ESCAPES.get(found.group(1).lower() if found.group(1) in "NRT" else found.group(1))
        if shown is None:
            raise FormulaError(f"Syntax error. Unknown escape '{found.group()}'", place + found.start() + 2)
        return shown

    return _ESCAPE.sub(meant, literal[1:-1])


_PATTERNS: Final = (
    (TokenKind.NAME, _NAME),
    (TokenKind.NUMBER, _NUMBER),
    (TokenKind.TEXT, _TEXT),
    (TokenKind.SIGN, _SIGN),
)
