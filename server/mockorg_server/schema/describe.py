"""What a describe tells, whatever the wire: member name -> how to get it from the value of the schema.

Each wire writes these tables in its own form, and says itself what it leaves out and what it adds. Members stand in the
order of their names. Lines marked *inferred* rest on the recorded describes of Lead and Account.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any, Final

from mockorg_server.schema.catalog_file import wire_key
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.permission import is_permissionable
from mockorg_server.schema.sobject import Field, PicklistValue, RecordType, SObject

Getters = Mapping[str, Callable[[Any], object]]

MASTER_RECORD_TYPE_ID: Final = "012000000000000AAA"
_COMPOUND: Final = frozenset({FieldType.ADDRESS, FieldType.LOCATION})


def _members(attributes: str, **others: Callable[[Any], object]) -> Getters:
    """Make a table of attributes that are told as they are, and of others."""
    plain: dict[str, Callable[[Any], object]] = {wire_key(name): attrgetter(name) for name in attributes.split()}
    return dict(sorted((plain | others).items()))


def _false(_value: object) -> bool:
    """Get false: what the member speaks of does not exist in this org."""
    return False


SOBJECT_MEMBERS: Final = _members(
    """
    activateable associate_entity_type associate_parent_entity createable custom custom_setting deep_cloneable deletable
    deprecated_and_hidden feed_enabled key_prefix label label_plural layoutable mergeable mru_enabled name queryable
    replicateable retrieveable searchable triggerable undeletable updateable
    """,
    hasSubtypes=_false,
    isInterface=_false,
    isSubtype=_false,
)
"""Of an sObject or its outline: what a describe global tells; a describe tells it too."""

FIELD_MEMBERS: Final = _members(
    """
    aggregatable ai_prediction_field auto_number byte_length calculated calculated_formula cascade_delete case_sensitive
    compound_field_name controller_name createable custom default_value default_value_formula defaulted_on_create
    dependent_picklist deprecated_and_hidden digits display_location_in_decimal encrypted external_id extra_type_info
    filterable formula_treat_null_number_as_zero groupable high_scale_number id_lookup inline_help_text label length
    mask mask_type name name_field name_pointing nillable polymorphic_foreign_key precision reference_target_field
    reference_to relationship_name relationship_order restricted_delete restricted_picklist scale search_prefilterable
    soap_type sortable unique updateable write_requires_master_read
    """,
    htmlFormatted=lambda field: field.extra_type_info == "richtextarea",  # inferred
    permissionable=is_permissionable,
    queryByDistance=lambda field: field.type in _COMPOUND,  # inferred
    type=lambda field: field.type.value,
)
"""Of a field, but for its picklist values and its lookup filter, which have tables of their own."""

PICKLIST_MEMBERS: Final = _members("active default_value label valid_for value")

FILTERED_LOOKUP_MEMBERS: Final = _members(
    "controlling_fields",
    dependent=lambda found: bool(found.controlling_fields),
    optionalFilter=lambda found: found.is_optional,
)

CHILD_MEMBERS: Final = _members(
    """
    cascade_delete child_sobject deprecated_and_hidden field junction_id_list_names junction_reference_to
    relationship_name restricted_delete
    """
)

RECORD_TYPE_MEMBERS: Final = _members(
    "active developer_name name",
    available=lambda record_type: record_type.is_available,
    defaultRecordTypeMapping=lambda record_type: record_type.is_default,
    master=lambda record_type: record_type.is_master,
    recordTypeId=lambda record_type: record_type.id,
)


def picklist_of(sobject: SObject, field: Field, record_type_id: str | None) -> tuple[PicklistValue, ...]:
    """Give the active values of a picklist that a record type allows, in the field's order, with its own default.

    A type that does not list the picklist, as the master one, allows all.
    """
    active = tuple(entry for entry in field.picklist_values if entry.active)
    for each in sobject.record_types:
        allowed = {name.lower(): values for name, values in each.picklists.items()}.get(field.name.lower())
        if each.id == record_type_id and allowed is not None:
            known = {value.casefold() for value in allowed}
            default = each.defaults.get(field.name)
            return tuple(
                replace(entry, default_value=entry.value == default)
                for entry in active
                if entry.value.casefold() in known
            )
    return active


def record_types(sobject: SObject) -> tuple[RecordType, ...]:
    """Give what describe tells of record types: the object's own, and the master one that every object has.

    That only what has layouts has a master record type is inferred. It is the default where no other is.
    """
    own = sobject.record_types
    if not sobject.layoutable or any(record_type.is_master for record_type in own):
        return own
    is_default = not any(record_type.is_default for record_type in own)
    master = RecordType(MASTER_RECORD_TYPE_ID, "Master", "Master", is_default=is_default, is_master=True)
    return (*own, master)
