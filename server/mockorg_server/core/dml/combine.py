"""Merging records: what led to the losers leads to the master, and the losers are deleted with MasterRecordId set.

Any sObject with the field MasterRecordId can be merged (Account, Contact, Lead, Case, Individual). Rules: SOAP API
guide, merge(). Which code a real org gives for a merge of other sObjects or of strangers is not known; those here are
the StatusCodes made for it (inferred).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml import removal, save
from mockorg_server.core.dml.chunk import carry_out
from mockorg_server.core.dml.deed import Errors
from mockorg_server.core.dml.default import ON_UPDATE, system_values
from mockorg_server.core.dml.draft import Change, Draft, draft_of
from mockorg_server.core.dml.removal import Deletion
from mockorg_server.core.dml.total import catch_up
from mockorg_server.core.error import RowError
from mockorg_server.core.record import MergeRequest, MergeResult
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import SObject

MOST_LOSERS = 2
MASTER = "MasterRecordId"
_ALL_CHILDREN = 1_000_000_000


class _Refused(Exception):
    """Undoes a merge that was begun."""

    def __init__(self, *errors: RowError) -> None:
        super().__init__(errors)
        self.errors = errors


def merge(context: CallContext, request: MergeRequest, allow_truncation: bool) -> MergeResult:
    """Carry one merge out, all or nothing. Raises OrgError for a type or field that the schema does not know."""
    draft = draft_of(context, request.master, Change.UPDATE, allow_truncation)
    try:
        with context.writer.savepoint():
            return _merge(context, draft, request.ids)
    except _Refused as refused:
        return MergeResult(id=normalise_id(request.master.id or ""), errors=refused.errors)


def _merge(context: CallContext, draft: Draft, ids: Sequence[str]) -> MergeResult:
    sobject = draft.sobject
    if sobject.field(MASTER) is None:
        raise _Refused(RowError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "Entity type is not mergeable"))
    if not 1 <= len(ids) <= MOST_LOSERS:
        raise _Refused(RowError("INVALID_MERGE_RECORD", f"a merge takes one to {MOST_LOSERS} records into its master"))
    master = _existing(context, sobject, draft.id)
    losers = [_existing(context, sobject, text) for text in ids]
    if len({master, *losers}) != 1 + len(losers):
        raise _Refused(RowError("INVALID_MERGE_RECORD", "the records of a merge must differ from one another"))
    deletions = [_Absorption(sobject, loser, master, (master, *losers)) for loser in losers]
    for result in (*carry_out(context, deletions, all_or_none=True), save.update(context, replace(draft, id=master))):
        if result.errors:
            raise _Refused(*result.errors)
    related = dict.fromkeys(record_id for deletion in deletions for record_id in deletion.related)
    return MergeResult(id=master, merged_record_ids=tuple(losers), updated_related_ids=tuple(related))


class _Absorption(Deletion):
    """The delete of a loser: hooks hear of it before what led to it leads to the master, and after with MasterRecordId.

    (Apex guide, triggers and merge statements.) ``related`` are the ids of the records that led to it.
    """

    def __init__(self, sobject: SObject, loser: str, master: str, merged: Sequence[str]) -> None:
        super().__init__(sobject, loser)
        self.related: list[str] = []
        self._master = master
        self._merged = merged

    def check(self, context: CallContext) -> Errors:
        """Find nothing: what would keep the loser leads to the master by the time it goes."""
        return ()

    def write(self, context: CallContext) -> None:
        """Lead all to the master, then remove the loser."""
        loser = str(self.record_id)
        self.related = list(_lead_to_master(context, self.sobject, loser, self._master, self._merged))
        super().check(context)
        super().write(context)
        context.writer.update(self.sobject, loser, {MASTER: self._master})
        latest = context.org.schema.latest
        catch_up(context, ((kin, each) for each in self.related for kin in latest.sobjects_by_prefix(each[:3])))
        if self.before is not None:
            self.before = {**self.before, MASTER: self._master}


def _existing(context: CallContext, sobject: SObject, text: str | None) -> str:
    record_id, errors = save.existing_id(context, sobject, text)
    if record_id is None:
        raise _Refused(*errors)
    return record_id


def _lead_to_master(
    context: CallContext, sobject: SObject, loser: str, master: str, merged: Sequence[str]
) -> Iterator[str]:
    """Point every reference to a loser at the master; give the ids of the records that were changed."""
    for child, reference, _ in list(removal.references(context, sobject)):
        if child.name == sobject.name and reference.name == MASTER:
            continue  # tells of merges before
        for child_id in context.reader.find(child, reference.name, loser, limit=_ALL_CHILDREN):
            if child.name == sobject.name and child_id in merged:
                # Kin among the merged: the master keeps no reference to one that goes, nor to itself.
                if child_id == master:
                    context.writer.update(child, child_id, {reference.name: None})
                continue
            stamps = system_values(context, child, ON_UPDATE)
            context.writer.update(child, child_id, {reference.name: master, **stamps})
            yield child_id
