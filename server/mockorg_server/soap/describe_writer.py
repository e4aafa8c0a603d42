"""describeGlobal and describeSObject results, rendered once per sObject and API version and kept.

Which members are there, and what they say where the schema has no fact, follows a recorded describe of Lead: optional
truth values are left out when false, lists when empty. Lines marked *inferred* rest on that one describe, or on rules
that agree with the recorded describes of Lead and Account.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.permission import is_permissionable
from mockorg_server.schema.sobject import Field, RecordType, SObject
from mockorg_server.soap.contract import Contract
from mockorg_server.soap.text import escaped
from mockorg_server.soap.type_writer import Elements, Getters, TypeWriter, absent, false, simple_text

MASTER_RECORD_TYPE_ID = "012000000000000AAA"
_COMPOUND = frozenset({FieldType.ADDRESS, FieldType.LOCATION})
_XSD_TYPES = {bool: "xsd:boolean", int: "xsd:int", float: "xsd:double", str: "xsd:string"}


SOAP_TYPES: Mapping[str, str] = {
    "urn:address": "tns:address",
    "urn:json": "tns:json",
    "urn:location": "tns:location",
}
"""Types of the API's own namespace: the schema has them as REST writes them, the partner API writes ``tns:``."""


def _layoutable(sobject: SObject) -> bool:
    return sobject.layoutable


def _has_prefix(sobject: SObject) -> bool:
    return sobject.key_prefix is not None


def _default_value(field: Field) -> Elements | None:
    value = field.default_value
    if value is None:
        return None
    return Elements(f'<defaultValue xsi:type="{_XSD_TYPES[type(value)]}">{simple_text(value)}</defaultValue>')


SOBJECT_MEMBERS: Getters = {
    "activateable": lambda sobject: sobject.activateable,
    "associateEntityType": lambda sobject: sobject.associate_entity_type,
    "associateParentEntity": lambda sobject: sobject.associate_parent_entity,
    "createable": lambda sobject: sobject.createable,
    "custom": lambda sobject: sobject.custom,
    "customSetting": lambda sobject: sobject.custom_setting,
    "dataTranslationEnabled": absent,
    "deepCloneable": lambda sobject: sobject.deep_cloneable,
    "deletable": lambda sobject: sobject.deletable,
    "deprecatedAndHidden": lambda sobject: sobject.deprecated_and_hidden,
    "feedEnabled": lambda sobject: sobject.feed_enabled,
    "hasSubtypes": false,
    "idEnabled": _has_prefix,  # inferred: true for Lead, and nothing without a prefix has ids
    "isInterface": false,
    "isSubtype": false,
    "keyPrefix": lambda sobject: sobject.key_prefix,
    "label": lambda sobject: sobject.label,
    "labelPlural": lambda sobject: sobject.label_plural,
    "layoutable": _layoutable,
    "mergeable": lambda sobject: sobject.mergeable,
    "mruEnabled": lambda sobject: sobject.mru_enabled,
    "name": lambda sobject: sobject.name,
    "queryable": lambda sobject: sobject.queryable,
    "replicateable": lambda sobject: sobject.replicateable,
    "retrieveable": lambda sobject: sobject.retrieveable,
    "searchable": lambda sobject: sobject.searchable,
    "triggerable": lambda sobject: sobject.triggerable,
    "undeletable": lambda sobject: sobject.undeletable,
    "updateable": lambda sobject: sobject.updateable,
}
"""Members of DescribeGlobalSObjectResult; DescribeSObjectResult has them too."""

PICKLIST_MEMBERS: Getters = {
    "active": lambda entry: entry.active,
    "defaultValue": lambda entry: entry.default_value,
    "label": lambda entry: entry.label,
    "validFor": lambda entry: entry.valid_for,
    "value": lambda entry: entry.value,
}

CHILD_MEMBERS: Getters = {
    "cascadeDelete": lambda child: child.cascade_delete,
    "childSObject": lambda child: child.child_sobject,
    "deprecatedAndHidden": lambda child: child.deprecated_and_hidden,
    "field": lambda child: child.field,
    "junctionIdListNames": lambda child: child.junction_id_list_names,
    "junctionReferenceTo": lambda child: child.junction_reference_to,
    "relationshipName": lambda child: child.relationship_name,
    "restrictedDelete": lambda child: child.restricted_delete or None,
}

