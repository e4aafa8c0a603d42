"""The compact form of one sObject: what a file ``catalog/<Name>.json`` may say, and how it becomes an ``SObject``.

Keys are the attribute names of describe results. A key this table does not know is an error, never ignored, so a typing
mistake in the data cannot silently change an org. ``docs/schema.md`` shows the form; ``tools/convert_catalog.py``
writes it. Where the files lie and when they are read is ``catalog.py``.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType, NoneType
from typing import Any, Final, NamedTuple

from mockorg_server.schema.feature import FEATURES
from mockorg_server.schema.field_default import default_attributes, default_byte_length
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import ChildRelationship, Field, PicklistValue, SObject

Raw = Mapping[str, Any]
Finder = Callable[[str], SObject | None]


class CatalogError(Exception):
    """Schema data that does not follow the compact form. The message names the file, the place and the key."""


class _Rule(NamedTuple):
    """What one key may hold: the attribute it fills (None = a note that is checked and dropped), types, conversion."""

    attribute: str | None
    accepted: tuple[type, ...]
    convert: Callable[[Any], Any] | None = None


_ACCEPTED: Final[Mapping[str, tuple[type, ...]]] = MappingProxyType(
    {
        "str": (str,),
        "bool": (bool,),
        "int": (int,),
        "str | None": (str, NoneType),
        "int | None": (int, NoneType),
    }
)


def wire_key(attribute: str) -> str:
    """Give the key of an attribute: ``key_prefix`` -> ``keyPrefix``, ``child_sobject`` -> ``childSObject``."""
    first, *rest = attribute.split("_")
    return first + "".join("SObject" if word == "sobject" else word.capitalize() for word in rest)


def _strings(value: list[Any]) -> tuple[str, ...]:
    if not all(type(item) is str for item in value):
        raise ValueError("must be a list of strings")
    return tuple(value)


def _feature(value: str) -> str:
    if value not in FEATURES:
        raise ValueError(f"unknown feature {value!r}")
    return value


def _field_path(value: str) -> tuple[str, str]:
    sobject, dot, field = value.partition(".")
    if not (sobject and dot and field):
        raise ValueError("must be of the form SObject.Field")
    return sobject, field


def _picklist_value(raw: Any) -> PicklistValue:
    match raw:
        case str():
            return PicklistValue(raw, raw)
        case [str(value)]:
            return PicklistValue(value, None)
        case [str(value), str(label)]:
            return PicklistValue(value, label)
        case dict():
            return PicklistValue(**_attributes(raw, _PICKLIST_RULES, "picklist value"))
    raise ValueError(f"no picklist value: {raw!r}")


def _rules(kind: type, extra: Mapping[str, _Rule], without: str = "") -> Mapping[str, _Rule]:
    """Give the rules of a dataclass: those its plain annotations tell, but for one, and ``extra``."""
    plain = {
        wire_key(attribute.name): _Rule(attribute.name, _ACCEPTED[str(attribute.type)])
        for attribute in dataclasses.fields(kind)
        if str(attribute.type) in _ACCEPTED and attribute.name != without
    }
    return {**plain, **extra}


_PICKLIST_OF: Final = "picklist_of"
_FEATURE: Final = _Rule("feature", (str,), _feature)
_NOTE_LIST: Final = _Rule(None, (list,), _strings)
_PICKLIST_RULES: Final = _rules(PicklistValue, {})
_FIELD_RULES: Final = _rules(
    Field,
    {
        "type": _Rule("type", (str,), FieldType),
        "picklistValues": _Rule("picklist_values", (list,), lambda items: tuple(map(_picklist_value, items))),
        "picklistOf": _Rule(_PICKLIST_OF, (str,)),
        "referenceTo": _Rule("reference_to", (list,), _strings),
        "defaultValue": _Rule("default_value", (str, bool, int, float, NoneType)),
        "feature": _FEATURE,
        "assumed": _NOTE_LIST,
    },
)
_CHILD_RULES: Final = _rules(
    ChildRelationship,
    {
        "field": _Rule("field", (str,), _field_path),
        "junctionIdListNames": _Rule("junction_id_list_names", (list,), _strings),
        "junctionReferenceTo": _Rule("junction_reference_to", (list,), _strings),
        "feature": _FEATURE,
    },
    without="child_sobject",
)


def _attributes(raw: Raw, rules: Mapping[str, _Rule], place: str) -> dict[str, Any]:
    """Give the attributes that a raw object states, checked against the rules."""
    stated: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in rules:
            raise CatalogError(f"{place}: unknown key {key!r}")
        attribute, accepted, convert = rules[key]
        if type(value) not in accepted:
            raise CatalogError(f"{place}: key {key!r} cannot be {value!r}")
        if convert is not None:
            try:
                value = convert(value)  # noqa: PLW2901
            except (ValueError, TypeError, CatalogError) as error:
                raise CatalogError(f"{place}: key {key!r}: {error}") from error
        if attribute is not None:
            stated[attribute] = value
    return stated


def _field(raw: Raw, file: str, earlier: Mapping[str, Field], find: Finder) -> Field:
    place = f"{file}: field {raw.get('name')!r}"
    stated = _attributes(raw, _FIELD_RULES, place)
    if _PICKLIST_OF in stated:
        if "picklist_values" in stated:
            raise CatalogError(f"{place}: keys 'picklistOf' and 'picklistValues' exclude each other")
        stated["picklist_values"] = _picklist_of(stated.pop(_PICKLIST_OF), place, earlier, find)
    try:
        attributes = {**default_attributes(stated["name"], stated.get("type")), **stated}
        attributes.setdefault("byte_length", default_byte_length(attributes["type"], attributes.get("length", 0)))
        if len(attributes.get("reference_to", ())) > 1:
            attributes.setdefault("name_pointing", True)
            attributes.setdefault("polymorphic_foreign_key", True)
        return Field(**attributes)
    except (KeyError, TypeError) as error:
        raise CatalogError(f"{place}: a required key is missing: {error}") from error


def _picklist_of(path: str, place: str, earlier: Mapping[str, Field], find: Finder) -> tuple[PicklistValue, ...]:
    """Give the values of the field that ``path`` names: an earlier one of the object, or ``SObject.Field``."""
    sobject_name, _, field_name = path.rpartition(".")
    sobject = find(sobject_name) if sobject_name else None
    field = earlier.get(field_name) if not sobject_name else sobject and sobject.field(field_name)
    if not field or not field.picklist_values:
        raise CatalogError(f"{place}: key 'picklistOf': {path!r} has no picklist")
    return field.picklist_values


def _fields(raw: Iterable[Raw], file: str, find: Finder) -> tuple[Field, ...]:
    fields: dict[str, Field] = {}
    for item in raw:
        field = _field(item, file, fields, find)
        if field.name in fields:
            raise CatalogError(f"{file}: field {field.name!r} stands twice")
        fields[field.name] = field
    if len({name.lower() for name in fields}) < len(fields):
        raise CatalogError(f"{file}: two fields differ in upper and lower case only")
    return tuple(fields.values())


def _child_relationship(raw: Raw, file: str) -> ChildRelationship:
    place = f"{file}: child relationship {raw.get('field')!r}"
    stated = _attributes(raw, _CHILD_RULES, place)
    if "field" not in stated:
        raise CatalogError(f"{place}: a required key is missing: 'field'")
    child_sobject, field = stated.pop("field")
    return ChildRelationship(child_sobject=child_sobject, field=field, **stated)


_SOBJECT_RULES: Final = _rules(
    SObject,
    {
        "fields": _Rule("fields", (list,)),
        "childRelationships": _Rule("child_relationships", (list,)),
        "feature": _FEATURE,
        "basis": _Rule(None, (str,)),
        "assumed": _NOTE_LIST,
    },
)


def read_sobject(text: str | bytes, file: str, find: Finder) -> SObject:
    """Give the sObject of one file's text, with the fields of every feature and version.

    ``find`` gives another object of the catalogue, whose picklist a field may share.

    Raises:
        CatalogError: the text is no JSON, or not of the compact form; ``file`` stands in the message.

    """
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise CatalogError(f"{file}: {error}") from error
    if not isinstance(raw, dict):
        raise CatalogError(f"{file}: must be one object")
    attributes = _attributes(raw, _SOBJECT_RULES, file)
    attributes["fields"] = _fields(_objects(attributes, "fields", file), file, find)
    attributes["child_relationships"] = tuple(
        _child_relationship(item, file) for item in _objects(attributes, "child_relationships", file)
    )
    try:
        attributes.setdefault("label_plural", attributes["label"] + "s")
        attributes.setdefault("key_prefix", None)
        attributes.setdefault("id_prefix", attributes["key_prefix"])
        sobject = SObject(**attributes)
    except (KeyError, TypeError) as error:
        raise CatalogError(f"{file}: a required key is missing: {error}") from error
    if sobject.id_prefix is None:
        raise CatalogError(f"{file}: a required key is missing: 'idPrefix' (there is no 'keyPrefix' either)")
    return sobject


def _objects(attributes: Mapping[str, Any], attribute: str, file: str) -> list[Raw]:
    items: list[Any] = attributes.get(attribute, [])
    if not all(isinstance(item, dict) for item in items):
        raise CatalogError(f"{file}: key {wire_key(attribute)!r} must be a list of objects")
    return items
