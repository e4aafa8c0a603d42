"""Text to a bound query, with the plans of known shapes kept.

A *shape* is a text without the values of its literals (``token.skeleton``), seen in one API version. The first query
of a shape is parsed and bound; the next only has its literals found and converted. Errors are never kept: their rows
and columns belong to one text.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from mockorg_server.schema.value import Value
from mockorg_server.soql.binder import bind
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.excerpt import positioned
from mockorg_server.soql.literal import LiteralError
from mockorg_server.soql.moment import Moment
from mockorg_server.soql.parameter import FromLiteral, FromRange, Parameter
from mockorg_server.soql.parser import parse_tokens
from mockorg_server.soql.plan import Plan
from mockorg_server.soql.scope import View
from mockorg_server.soql.token import LAST_LITERAL, Skeleton, Token, skeleton, tokenise

MAX_LENGTH = 100_000  # characters of a query (app limits, SOQL)
SHAPES = 2_000  # how many shapes are kept


class Views(Protocol):
    """What the compiler asks of a schema: a view per API version."""

    def view(self, version: int) -> View:
        """Give the schema as callers of one API version see it."""


@dataclass(frozen=True, slots=True)
class BoundQuery:
    """A plan and the literal values of one text."""

    plan: Plan
    _values: tuple[Value, ...]
    _ranges: Mapping[int, FromRange]

    def parameters(self, moment: Moment) -> tuple[Value, ...]:
        """Give the plan's parameters; date literals are reckoned from the moment."""
        if not self._ranges:
            return self._values
        values = list(self._values)
        for number, item in self._ranges.items():
            count = values[number]
            values[number] = item.at(moment, count if isinstance(count, int) else 0)
        return tuple(values)


@dataclass(frozen=True, slots=True)
class _Shape:
    plan: Plan
    parameters: tuple[Parameter, ...]
    checks: tuple[FromLiteral, ...]
    ranges: Mapping[int, FromRange]
    literal_count: int

    def bound(self, literals: list[Token]) -> BoundQuery:
        for check in self.checks:
            check.value(literals)
        values = tuple([parameter.value(literals) for parameter in self.parameters])
        return BoundQuery(self.plan, values, self.ranges)


class QueryCompiler:
    """Compiles SOQL for one org's schema. Safe under threads; keeps the plans of the most recent shapes."""

    def __init__(self, schema: Views, shapes: int = SHAPES) -> None:
        self._schema = schema
        self._limit = shapes
        self._shapes: OrderedDict[tuple[str, int], _Shape] = OrderedDict()
        self._lock = threading.Lock()

    def compile(self, text: str, version: int) -> BoundQuery:
        """Compile a query as a caller of an API version sees the schema. Raises SoqlError."""
        if len(text) > MAX_LENGTH:
            raise SoqlError("MALFORMED_QUERY", f"SOQL statements cannot be longer than {MAX_LENGTH} characters.")
        seen = skeleton(text)
        key = (seen.key, version)
        with self._lock:
            shape = self._shapes.get(key)
            if shape is not None:
                self._shapes.move_to_end(key)
        if shape is not None and shape.literal_count == len(seen.literals):
            try:
                return shape.bound(seen.literals)
            except LiteralError:
                pass  # bind this text anew: that tells where in it the bad literal is
        shape, bound = self._bind(text, version, seen)
        with self._lock:
            shape = self._shapes.setdefault(key, shape)
            if len(self._shapes) > self._limit:
                self._shapes.popitem(last=False)
        return bound if shape.plan is bound.plan else shape.bound(seen.literals)

    def _bind(self, text: str, version: int, seen: Skeleton) -> tuple[_Shape, BoundQuery]:
        tokens = tokenise(text)
        binding = bind(parse_tokens(text, tokens), text, self._schema.view(version))
        literals = [token for token in tokens if token.kind <= LAST_LITERAL]
        if [token.start for token in literals] != [token.start for token in seen.literals]:
            raise AssertionError(f"skeleton and tokens disagree: {text!r}")
        items = binding.parameters
        shape = _Shape(binding.plan, tuple(items.parameters), tuple(items.checks), items.ranges(), len(literals))
        for item in (*shape.checks, *shape.parameters):
            try:
                item.value(literals)
            except LiteralError as error:
                raise positioned(error.code, error.message, text, item.position) from None
        return shape, shape.bound(literals)
