"""Describes in JSON, written once per sObject and API version and kept.

Members and their names follow the recorded describe of Account; lines marked *inferred* rest on that one alone.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field, RecordType, SObject

MASTER_RECORD_TYPE_ID: Final = "012000000000000AAA"
_COMPOUND: Final = frozenset({FieldType.ADDRESS, FieldType.LOCATION})
_BASE: Final = "\x00"  # stands for the server's own address in what is kept, and stands in no name
_FASTEST: Final = 1

Getter = Callable[[Any], object]

_SOBJECT: Final[Mapping[str, Getter]] = {
    "activateable": lambda sobject: sobject.activateable,
    "associateEntityType": lambda sobject: sobject.associate_entity_type,
    "associateParentEntity": lambda sobject: sobject.associate_parent_entity,
    "createable": lambda sobject: sobject.createable,
    "custom": lambda sobject: sobject.custom,
    "customSetting": lambda sobject: sobject.custom_setting,
    "deepCloneable": lambda sobject: sobject.deep_cloneable,
    "deletable": lambda sobject: sobject.deletable,
    "deprecatedAndHidden": lambda sobject: sobject.deprecated_and_hidden,
    "feedEnabled": lambda sobject: sobject.feed_enabled,
    "hasSubtypes": lambda _: False,
    "isInterface": lambda _: False,
    "isSubtype": lambda _: False,
    "keyPrefix": lambda sobject: sobject.key_prefix,
    "label": lambda sobject: sobject.label,
    "labelPlural": lambda sobject: sobject.label_plural,
    "layoutable": lambda sobject: sobject.layoutable,
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


def _permissionable(field: Field) -> bool:
    """Tell whether field permissions apply (inferred: agrees with nearly all fields of recorded describes)."""
    if field.permissionable is not None:
        return field.permissionable
    if field.custom and not field.compound_field_name:
        return field.nillable or field.calculated or field.type is FieldType.BOOLEAN
    if field.type in _COMPOUND:
        return True
    return field.nillable and (field.createable or field.updateable) and field.compound_field_name != "Name"


def _filtered(field: Field) -> object:
    found = field.lookup_filter
    if found is None:
        return None
    return {
        "controllingFields": list(found.controlling_fields),
        "dependent": bool(found.controlling_fields),
        "optionalFilter": found.is_optional,
    }


def _picklist(field: Field) -> object:
    return [
        {
            "active": entry.active,
            "defaultValue": entry.default_value,
            "label": entry.label,
            "validFor": entry.valid_for,
            "value": entry.value,
        }
        for entry in field.picklist_values
    ]


_FIELD: Final[Mapping[str, Getter]] = {
    "aggregatable": lambda field: field.aggregatable,
    "aiPredictionField": lambda field: field.ai_prediction_field,
    "autoNumber": lambda field: field.auto_number,
    "byteLength": lambda field: field.byte_length,
    "calculated": lambda field: field.calculated,
    "calculatedFormula": lambda field: field.calculated_formula,
    "cascadeDelete": lambda field: field.cascade_delete,
    "caseSensitive": lambda field: field.case_sensitive,
    "compoundFieldName": lambda field: field.compound_field_name,
    "controllerName": lambda field: field.controller_name,
    "createable": lambda field: field.createable,
    "custom": lambda field: field.custom,
    "defaultValue": lambda field: field.default_value,
    "defaultValueFormula": lambda field: field.default_value_formula,
    "defaultedOnCreate": lambda field: field.defaulted_on_create,
    "dependentPicklist": lambda field: field.dependent_picklist,
    "deprecatedAndHidden": lambda field: field.deprecated_and_hidden,
    "digits": lambda field: field.digits,
    "displayLocationInDecimal": lambda field: field.display_location_in_decimal,
    "encrypted": lambda field: field.encrypted,
    "externalId": lambda field: field.external_id,
    "extraTypeInfo": lambda field: field.extra_type_info,
    "filterable": lambda field: field.filterable,
    "filteredLookupInfo": _filtered,
    "formulaTreatNullNumberAsZero": lambda field: field.formula_treat_null_number_as_zero,
    "groupable": lambda field: field.groupable,
    "highScaleNumber": lambda field: field.high_scale_number,
    "htmlFormatted": lambda field: field.extra_type_info == "richtextarea",
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
    "permissionable": _permissionable,
    "picklistValues": _picklist,
    "polymorphicForeignKey": lambda field: field.polymorphic_foreign_key,
    "precision": lambda field: field.precision,
    "queryByDistance": lambda field: field.type in _COMPOUND,
    "referenceTargetField": lambda field: field.reference_target_field,
    "referenceTo": lambda field: list(field.reference_to),
    "relationshipName": lambda field: field.relationship_name,
    "relationshipOrder": lambda field: field.relationship_order,
    "restrictedDelete": lambda field: field.restricted_delete,
    "restrictedPicklist": lambda field: field.restricted_picklist,
    "scale": lambda field: field.scale,
    "searchPrefilterable": lambda field: field.search_prefilterable,
    "soapType": lambda field: field.soap_type,
    "sortable": lambda field: field.sortable,
    "type": lambda field: field.type.value,
    "unique": lambda field: field.unique,
    "updateable": lambda field: field.updateable,
    "writeRequiresMasterRead": lambda field: field.write_requires_master_read,
}

_CHILD: Final[Mapping[str, Getter]] = {
    "cascadeDelete": lambda child: child.cascade_delete,
    "childSObject": lambda child: child.child_sobject,
    "deprecatedAndHidden": lambda child: child.deprecated_and_hidden,
    "field": lambda child: child.field,
    "junctionIdListNames": lambda child: list(child.junction_id_list_names),
    "junctionReferenceTo": lambda child: list(child.junction_reference_to),
    "relationshipName": lambda child: child.relationship_name,
    "restrictedDelete": lambda child: child.restricted_delete,
}

_NOTHING: Final = (
    *("defaultImplementation", "extendedBy", "extendsInterfaces", "implementedBy", "implementsInterfaces"),
    *("listviewable", "lookupLayoutable", "networkScopeFieldName"),
)


def _values(getters: Mapping[str, Getter], thing: object) -> dict[str, object]:
    return {name: getter(thing) for name, getter in getters.items()}


def record_types(sobject: SObject) -> tuple[RecordType, ...]:
    """Give the record types that describe tells of: the object's own, and the master one of what has layouts."""
    own = sobject.record_types
    if not sobject.layoutable or any(record_type.is_master for record_type in own):
        return own
    is_default = not any(record_type.is_default for record_type in own)
    master = RecordType(MASTER_RECORD_TYPE_ID, "Master", "Master", is_default=is_default, is_master=True)
    return (*own, master)


