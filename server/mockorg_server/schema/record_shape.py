"""The shape of result records: how to read a flat row tuple as a record with parents and children.

A query yields one ``RecordShape`` and many plain row tuples. A wire compiles the shape once into a renderer and runs
each row through it: rows become bytes in one pass, with no dict per row in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.value import Value


@dataclass(frozen=True, slots=True)
class FieldMember:
    """A field (or aggregate) of a record: its wire name in describe casing, its type, its place in the row."""

    name: str
    type: FieldType
    index: int


@dataclass(frozen=True, slots=True)
class CompoundMember:
    """An address or location. Its parts are named as inside the value (``city``) and ordered as in ``MEMBERS``.

    It is null when every part is null (inferred; the object reference's sample code expects a null address). Members of
    ``schema.compound.MEMBERS`` without a part are null.
    """

    name: str
    type: FieldType
    parts: tuple[FieldMember, ...]


@dataclass(frozen=True, slots=True)
class ParentMember:
    """A parent record. It is null when ``row[id_index]`` (the parent's Id, always fetched) is None."""

    name: str
    shape: RecordShape
    id_index: int


@dataclass(frozen=True, slots=True)
class TypeofMember:
    """A polymorphic parent that is shown by its type: the first of ``branches`` that is not null, or else null."""

    name: str
    branches: tuple[ParentMember, ...]


@dataclass(frozen=True, slots=True)
class ChildrenMember:
    """A child subquery: ``row[index]`` is a ``ChildRows``, or None when there are no children."""

    name: str
    shape: RecordShape
    index: int


Member = FieldMember | CompoundMember | ParentMember | TypeofMember | ChildrenMember


@dataclass(frozen=True)
class RecordShape:
    """Type name of the records and their members in SELECT order.

    ``key_index`` is where the row holds the record's own Id whether selected or not (REST builds ``attributes.url``
    from it); None for AggregateResult. A selected Id is an ordinary ``FieldMember`` named ``Id`` as well.
    ``type_index`` is where the row holds the type name of a record whose type varies by row; ``sobject_name`` is then
    the pseudo-entity that it was queried as.
    """

    sobject_name: str
    members: tuple[Member, ...]
    key_index: int | None = 0
    type_index: int | None = None


@dataclass(slots=True)
class ChildRows:
    """The rows of one parent's child subquery. ``query_locator`` is set when ``rows`` is cut short of ``size``."""

    rows: Sequence[Row]
    size: int
    done: bool = True
    query_locator: str | None = None


Row = tuple["Value | ChildRows", ...]
