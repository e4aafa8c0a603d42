"""Inserting and updating records: the two deeds that begin as drafts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, Self

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.chunk import carry_out_one
from mockorg_server.core.dml.copied_value import copy_on
from mockorg_server.core.dml.deed import Deed, Errors
from mockorg_server.core.dml.default import ON_UPDATE, name_by_id, system_values
from mockorg_server.core.dml.draft import Change, Draft, whole
from mockorg_server.core.dml.given import NOTHING_GIVEN
from mockorg_server.core.dml.rule import CHECKS, ENTRIES, errors_of, take_changes, write_refusal
from mockorg_server.core.error import OrgError, RowError
from mockorg_server.core.limit import MAX_DML_CHUNKS
from mockorg_server.core.record import SaveResult
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

if TYPE_CHECKING:
    from mockorg_server.core.org import Org


def hold_to_chunks(sobjects: Iterable[SObject]) -> None:
    """Refuse a call whose records change type too often, as a whole.

    Consecutive records of one type make a chunk; a call may hold ten (SOAP API guide, create()). The text is the one
    that Apex gives for the same limit (inferred for the API).
    """
    if sum(1 for _ in groupby(sobjects, key=lambda sobject: sobject.name)) > MAX_DML_CHUNKS:
        raise OrgError(
            "LIMIT_EXCEEDED",
            f"Cannot have more than {MAX_DML_CHUNKS} chunks in a single operation. "
            "Please rearrange the data to reduce chunking.",
        )


class _Save(Deed):
    """What inserts and updates share: a draft that the rules are asked about.

    ``roll_ups`` are those of the record as it was, where they have changed already.
    """

    def __init__(self, draft: Draft, roll_ups: Mapping[str, Value] | None = None) -> None:
        super().__init__(draft.sobject, draft.id if draft.change is Change.UPDATE else None)
        self.draft = draft
        self._roll_ups = roll_ups

    def fresh(self) -> Self:
        """Give a copy with a draft of its own, which rules and hooks write to."""
        made = super().fresh()
        draft = self.draft
        made.draft = replace(draft, values=dict(draft.values), errors=list(draft.errors), along=list(draft.along))
        return made

    def take(self, context: CallContext, changes: Mapping[str, Value]) -> Errors:
        """Take over what before hooks have changed."""
        errors = tuple(take_changes(context, self.draft, changes))
        self.after = whole(self.draft)
        return errors

    def check(self, context: CallContext) -> Errors:
        """Ask the rules that follow the before hooks."""
        return errors_of(context, self.draft, CHECKS)

    def follows(self) -> bool:
        """Tell whether a rule has put something off until the write."""
        return bool(self.draft.along)

    def follow(self, context: CallContext) -> Errors:
        """Do what rules have put off until the write."""
        for action in self.draft.along:
            errors = tuple(action(context, str(self.record_id)))
            if errors:
                return errors
        return ()


class Insert(_Save):
    """A record that is made."""

    operation: ClassVar = "insert"

    def begin(self, context: CallContext) -> Errors:
        """Ask the rules that come before the hooks, and fill defaults in."""
        errors = errors_of(context, self.draft, ENTRIES)
        if not errors and self.is_heard:
            self.after = whole(self.draft)
        return errors

    def write(self, context: CallContext) -> None:
        """Insert the record under a new Id."""
        values = self.draft.values
        known = values.get("Id")  # the platform may have promised it
        self.record_id = str(known) if known is not None else context.org.ids.next_id(self.sobject.id_prefix)
        values["Id"] = self.record_id
        name_by_id(self.sobject, values, self.record_id)
        context.writer.insert(self.sobject, values)
        context.inserted.add(self.record_id)
        if self.after is not None:
            self.after = values

    def result(self, errors: Errors) -> SaveResult:
        """Tell that the record was created."""
        return SaveResult(None, errors) if errors else SaveResult(self.record_id, created=True)


class Update(_Save):
    """A record whose Id the draft carries."""

    operation: ClassVar = "update"

    def begin(self, context: CallContext) -> Errors:
        """Find the record, and ask the rules that come before the hooks."""
        if not (self.sobject.updateable or self.draft.by_platform):
            return (write_refusal(context, self.sobject, self.draft.change.value),)
        record_id, errors = existing_id(context, self.sobject, self.draft.id)
        if record_id is None:
            return errors
        self.record_id = record_id
        rule = context.org.save_profiles.of(self.sobject).rule
        if self.is_heard or rule.needs_before or has_rules(context.org, self.sobject):
            self.draft.before = stored_record(context, self.sobject, record_id)
        errors = errors_of(context, self.draft, ENTRIES)
        if not errors and self.is_heard:
            self.before = with_roll_ups(context, self.sobject, record_id, self.draft.before or {}, self._roll_ups)
            self.after = whole(self.draft)
        return errors

    def write(self, context: CallContext) -> None:
        """Set the fields of the draft."""
        record_id = str(self.record_id)
        values = {**self.draft.values, **system_values(context, self.sobject, ON_UPDATE)}
        if "Name" in values:
            name_by_id(self.sobject, values, record_id)
        context.writer.update(self.sobject, record_id, values)
        copy_on(context, self.sobject, record_id, values)
        if self.after is not None:
            self.after = {**(self.draft.before or {}), **values}


def insert(context: CallContext, draft: Draft) -> SaveResult:
    """Insert a draft when the rules allow, as part of something that fails as a whole."""
    return carry_out_one(context, Insert(draft))


def update(context: CallContext, draft: Draft) -> SaveResult:
    """Update the record whose Id the draft carries when the rules allow, as part of something that fails as a whole."""
    return carry_out_one(context, Update(draft))


def unchanged(sobject: SObject, record_id: str, roll_ups: Mapping[str, Value]) -> Update:
    """Make the save of a record without a change of its own; ``roll_ups`` are those that have changed, as they were."""
    return Update(Draft(sobject, Change.UPDATE, {}, NOTHING_GIVEN, id=record_id), roll_ups)


def has_rules(org: Org, sobject: SObject) -> bool:
    """Tell whether the org's own schema has rules that are asked about whole records of an sObject."""
    return bool(org.rules.of(sobject) or org.rules.duplicates.of(sobject) or org.rules.lookups.of(sobject))


