"""Merging records: what led to the losers leads to the master, and the losers are deleted with MasterRecordId set.

Any sObject with the field MasterRecordId can be merged (Account, Contact, Lead, Case, Individual). Rules: SOAP API
guide, merge(). Which code a real org gives for a merge of other sObjects or of strangers is not known; those here are
the StatusCodes made for it (inferred).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml import removal, save
from mockorg_server.core.dml.default import ON_UPDATE, system_values
from mockorg_server.core.dml.draft import Change, Draft, draft_of
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
    related = _lead_to_master(context, sobject, master, losers)
    saved = save.update(context, replace(draft, id=master))
    if saved.errors:
        raise _Refused(*saved.errors)
    for loser in losers:
        deleted = removal.delete(context, loser)
        if deleted.errors:
            raise _Refused(*deleted.errors)
        context.writer.update(sobject, loser, {MASTER: master})
    return MergeResult(id=master, merged_record_ids=tuple(losers), updated_related_ids=related)


def _existing(context: CallContext, sobject: SObject, text: str | None) -> str:
    record_id, errors = save.existing_id(context, sobject, text)
    if record_id is None:
        raise _Refused(*errors)
    return record_id


def _lead_to_master(context: CallContext, sobject: SObject, master: str, losers: Sequence[str]) -> tuple[str, ...]:
    """Point every reference to a loser at the master; give the ids of the records that were changed."""
    changed: dict[str, None] = {}
    for child, reference, _ in list(removal.references(context, sobject)):
        if child.name == sobject.name and reference.name == MASTER:
            continue  # tells of merges before
        for loser in losers:
            for child_id in context.reader.find(child, reference.name, loser, limit=_ALL_CHILDREN):
                if child.name == sobject.name and child_id in (master, *losers):
                    # Kin among the merged: the master keeps no reference to one that goes, nor to itself.
                    if child_id == master:
                        context.writer.update(child, child_id, {reference.name: None})
                    continue
                stamps = system_values(context, child, ON_UPDATE)
                context.writer.update(child, child_id, {reference.name: master, **stamps})
                changed[child_id] = None
    return tuple(changed)
