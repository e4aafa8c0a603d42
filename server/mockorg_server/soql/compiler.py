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
from mockorg_server.soql.parameter import FromLiteral, Parameter, Timed
from mockorg_server.soql.parser import parse_tokens
from mockorg_server.soql.plan import Plan
from mockorg_server.soql.scope import View
from mockorg_server.soql.token import LAST_LITERAL, Skeleton, Token, skeleton, tokenise

MAX_LENGTH = 100_000  # characters of a query (app limits, SOQL)
SHAPES = 2_000  # how many shapes are kept
SHAPES_LENGTH = 500_000  # characters of their skeletons together: a plan takes some 50 times as many bytes


class Views(Protocol):
    """What the compiler asks of a schema: a view per API version."""

    def view(self, version: int) -> View:
        """Give the schema as callers of one API version see it."""


@dataclass(frozen=True, slots=True)
class BoundQuery:
    """A plan and the literal values of one text."""

    plan: Plan
    _values: tuple[Value, ...]
    _timed: Mapping[int, Timed]

    def parameters(self, moment: Moment) -> tuple[Value, ...]:
        """Give the plan's parameters; what depends on the moment is taken from it."""
        if not self._timed:
            return self._values
        values = list(self._values)
        for number, item in self._timed.items():
            count = values[number]
            values[number] = item.at(moment, count if isinstance(count, int) else 0)
        return tuple(values)


@dataclass(frozen=True, slots=True)
class _Shape:
    plan: Plan
    parameters: tuple[Parameter, ...]
    checks: tuple[FromLiteral, ...]
    timed: Mapping[int, Timed]
    literal_count: int

    def bound(self, literals: list[Token]) -> BoundQuery:
        for check in self.checks:
            check.value(literals)
        values = tuple([parameter.value(literals) for parameter in self.parameters])
        return BoundQuery(self.plan, values, self.timed)


class QueryCompiler:
    """Compiles SOQL for one org's schema. Safe under threads; keeps the plans of the most recent shapes."""

    def __init__(self, schema: Views, shapes: int = SHAPES) -> None:
        self._schema = schema
        self._limit = shapes
        self._shapes: OrderedDict[tuple[str, int], _Shape] = OrderedDict()
        self._length = 0  # of their skeletons together
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
        shape = self._keep(key, shape)
        return bound if shape.plan is bound.plan else shape.bound(seen.literals)

    def _keep(self, key: tuple[str, int], shape: _Shape) -> _Shape:
        """Keep a new shape and drop the oldest; when another thread was faster, give the one that it kept."""
        with self._lock:
            known = self._shapes.get(key)
            if known is not None:
                return known
            self._shapes[key] = shape
            self._length += len(key[0])
            while len(self._shapes) > self._limit or self._length > SHAPES_LENGTH:
                (dropped, _), _ = self._shapes.popitem(last=False)
                self._length -= len(dropped)
            return shape

    def _bind(self, text: str, version: int, seen: Skeleton) -> tuple[_Shape, BoundQuery]:
        tokens = tokenise(text)
        literals = [token for token in tokens if token.kind <= LAST_LITERAL]
        binding = bind(parse_tokens(text, tokens), text, self._schema.view(version))
        if [token.start for token in literals] != [token.start for token in seen.literals]:
            raise AssertionError(f"skeleton and tokens disagree: {text!r}")
        items = binding.parameters
        shape = _Shape(binding.plan, tuple(items.parameters), tuple(items.checks), items.timed(), len(literals))
        for item in (*shape.checks, *shape.parameters):
            try:
                item.value(literals)
            except LiteralError as error:
                raise positioned(error.code, error.message, text, item.position) from None
        return shape, shape.bound(literals)