def _record_types(sobject: SObject, address: str) -> list[dict[str, object]]:
    return [
        {
            "active": each.active,
            "available": each.is_available,
            "defaultRecordTypeMapping": each.is_default,
            "developerName": each.developer_name,
            "master": each.is_master,
            "name": each.name,
            "recordTypeId": each.id,
            "urls": {"layout": f"{address}/describe/layouts/{each.id}"},
        }
        for each in record_types(sobject)
    ]


def _urls(sobject: SObject, address: str) -> dict[str, str]:
    urls = {"sobject": address, "describe": f"{address}/describe", "rowTemplate": f"{address}/{{ID}}"}
    if sobject.layoutable:
        urls |= {
            "compactLayouts": f"{address}/describe/compactLayouts",
            "approvalLayouts": f"{address}/describe/approvalLayouts",
            "defaultValues": f"{address}/defaultValues?recordTypeId&fields",
            "listviews": f"{address}/listviews",
            "quickActions": f"{address}/quickActions",
            "layouts": f"{address}/describe/layouts",
        }
        if sobject.key_prefix is not None:
            urls |= {
                "uiDetailTemplate": f"{_BASE}/{{ID}}",
                "uiEditTemplate": f"{_BASE}/{{ID}}/e",
                "uiNewRecord": f"{_BASE}/{sobject.key_prefix}/e",
            }
    return urls


class DescribeDocuments:
    """Writes describes and keeps what it wrote, compressed. Safe under threads."""

    def __init__(self) -> None:
        self._described: dict[tuple[int, str], tuple[SObject, bytes]] = {}
        self._listed: dict[str, tuple[Sequence[Any], str]] = {}

    def describe(self, sobject: SObject, root: str, base_url: str) -> str:
        """Write a whole describe as JSON text. ``base_url`` is this server's, without a slash at the end."""
        key = (id(sobject), root)
        kept = self._described.get(key)
        if kept is None:  # the sObject is kept along, so that no other can get the same id()
            packed = zlib.compress(json.dumps(self._document(sobject, root), ensure_ascii=False).encode(), _FASTEST)
            kept = self._described[key] = (sobject, packed)
        return zlib.decompress(kept[1]).decode().replace("\\u0000", base_url)

    def listing(self, outlines: Sequence[Any], root: str) -> str:
        """Write the ``sobjects`` of a describe global, as a JSON array."""
        kept = self._listed.get(root)
        if kept is None or kept[0] is not outlines:
            text = json.dumps([self.basic(each, root) for each in outlines], ensure_ascii=False, separators=(",", ":"))
            kept = self._listed[root] = (outlines, text)
        return kept[1]

    @staticmethod
    def basic(sobject: Any, root: str) -> dict[str, object]:
        """Give what a describe global tells of one sObject (or of its outline)."""
        address = f"{root}/sobjects/{sobject.name}"
        urls = {"sobject": address, "describe": f"{address}/describe", "rowTemplate": f"{address}/{{ID}}"}
        if sobject.layoutable:
            urls |= {"layouts": f"{address}/describe/layouts", "compactLayouts": f"{address}/describe/compactLayouts"}
        return _values(_SOBJECT, sobject) | {"urls": urls}

    @staticmethod
    def _document(sobject: SObject, root: str) -> dict[str, object]:
        address = f"{root}/sobjects/{sobject.name}"
        return {
            "actionOverrides": [],
            **_values(_SOBJECT, sobject),
            "childRelationships": [_values(_CHILD, child) for child in sobject.child_relationships],
            "compactLayoutable": sobject.layoutable,
            **dict.fromkeys(_NOTHING),
            "fields": [_values(_FIELD, field) for field in sobject.fields],
            "namedLayoutInfos": [],
            "recordTypeInfos": _record_types(sobject, address),
            "searchLayoutable": sobject.layoutable,
            "sobjectDescribeOption": "FULL",
            "supportedScopes": _scopes(sobject),
            "urls": _urls(sobject, address),
        }


def _scopes(sobject: SObject) -> list[dict[str, str]]:
    plural = sobject.label_plural.lower()
    scopes = [{"label": f"All {plural}", "name": "everything"}]
    if sobject.field("OwnerId") is not None:
        scopes.append({"label": f"My {plural}", "name": "mine"})
    return scopes
