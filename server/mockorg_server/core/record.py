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
class MergeRequest:
    """One merge: ``master`` names the record that stays by its id and the fields to be set; the others go."""

    master: InputRecord
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadConvert:
    """How one lead is to be converted. None = not given."""

    lead_id: str
    converted_status: str
    account_id: str | None = None
    contact_id: str | None = None
    opportunity_id: str | None = None
    opportunity_name: str | None = None
    owner_id: str | None = None
    do_not_create_opportunity: bool = False
    overwrite_lead_source: bool = False
    send_notification_email: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeResult:
    """What became of one merge: the record that stays, those that went, and the records that lead to it now."""

    id: str | None = None
    merged_record_ids: tuple[str, ...] = ()
    updated_related_ids: tuple[str, ...] = ()
    errors: tuple[RowError, ...] = ()

    @property
    def success(self) -> bool:
        """True when the records were merged."""
        return not self.errors


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadConvertResult:
    """What one lead became; ids are None where there is no such record, or nothing was done."""

    lead_id: str | None = None
    account_id: str | None = None
    contact_id: str | None = None
    opportunity_id: str | None = None
    errors: tuple[RowError, ...] = ()

    @property
    def success(self) -> bool:
        """True when the lead was converted."""
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
