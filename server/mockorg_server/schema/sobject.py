"""What exists in an org: sObjects, their fields and relationships, as frozen values.

Attributes are those of the platform's describe results (SOAP: DescribeSObjectResult, Field, ChildRelationship,
PicklistEntry) in Python case. No behaviour of calls lives here, and nothing of SQL, XML or HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from mockorg_server.schema.field_type import FieldType


@dataclass(frozen=True, slots=True)
class PicklistValue:
    """One entry of a picklist, in definition order. ``label`` is None where a real describe tells null."""

    value: str
    label: str | None
    active: bool = True
    default_value: bool = False
    valid_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an sObject as describe shows it.

    ``length`` counts characters, ``byte_length`` bytes; ``precision`` and ``scale`` count decimal digits of a double,
    ``digits`` those of an int. ``min_api_version`` is the first version (e.g. 62) that shows the field, None = every.
    ``auto_number_format`` is the display format of an auto-number, e.g. ``MSJ-{00000000}``, None = not known.
    ``feature`` names the org feature without which the field does not exist (see ``schema/feature.py``), None = always.
    """

    name: str
    label: str
    type: FieldType
    soap_type: str
    length: int = 0
    byte_length: int = 0
    digits: int = 0
    precision: int = 0
    scale: int = 0
    nillable: bool = False
    createable: bool = False
    updateable: bool = False
    filterable: bool = False
    groupable: bool = False
    sortable: bool = False
    aggregatable: bool = False
    unique: bool = False
    external_id: bool = False
    id_lookup: bool = False
    auto_number: bool = False
    calculated: bool = False
    defaulted_on_create: bool = False
    name_field: bool = False
    name_pointing: bool = False
    polymorphic_foreign_key: bool = False
    case_sensitive: bool = False
    restricted_picklist: bool = False
    dependent_picklist: bool = False
    custom: bool = False
    picklist_values: tuple[PicklistValue, ...] = ()
    reference_to: tuple[str, ...] = ()
    relationship_name: str | None = None
    compound_field_name: str | None = None
    extra_type_info: str | None = None
    default_value: str | bool | int | float | None = None
    auto_number_format: str | None = None
    min_api_version: int | None = None
    feature: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRelationship:
    """A reference field of another sObject that points at this one. ``relationship_name`` None = not queryable."""

    child_sobject: str
    field: str
    relationship_name: str | None = None
    cascade_delete: bool = False
    restricted_delete: bool = False
    deprecated_and_hidden: bool = False
    junction_id_list_names: tuple[str, ...] = ()
    junction_reference_to: tuple[str, ...] = ()
    min_api_version: int | None = None
    feature: str | None = None


@dataclass(frozen=True, kw_only=True)
class SObject:
    """An sObject as one caller sees it: its fields are already those of the org's features and the API version.

    ``key_prefix`` is what describe tells (None for families without one); ``id_prefix`` is always set: the first
    three characters of the ids that this org gives out for the sObject.
    """

    name: str
    label: str
    label_plural: str
    key_prefix: str | None
    id_prefix: str
    custom: bool = False
    createable: bool = False
    updateable: bool = False
    deletable: bool = False
    undeletable: bool = False
    mergeable: bool = False
    queryable: bool = False
    retrieveable: bool = False
    searchable: bool = False
    replicateable: bool = False
    layoutable: bool = False
    triggerable: bool = False
    activateable: bool = False
    feed_enabled: bool = False
    mru_enabled: bool = False
    min_api_version: int | None = None
    feature: str | None = None
    associate_entity_type: str | None = None
    associate_parent_entity: str | None = None
    fields: tuple[Field, ...] = ()
    child_relationships: tuple[ChildRelationship, ...] = ()

    def field(self, name: str) -> Field | None:
        """Give the field of that name in any case, or None."""
        return self._fields_by_name.get(name.lower())

    def parent_field(self, relationship_name: str) -> Field | None:
        """Give the reference field behind a parent relationship name (``Account`` -> ``AccountId``), or None."""
        return self._fields_by_relationship.get(relationship_name.lower())

    def child_relationship(self, relationship_name: str) -> ChildRelationship | None:
        """Give the child relationship of that name in any case, or None."""
        return self._children_by_relationship.get(relationship_name.lower())

    @cached_property
    def name_field(self) -> Field | None:
        """The field that names a record to people (``Name``, ``CaseNumber`` …), or None."""
        return next((field for field in self.fields if field.name_field), None)

    @cached_property
    def _fields_by_name(self) -> Mapping[str, Field]:
        return {field.name.lower(): field for field in self.fields}

    @cached_property
    def _fields_by_relationship(self) -> Mapping[str, Field]:
        return {field.relationship_name.lower(): field for field in self.fields if field.relationship_name}

    @cached_property
    def _children_by_relationship(self) -> Mapping[str, ChildRelationship]:
        return {child.relationship_name.lower(): child for child in self.child_relationships if child.relationship_name}
