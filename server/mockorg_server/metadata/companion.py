"""What comes with an object of an org's own: its Share, History, Feed and ChangeEvent objects, and what can hang on it.

Companions are made after the standard ones of the catalogue. Which standard objects may point at a custom one, and
under which names, is that of recorded describes of custom objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from mockorg_server.metadata.facts import Facts
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.schema import Schema
from mockorg_server.schema.sobject import ChildRelationship, Field, SObject

Condition = Callable[[Facts, SObject], bool]


def _is_shared(facts: Facts, _sobject: SObject) -> bool:
    return facts.text("sharingModel") in {"Private", "Read", "ReadSelect"}


def _has_history(facts: Facts, _sobject: SObject) -> bool:
    return facts.flag("enableHistory")


def _has_feed(facts: Facts, _sobject: SObject) -> bool:
    return facts.flag("enableFeeds")


def _has_activities(facts: Facts, _sobject: SObject) -> bool:
    return facts.flag("enableActivities")


def _always(_facts: Facts, _sobject: SObject) -> bool:
    return True


class _Companion(NamedTuple):
    """A family: its ending, the standard object that shows its form, how ids begin, and its name as children."""

    ending: str
    model: str
    parent_field: str
    id_prefix: str
    relationship: str
    condition: Condition


_COMPANIONS: Final = (
    _Companion("Share", "CaseShare", "CaseId", "02c", "Shares", _is_shared),
    _Companion("History", "ContractHistory", "ContractId", "017", "Histories", _has_history),
    _Companion("Feed", "AccountFeed", "ParentId", "0D5", "Feeds", _has_feed),
)
_RENAMED: Final = {"CaseAccessLevel": ("AccessLevel", "Access Level")}


class _Attached(NamedTuple):
    """A standard object whose reference may point at custom objects: the name of the children, and when."""

    sobject: str
    field: str
    relationship: str
    condition: Condition = _always
    cascade: bool = True


_ATTACHED: Final = (
    _Attached("ActivityHistory", "WhatId", "ActivityHistories", _has_activities),
    _Attached("AttachedContentDocument", "LinkedEntityId", "AttachedContentDocuments", cascade=False),
    _Attached("Attachment", "ParentId", "Attachments"),
    _Attached("CombinedAttachment", "ParentId", "CombinedAttachments"),
    _Attached("ContentDocumentLink", "LinkedEntityId", "ContentDocumentLinks"),
    _Attached("DuplicateRecordItem", "RecordId", "DuplicateRecordItems"),
    _Attached("EmailMessage", "RelatedToId", "Emails", _has_activities, cascade=False),
    _Attached("EntitySubscription", "ParentId", "FeedSubscriptionsForEntity", _has_feed),
    _Attached("Event", "WhatId", "Events", _has_activities),
    _Attached("Note", "ParentId", "Notes"),
    _Attached("NoteAndAttachment", "ParentId", "NotesAndAttachments"),
    _Attached("OpenActivity", "WhatId", "OpenActivities", _has_activities),
    _Attached("ProcessInstance", "TargetObjectId", "ProcessInstances"),
    _Attached("ProcessInstanceHistory", "TargetObjectId", "ProcessSteps"),
    _Attached("Task", "WhatId", "Tasks", _has_activities),
    _Attached("TopicAssignment", "EntityId", "TopicAssignments", cascade=False),
)


def attached_children(schema: Schema, facts: Facts, sobject: SObject) -> Iterator[ChildRelationship]:
    """Give the standard objects that may point at a custom object."""
    for each in _ATTACHED:
        child = schema.sobject(each.sobject) if each.condition(facts, sobject) else None
        if child is not None and child.field(each.field) is not None:
            yield ChildRelationship(
                child_sobject=child.name,
                field=each.field,
                relationship_name=each.relationship,
                cascade_delete=each.cascade,
            )


def companions_of(schema: Schema, facts: Facts, sobject: SObject) -> Iterator[tuple[SObject, ChildRelationship]]:
    """Give the companions of a custom object, each with the child relationship that it is on the object."""
    for each in _COMPANIONS:
        model = schema.sobject(each.model) if each.condition(facts, sobject) else None
        if model is not None:
            companion = _modelled(each, model, sobject)
            yield (
                companion,
                ChildRelationship(
                    child_sobject=companion.name,
                    field="ParentId",
                    relationship_name=each.relationship,
                    cascade_delete=True,
                ),
            )


def _modelled(companion: _Companion, model: SObject, sobject: SObject) -> SObject:
    label = f"{companion.ending}: {sobject.label}" if companion.ending != "Share" else f"Share: {sobject.label}"
    return replace(
        model,
        name=_companion_name(sobject.name, companion.ending),
        label=label,
        label_plural=label,
        key_prefix=None,
        id_prefix=companion.id_prefix,
        custom=True,
        associate_parent_entity=sobject.name,
        min_api_version=None,
        child_relationships=(),
        fields=tuple(_field(companion, each, sobject) for each in model.fields),
    )


def _field(companion: _Companion, field: Field, sobject: SObject) -> Field:
    if field.name == companion.parent_field:
        return replace(
            field,
            name="ParentId",
            label="Parent ID",
            reference_to=(sobject.name,),
            relationship_name="Parent",
            min_api_version=None,
        )
    name, label = _RENAMED.get(field.name, (field.name, field.label))
    return replace(field, name=name, label=label)


def _companion_name(name: str, ending: str) -> str:
    return f"{name.rpartition('__')[0]}__{ending}"


def change_event_of(sobject: SObject) -> SObject:
    """Give the change event of an object: what it tells of a change, and the object's own fields."""
    quiet = {"filterable": False, "sortable": False, "groupable": False, "aggregatable": False, "nillable": True}
    told = {"createable": False, "updateable": False, "unique": False, "id_lookup": False, "external_id": False}
    text = Field(name="ReplayId", label="Replay ID", type=FieldType.STRING, soap_type="xsd:string", length=1000,
                 byte_length=3000, nillable=True)  # fmt: skip
    header = Field(name="ChangeEventHeader", label="Change Event Header", type=FieldType.COMPLEXVALUE,
                   soap_type="urn:JunctionIdListNames")  # fmt: skip
    hidden = {"Id", "IsDeleted", "SystemModstamp", "LastViewedDate", "LastReferencedDate", "LastActivityDate"}
    own = tuple(replace(each, **quiet, **told) for each in sobject.fields if each.name not in hidden)  # type: ignore[arg-type]
    key = next(each for each in sobject.fields if each.type is FieldType.ID)
    return SObject(
        name=_companion_name(sobject.name, "ChangeEvent") if sobject.custom else f"{sobject.name}ChangeEvent",
        label=f"Change Event: {sobject.label}",
        label_plural=f"Change Event: {sobject.label}",
        key_prefix=None,
        id_prefix="Zzz",
        custom=sobject.custom,
        triggerable=True,
        retrieveable=True,
        associate_entity_type="ChangeEvent",
        associate_parent_entity=sobject.name,
        fields=(replace(key, label="Change Event ID", **quiet), text, header, *own),  # type: ignore[arg-type]
    )
