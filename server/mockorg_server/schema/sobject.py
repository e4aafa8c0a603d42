"""What exists in an org: sObjects, their fields and relationships, as frozen values.

Attributes are those of the platform's describe results (SOAP: DescribeSObjectResult, Field, ChildRelationship,
PicklistEntry) in Python case. No behaviour of calls lives here, and nothing of SQL, XML or HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.value import Value


@dataclass(frozen=True, slots=True)
class PicklistValue:
    """One entry of a picklist, in definition order. ``label`` is None where a real describe tells null.

    ``facts`` are what an org's standard value set tells of a stage or status, in the words of the Metadata API:
    ``closed``, ``probability`` …; none where the org does not say.
    """

    value: str
    label: str | None
    active: bool = True
    default_value: bool = False
    valid_for: str | None = None
    facts: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition of a lookup filter or a roll-up summary, in the words of the Metadata API (type FilterItem).

    ``field`` is ``SObject.Field``, or begins with ``$Source.``, ``$User.`` and the like. ``operation`` is ``equals``,
    ``notEqual``, ``lessThan``, ``greaterThan``, ``lessOrEqual``, ``greaterOrEqual``, ``contains``, ``notContain``,
    ``startsWith``, ``includes``, ``excludes`` or ``within``. ``value`` is a text (several with commas), or None when
    ``value_field`` names another field to compare with.
    """

    field: str
    operation: str
    value: str | None = None
    value_field: str | None = None


@dataclass(frozen=True, slots=True)
class RollUp:
    """What a roll-up summary field sums up; all filters must hold.

    ``operation`` is ``count``, ``sum``, ``min`` or ``max``. ``sobject`` is the detail object, ``foreign_key`` its
    master-detail field that points at the object of the roll-up, ``field`` the field summed up (None for a count).
    """

    operation: str
    sobject: str
    foreign_key: str
    field: str | None = None
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class LookupFilter:
    """A filter of the records that a lookup may point at.

    ``boolean_filter`` joins the filters by number (``1 AND (2 OR 3)``), None = all must hold. An optional filter is a
    hint for people. ``controlling_fields`` are what describe tells as filteredLookupInfo.
    """

    filters: tuple[Filter, ...] = ()
    active: bool = True
    is_optional: bool = False
    boolean_filter: str | None = None
    error_message: str | None = None
    controlling_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an sObject as describe shows it.

    ``length`` counts characters, ``byte_length`` bytes; ``precision`` and ``scale`` count decimal digits of a double,
    ``digits`` those of an int. ``min_api_version`` is the first version (e.g. 62) that shows the field, None = every.
    ``auto_number_format`` is the display format of an auto-number, e.g. ``MSJ-{00000000}``, None = not known.
    ``feature`` names the org feature without which the field does not exist (see ``schema/feature.py``), None = always.

    A formula field is ``calculated``, its ``type`` is what it returns, and ``calculated_formula`` its source text as an
    admin wrote it; with ``formula_treat_null_number_as_zero`` an empty number counts as 0. A roll-up summary is
    ``calculated`` too and has ``roll_up``. ``default_value_formula`` is the source text of a default.
    ``relationship_order`` is 0 for the first and 1 for the second master-detail field of an sObject. ``permissionable``
    None = follow the rule of the wires.
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
    calculated_formula: str | None = None
    formula_treat_null_number_as_zero: bool = False
    default_value_formula: str | None = None
    roll_up: RollUp | None = None
    controller_name: str | None = None
    cascade_delete: bool = False
    restricted_delete: bool = False
    relationship_order: int | None = None
    write_requires_master_read: bool = False
    reference_target_field: str | None = None
    lookup_filter: LookupFilter | None = None
    inline_help_text: str | None = None
    mask: str | None = None
    mask_type: str | None = None
    encrypted: bool = False
    display_location_in_decimal: bool = False
    high_scale_number: bool = False
    search_prefilterable: bool = False
    ai_prediction_field: bool = False
    deprecated_and_hidden: bool = False
    permissionable: bool | None = None
    min_api_version: int | None = None
    feature: str | None = None

    @property
    def computed(self) -> bool:
        """True of a formula or a roll-up summary: its value is worked out when it is read, and never stored."""
        return self.roll_up is not None or bool(self.calculated_formula)


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """A validation rule: a record for which ``formula`` is true is refused with ``error_message``.

    ``error_display_field`` names the field the error belongs to, None = the record.
    """

    name: str
    formula: str
    error_message: str
    active: bool = True
    error_display_field: str | None = None


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record type of an sObject.

    ``picklists`` are the values that it allows, by field name, for the fields that it restricts; ``defaults`` the
    default value of such a field where it has one of its own. ``id`` has 18 characters. ``is_master`` marks the one
    that every sObject has and that is no row of RecordType.
    """

    id: str
    developer_name: str
    name: str
    active: bool = True
    description: str | None = None
    is_default: bool = False
    is_available: bool = True
    is_master: bool = False
    business_process: str | None = None
    namespace: str | None = None
    picklists: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    defaults: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


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
    three characters of the ids that this org gives out for the sObject. ``custom_setting_type`` is ``List`` or
    ``Hierarchy``, ``sharing_model`` as in the Metadata API (``ReadWrite``, ``ControlledByParent`` …). ``record_types``
    does not hold the master one.
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
    custom_setting: bool = False
    custom_setting_type: str | None = None
    deprecated_and_hidden: bool = False
    deep_cloneable: bool = False
    sharing_model: str | None = None
    namespace: str | None = None
    fields: tuple[Field, ...] = ()
    child_relationships: tuple[ChildRelationship, ...] = ()
    record_types: tuple[RecordType, ...] = ()
    validation_rules: tuple[ValidationRule, ...] = ()

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
        return next((known for known in self.fields if known.name_field), None)

    @cached_property
    def _fields_by_name(self) -> Mapping[str, Field]:
        return {known.name.lower(): known for known in self.fields}

    @cached_property
    def _fields_by_relationship(self) -> Mapping[str, Field]:
        return {known.relationship_name.lower(): known for known in self.fields if known.relationship_name}

    @cached_property
    def _children_by_relationship(self) -> Mapping[str, ChildRelationship]:
        return {child.relationship_name.lower(): child for child in self.child_relationships if child.relationship_name}
