"""What saving needs to know of an sObject, worked out once from its describe facts and kept for every later record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value

# Types whose describe carries a plain default value, and how it reads.
_WITH_DEFAULT: Mapping[FieldType, Callable[[object], Value]] = {
    FieldType.BOOLEAN: bool,
    FieldType.COMBOBOX: str,
    FieldType.CURRENCY: lambda value: float(str(value)),
    FieldType.DOUBLE: lambda value: float(str(value)),
    FieldType.INT: lambda value: int(float(str(value))),
    FieldType.PERCENT: lambda value: float(str(value)),
    FieldType.PICKLIST: str,
    FieldType.STRING: str,
    FieldType.TEXTAREA: str,
}


@dataclass(frozen=True, slots=True)
class SaveProfile:
    """One sObject as saving sees it.

    ``defaults`` are the constant ones; ``caller_fields`` are the references that the platform fills with the caller;
    ``required`` are the fields that a client must give on insert; ``nillable`` are those that may be null.
    ``person_name`` is true where Name is put together from the parts of a person's name.
    """

    defaults: Mapping[str, Value]
    caller_fields: tuple[str, ...]
    auto_numbers: tuple[Field, ...]
    required: tuple[str, ...]
    nillable: frozenset[str]
    names: frozenset[str]
    person_name: bool


class SaveProfiles:
    """The profiles of one org, by the identity of the sObject. Threads may at worst make a profile twice."""

    def __init__(self) -> None:
        # The sObject is kept beside its profile so that its id() cannot be taken over by another.
        self._profiles: dict[int, tuple[SObject, SaveProfile]] = {}

    def of(self, sobject: SObject) -> SaveProfile:
        """Give the profile of an sObject, made when first asked for."""
        entry = self._profiles.get(id(sobject))
        if entry is None:
            entry = self._profiles[id(sobject)] = (sobject, profile_of(sobject))
        return entry[1]


def profile_of(sobject: SObject) -> SaveProfile:
    """Work a profile out."""
    defaults = ((field.name, default_of(field)) for field in sobject.fields)
    name = sobject.field("Name")
    return SaveProfile(
        defaults={name: value for name, value in defaults if value is not None},
        caller_fields=tuple(field.name for field in sobject.fields if is_caller_field(field)),
        auto_numbers=tuple(field for field in sobject.fields if field.auto_number),
        required=tuple(field.name for field in sobject.fields if is_required(field)),
        nillable=frozenset(field.name for field in sobject.fields if field.nillable),
        names=frozenset(field.name for field in sobject.fields),
        person_name=name is not None and not name.createable and sobject.field("LastName") is not None,
    )


def default_of(field: Field) -> Value:
    """Give a field's constant default on insert, or None."""
    default: object = field.default_value
    if field.type is FieldType.BOOLEAN:
        default = default or False
    if field.type is FieldType.PICKLIST:
        default = next((entry.value for entry in field.picklist_values if entry.default_value), default)
    if default is None or field.type not in _WITH_DEFAULT:
        return None
    return _WITH_DEFAULT[field.type](default)


def is_caller_field(field: Field) -> bool:
    """Say whether the platform fills this reference with the caller.

    Owners and other users that it fills in are the caller; a user whom the client must name is a required field.
    """
    return (
        field.type is FieldType.REFERENCE
        and not field.nillable
        and "User" in field.reference_to
        and (field.defaulted_on_create or not field.createable)
    )


def is_required(field: Field) -> bool:
    """Say whether a client must give this field on insert: it cannot be null and the platform does not fill it."""
    return (
        field.createable
        and not field.nillable
        and not field.defaulted_on_create
        and field.type is not FieldType.BOOLEAN
    )
