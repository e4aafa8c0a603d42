"""A parsed SOSL search: what to find, and what to return. Frozen values that know nothing of rows or schemas."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Extra(Enum):
    """What a search may ask for besides records. Each is for certain objects, see ``sosl_field.is_changed_by``."""

    HIGHLIGHT = "WITH HIGHLIGHT"
    SNIPPET = "WITH SNIPPET"
    STATISTICS = "UPDATE TRACKING and UPDATE VIEWSTAT"


class SearchGroup(Enum):
    """Which fields are searched: ``IN … FIELDS``."""

    ALL = "ALL"
    NAME = "NAME"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    SIDEBAR = "SIDEBAR"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow each other in one field; with ``prefix`` the last of them may go on.

    The text is as people write it: case, accents and punctuation do not count.
    """

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """One word with wildcards inside it: ``*`` is any number of characters, ``?`` exactly one."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """Terms with no operator between them: all must be found, in most objects (see ``sosl_field.any_word``)."""

    parts: tuple[Find, ...]


@dataclass(frozen=True, slots=True)
class Both:
    """All of the parts, each in any of the searched fields of the record."""

    parts: tuple[Find, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Any of the parts."""

    parts: tuple[Find, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The first, in records that do not have the second."""

    found: Find
    excluded: Find


Find = Phrase | Pattern | Words | Both | Either | Without


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the statement's text, as written; ``start`` is its offset there."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Returning:
    """One object of RETURNING. The pieces are SOQL, without their keywords; ``limit`` and ``offset`` count rows.

    ``recent``: only records that were viewed, as in the list view Recent.
    """

    sobject: Piece
    fields: Piece | None = None
    where: Piece | None = None
    order_by: Piece | None = None
    limit: int | None = None
    offset: int | None = None
    recent: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """A whole statement. ``returning`` None = every searchable object; ``limit`` holds over all objects.

    ``pricebook`` is the Id, in its quotes, of the only price book whose products count.
    """

    find: Find | None
    group: SearchGroup = SearchGroup.ALL
    returning: tuple[Returning, ...] | None = None
    limit: int | None = None
    extras: frozenset[Extra] = frozenset()
    pricebook: Piece | None = None
