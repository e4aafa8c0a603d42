"""What a field of the catalogue is when its line does not say otherwise.

One table by field type and one by name for the system fields. The converter leaves an attribute out exactly when it
equals the default found here, and the loader fills it in from here: nothing else knows the defaults.

The defaults are what most fields of the type are in real describes. They are a way of writing, not rules of the
platform: no other room may read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from mockorg_server.schema.field_type import FieldType

Attributes = Mapping[str, Any]

_NILLABLE: Final = {"nillable": True}
_SORTED: Final = {"filterable": True, "sortable": True, "aggregatable": True}
_GROUPED: Final = {**_SORTED, "groupable": True}
_TEXT: Final = {"soap_type": "xsd:string", **_NILLABLE}
_NUMBER: Final = {"soap_type": "xsd:double", **_NILLABLE, **_SORTED}
_KEY: Final = {"soap_type": "tns:ID", "length": 18, **_GROUPED}

TYPE_DEFAULTS: Final[Mapping[FieldType, Attributes]] = MappingProxyType(
    {
        FieldType.ADDRESS: {"soap_type": "urn:address", **_NILLABLE, "filterable": True},
        FieldType.ANYTYPE: {"soap_type": "xsd:anyType", "length": 255, **_NILLABLE, "sortable": True},
        FieldType.BASE64: {"soap_type": "xsd:base64Binary", **_NILLABLE},
        FieldType.BOOLEAN: {"soap_type": "xsd:boolean", "filterable": True, "default_value": False},
        FieldType.COMBOBOX: {**_TEXT, **_SORTED, "length": 255},
        FieldType.COMPLEXVALUE: {"soap_type": "urn:JunctionIdListNames"},
        FieldType.CURRENCY: {**_NUMBER, "precision": 18, "scale": 2},
        FieldType.DATACATEGORYGROUPREFERENCE: {"soap_type": "xsd:string", "length": 80, "createable": True},
        FieldType.DATE: {"soap_type": "xsd:date", **_NILLABLE, **_GROUPED},
        FieldType.DATETIME: {"soap_type": "xsd:dateTime", **_NILLABLE, **_SORTED},
        FieldType.DOUBLE: {**_NUMBER, "precision": 18},
        FieldType.EMAIL: {**_TEXT, **_GROUPED, "length": 80},
        FieldType.ENCRYPTEDSTRING: {**_TEXT, "length": 175},
        FieldType.ID: {**_KEY, "id_lookup": True, "defaulted_on_create": True},
        FieldType.INT: {"soap_type": "xsd:int", **_NILLABLE, **_GROUPED, "digits": 9},
        FieldType.JSON: {"soap_type": "urn:json", **_NILLABLE},
        FieldType.LOCATION: {"soap_type": "urn:location", **_NILLABLE},
        FieldType.LONG: {"soap_type": "xsd:long", **_NILLABLE, **_GROUPED},
        FieldType.MULTIPICKLIST: {**_TEXT, "length": 4099, "filterable": True},
        FieldType.PERCENT: {**_NUMBER, "precision": 5, "scale": 2},
        FieldType.PHONE: {**_TEXT, **_GROUPED, "length": 40},
        FieldType.PICKLIST: {**_TEXT, **_GROUPED, "length": 255},
        FieldType.REFERENCE: {**_KEY, **_NILLABLE},
        FieldType.STRING: {**_TEXT, **_GROUPED, "length": 255},
        FieldType.TEXTAREA: {**_TEXT, "length": 32000, "extra_type_info": "plaintextarea"},
        FieldType.TIME: {"soap_type": "xsd:time", **_NILLABLE, "filterable": True, "sortable": True},
        FieldType.URL: {**_TEXT, "length": 1000, "sortable": True, "aggregatable": True},
    }
)
"""What differs from ``Field``'s own defaults, by type."""

_STAMP: Final = {"type": FieldType.DATETIME, **TYPE_DEFAULTS[FieldType.DATETIME]}
_WRITTEN: Final = {"nillable": False, "defaulted_on_create": True}
_ACTOR: Final = {
    "type": FieldType.REFERENCE,
    **TYPE_DEFAULTS[FieldType.REFERENCE],
    **_WRITTEN,
    "reference_to": ("User",),
}

SYSTEM_FIELDS: Final[Mapping[str, Attributes]] = MappingProxyType(
    {
        "Id": {"type": FieldType.ID, **TYPE_DEFAULTS[FieldType.ID]},
        "IsDeleted": {
            "type": FieldType.BOOLEAN,
            **TYPE_DEFAULTS[FieldType.BOOLEAN],
            "label": "Deleted",
            "groupable": True,
            "sortable": True,
            "defaulted_on_create": True,
        },
        "CreatedDate": {**_STAMP, **_WRITTEN, "label": "Created Date"},
        "CreatedById": {**_ACTOR, "label": "Created By ID", "relationship_name": "CreatedBy"},
        "LastModifiedDate": {**_STAMP, **_WRITTEN, "label": "Last Modified Date"},
        "LastModifiedById": {**_ACTOR, "label": "Last Modified By ID", "relationship_name": "LastModifiedBy"},
        "SystemModstamp": {**_STAMP, **_WRITTEN, "label": "System Modstamp"},
        "LastViewedDate": {**_STAMP, "label": "Last Viewed Date"},
        "LastReferencedDate": {**_STAMP, "label": "Last Referenced Date"},
    }
)
"""The fields that nearly every object has alike, by name: their line need not even name the type."""

_BYTES_PER_CHARACTER: Final = 3
_ONE_BYTE_TYPES: Final = frozenset({FieldType.ID, FieldType.REFERENCE})


def default_attributes(name: str, type_name: FieldType | None) -> Attributes:
    """Give the defaults of a field: those of its name if it is a system field of that type, else those of its type.

    Raises:
        KeyError: the line names no type, and the name is not a system field's.

    """
    system = SYSTEM_FIELDS.get(name)
    if system is not None and type_name in (None, system["type"]):
        return system
    if type_name is None:
        raise KeyError("type")
    return TYPE_DEFAULTS[type_name]


def default_byte_length(type_name: FieldType, length: int) -> int:
    """Give the bytes of ``length`` characters: three each, but one each in ids (checked on real describes)."""
    return length if type_name in _ONE_BYTE_TYPES else length * _BYTES_PER_CHARACTER