def stored_record(context: CallContext, sobject: SObject, record_id: str) -> Mapping[str, Value]:
    """Give the whole of a record that is there, deleted or not."""
    latest = context.org.save_profiles.of(sobject).latest
    names = context.org.save_profiles.of(latest).stored
    rows = context.reader.get(latest, [record_id], names, include_deleted=True)
    return dict(zip(names, rows[record_id], strict=True))


def with_roll_ups(
    context: CallContext,
    sobject: SObject,
    record_id: str,
    stored: Mapping[str, Value],
    known: Mapping[str, Value] | None = None,
) -> Mapping[str, Value]:
    """Give a stored record with its roll-up summaries as they are, or as they are ``known`` to have been."""
    latest = context.org.save_profiles.of(sobject).latest
    names = context.org.save_profiles.of(latest).roll_ups
    if not names:
        return stored
    row = context.reader.get(latest, [record_id], names, include_deleted=True)[record_id]
    return {**stored, **dict(zip(names, row, strict=True)), **(known or {})}


def existing_id(context: CallContext, sobject: SObject, text: str | None) -> tuple[str | None, Errors]:
    """Give the long form of an Id to be updated, or what is wrong with it."""
    if not text:
        return None, (RowError("MISSING_ARGUMENT", "Id not specified in an update call", ("Id",)),)
    record_id = normalise_id(text)
    if record_id is None:
        return None, (RowError("MALFORMED_ID", f"malformed id {text}", ("Id",)),)
    if record_id[:3] != sobject.id_prefix:
        return None, (RowError("MALFORMED_ID", f"{sobject.label} ID: id value of incorrect type: {text}", ("Id",)),)
    if context.reader.get(sobject, [record_id], ["Id"]):
        return record_id, ()
    if context.reader.get(sobject, [record_id], ["Id"], include_deleted=True):
        return None, (RowError("ENTITY_IS_DELETED", "entity is deleted"),)
    return None, (RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),)