FIELD_MEMBERS: Getters = {
    "aggregatable": lambda field: field.aggregatable,
    "aiPredictionField": lambda field: field.ai_prediction_field,
    "autoNumber": lambda field: field.auto_number,
    "byteLength": lambda field: field.byte_length,
    "calculated": lambda field: field.calculated,
    "calculatedFormula": lambda field: field.calculated_formula,
    "cascadeDelete": lambda field: field.cascade_delete or None,
    "caseSensitive": lambda field: field.case_sensitive,
    "compoundFieldName": lambda field: field.compound_field_name,
    "controllerName": lambda field: field.controller_name,
    "createable": lambda field: field.createable,
    "custom": lambda field: field.custom,
    "dataTranslationEnabled": absent,
    "defaultValue": _default_value,
    "defaultValueFormula": lambda field: field.default_value_formula,
    "defaultedOnCreate": lambda field: field.defaulted_on_create,
    "dependentPicklist": lambda field: field.dependent_picklist or None,
    "deprecatedAndHidden": lambda field: field.deprecated_and_hidden,
    "digits": lambda field: field.digits,
    "displayLocationInDecimal": lambda field: field.display_location_in_decimal or None,
    "encrypted": lambda field: field.encrypted or None,
    "externalId": lambda field: field.external_id or None,
    "extraTypeInfo": lambda field: field.extra_type_info,
    "filterable": lambda field: field.filterable,
    "formulaTreatNullNumberAsZero": lambda field: field.formula_treat_null_number_as_zero or None,
    "groupable": lambda field: field.groupable,
    "highScaleNumber": lambda field: field.high_scale_number or None,
    "htmlFormatted": lambda field: field.extra_type_info == "richtextarea" or None,  # inferred
    "idLookup": lambda field: field.id_lookup,
    "inlineHelpText": lambda field: field.inline_help_text,
    "label": lambda field: field.label,
    "length": lambda field: field.length,
    "mask": lambda field: field.mask,
    "maskType": lambda field: field.mask_type,
    "name": lambda field: field.name,
    "nameField": lambda field: field.name_field,
    "namePointing": lambda field: field.name_pointing,
    "nillable": lambda field: field.nillable,
    "permissionable": is_permissionable,
    "polymorphicForeignKey": lambda field: field.polymorphic_foreign_key,
    "precision": lambda field: field.precision,
    "queryByDistance": lambda field: field.type in _COMPOUND,  # inferred
    "referenceTargetField": lambda field: field.reference_target_field,
    "referenceTo": lambda field: field.reference_to,
    "relationshipName": lambda field: field.relationship_name,
    "relationshipOrder": lambda field: field.relationship_order,
    "restrictedDelete": lambda field: field.restricted_delete or None,
    "restrictedPicklist": lambda field: field.restricted_picklist,
    "scale": lambda field: field.scale,
    "searchPrefilterable": lambda field: field.search_prefilterable,
    "soapType": lambda field: SOAP_TYPES.get(field.soap_type, field.soap_type),
    "sortable": lambda field: field.sortable,
    "type": lambda field: field.type.value,
    "unique": lambda field: field.unique,
    "updateable": lambda field: field.updateable,
    "writeRequiresMasterRead": lambda field: field.write_requires_master_read or None,
}
"""Members of Field but for those that are elements of their own."""

FILTERED_LOOKUP_MEMBERS: Getters = {
    "controllingFields": lambda found: found.controlling_fields,
    "dependent": lambda found: bool(found.controlling_fields),
    "optionalFilter": lambda found: found.is_optional,
}

RECORD_TYPE_MEMBERS: Getters = {
    "active": lambda record_type: record_type.active,
    "available": lambda record_type: record_type.is_available,
    "defaultRecordTypeMapping": lambda record_type: record_type.is_default,
    "developerName": lambda record_type: record_type.developer_name,
    "master": lambda record_type: record_type.is_master,
    "name": lambda record_type: record_type.name,
    "recordTypeId": lambda record_type: record_type.id,
}


def record_types_of(sobject: SObject) -> tuple[RecordType, ...]:
    """Give what describe tells of record types: the object's own, and the master one that every object has.

    That only what has layouts has a master record type is inferred. It is the default where no other is.
    """
    own = sobject.record_types
    if not sobject.layoutable or any(record_type.is_master for record_type in own):
        return own
    is_default = not any(record_type.is_default for record_type in own)
    master = RecordType(MASTER_RECORD_TYPE_ID, "Master", "Master", is_default=is_default, is_master=True)
    return (*own, master)


