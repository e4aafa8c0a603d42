"""A record on its way into the org: its names resolved against the schema, its values not yet checked.

Names that the schema does not know refuse the whole call, not the row (recorded from a real org).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.given import Given, given_of
from mockorg_server.core.error import OrgError, RowError
from mockorg_server.core.record import InputRecord, ParentReference
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.schema import SchemaView
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value


class Change(Enum):
    """What a save does to the org."""

    INSERT = "inserted"
    UPDATE = "updated"


@dataclass(slots=True)
class Draft:
    """One record being saved.

    ``values`` maps describe names to neutral values and grows as rules fill in defaults; ``given`` are the fields that
    the caller named. ``id`` is the caller's text until the save has checked it. ``before`` is the whole record as it
    was, where a rule or a hook of an update needs it. ``along`` is what is done with the write, given the record's Id;
    errors undo it. ``by_platform`` marks a save that no client asked for: it writes what clients cannot.
    """

    sobject: SObject
    change: Change
    values: dict[str, Value]
    given: Given
    references: tuple[tuple[Field, ParentReference], ...] = ()
    id: str | None = None
    allow_truncation: bool = False
    errors: list[RowError] = field(default_factory=list)
    before: Mapping[str, Value] | None = None
    along: list[Callable[[CallContext, str], Iterable[RowError]]] = field(default_factory=list)
    by_platform: bool = False


def whole(draft: Draft) -> dict[str, Value]:
    """Give a draft's record as it will be."""
    values = {**(draft.before or {}), **draft.values}
    if draft.id:
        values["Id"] = normalise_id(draft.id)
    return values


def unknown_sobject(name: str) -> OrgError:
    """Make the refusal of an sObject name (recorded from a real org)."""
    return OrgError(
        "INVALID_TYPE",
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the "
        "'__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.",
    )


def require_sobject(view: SchemaView, name: str) -> SObject:
    """Give the sObject of that name in any case. Raises OrgError INVALID_TYPE."""
    if not name:
        raise OrgError("INVALID_TYPE", "Must send a concrete entity type.")
    sobject = view.sobject(name)
    if sobject is None:
        raise unknown_sobject(name)
    return sobject


def no_such_column(name: str, sobject: SObject) -> OrgError:
    """Make the refusal of a field name in a record (recorded from a real org)."""
    return OrgError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")


def draft_of(context: CallContext, record: InputRecord, change: Change, allow_truncation: bool) -> Draft:
    """Resolve a record's type and field names. Raises OrgError INVALID_TYPE or INVALID_FIELD."""
    sobject = require_sobject(context.view, record.type)
    shapes = context.org.draft_shapes
    named = (*record.values, *record.fields_to_null) if record.fields_to_null else tuple(record.values)
    shape = shapes.known.get((id(sobject), named)) or shapes.keep(sobject, named)
    values: dict[str, Value] = dict(zip(shape.names, record.values.values(), strict=False))
    draft = Draft(sobject, change, values, shape.given, (), record.id, allow_truncation)
    if record.fields_to_null:
        for known in shape.fields[len(record.values) :]:
            if values.get(known.name) is not None:
                draft.errors.append(_set_and_nulled(known))
            values[known.name] = None
    if record.references:
        named_parents = record.references.items()
        draft.references = tuple((_require_reference(sobject, name), parent) for name, parent in named_parents)
    return draft


@dataclass(frozen=True, slots=True)
class DraftShape:
    """What the names of a record stand for: a field for each of them in order, its name, and both as rules see them."""

    sobject: SObject
    fields: tuple[Field, ...]
    names: tuple[str, ...]
    given: Given


class DraftShapes:
    """The shapes of one org, by sObject and names; all records that name the same share one.

    Threads may at worst work a shape out twice. A shape keeps its sObject, so that no other can have its id().
    """

    MOST: Final = 2_000

    def __init__(self) -> None:
        self.known: dict[tuple[int, tuple[str, ...]], DraftShape] = {}

    def keep(self, sobject: SObject, names: tuple[str, ...]) -> DraftShape:
        """Work a shape out, for now and later. Raises OrgError INVALID_FIELD."""
        fields = tuple(_require_field(sobject, name) for name in names)
        if len(self.known) >= self.MOST:
            self.known.clear()
        shape = DraftShape(sobject, fields, tuple(field.name for field in fields), given_of(fields))
        return self.known.setdefault((id(sobject), names), shape)


def _require_field(sobject: SObject, name: str) -> Field:
    found = sobject.field(name)
    if found is None:
        raise no_such_column(name, sobject)
    return found


def _require_reference(sobject: SObject, relationship_name: str) -> Field:
    found = sobject.parent_field(relationship_name)
    if found is None:
        raise no_such_column(relationship_name, sobject)
    return found


def _set_and_nulled(known: Field) -> RowError:
    # Which code a real org gives is not known; refusing is certain to be safer than picking one of the two (inferred).
    return RowError(
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        f"{known.label}: field has a value and is listed in fieldsToNull as well",
        (known.name,),
    )
