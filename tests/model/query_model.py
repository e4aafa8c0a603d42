"""Queries as values, their text, and what they mean: filters and sorts over plain rows."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .fact import BOOLEAN, DATE, DATETIME, EMAIL, FACTS, ID, INT, NUMBER, PICKLIST, REFERENCE, TEXT, FieldFact

Row = Mapping[str, Any]
Rows = Mapping[str, Mapping[str, Row]]
QUOTED = (TEXT, EMAIL, PICKLIST, ID, REFERENCE)
FOLDED = (TEXT, EMAIL, PICKLIST)


def fold(text: str) -> str:
    """Give the text as it compares: upper case, character for character."""
    upper = ((letter, letter.upper()) for letter in unicodedata.normalize("NFC", text))
    return "".join(capital if len(capital) == 1 else letter for letter, capital in upper)


@dataclass(frozen=True)
class Pattern:
    """A LIKE pattern: letters, and None for ``%``, '' for ``_``."""

    parts: tuple[str | None, ...]

    @property
    def text(self) -> str:
        escaped = {"%": "\\%", "_": "\\_", "\\": "\\\\", "'": "\\'"}
        return "'" + "".join("%" if p is None else "_" if p == "" else escaped.get(p, p) for p in self.parts) + "'"

    def matches(self, value: str) -> bool:
        parts = (".*" if p is None else "." if p == "" else re.escape(fold(p)) for p in self.parts)
        return re.fullmatch("".join(parts), fold(value), re.DOTALL) is not None


@dataclass(frozen=True)
class Day:
    """A date literal that is one day: ``TODAY`` and its like, days from today."""

    text: str
    days: int


@dataclass(frozen=True)
class Test:
    """A comparison. ``path`` is a field, or a parent's; ``operator`` is SOQL's; ``value`` a list for (NOT) IN."""

    path: str
    operator: str
    value: Any


@dataclass(frozen=True)
class Combined:
    """``AND``, ``OR`` over conditions, or ``NOT`` of one."""

    word: str
    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Query:
    """A query. ``select`` None = ``COUNT()``; ``order`` is of (path, descending, nulls: '', 'FIRST' or 'LAST')."""

    sobject: str
    select: tuple[str, ...] | None
    where: Any = None
    order: tuple[tuple[str, bool, str], ...] = ()
    limit: int | None = None
    offset: int | None = None

    @property
    def counts(self) -> bool:
        return self.select is None

    @property
    def text(self) -> str:
        text = f"SELECT {'COUNT()' if self.select is None else ', '.join(self.select)} FROM {self.sobject}"
        if self.where is not None:
            text += f" WHERE {condition_text(self.sobject, self.where)}"
        if self.order:
            keys = (f"{path}{' DESC' * down}{nulls and f' NULLS {nulls}'}" for path, down, nulls in self.order)
            text += f" ORDER BY {', '.join(keys)}"
        text += "" if self.limit is None else f" LIMIT {self.limit}"
        return text + ("" if self.offset is None else f" OFFSET {self.offset}")


def fact_of(sobject: str, path: str) -> FieldFact:
    """Give the fact of a field that a path leads to."""
    relationship, _, name = path.rpartition(".")
    fact = FACTS[sobject]
    if relationship:
        fact = FACTS[fact.fields[fact.parents[relationship]].to]
    return fact.fields[name]


def literal_text(fact: FieldFact, value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, (Pattern, Day)):
        return value.text
    if fact.kind in QUOTED:
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if fact.kind == BOOLEAN:
        return "true" if value else "false"
    return f"{value:.1f}" if fact.kind == NUMBER else str(value)  # SOQL knows no 1e+18


def condition_text(sobject: str, condition: Any) -> str:
    if isinstance(condition, Combined):
        parts = [f"({condition_text(sobject, part)})" for part in condition.parts]
        return f"NOT {parts[0]}" if condition.word == "NOT" else f" {condition.word} ".join(parts)
    fact = fact_of(sobject, condition.path)
    if isinstance(condition.value, tuple):
        listed = ", ".join(literal_text(fact, value) for value in condition.value)
        return f"{condition.path} {condition.operator} ({listed})"
    return f"{condition.path} {condition.operator} {literal_text(fact, condition.value)}"


def run_query(query: Query, rows: Rows, include_deleted: bool, now: datetime) -> list[dict[str, Any]]:
    """Give the rows of the answer."""
    found = [row for row in rows[query.sobject].values() if include_deleted or not row["IsDeleted"]]
    found = [row for row in found if query.where is None or _holds(query, query.where, row, rows, now)]
    found.sort(key=lambda row: row["Id"])
    for path, descending, nulls in reversed(query.order):
        keyed = [(_sort_key(query, path, row, rows), row) for row in found]
        nothing = [row for key, row in keyed if key is None]
        something = [pair for pair in keyed if pair[0] is not None]
        something.sort(key=lambda pair: pair[0], reverse=descending)  # equal ones keep their order either way
        plain = [row for _, row in something]
        last = (
            nulls == "LAST" and fact_of(query.sobject, path).kind != REFERENCE
        )  # it has no effect there (SOQL reference)
        found = plain + nothing if last else nothing + plain
    start = query.offset or 0
    found = found[start : None if query.limit is None else start + query.limit]
    return [_selected(query, row, rows) for row in found]


def _value(query: Query, path: str, row: Row, rows: Rows) -> Any:
    relationship, _, name = path.rpartition(".")
    parent = _parent(query.sobject, relationship, row, rows) if relationship else row
    value = None if parent is None else parent[name]
    return bool(value) if fact_of(query.sobject, path).kind == BOOLEAN else value


def _parent(sobject: str, relationship: str, row: Row, rows: Rows) -> Row | None:
    reference = FACTS[sobject].parents[relationship]
    return rows[FACTS[sobject].fields[reference].to].get(row[reference] or "")


def _selected(query: Query, row: Row, rows: Rows) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for path in query.select or ():
        relationship, _, name = path.rpartition(".")
        if not relationship:
            answer[name] = row[name]
            continue
        parent = _parent(query.sobject, relationship, row, rows)
        if parent is None:
            answer[relationship] = None
        else:
            answer.setdefault(relationship, {})[name] = parent[name]
    return answer


def _sort_key(query: Query, path: str, row: Row, rows: Rows) -> Any:
    value, fact = _value(query, path, row, rows), fact_of(query.sobject, path)
    if value is None:
        return None
    if fact.kind == PICKLIST:
        places = {fold(choice): place for place, choice in enumerate(fact.choices)}
        return places.get(fold(value), len(places)), fold(value)
    return fold(value) if fact.kind in FOLDED else value


def _holds(query: Query, condition: Any, row: Row, rows: Rows, now: datetime) -> bool:
    if isinstance(condition, Combined):
        parts = (_holds(query, part, row, rows, now) for part in condition.parts)
        return {"AND": all, "OR": any, "NOT": lambda values: not any(values)}[condition.word](parts)
    value, fact = _value(query, condition.path, row, rows), fact_of(query.sobject, condition.path)
    return OPERATORS[condition.operator](Comparable(fact, now), value, condition.value)


@dataclass(frozen=True)
class Comparable:
    """How the values of a field compare with literals."""

    fact: FieldFact
    now: datetime

    def equal(self, value: Any, literal: Any) -> bool:
        if literal is None or literal == "":
            return not value if self.fact.kind == BOOLEAN else value is None
        return value is not None and self.compare(value, literal) == 0

    def compare(self, value: Any, literal: Any) -> int:
        """Give -1, 0 or 1: before, equal or inside, after."""
        if isinstance(literal, Day):
            day = (self.now + timedelta(days=literal.days)).date().isoformat()
            return _sign(value[:10], day)
        if self.fact.kind in FOLDED:
            return _sign(fold(value), fold(literal))
        if self.fact.kind == DATETIME:
            return _sign(datetime.fromisoformat(value), datetime.fromisoformat(literal))
        if self.fact.kind in (INT, NUMBER, DATE, BOOLEAN):
            return _sign(value, literal)
        return _sign(value[:15], literal[:15])

    def ordered(self, value: Any, literal: Any, allowed: tuple[int, ...]) -> bool:
        return value is not None and self.compare(value, literal) in allowed


def _sign(one: Any, other: Any) -> int:
    return (one > other) - (one < other)


OPERATORS: dict[str, Callable[[Comparable, Any, Any], bool]] = {
    "=": lambda by, value, literal: by.equal(value, literal),
    "!=": lambda by, value, literal: not by.equal(value, literal),
    "<": lambda by, value, literal: by.ordered(value, literal, (-1,)),
    "<=": lambda by, value, literal: by.ordered(value, literal, (-1, 0)),
    ">": lambda by, value, literal: by.ordered(value, literal, (1,)),
    ">=": lambda by, value, literal: by.ordered(value, literal, (0, 1)),
    "LIKE": lambda _by, value, literal: value is not None and literal.matches(value),
    "IN": lambda by, value, literals: any(by.equal(value, literal) for literal in literals),
    "NOT IN": lambda by, value, literals: not any(by.equal(value, literal) for literal in literals),
}
