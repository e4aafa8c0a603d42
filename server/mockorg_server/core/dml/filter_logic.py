"""Filter logic: ``1 AND (2 OR 3)``, by which numbered conditions are joined. Pure.

The words are the Metadata API's (``booleanFilter``); operators may be in any case.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(r"\s*(?:(\d{1,3})|(AND|OR|NOT)\b|([()]))", re.IGNORECASE)
_MAX_GROUPINGS: Final = 64


class FilterError(Exception):
    """A filter that cannot be asked; the message says what of it."""


@dataclass(frozen=True, slots=True)
class Logic:
    """A node: ``operator`` is ``and``, ``or``, ``not``, or ``''`` for the condition at place ``item`` (from 0)."""

    operator: str
    parts: tuple[Logic, ...] = ()
    item: int = 0

    def holds(self, ask: Callable[[int], bool]) -> bool:
        """Tell whether the whole holds; a condition is asked only where it matters."""
        if self.operator == "and":
            return all(part.holds(ask) for part in self.parts)
        if self.operator == "or":
            return any(part.holds(ask) for part in self.parts)
        if self.operator == "not":
            return not self.parts[0].holds(ask)
        return ask(self.item)

    def groupings(self) -> tuple[frozenset[int], ...]:
        """Give the sets of conditions of which one must hold whole. Raises FilterError for NOT, and for too many."""
        if self.operator == "not":
            raise FilterError("NOT in filter logic")
        if not self.operator:
            return (frozenset({self.item}),)
        found = self.parts[0].groupings()
        for part in self.parts[1:]:
            more = part.groupings()
            found = (*found, *more) if self.operator == "or" else tuple(a | b for a in found for b in more)
            if len(found) > _MAX_GROUPINGS:
                raise FilterError("filter logic of so many cases")
        return tuple(dict.fromkeys(found))


def read_logic(text: str | None, count: int) -> Logic:
    """Read filter logic over so many conditions; without a text, all must hold. Raises FilterError."""
    if not text:
        return Logic("and", tuple(Logic("", item=item) for item in range(count)))
    tokens, position = [], 0
    while text[position:].strip():
        found = _TOKEN.match(text, position)
        if found is None:
            raise FilterError(f"the filter logic {text!r}")
        tokens.append(found[0].strip().lower())
        position = found.end()
    reader = _Reader(tokens, count, text)
    logic = reader.any_of()
    if reader.tokens:
        raise FilterError(f"the filter logic {text!r}")
    return logic


class _Reader:
    def __init__(self, tokens: list[str], count: int, text: str) -> None:
        self.tokens = tokens
        self._count = count
        self._text = text

    def any_of(self) -> Logic:
        return self._joined("or", lambda: self._joined("and", self._one))

    def _joined(self, operator: str, read: Callable[[], Logic]) -> Logic:
        parts = [read()]
        while self.tokens and self.tokens[0] == operator:
            self.tokens.pop(0)
            parts.append(read())
        return parts[0] if len(parts) == 1 else Logic(operator, tuple(parts))

    def _one(self) -> Logic:
        word = self.tokens.pop(0) if self.tokens else ""
        if word == "not":
            return Logic("not", (self._one(),))
        if word == "(":
            inner = self.any_of()
            if self.tokens and self.tokens.pop(0) == ")":
                return inner
        elif word.isdigit() and 0 < int(word) <= self._count:
            return Logic("", item=int(word) - 1)
        raise FilterError(f"the filter logic {self._text!r}")
