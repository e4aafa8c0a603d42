"""Deleting records: into the recycle bin, with the children that go along.

Children whose relationship cascades are deleted too, and theirs; a relationship that restricts refuses the delete; any
other reference is cleared where it can be null, and refuses the delete where it cannot (SOAP API guide, delete();
describe's cascadeDelete and restrictedDelete; the last is inferred). No reference is left that leads nowhere.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml import recycle_bin
from mockorg_server.core.dml.deed import Deed, Errors
from mockorg_server.core.dml.default import ON_UPDATE, system_values
from mockorg_server.core.dml.rule import write_refusal
from mockorg_server.core.dml.save import stored_record, with_roll_ups
from mockorg_server.core.dml.total import settle, stored_places
from mockorg_server.core.error import RowError
from mockorg_server.core.record import SaveResult
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import ChildRelationship, Field, SObject

_ALL_CHILDREN = 1_000_000_000


def deletion_of(context: CallContext, text: str) -> Deletion | SaveResult:
    """Make the delete of the record of an id in either form, or the result that refuses it."""
    record_id = normalise_id(text)
    if record_id is None:
        return SaveResult(None, (RowError("MALFORMED_ID", f"bad id {text}"),))
    candidates = context.view.sobjects_by_prefix(record_id[:3])
    if not candidates:
        return SaveResult(None, (_NO_SUCH_RECORD,))
    refused = [sobject for sobject in candidates if not sobject.deletable]
    if len(refused) == len(candidates):
        return SaveResult(None, (write_refusal(context, refused[0], "deleted"),))
    alive = (each for each in candidates if each.deletable and context.reader.get(each, [record_id], ["Id"]))
    sobject = next(alive, None)
    if sobject is not None:
        return Deletion(sobject, record_id)
    if any(context.reader.get(each, [record_id], ["Id"], include_deleted=True) for each in candidates):
        return SaveResult(None, (_IS_DELETED,))
    return SaveResult(None, (_NO_SUCH_RECORD,))


_IS_DELETED: Final = RowError("ENTITY_IS_DELETED", "entity is deleted")
_NO_SUCH_RECORD: Final = RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")


class Deletion(Deed):
    """A record that goes. Hooks hear of it, not of those that go along (Apex guide, cascading deletes)."""

    operation: ClassVar = "delete"

    def __init__(self, sobject: SObject, record_id: str) -> None:
        super().__init__(sobject, record_id)
        self._removal = _Removal()

    def begin(self, context: CallContext) -> Errors:
        """Read the record, where somebody hears of it."""
        if self.is_heard:
            record_id = str(self.record_id)
            stored = stored_record(context, self.sobject, record_id)
            self.before = with_roll_ups(context, self.sobject, record_id, stored)
        return ()

    def check(self, context: CallContext) -> Errors:
        """Look whether it is still there, and what would keep it."""
        if not context.reader.get(self.sobject, [str(self.record_id)], ["Id"]):
            return (_IS_DELETED,)  # it went along with one before it
        kept = _kept(context, self.sobject, str(self.record_id))
        if kept is not None:
            return (kept,)
        self._removal = removal = _removal_of(context, self.sobject, str(self.record_id))
        restricting = next(
            (left.child for left in removal.left if left.restricts and left.record_id not in removal.doomed), None
        )
        if restricting is None:
            return ()
        return (
            RowError(
                "DELETE_FAILED",
                "Your attempt to delete this record could not be completed because it is associated with the "
                f"following {restricting.label_plural}.",  # the form of the text is from memory
            ),
        )

    def write(self, context: CallContext) -> None:
        """Remove it with those that go along."""
        _carry_out(context, str(self.record_id), self._removal)


def _kept(context: CallContext, sobject: SObject, record_id: str) -> RowError | None:
    """Give the refusal of a record whose state forbids its delete."""
    rule = context.org.save_profiles.of(sobject).rule
    names = list(rule.kept)
    row = context.reader.get(sobject, [record_id], names).get(record_id, ()) if names else ()
    held = ((rule.kept[name], value) for name, value in zip(names, row, strict=False))
    return next((RowError(code, text) for (kept, code, text), value in held if value == kept), None)


def _carry_out(context: CallContext, record_id: str, removal: _Removal) -> None:
    places = stored_places(context, ((doomed, each) for each, doomed in removal.doomed.items() if each != record_id))
    for doomed_id, doomed in removal.doomed.items():
        _remove(context, doomed, doomed_id)
    staying = [left for left in removal.left if left.record_id not in removal.doomed]
    for left in staying:
        context.writer.update(left.child, left.record_id, {left.field.name: None})
    along = [(doomed.name, doomed_id) for doomed_id, doomed in removal.doomed.items() if doomed_id != record_id]
    cleared = [(left.child.name, left.record_id, left.field.name, left.parent_id) for left in staying]
    recycle_bin.remember(context, record_id, along, cleared)
    for doomed_id, doomed in removal.doomed.items():
        _lose_shared_details(context, doomed, doomed_id, removal.doomed)
    settle(context, places)


@dataclass(frozen=True, slots=True)
class _Left:
    """A reference to a record that goes, from one that stays: it is cleared, or forbids the delete."""

    child: SObject
    record_id: str
    field: Field
    parent_id: str
    restricts: bool


@dataclass(frozen=True, slots=True)
class _Removal:
    """Everything that a delete would touch: what goes, by id, and the references to it that do not make others go."""

    doomed: dict[str, SObject] = field(default_factory=dict)
    left: list[_Left] = field(default_factory=list)


def _removal_of(context: CallContext, sobject: SObject, record_id: str) -> _Removal:
    removal = _Removal({record_id: sobject})
    waiting = [(sobject, record_id)]
    while waiting:
        parent, parent_id = waiting.pop()
        for child, reference, relationship in references(context, parent):
            cascades = relationship is not None and relationship.cascade_delete
            # A reference that can neither be cleared nor makes its record go along would lead nowhere.
            restricts = (relationship is not None and relationship.restricted_delete) or not reference.nillable
            for child_id in context.reader.find(child, reference.name, parent_id, limit=_ALL_CHILDREN):
                if not cascades:
                    removal.left.append(_Left(child, child_id, reference, parent_id, restricts))
                elif child_id not in removal.doomed:
                    removal.doomed[child_id] = child
                    waiting.append((child, child_id))
    return removal


def _remove(context: CallContext, sobject: SObject, record_id: str) -> None:
    if sobject.field("IsDeleted") is None:
        context.writer.purge(sobject, record_id)
    else:
        context.writer.update(sobject, record_id, {"IsDeleted": True, **system_values(context, sobject, ON_UPDATE)})


def _lose_shared_details(context: CallContext, sobject: SObject, record_id: str, doomed: Container[str]) -> None:
    """Let details in the bin never come back whose masters are both deleted now (help, "Object Relationships").

    Those that go in the same delete come back with it.
    """
    for child, reference, relationship in list(references(context, sobject)):
        if relationship is None or not relationship.cascade_delete or reference.nillable:
            continue
        masters = [each for each in child.fields if each.cascade_delete and not each.nillable]
        if len(masters) < 2:  # a detail of one master alone
            continue
        for child_id in context.reader.find(child, reference.name, record_id, True, _ALL_CHILDREN):
            if child_id not in doomed and _has_lost(context, child, child_id, masters):
                recycle_bin.lose(context, child_id)


def _has_lost(context: CallContext, child: SObject, child_id: str, masters: Sequence[Field]) -> bool:
    """Say whether a deleted detail has no living master."""
    names = [each.name for each in masters]
    row = context.reader.get(child, [child_id], ["IsDeleted", *names], include_deleted=True)[child_id]
    parents = zip(masters, row[1:], strict=True)
    return bool(row[0]) and not any(
        context.reader.get(parent, [str(parent_id)], ["Id"])
        for field, parent_id in parents
        for name in field.reference_to
        if (parent := context.org.schema.latest.sobject(name)) is not None
    )


def references(context: CallContext, sobject: SObject) -> Iterator[tuple[SObject, Field, ChildRelationship | None]]:
    """Give the references that may lead to such a record, in the sObjects that ever held one.

    With each, what describe tells of it: a few references have no child relationship.
    """
    # References are a fact of the org, not of the caller's API version.
    latest, profiles = context.org.schema.latest, context.org.save_profiles
    relationships = profiles.of(latest.sobject(sobject.name) or sobject).relationships
    for name in context.reader.holding.tables:
        child = latest.sobject(name)
        if child is not None:
            for reference in profiles.of(child).references_to.get(sobject.name, ()):
                yield child, reference, relationships.get((name, reference.name))
