"""Text to tokens: one regular expression, positions kept, no judgement.

Words are not yet keywords (SOQL has soft ones), and a character that begins no token becomes an UNKNOWN token, so
that the parser reports whichever mistake comes first in the text.

``skeleton`` is the quick look at a text: the text with each literal's value replaced by its kind. Texts with the same
skeleton have the same tokens but for the values, which is what the shape cache of the compiler rests on.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import NamedTuple


class Kind(IntEnum):
    """What a token is. The first seven are literals whose value is not part of a query's shape."""

    STRING = 1
    EMPTY_STRING = 2
    DATETIME = 3
    DATE = 4
    TIME = 5
    DECIMAL = 6
    INTEGER = 7
    WORD = 8
    SYMBOL = 9
    UNKNOWN = 10
    UNTERMINATED = 11
    END = 12


LAST_LITERAL = Kind.INTEGER


class Token(NamedTuple):
    """A token: its kind, its exact text, its 0-based offset, and its text in upper case (what keywords match on)."""

    kind: Kind
    text: str
    start: int
    upper: str


# Words first: they are the most frequent. The first form of a word is a currency literal with decimals (USD500.25);
# without decimals it is a plain word. A number does not begin inside a word or right after a dot or another number.
_TOKEN = re.compile(
    r"([A-Za-z]{3}\d+\.\d+|[A-Za-z]\w*)"
    r"|('(?:[^'\\\r\n]|\\.)+')"
    r"|('')"
    r"|((?<![\w.])\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d))"
    r"|((?<![\w.])\d{4}-\d\d-\d\d(?!\d))"
    r"|((?<![\w.])\d\d:\d\d:\d\d(?:\.\d+)?[Zz])"
    r"|((?<![\w.])\d*\.\d+)"
    r"|((?<![\w.])\d+)"
    r"|(<=|>=|<>|!=|[=<>(),.:+-])"
    r"|([^\s'])"
    r"|('(?:[^'\\\r\n]|\\.)*)",
    re.ASCII,
)
_KINDS = (
    Kind.END, Kind.WORD, Kind.STRING, Kind.EMPTY_STRING, Kind.DATETIME, Kind.DATE, Kind.TIME, Kind.DECIMAL,
    Kind.INTEGER, Kind.SYMBOL, Kind.UNKNOWN, Kind.UNTERMINATED,
)  # fmt: skip

# The same literals again, arranged so that the engine skips to the few characters that can begin one.
_SKELETON = re.compile(
    r"['0-9.](?:"
    r"(?<=')(?:((?:[^'\\\r\n]|\\.)+')|(')|(?:[^'\\\r\n]|\\.)*)"
    r"|(?<!')(?<![\w.].)(?:"
    r"((?<=\d)\d{3}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d))"
    r"|((?<=\d)\d{3}-\d\d-\d\d(?!\d))"
    r"|((?<=\d)\d:\d\d:\d\d(?:\.\d+)?[Zz])"
    r"|((?<=\.)\d+|(?<=\d)\d*\.\d+)"
    r"|((?<=\d)\d*)"
    r"))",
    re.ASCII,
)
_SKELETON_KINDS = (
    Kind.END, Kind.STRING, Kind.EMPTY_STRING, Kind.DATETIME, Kind.DATE, Kind.TIME, Kind.DECIMAL, Kind.INTEGER,
)  # fmt: skip
# The NUL makes a mark that no valid text contains outside a string.
_MARKS = tuple(f"\0{number}" for number in range(len(_SKELETON_KINDS)))


def tokenise(text: str) -> list[Token]:
    """Give the tokens of a text, an END token last. Never fails."""
    tokens = []
    words: dict[str, tuple[str, str]] = {}  # each word once: a text of 100,000 characters repeats most of its words
    for match in _TOKEN.finditer(text):
        group = match.lastindex or 0
        word = upper = match.group()
        if group == 1:
            word, upper = words.get(word) or words.setdefault(word, (word, word.upper()))
        tokens.append(Token(_KINDS[group], word, match.start(), upper))
    tokens.append(Token(Kind.END, "<EOF>", len(text), "<EOF>"))
    return tokens


class Skeleton(NamedTuple):
    """A text without the values of its literals, and those literals in order of appearance."""

    key: str
    literals: list[Token]


def skeleton(text: str) -> Skeleton:
    """Give the text's skeleton in one pass of the regular expression engine."""
    literals: list[Token] = []

    def mark(match: re.Match[str]) -> str:
        word = match.group()
        group = match.lastindex
        if group is None:  # a string without its end: keep its quote, which no valid text has in its skeleton
            return word
        literals.append(Token(_SKELETON_KINDS[group], word, match.start(), word))
        return _MARKS[group]

    return Skeleton(_SKELETON.sub(mark, text), literals)
