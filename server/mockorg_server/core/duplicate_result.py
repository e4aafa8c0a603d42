"""What a duplicate rule has found, as every wire sees it; the names are those of the SOAP API's types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mockorg_server.schema.record_shape import RecordShape, Row

if TYPE_CHECKING:
    from mockorg_server.core.error import RowError


@dataclass(frozen=True, slots=True)
class DuplicateRuleHeader:
    """How a caller wants duplicate rules to deal with its save (DuplicateRuleHeader of the SOAP API).

    ``allow_save`` saves in spite of a rule that alerts; ``include_record_details`` asks for fields of the records that
    are like the saved one. ``run_as_current_user`` changes nothing here: this org hides no record from anybody.
    """

    allow_save: bool = False
    include_record_details: bool = False
    run_as_current_user: bool = False


NO_HEADER: Final = DuplicateRuleHeader()
"""What holds when the caller says nothing."""


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """How a field of both records compares: ``SAME``, ``DIFFERENT`` or ``NULL`` (both are blank)."""

    name: str
    difference: str


@dataclass(frozen=True, slots=True, eq=False)
class MatchRecord:
    """A record that is like the saved one: a row of ``shape``."""

    shape: RecordShape
    row: Row
    field_diffs: tuple[FieldDiff, ...] = ()
    match_confidence: float = 100.0


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What one matching rule has found: its name, its engine, and its object."""

    entity_type: str
    match_engine: str
    rule: str
    match_records: tuple[MatchRecord, ...]


@dataclass(frozen=True, slots=True)
class DuplicateResult:
    """What one duplicate rule has found."""

    allow_save: bool
    duplicate_rule: str
    duplicate_rule_entity_type: str
    error_message: str | None
    match_results: tuple[MatchResult, ...]


@dataclass(frozen=True, slots=True)
class FindDuplicatesResult:
    """What all rules have found for one record that is not saved; ``errors`` where it could not be asked about."""

    duplicate_results: tuple[DuplicateResult, ...]
    errors: tuple[RowError, ...] = ()
