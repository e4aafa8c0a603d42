"""Records on their way in and results on their way out, as every wire sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mockorg_server.core.error import RowError
from mockorg_server.schema.record_shape import RecordShape, Row
from mockorg_server.schema.value import Value


@dataclass(frozen=True, slots=True)
class ParentReference:
    """A reference given by the parent's external id instead of its Id: ``{"Account": {"type": …, "Ext__c": "x"}}``."""

    sobject: str | None
    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class InputRecord:
    """One record of create, update or upsert.

    ``type`` is as the caller wrote it ('' when missing). ``values`` maps field names, as the caller wrote them and in
    order, to neutral values (see ``schema/value.py``); a name that the schema does not know keeps its raw text, so
    that the core can refuse it. The Id is in ``id``, never in ``values``; ``id`` None = absent, nil or empty.
    ``references`` maps relationship names to parents named by external id.
    """

    type: str
    values: Mapping[str, Value]
    id: str | None = None
    fields_to_null: tuple[str, ...] = ()
    references: Mapping[str, ParentReference] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What became of one record. ``created`` is meaningful for upsert only. Success means ``errors`` is empty."""

    id: str | None
    errors: tuple[RowError, ...] = ()
    created: bool = False

    @property
    def success(self) -> bool:
        """True when the record was saved (or deleted)."""
        return not self.errors


@dataclass(frozen=True, slots=True)
class QueryResult:
    """A page of records. ``size`` is the total over all pages; ``query_locator`` is None on the last page."""

    shape: RecordShape | None
    rows: Sequence[Row]
    size: int
    done: bool
    query_locator: str | None = None


@dataclass(frozen=True, slots=True)
class RecordGroup:
    """The records of one object that a search found, in their order; never empty."""

    shape: RecordShape
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, in the order of its RETURNING clause, or of the objects' names without one."""

    groups: tuple[RecordGroup, ...]


@dataclass(frozen=True, slots=True)
class RetrieveResult:
    """Rows in the order of the ids asked for, None where a record is absent or deleted."""

    shape: RecordShape
    rows: Sequence[Row | None]
