"""Duplicate rules: how a save asks for them to be dealt with, and what they have found, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockorg._record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateRuleHeader:
    """How duplicate rules are to deal with a save.

    ``allow_save`` saves in spite of a rule that alerts, never of one that blocks. With ``include_record_details`` the
    records that were found come with fields, else with their Id alone. ``run_as_current_user`` has the rules find what
    the user may see and no more.
    """

    allow_save: bool = False
    include_record_details: bool = False
    run_as_current_user: bool = False

    def members(self) -> Mapping[str, str]:
        """Give the members as both wires name and write them."""
        values = {
            "allowSave": self.allow_save,
            "includeRecordDetails": self.include_record_details,
            "runAsCurrentUser": self.run_as_current_user,
        }
        return {name: "true" if value else "false" for name, value in values.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDiff:
    """How a compared field of both records stands: ``SAME``, ``DIFFERENT`` or ``NULL`` (both are blank)."""

    name: str
    difference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRecord:
    """A record that is like the one that was to be saved; ``record.type`` and ``record.id`` tell which."""

    record: Record
    match_confidence: float
    field_diffs: tuple[FieldDiff, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchResult:
    """What one matching rule, named by ``rule``, has found among the records of ``entity_type``."""

    entity_type: str
    match_engine: str
    rule: str
    size: int
    success: bool
    match_records: tuple[MatchRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateResult:
    """What the duplicate rule that refused a record has found; with ``allow_save`` the caller may insist."""

    allow_save: bool
    duplicate_rule: str
    duplicate_rule_entity_type: str
    error_message: str | None = None
    match_results: tuple[MatchResult, ...] = ()
