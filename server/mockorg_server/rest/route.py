"""The table of resources: a template, the handlers by method, since when, and how far it goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import unquote

from mockorg_server.rest.exchange import Answer, Request

Handler = Callable[[Request], Answer]

_PART: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Route:
    """A resource. ``template`` is relative to the version's address; ``{name}`` stands for one part of the path.

    ``scope`` tells users how far it goes, for the coverage page. Parts in lower case match in any case.
    """

    template: str
    handlers: Mapping[str, Handler]
    scope: str = ""
    since: int = 31

    @property
    def methods(self) -> list[str]:
        """The methods that are answered, HEAD among them where GET is."""
        return sorted({*self.handlers, *({"HEAD"} if "GET" in self.handlers else ())})

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The parts of the template."""
        return tuple(part for part in self.template.split("/") if part)

    @cached_property
    def _pattern(self) -> tuple[tuple[str, str], ...]:
        """The parts as they are compared: a name, '' for a literal, and the literal in lower case."""
        found = ((_PART.fullmatch(part), part.lower()) for part in self.parts)
        return tuple((name[1] if name else "", literal) for name, literal in found)

    @property
    def first(self) -> str | None:
        """The first part in lower case, '' where there is none; None for one that stands for any."""
        name, literal = self._pattern[0] if self.parts else ("", "")
        return None if name else literal

    def match(self, parts: list[str]) -> dict[str, str] | None:
        """Give the values of the template's parts in a path, None when it is another's."""
        if len(parts) != len(self.parts):
            return None
        values: dict[str, str] = {}
        for (name, literal), given in zip(self._pattern, parts, strict=True):
            if name:
                values[name] = given
            elif literal != given.lower():
                return None
        return values


class Routes:
    """All resources of the wire. The order counts: the first that fits answers."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        sorts: set[tuple[int, str | None]] = {(len(route.parts), route.first) for route in self.routes}
        self._by_sort = {
            (length, first): [each for each in self.routes if len(each.parts) == length and each.first in {first, None}]
            for length, first in sorts
        }

    def find(self, path: str, version: int) -> tuple[Route, dict[str, str]] | None:
        """Give the resource of a path below the version's address, and the values of its parts."""
        parts = [unquote(part) for part in path.split("/") if part]
        length, first = len(parts), parts[0].lower() if parts else ""
        for route in self._by_sort.get((length, first), self._by_sort.get((length, None), [])):
            if route.since <= version:
                values = route.match(parts)
                if values is not None:
                    return route, values
        return None
