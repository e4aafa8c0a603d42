"""A place in a list of tokens: looking, stepping, insisting, and saying what is wrong here."""

from __future__ import annotations

from typing import NoReturn

from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.excerpt import positioned, unexpected
from mockorg_server.soql.token import LAST_LITERAL, Kind, Token

# Words that cannot stand alone as a name; as one element of a dotted path they can (SOQL reference, real grammar).
RESERVED = frozenset(
    {
        "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "INCLUDES", "EXCLUDES", "BY", "HAVING", "LIMIT",
        "ASC", "DESC", "NULLS", "FIRST", "LAST", "NULL", "TRUE", "FALSE", "WITH", "USING", "FOR", "UPDATE", "ELSE",
        "ROLLUP", "CUBE", "BIND", "LOOKUP", "HIERARCHICAL", "AS",
    }
)  # fmt: skip

# Nesting of parentheses, functions and subqueries: a guard against hostile input, far above real queries.
MAX_DEPTH = 100


class Cursor:
    """Reads tokens one way only. ``token`` is the current one, ``literal_count`` how many literals are behind it.

    The list is used up on the way: a text of 100,000 characters has more in its tokens than in its syntax tree, and so
    they are never in memory together.
    """

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self._text = text
        tokens.reverse()
        self._left = tokens
        self._depth = 0
        self.literal_count = 0
        self.token = tokens[-1]

    def advance(self) -> Token:
        """Step over the current token and give it."""
        token = self._left.pop()
        if token.kind <= LAST_LITERAL:
            self.literal_count += 1
        self.token = self._left[-1]
        return token

    def ahead(self, distance: int = 1) -> Token:
        """Give a token further on, or END."""
        return self._left[max(-1 - distance, -len(self._left))]

    def accept(self, upper: str) -> bool:
        """Step over the current token if it is this symbol or keyword."""
        token = self.token
        if token.upper == upper and (token.kind is Kind.WORD or token.kind is Kind.SYMBOL):
            self._left.pop()
            self.token = self._left[-1]
            return True
        return False

    def expect(self, upper: str) -> None:
        """Step over this symbol or keyword, or fail."""
        if not self.accept(upper):
            self.fail()

    def name(self) -> str:
        """Step over a bare name and give it as written, or fail."""
        if self.token.kind is not Kind.WORD or self.token.upper in RESERVED:
            self.fail()
        return self.advance().text

    def deepen(self) -> None:
        """Count one more level of nesting."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise SoqlError("QUERY_TOO_COMPLICATED", f"mockorg reads at most {MAX_DEPTH} levels of nesting in a query")

    def rise(self) -> None:
        """Count one level of nesting less."""
        self._depth -= 1

    def fail(self) -> NoReturn:
        """Refuse the current token."""
        token = self.token
        if token.kind is Kind.UNTERMINATED:
            line_start = self._text.rfind("\n") + 1
            line = self._text.count("\n") + 1
            where = f"line {line}:{len(self._text) - line_start}"
            raise SoqlError("MALFORMED_QUERY", f"{where} mismatched character '<EOF>' expecting '''")
        if token.text == ":":
            self.fail_with("Bind variables only allowed in Apex code")
        word = token.text[1:-1] if token.kind <= Kind.EMPTY_STRING else token.text
        raise unexpected(self._text, token.start, word)

    def fail_with(self, message: str) -> NoReturn:
        """Refuse the current token with a message of its own."""
        raise positioned("MALFORMED_QUERY", message, self._text, self.token.start)
