"""What describes tell about sObjects and fields: the platform's names in Python case, as frozen values.

A member that an answer leaves out is False, 0, None or (). ``raw`` holds every member as the wire gave it, under its
wire name, those included that this module does not know: over SOAP texts, lists and dicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True, kw_only=True)
class PicklistEntry:
    """One entry of a picklist, in definition order. ``valid_for`` is the platform's bitmap in base64."""

    value: str = ""
    label: str | None = None
    active: bool = False
    default_value: bool = False
    valid_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilteredLookupInfo:
    """What a lookup filter hangs on."""

    controlling_fields: tuple[str, ...] = ()
    dependent: bool = False
    optional_filter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an sObject.

    ``type`` is the platform's fieldType (``string``, ``reference``, ``datetime`` …), ``soap_type`` its XML type.
    ``length`` counts characters, ``byte_length`` bytes; ``precision`` and ``scale`` count decimal digits of a double,
    ``digits`` those of an int. ``reference_to`` names the sObjects a reference may point at.
    """

    name: str = ""
    label: str = ""
    type: str = "string"
    soap_type: str = ""
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
    calculated_formula: str | None = None
    case_sensitive: bool = False
    custom: bool = False
    default_value: str | bool | int | float | None = None
    default_value_formula: str | None = None
    defaulted_on_create: bool = False
    deprecated_and_hidden: bool = False
    name_field: bool = False
    name_pointing: bool = False
    permissionable: bool = False
    picklist_values: tuple[PicklistEntry, ...] = ()
    restricted_picklist: bool = False
    dependent_picklist: bool = False
    controller_name: str | None = None
    reference_to: tuple[str, ...] = ()
    relationship_name: str | None = None
    relationship_order: int = 0
    reference_target_field: str | None = None
    polymorphic_foreign_key: bool = False
    cascade_delete: bool = False
    restricted_delete: bool = False
    write_requires_master_read: bool = False
    filtered_lookup_info: FilteredLookupInfo | None = None
    compound_field_name: str | None = None
    extra_type_info: str | None = None
    inline_help_text: str | None = None
    mask: str | None = None
    mask_type: str | None = None
    encrypted: bool = False
    html_formatted: bool = False
    high_scale_number: bool = False
    display_location_in_decimal: bool = False
    formula_treat_null_number_as_zero: bool = False
    query_by_distance: bool = False
    search_prefilterable: bool = False
    ai_prediction_field: bool = False
    data_translation_enabled: bool = False
    raw: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRelationship:
    """A reference field of another sObject that points at this one. ``relationship_name`` None = not queryable."""

    child_sobject: str = ""
    field: str = ""
    relationship_name: str | None = None
    cascade_delete: bool = False
    restricted_delete: bool = False
    deprecated_and_hidden: bool = False
    junction_id_list_names: tuple[str, ...] = ()
    junction_reference_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTypeInfo:
    """A record type of an sObject; the master one is always there."""

    record_type_id: str | None = None
    name: str = ""
    developer_name: str = ""
    active: bool = False
    available: bool = False
    default_record_type_mapping: bool = False
    master: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLayoutInfo:
    """A layout with a name of its own, such as the user's own profile page."""

    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeInfo:
    """A scope that ``USING SCOPE`` takes for the sObject."""

    name: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOverride:
    """What stands in for a default action of the user interface."""

    name: str = ""
    form_factor: str | None = None
    is_available_in_touch: bool = False
    page_id: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class DescribeGlobalSObjectResult:
    """What every describe tells of an sObject: its names and what may be done with it.

    ``key_prefix`` is the first three characters of its ids, None for those without one.
    """

    name: str = ""
    label: str = ""
    label_plural: str = ""
    key_prefix: str | None = None
    custom: bool = False
    custom_setting: bool = False
    activateable: bool = False
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
    feed_enabled: bool = False
    mru_enabled: bool = False
    id_enabled: bool = False
    deep_cloneable: bool = False
    deprecated_and_hidden: bool = False
    data_translation_enabled: bool = False
    has_subtypes: bool = False
    is_interface: bool = False
    is_subtype: bool = False
    associate_entity_type: str | None = None
    associate_parent_entity: str | None = None
    raw: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class DescribeSObjectResult(DescribeGlobalSObjectResult):
    """Everything about one sObject: also its fields, its child relationships and its record types."""

    fields: tuple[Field, ...] = ()
    child_relationships: tuple[ChildRelationship, ...] = ()
    record_type_infos: tuple[RecordTypeInfo, ...] = ()
    named_layout_infos: tuple[NamedLayoutInfo, ...] = ()
    supported_scopes: tuple[ScopeInfo, ...] = ()
    action_overrides: tuple[ActionOverride, ...] = ()
    compact_layoutable: bool = False
    search_layoutable: bool = False
    default_implementation: str | None = None
    implemented_by: str | None = None
    implements_interfaces: str | None = None
    network_scope_field_name: str | None = None
    url_detail: str | None = None
    url_edit: str | None = None
    url_new: str | None = None

    def field(self, name: str) -> Field | None:
        """Give the field of that API name in any case, or None."""
        return self._fields_by_name.get(name.lower())

    @cached_property
    def _fields_by_name(self) -> Mapping[str, Field]:
        return {each.name.lower(): each for each in self.fields}


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeGlobalResult:
    """Every sObject the caller can see at the client's API version, and the most records a DML call takes."""

    sobjects: tuple[DescribeGlobalSObjectResult, ...] = ()
    encoding: str | None = None
    max_batch_size: int = 0
    raw: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)
