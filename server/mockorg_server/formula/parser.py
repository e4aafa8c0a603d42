"""Tokens to a tree.

The order of the operators is that of the grammar that Salesforce has published: ``*`` and ``/`` bind tighter than
``^``, a sign before an operand tightest of all; every binary operator leans to the left.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from mockorg_server.formula.error import FormulaError
from mockorg_server.formula.syntax import Apply, Literal, Name, Node
from mockorg_server.formula.token import Token, TokenKind, tokens_of

_LEVELS: Final = (
    ("||",),
    ("&&",),
    ("=", "==", "<>", "!="),
    ("<", ">", "<=", ">="),
    ("+", "-", "&"),
    ("^",),
    ("*", "/"),
)
_SAME: Final = {"==": "=", "!=": "<>", "&&": "AND", "||": "OR"}
_CONSTANTS: Final = {"TRUE": True, "FALSE": False, "NULL": None}
MAX_DEPTH: Final = 100
"""Levels of nesting (a guard of mockorg's own; the platform bounds the length of a formula instead)."""


def parse(text: str) -> Node:
    """Read a formula. Raises FormulaError."""
    return _Parser(text).formula()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(tokens_of(text))
        self._place = 0
        self._depth = 0

    def formula(self) -> Node:
        if len(self._tokens) == 1:
            raise FormulaError("Syntax error. The formula is empty", 1)
        node = self._level(0)
        if self._place < len(self._tokens) - 1:
            raise self._unexpected()
        return node

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._next
        self._place += 1
        return token

    def _is_sign(self, *signs: str) -> bool:
        return self._next.kind is TokenKind.SIGN and self._next.text in signs

    def _level(self, number: int) -> Node:
        if number == len(_LEVELS):
            return self._unary()
        node = self._level(number + 1)
        while self._is_sign(*_LEVELS[number]):
            sign = self._take()
            name = _SAME.get(sign.text, sign.text)
            node = Apply(name, (node, self._level(number + 1)), sign.position)
        return node

    def _unary(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormulaError("The formula is nested too deeply", self._next.position)
        if self._is_sign("-", "+", "!"):
            sign = self._take()
            name = {"-": "unary -", "+": "unary +", "!": "NOT"}[sign.text]
            node: Node = Apply(name, (self._unary(),), sign.position)
        elif self._next.kind is TokenKind.NAME and self._next.text.upper() == "NOT" and not self._opens():
            sign = self._take()
            node = Apply("NOT", (self._unary(),), sign.position)
        else:
            node = self._primary()
        self._depth -= 1
        return node

    def _opens(self) -> bool:
        following = self._tokens[self._place + 1]
        return following.kind is TokenKind.SIGN and following.text == "("

    def _primary(self) -> Node:
        token = self._take()
        if token.kind is TokenKind.NUMBER:
            return Literal(Decimal(token.text), token.position)
        if token.kind is TokenKind.TEXT:
            return Literal(token.text, token.position)
        if token.kind is TokenKind.NAME:
            return self._named(token)
        if token.kind is TokenKind.SIGN and token.text == "(":
            node = self._level(0)
            self._close()
            return node
        self._place -= 1
        raise self._unexpected()

    def _named(self, token: Token) -> Node:
        if self._is_sign("("):
            self._take()
            return Apply(token.text.upper(), self._arguments(), token.position)
        if token.text.upper() in _CONSTANTS:
            return Literal(_CONSTANTS[token.text.upper()], token.position)
        parts = tuple(token.text.split("."))
        if not all(parts):
            raise FormulaError(f"Syntax error. Found '{token.text}'", token.position)
        return Name(parts, token.position)

    def _arguments(self) -> tuple[Node, ...]:
        arguments: list[Node] = []
        if self._is_sign(")"):
            self._take()
            return ()
        while True:
            arguments.append(self._level(0))
            if not self._is_sign(","):
                self._close()
                return tuple(arguments)
            self._take()

    def _close(self) -> None:
        if not self._is_sign(")"):
            raise FormulaError(f"Syntax error. Missing ')'{self._found()}", self._next.position)
        self._take()

    def _found(self) -> str:
        return f", found '{self._next.text}'" if self._next.text else ""

    def _unexpected(self) -> FormulaError:
        shown = f"Found '{self._next.text}'" if self._next.text else "The formula ends too early"
        return FormulaError(f"Syntax error. {shown}", self._next.position)
