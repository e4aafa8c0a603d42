"""Describe results in JSON, as tools print them, read into values of the schema.

One result, a list of them, or the envelope of ``sf sobject describe --json`` (``{"status": 0, "result": …}``). The keys
are those of the REST API. What a field's line does not say is at the default of ``Field``: a describe says all.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from mockorg_server.metadata.note import Notes, SchemaSourceError
from mockorg_server.schema.catalog_file import wire_key
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import (
    ChildRelationship,
    Field,
    LookupFilter,
    PicklistValue,
    RecordType,
    SObject,
)

Raw = Mapping[str, Any]

_TYPES: Final = {"str": str, "bool": bool, "int": int}


def _plain_keys(kind: type) -> dict[str, tuple[str, type, bool]]:
    """Give, by wire key, the attributes of texts, truth values and whole numbers: name, type, may it be null."""
    keys = {}
    for attribute in dataclasses.fields(kind):
        name, _, rest = str(attribute.type).partition(" | ")
        if name in _TYPES and rest in ("", "None"):
            keys[wire_key(attribute.name)] = (attribute.name, _TYPES[name], rest == "None")
    return keys


_FIELD_KEYS: Final = {**_plain_keys(Field), "permissionable": ("permissionable", bool, True)}
_SOBJECT_KEYS: Final = _plain_keys(SObject)
_CHILD_KEYS: Final = {
    **_plain_keys(ChildRelationship),
    "childSObject": ("child_sobject", str, False),
}
_MASTER: Final = "012000000000000"  # how the id of every master record type begins; old versions do not tell it
_OWN_WORDS: Final = frozenset({"minApiVersion", "feature", "idPrefix", "autoNumberFormat", "namespace", "sharingModel"})

_DERIVED: Final = frozenset(
    {
        "actionOverrides", "childRelationships", "compactLayoutable", "defaultImplementation", "extendedBy",
        "extendsInterfaces", "fields", "hasSubtypes", "idEnabled", "implementedBy", "implementsInterfaces",
        "isInterface", "isSubtype", "listviewable", "lookupLayoutable", "namedLayoutInfos",
        "networkScopeFieldName", "recordTypeInfos", "searchLayoutable", "sobjectDescribeOption",
        "supportedScopes", "urls", "urlDetail", "urlEdit", "urlNew", "attributes", "dataTranslationEnabled",
    }
)  # fmt: skip
"""Keys of an sObject that are read apart, follow from others, or tell of what is not built."""

_DERIVED_OF_FIELD: Final = frozenset(
    [
        "type",
        "picklistValues",
        "referenceTo",
        "defaultValue",
        "filteredLookupInfo",
        "htmlFormatted",
        "queryByDistance",
        "dataTranslationEnabled",
        "attributes",
    ]
)


def read_describes(path: Path, notes: Notes) -> Iterator[tuple[SObject, bool]]:
    """Give each sObject that a file describes, and whether it is told whole. Raises SchemaSourceError."""
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise SchemaSourceError(path, getattr(error, "lineno", None), f"no JSON: {error}") from None
    except OSError as error:
        raise SchemaSourceError(path, None, error.strerror or str(error)) from None
    for raw in _results(document, path):
        try:
            yield _sobject(raw, notes), _is_whole(raw)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            name = raw.get("name") if isinstance(raw, dict) else None
            raise SchemaSourceError(path, None, f"describe of {name!r} is not understood: {error}") from None


def _results(document: object, path: Path) -> list[Any]:
    if isinstance(document, dict) and "result" in document:
        document = document["result"]
    found = document if isinstance(document, list) else [document]
    for raw in found:
        if not isinstance(raw, dict) or not isinstance(raw.get("fields"), list) or "name" not in raw:
            raise SchemaSourceError(path, None, 'no describe of an sObject: "name" and "fields" are expected')
    return found


def _is_whole(raw: Raw) -> bool:
    """Tell a describe from a few fields written by hand. Some events have no Id, but every describe has children."""
    names = [item.get("name") for item in raw["fields"] if isinstance(item, dict)]
    return "childRelationships" in raw or "Id" in names


def _plain(raw: Raw, keys: Mapping[str, tuple[str, type, bool]], place: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, (attribute, kind, may_be_null) in keys.items():
        if key not in raw or key in _OWN_WORDS:
            continue
        value = raw[key]
        if value is None and not may_be_null:
            continue  # null stands for the default
        if value is not None and type(value) is not kind:
            raise ValueError(f"{place}: {key} cannot be {value!r}")
        values[attribute] = value
    return values


def _sobject(raw: Raw, notes: Notes) -> SObject:
    name = raw["name"]
    for key in raw:
        if key not in _SOBJECT_KEYS and key not in _DERIVED:
            notes.add(name, f"{key!r} of a describe is not understood")
    values = _plain(raw, _SOBJECT_KEYS, name)
    values.setdefault("label", name)
    values.setdefault("label_plural", values["label"])
    values.setdefault("key_prefix", None)
    return SObject(
        **values,
        id_prefix=values["key_prefix"] or "",
        fields=tuple(_field(item, name, notes) for item in raw["fields"]),
        child_relationships=tuple(_child(item, name) for item in raw.get("childRelationships") or ()),
        record_types=tuple(_record_types(raw.get("recordTypeInfos") or ())),
    )


def _field(raw: Raw, sobject: str, notes: Notes) -> Field:
    place = f"{sobject}.{raw['name']}"
    for key in raw:
        if key not in _FIELD_KEYS and key not in _DERIVED_OF_FIELD:
            notes.add(place, f"{key!r} of a describe is not understood")
    values = _plain(raw, _FIELD_KEYS, place)
    values["type"] = FieldType(raw["type"])
    values.setdefault("label", raw["name"])
    values.setdefault("soap_type", "xsd:string")
    values["picklist_values"] = tuple(_picklist_value(item) for item in raw.get("picklistValues") or ())
    values["reference_to"] = tuple(raw.get("referenceTo") or ())
    default = raw.get("defaultValue")
    if isinstance(default, dict):  # as the SOAP API's value with its type
        default = default.get("value")
    values["default_value"] = default
    if lookup := raw.get("filteredLookupInfo"):
        values["lookup_filter"] = LookupFilter(
            is_optional=bool(lookup.get("optionalFilter")), controlling_fields=tuple(lookup["controllingFields"])
        )
    return Field(**values)


def _picklist_value(raw: Raw) -> PicklistValue:
    return PicklistValue(
        raw["value"],
        raw.get("label"),
        bool(raw.get("active", True)),
        bool(raw.get("defaultValue")),
        raw.get("validFor"),
    )


def _child(raw: Raw, sobject: str) -> ChildRelationship:
    values = _plain(raw, _CHILD_KEYS, sobject)
    values["junction_id_list_names"] = tuple(raw.get("junctionIdListNames") or ())
    values["junction_reference_to"] = tuple(raw.get("junctionReferenceTo") or ())
    return ChildRelationship(**values)


def _record_types(infos: Iterable[Raw]) -> Iterator[RecordType]:
    for info in infos:
        yield RecordType(
            id=info["recordTypeId"],
            developer_name=info.get("developerName") or info["name"],
            name=info["name"],
            active=bool(info.get("active", True)),
            is_default=bool(info.get("defaultRecordTypeMapping")),
            is_available=bool(info.get("available", True)),
            is_master=bool(info.get("master", info["recordTypeId"].startswith(_MASTER))),
        )
