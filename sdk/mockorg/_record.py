"""Records as they are read, and the pages they come in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Union

from mockorg._value import FieldValue


class Record(Mapping[str, "RecordValue"]):
    """A record as it was read: an immutable mapping of names, in the platform's own case, to Python values.

    Members stand in the order of the query. A field holds the Python value of its type, a parent (``Account``) a
    ``Record`` or None, a child relationship (``Contacts``) a ``QueryResult``, empty when there are no children. A row
    of an aggregate query is a record too, of the type ``AggregateResult``, its members named by alias or ``expr0``.
    """

    __slots__ = ("_members", "type")

    type: str
    """The name of the sObject."""

    def __init__(self, type: str, members: Mapping[str, RecordValue]) -> None:  # noqa: A002 - the platform's word
        self.type = type
        self._members = members

    @property
    def id(self) -> str | None:
        """The record's Id (18 characters) where it was selected, else None."""
        value = self._members.get("Id")
        return value if isinstance(value, str) else None

    def __getitem__(self, name: str) -> RecordValue:
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Record) and other.type != self.type:
            return False
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]  # as for every mapping that compares by its members

    def __repr__(self) -> str:
        return f"Record({self.type!r}, {dict(self._members)!r})"


@dataclass(frozen=True, slots=True)
class QueryResult:
    """One page of a query, or of a child relationship; iterating it walks all pages.

    ``size`` counts the rows of the whole query on every page (of a COUNT() query, which has no rows, what it counted).
    ``records`` are those of this page. ``query_locator`` is None when ``done``. Iteration fetches each further page
    when it gets there, and afresh when it is done again; it raises what ``query_more`` raises. A result of size 0 is
    false.
    """

    size: int
    done: bool
    query_locator: str | None
    records: tuple[Record, ...]
    _fetch: Callable[[str], QueryResult] | None = field(default=None, repr=False, compare=False)

    def __iter__(self) -> Iterator[Record]:
        page = self
        while True:
            yield from page.records
            if page.done:
                return
            page = page._next()

    def __bool__(self) -> bool:
        return self.size > 0

    def _next(self) -> QueryResult:
        if self.query_locator is None or self._fetch is None:
            raise ValueError("this page is not the last one, and it has no way to the next")
        return self._fetch(self.query_locator)


RecordValue = Union[FieldValue, Record, QueryResult]  # noqa: UP007 - the classes above name it before it exists
"""What a member of a record may hold."""

EMPTY = QueryResult(size=0, done=True, query_locator=None, records=())
"""The children of a record that has none."""
