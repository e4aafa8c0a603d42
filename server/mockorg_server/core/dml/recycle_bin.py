"""The recycle bin: what a delete took along and cleared, so that undelete can bring it back, and what left the bin.

A deleted record is a row whose IsDeleted is true; it stays one when the bin is emptied, as queryAll() and getDeleted()
still tell of it (SOAP API guide, emptyRecycleBin()). Only what no row tells is kept beside: one small text per delete
that touched other records, one per record that left the bin.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import ClassVar, Final

from mockorg_server.core.clock import instant_of
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.deed import Deed, Errors
from mockorg_server.core.dml.default import ON_UPDATE, system_values
from mockorg_server.core.dml.save import stored_record
from mockorg_server.core.dml.total import settle, stored_places
from mockorg_server.core.dml.uniqueness import unique_errors
from mockorg_server.core.error import RowError
from mockorg_server.core.record import SaveResult
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value

KEPT: Final = timedelta(days=15)
"""How long a deleted record may be undeleted (SOAP API guide, emptyRecycleBin())."""

Place = tuple[str, str]
"""An sObject's name and a record's id."""

Cleared = tuple[str, str, str, str]
"""A reference that a delete cleared: sObject, id, field, and the id that stood in it."""

_NOT_IN_BIN = RowError("UNDELETE_FAILED", "Entity is not in the recycle bin")  # Salesforce's help, 000386040


def remember(context: CallContext, root: str, along: Sequence[Place], cleared: Sequence[Cleared]) -> None:
    """Keep what the delete of ``root`` took along, and the references that it cleared."""
    if along or cleared or context.reader.state(_removal(root)):
        context.writer.set_state(_removal(root), json.dumps({"along": list(along), "cleared": list(cleared)}))


def undeletion_of(context: CallContext, text: str) -> Undeletion | SaveResult:
    """Make the undelete of the record of an id in either form, or the result that refuses it."""
    found, error = _find_deleted(context, text)
    if found is None:
        return SaveResult(normalise_id(text), (error or _NOT_IN_BIN,))
    return Undeletion(*found)


class Undeletion(Deed):
    """A record that comes back from the bin, with what its delete took along and cleared."""

    operation: ClassVar = "undelete"
    _returning: Mapping[str, SObject] = MappingProxyType({})

    def begin(self, context: CallContext) -> Errors:
        """Read the record, where somebody hears of it."""
        if not self.sobject.undeletable:
            # Code and text recorded from a real org, which tells the id as well.
            return (RowError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "Entity type is not undeletable"),)
        if self.is_heard:
            self.after = {**stored_record(context, self.sobject, str(self.record_id)), "IsDeleted": False}
        return ()

    def check(self, context: CallContext) -> Errors:
        """Look whether the bin holds it still, and whether its unique values are free."""
        sobject, record_id = self.sobject, str(self.record_id)
        is_alive = bool(context.reader.get(sobject, [record_id], ["Id"]))  # it came along with one before it
        if is_alive or not _is_in_bin(context, sobject, record_id) or _went_along(context, sobject, record_id):
            return (_NOT_IN_BIN,)
        self._returning = _returning(context, sobject, record_id)
        errors: Errors = ()
        for each_id, each in self._returning.items():
            errors += unique_errors(context, each, each_id, _values(context, each, each_id))
        return errors

    def write(self, context: CallContext) -> None:
        """Bring it back."""
        _restore(context, str(self.record_id), self._returning)

    def result(self, errors: Errors) -> SaveResult:
        """Tell the id, of a record that stays deleted too."""
        return SaveResult(self.record_id, errors)


def lose(context: CallContext, record_id: str) -> None:
    """Let a deleted record never come back."""
    context.writer.set_state(_emptied(record_id), context.stamp)


def _returning(context: CallContext, sobject: SObject, record_id: str) -> Mapping[str, SObject]:
    """Give what comes back with a record, by id: itself, and what its delete took along and has its masters still."""
    removal = json.loads(context.reader.state(_removal(record_id)) or "{}")
    returning = {record_id: sobject}
    for each, each_id in _along(context, removal.get("along", ())):
        if not context.reader.state(_emptied(each_id)):
            returning[each_id] = each
    while True:
        lost = [key for key, each in returning.items() if key != record_id and _lacks(context, each, key, returning)]
        if not lost:
            return returning
        for each_id in lost:
            del returning[each_id]


def _lacks(context: CallContext, sobject: SObject, record_id: str, returning: Container[str]) -> bool:
    """Say whether a reference that cannot be cleared leads to a record that is deleted and does not come back."""
    return any(
        not field.nillable and parent_id not in returning and not context.reader.get(parent, [parent_id], ["Id"])
        for field, parent, parent_id in _parents(context, sobject, _values(context, sobject, record_id))
    )


def _restore(context: CallContext, record_id: str, returning: Mapping[str, SObject]) -> None:
    for each_id, each in returning.items():
        context.writer.update(each, each_id, {"IsDeleted": False, **system_values(context, each, ON_UPDATE)})
    for each_id, each in returning.items():
        _drop_lost_references(context, each, each_id)
    removal = json.loads(context.reader.state(_removal(record_id)) or "{}")
    _refer_again(context, removal.get("cleared", ()), returning)
    context.writer.set_state(_removal(record_id), "")
    settle(
        context,
        stored_places(context, ((each, each_id) for each_id, each in returning.items() if each_id != record_id)),
    )


def empty(context: CallContext, text: str) -> SaveResult:
    """Take a record out of the bin for good, with what its delete took along."""
    found, error = _find_deleted(context, text)
    if found is None:
        return SaveResult(normalise_id(text), (error or _NOT_IN_BIN_TO_EMPTY,))
    sobject, record_id = found
    if not _is_in_bin(context, sobject, record_id) or _went_along(context, sobject, record_id):
        return SaveResult(record_id, (_NOT_IN_BIN_TO_EMPTY,))
    removal = json.loads(context.reader.state(_removal(record_id)) or "{}")
    for each_id in (record_id, *(along_id for _, along_id in removal.get("along", ()))):
        lose(context, each_id)
    context.writer.set_state(_removal(record_id), "")
    return SaveResult(record_id)


# The code is that of an id that leads to nothing to work on; which one a real org gives here is not known (inferred).
_NOT_IN_BIN_TO_EMPTY = RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")


def _removal(record_id: str) -> str:
    return f"removal.{record_id}"


def _emptied(record_id: str) -> str:
    return f"emptied.{record_id}"


def _find_deleted(context: CallContext, text: str) -> tuple[tuple[SObject, str] | None, RowError | None]:
    """Give the deleted record of an id in either form, or the error of an id that is none."""
    record_id = normalise_id(text)
    if record_id is None:
        return None, RowError("MALFORMED_ID", f"bad id {text}")
    candidates = context.view.sobjects_by_prefix(record_id[:3])
    for sobject in candidates:
        if context.reader.get(sobject, [record_id], ["Id"], include_deleted=True):
            alive = context.reader.get(sobject, [record_id], ["Id"])
            return (None, None) if alive else ((sobject, record_id), None)
    return None, RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")


def _is_in_bin(context: CallContext, sobject: SObject, record_id: str) -> bool:
    if context.reader.state(_emptied(record_id)):
        return False
    stamps = [name for name in ("SystemModstamp", "LastModifiedDate", "CreatedDate") if sobject.field(name)]
    if not stamps:
        return True
    (stamp,) = context.reader.get(sobject, [record_id], stamps[:1], include_deleted=True)[record_id]
    return stamp is None or context.now - instant_of(str(stamp)) < KEPT


def _went_along(context: CallContext, sobject: SObject, record_id: str) -> bool:
    """Say whether a parent that takes such a record along is deleted itself."""
    values = _values(context, sobject, record_id)
    for field, parent, parent_id in _parents(context, sobject, values):
        relationship = context.org.save_profiles.of(parent).relationships.get((sobject.name, field.name))
        cascades = relationship is not None and relationship.cascade_delete
        if (cascades or not field.nillable) and not context.reader.get(parent, [parent_id], ["Id"]):
            return True
    return False


def _values(context: CallContext, sobject: SObject, record_id: str) -> dict[str, Value]:
    profile = context.org.save_profiles.of(sobject)
    names = [*profile.reference_names, *profile.unique_names]
    if not names:
        return {}
    row = context.reader.get(sobject, [record_id], names, include_deleted=True)[record_id]
    return dict(zip(names, row, strict=True))


def _parents(context: CallContext, sobject: SObject, values: dict[str, Value]) -> Iterator[tuple[Field, SObject, str]]:
    """Give the references of a record that lead to a record that there was, with it."""
    latest = context.org.schema.latest
    for name in context.org.save_profiles.of(sobject).reference_names:
        target_id = values.get(name)
        field = sobject.field(name)
        if field is None or field.type is not FieldType.REFERENCE or target_id is None:
            continue
        for parent in latest.sobjects_by_prefix(str(target_id)[:3]):
            if context.reader.get(parent, [str(target_id)], ["Id"], include_deleted=True):
                yield field, parent, str(target_id)


def _along(context: CallContext, places: Sequence[Place]) -> Iterator[tuple[SObject, str]]:
    for name, record_id in places:
        sobject = context.org.schema.latest.sobject(name)
        if sobject is not None and context.reader.get(sobject, [record_id], ["Id"], include_deleted=True):
            yield sobject, record_id


def _drop_lost_references(context: CallContext, sobject: SObject, record_id: str) -> None:
    """Clear the references of a restored record to records that were deleted meanwhile."""
    lost: dict[str, Value] = {}
    for field, parent, parent_id in _parents(context, sobject, _values(context, sobject, record_id)):
        if field.nillable and field.name != "MasterRecordId" and not context.reader.get(parent, [parent_id], ["Id"]):
            lost[field.name] = None
    if sobject.field("MasterRecordId") is not None:
        lost["MasterRecordId"] = None  # a record that a merge deleted is one of its own again
    if lost:
        context.writer.update(sobject, record_id, lost)


def _refer_again(context: CallContext, cleared: Sequence[Cleared], returning: Container[str]) -> None:
    """Set the references anew that the delete cleared and that lead nowhere else meanwhile."""
    for name, child_id, field_name, parent_id in cleared:
        sobject = context.org.schema.latest.sobject(name)
        row = context.reader.get(sobject, [child_id], [field_name]).get(child_id) if sobject is not None else None
        if sobject is not None and row is not None and row[0] is None and parent_id in returning:
            context.writer.update(sobject, child_id, {field_name: parent_id})
