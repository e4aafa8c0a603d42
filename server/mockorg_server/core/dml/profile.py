"""What saving needs to know of an sObject, worked out once from its describe facts and kept for every later record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mockorg_server.core.dml.platform_rule import NO_RULE, PlatformRule, platform_rules
from mockorg_server.schema.compound import MEMBERS
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.schema import SchemaView
from mockorg_server.schema.sobject import ChildRelationship, Field, SObject
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

_NUMBERS = frozenset({FieldType.CURRENCY, FieldType.DOUBLE, FieldType.INT, FieldType.LONG, FieldType.PERCENT})


@dataclass(frozen=True, slots=True)
class SaveProfile:
    """One sObject as saving sees it.

    ``defaults`` are the constant ones; ``caller_fields`` are the references that the platform fills with the caller,
    ``organization_fields`` those that it fills with the organisation;
    ``required`` are the fields that a client must give on insert; ``never_null`` are those with a default that cannot
    be null. ``latest`` is the sObject as the newest API version shows it; ``facts`` are what the org tells of values
    that have consequences, by field and value.
    ``person_name`` is true where Name is put together from the parts of a person's name. ``lengths`` are the fields
    that tell the size of a base64 field, with that field. ``references_to`` are the references that may point at an
    sObject, by its name; ``relationships`` what describe tells of the references that point here, by the child's name
    and field. ``reference_names`` and ``unique_names`` are the fields of those kinds. ``rule`` is what no
    describe tells. ``stored`` are the fields that have a value of their own, ``roll_ups`` the roll-up summaries.
    """

    defaults: Mapping[str, Value]
    caller_fields: tuple[str, ...]
    organization_fields: tuple[str, ...]
    auto_numbers: tuple[Field, ...]
    required: tuple[str, ...]
    never_null: tuple[str, ...]
    names: frozenset[str]
    person_name: bool
    lengths: Mapping[str, str]
    references_to: Mapping[str, tuple[Field, ...]]
    relationships: Mapping[tuple[str, str], ChildRelationship]
    reference_names: tuple[str, ...]
    unique_names: tuple[str, ...]
    rule: PlatformRule
    stored: tuple[str, ...]
    roll_ups: tuple[str, ...]
    has_record_types: bool
    latest: SObject
    facts: Mapping[str, Mapping[str, Sequence[tuple[str, Value]]]]

    def consequences_of(self, name: str, value: Value) -> Mapping[str, Value]:
        """Give what follows from the value of a field that has consequences."""
        return self.rule.consequences_of(name, value, self.facts[name].get(str(value).casefold(), ()))


class SaveProfiles:
    """The profiles of one org, by the identity of the sObject. Threads may at worst make a profile twice."""

    def __init__(self, latest: SchemaView) -> None:
        self._latest = latest
        # The sObject is kept beside its profile so that its id() cannot be taken over by another.
        self._profiles: dict[int, tuple[SObject, SaveProfile]] = {}

    def of(self, sobject: SObject) -> SaveProfile:
        """Give the profile of an sObject, made when first asked for."""
        entry = self._profiles.get(id(sobject))
        if entry is None:
            latest = self._latest.sobject(sobject.name) or sobject
            entry = self._profiles[id(sobject)] = (sobject, profile_of(sobject, latest))
        return entry[1]


def profile_of(sobject: SObject, latest: SObject) -> SaveProfile:
    """Work a profile out."""
    rule = platform_rules().get(sobject.name, NO_RULE)
    found = ((field.name, default_of(field)) for field in sobject.fields)
    defaults: dict[str, Value] = {name: value for name, value in found if value is not None}
    names = frozenset(field.name for field in sobject.fields)
    name = sobject.field("Name")
    defaults |= {name: value for name, value in rule.defaults.items() if name in names}
    nillable = {field.name for field in sobject.fields if field.nillable}
    caller_fields = tuple(field.name for field in sobject.fields if is_caller_field(field))
    organization_fields = tuple(field.name for field in sobject.fields if is_organization_field(field))
    return SaveProfile(
        defaults=defaults,
        never_null=(*(name for name in defaults if name not in nillable), *caller_fields, *organization_fields),
        caller_fields=caller_fields,
        organization_fields=organization_fields,
        auto_numbers=tuple(field for field in sobject.fields if field.auto_number),
        required=tuple(
            field.name
            for field in sobject.fields
            if is_required(field) and field.name not in rule.defaults and field.name not in rule.provided
        ),
        names=names,
        person_name=name is not None and not name.createable and sobject.field("LastName") is not None,
        lengths={
            f"{field.name}Length": field.name
            for field in sobject.fields
            if field.type is FieldType.BASE64 and f"{field.name}Length" in names
        },
        references_to=references_to(sobject),
        relationships={(child.child_sobject, child.field): child for child in sobject.child_relationships},
        reference_names=tuple(field.name for field in sobject.fields if field.type is FieldType.REFERENCE),
        unique_names=tuple(field.name for field in sobject.fields if field.unique or field.name in rule.unique),
        rule=rule,
        stored=tuple(field.name for field in sobject.fields if not field.computed and field.type not in MEMBERS),
        roll_ups=tuple(field.name for field in sobject.fields if field.roll_up is not None),
        has_record_types="RecordTypeId" in names,
        latest=latest,
        facts={name: _facts_of(latest, name) for name in rule.consequences},
    )


def _facts_of(sobject: SObject, name: str) -> dict[str, Sequence[tuple[str, Value]]]:
    field = sobject.field(name)
    return {entry.value.casefold(): entry.facts for entry in (field.picklist_values if field else ()) if entry.facts}


def references_to(sobject: SObject) -> dict[str, tuple[Field, ...]]:
    """Give an sObject's reference fields by the name of each sObject that they may point at."""
    found: dict[str, tuple[Field, ...]] = {}
    for field in sobject.fields:
        for target in field.reference_to:
            found[target] = (*found.get(target, ()), field)
    return found


def default_of(field: Field) -> Value:
    """Give a field's constant default on insert, or None.

    A number that is never null and that no client can write is a count of the platform's own: it starts at zero.
    """
    if field.computed:
        return None
    if field.type in _NUMBERS and not (field.nillable or field.createable) and field.default_value is None:
        return 0 if field.type in (FieldType.INT, FieldType.LONG) else 0.0
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

    Owners (whether or not a source tells that they are defaulted) and other users that it fills in are the caller; a
    user whom the client must name is a required field.
    """
    return (
        field.type is FieldType.REFERENCE
        and not field.nillable
        and "User" in field.reference_to
        and (field.defaulted_on_create or not field.createable or field.name == "OwnerId")
        and not is_organization_field(field)
    )


def is_organization_field(field: Field) -> bool:
    """Say whether the platform fills this reference with the organisation: whose a custom setting is by default."""
    return (
        field.type is FieldType.REFERENCE
        and not field.nillable
        and "Organization" in field.reference_to
        and field.defaulted_on_create
    )


def is_required(field: Field) -> bool:
    """Say whether a client must give this field on insert: it cannot be null and the platform does not fill it."""
    return (
        field.createable
        and not field.nillable
        and not field.defaulted_on_create
        and field.type is not FieldType.BOOLEAN
        and not is_caller_field(field)
    )