_FASTEST = 1  # of the levels of zlib; describes shrink to a tenth by it
_BASE = "\x00"  # stands for the server's own address in what is kept, and can stand in no XML


def _url(sobject: SObject, name: str, path: str) -> Elements | None:
    # Only what has a page in the user interface has addresses (inferred).
    if not sobject.layoutable or sobject.key_prefix is None:
        return None
    return Elements(f"<{name}>{_BASE}/{path}</{name}>")


DESCRIBE_MEMBERS: Getters = {
    "actionOverrides": absent,
    "compactLayoutable": _layoutable,  # inferred
    "defaultImplementation": absent,
    "implementedBy": absent,
    "implementsInterfaces": absent,
    "namedLayoutInfos": absent,
    "networkScopeFieldName": absent,
    "searchLayoutable": _layoutable,  # inferred
    "supportedScopes": absent,
    "urlDetail": lambda sobject: _url(sobject, "urlDetail", "{ID}"),
    "urlEdit": lambda sobject: _url(sobject, "urlEdit", "{ID}/e"),
    "urlNew": lambda sobject: _url(sobject, "urlNew", f"{sobject.key_prefix}/e"),
}
"""Members that DescribeSObjectResult has beside ``SOBJECT_MEMBERS`` and its lists."""


def _nested_members(contract: Contract, version: int) -> Getters:
    """Make the getters of the lists: their elements are written by writers of their own."""
    picklist = TypeWriter(contract, "tns:PicklistEntry", PICKLIST_MEMBERS, version)
    children = TypeWriter(contract, "tns:ChildRelationship", CHILD_MEMBERS, version)
    record_type = TypeWriter(contract, "tns:RecordTypeInfo", RECORD_TYPE_MEMBERS, version)
    filtered = TypeWriter(contract, "tns:FilteredLookupInfo", FILTERED_LOOKUP_MEMBERS, version)
    values: Getters = {
        "picklistValues": lambda field: picklist.elements("picklistValues", field.picklist_values),
        "filteredLookupInfo": lambda field: (
            filtered.element("filteredLookupInfo", field.lookup_filter) if field.lookup_filter else None
        ),
    }
    fields = TypeWriter(contract, "tns:Field", {**FIELD_MEMBERS, **values}, version)
    return {
        "childRelationships": lambda sobject: children.elements("childRelationships", sobject.child_relationships),
        "fields": lambda sobject: fields.elements("fields", sobject.fields),
        "recordTypeInfos": lambda sobject: record_type.elements("recordTypeInfos", record_types_of(sobject)),
    }


class DescribeWriter:
    """Writes describes for one API version, and keeps what it wrote: sObjects are frozen and live as long as the org.

    An sObject is known by identity, since a view gives the same object each time. What is kept is compressed: a client
    that describes everything would otherwise make the server hold its whole schema as text. Safe under threads.
    """

    def __init__(self, contract: Contract, version: int) -> None:
        members = {**SOBJECT_MEMBERS, **DESCRIBE_MEMBERS, **_nested_members(contract, version)}
        self._sobject = TypeWriter(contract, "tns:DescribeSObjectResult", members, version)
        self._global = TypeWriter(contract, "tns:DescribeGlobalSObjectResult", SOBJECT_MEMBERS, version)
        self._described: dict[int, tuple[SObject, bytes]] = {}
        self._listed: tuple[Sequence[Any], str] | None = None

    def describe(self, sobject: SObject, base_url: str) -> str:
        """Write the members of a DescribeSObjectResult. ``base_url`` is this server's, without a slash at the end."""
        kept = self._described.get(id(sobject))
        if kept is None:  # the sObject is kept along, so that no other can get the same id()
            packed = zlib.compress(self._sobject.content(sobject).encode(), _FASTEST)
            kept = self._described[id(sobject)] = (sobject, packed)
        return zlib.decompress(kept[1]).decode().replace(_BASE, escaped(base_url))

    def sobjects(self, outlines: Sequence[Any]) -> str:
        """Write the ``sobjects`` of a DescribeGlobalResult, from sObjects or what stands for them."""
        kept = self._listed
        if kept is None or kept[0] is not outlines:
            kept = self._listed = (outlines, self._global.elements("sobjects", outlines))
        return kept[1]
