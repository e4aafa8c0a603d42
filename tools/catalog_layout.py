"""The layout of the catalogue's files: from the server's values to the one canonical text of each.

The reverse of ``mockorg_server/schema/catalog_file.py``, where the form is read; both take the defaults from
``field_default.py``. Where the values come from is ``convert_catalog.py``.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from mockorg_server.schema.catalog_file import wire_key
from mockorg_server.schema.field_default import SYSTEM_FIELDS, default_attributes, default_byte_length
from mockorg_server.schema.outline import Outline
from mockorg_server.schema.schema import outline_of
from mockorg_server.schema.sobject import ChildRelationship, Field, PicklistValue, SObject


def _stated(value: object, defaults: Mapping[str, Any], leave_out: Iterable[str] = ()) -> dict[str, Any]:
    """Give the attributes of a dataclass value that differ from their defaults, by wire key, in definition order."""
    stated = {}
    for attribute in dataclasses.fields(value):  # type: ignore[arg-type]
        mine = getattr(value, attribute.name)
        if attribute.name not in leave_out and mine != defaults.get(attribute.name, attribute.default):
            stated[wire_key(attribute.name)] = list(mine) if isinstance(mine, tuple) else mine
    return stated


def compact_picklist_value(value: PicklistValue) -> Any:
    """Give "a" (label alike), ["a", "Label"], ["a"] (label null), or an object for what else there may be."""
    if value != PicklistValue(value.value, value.label):
        return _stated(value, {})
    if value.label == value.value:
        return value.value
    return [value.value] if value.label is None else [value.value, value.label]


class Picklists:
    """Where each long picklist stands first, so that the others can refer to it instead of repeating it."""

    def __init__(self, sobjects: Iterable[SObject]) -> None:
        """Go through the objects in the order given."""
        self._first: dict[tuple[PicklistValue, ...], tuple[str, str]] = {}
        for sobject in sobjects:
            for field in sobject.fields:
                if len(field.picklist_values) >= LONG_PICKLIST:
                    self._first.setdefault(field.picklist_values, (sobject.name, field.name))

    def place(self, sobject_name: str, field: Field) -> str | None:
        """Give where the field's list stands, as ``Field`` in its own object or ``SObject.Field``; None = here."""
        first = self._first.get(field.picklist_values)
        if first is None or first == (sobject_name, field.name):
            return None
        return first[1] if first[0] == sobject_name else ".".join(first)


LONG_PICKLIST = 100
"""From this many values on a picklist is written once. Shorter ones are easier to read in place."""


def compact_field(field: Field, assumed: list[str], picklist_of: str | None) -> dict[str, Any]:
    """Give the line of one field: its name and what ``field_default.py`` would not say."""
    several = len(field.reference_to) > 1
    defaults = {
        **default_attributes(field.name, field.type),
        "byte_length": default_byte_length(field.type, field.length),
        "name_pointing": several,
        "polymorphic_foreign_key": several,
    }
    system = SYSTEM_FIELDS.get(field.name)
    if system is None or system["type"] != field.type:
        defaults.pop("type", None)
    line = _stated(field, defaults)
    if picklist_of:
        line = {"picklistOf" if key == "picklistValues" else key: value for key, value in line.items()}
        line["picklistOf"] = picklist_of
    elif field.picklist_values:
        line["picklistValues"] = [compact_picklist_value(value) for value in field.picklist_values]
    return line | ({"assumed": assumed} if assumed else {})


def compact_child(child: ChildRelationship) -> dict[str, Any]:
    """Give the line of one child relationship: ``"field": "Contact.AccountId"`` and what is not at its default."""
    line = _stated(child, {}, leave_out=("child_sobject", "field"))
    return {"field": f"{child.child_sobject}.{child.field}", **line}


class Notes(NamedTuple):
    """What a reader should know of an object's sources: "real" or "docs", and the attributes that were assumed."""

    basis: str
    assumed: list[str]
    assumed_by_field: Mapping[str, list[str]]


def compact_sobject(sobject: SObject, notes: Notes, picklists: Picklists) -> dict[str, Any]:
    """Give the file of one object as JSON values."""
    defaults = {"label_plural": sobject.label + "s", "id_prefix": sobject.key_prefix, "key_prefix": None}
    head = _stated(sobject, defaults, leave_out=("fields", "child_relationships"))
    head |= {"basis": notes.basis} if notes.basis != "real" else {}
    head |= {"assumed": notes.assumed} if notes.assumed else {}
    head["fields"] = [
        compact_field(field, notes.assumed_by_field.get(field.name, []), picklists.place(sobject.name, field))
        for field in sobject.fields
    ]
    head["childRelationships"] = [compact_child(child) for child in sobject.child_relationships]
    return head


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _block(items: Iterable[Any]) -> str:
    lines = [_line(item) for item in items]
    return "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"


def format_file(raw: Mapping[str, Any]) -> str:
    """Give the one canonical text of an object's file: a key a line, a field a line, a child relationship a line."""
    blocks = ("fields", "childRelationships")
    lines = [f"{_line(key)}: {_block(value) if key in blocks else _line(value)}" for key, value in raw.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def format_index(sobjects: Iterable[SObject]) -> str:
    """Give the text of the index: the columns of ``Outline`` and a row an object, in name order."""
    rows = _block(outline_of(sobject) for sobject in sorted(sobjects, key=lambda sobject: sobject.name))
    return f'{{\n"columns": {_line(Outline._fields)},\n"rows": {rows}\n}}\n'
