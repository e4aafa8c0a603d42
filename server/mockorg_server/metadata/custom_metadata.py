"""Records of custom metadata types, as files of the Metadata API hold them, and rows of record types.

Both belong to the schema: an org has them from the start, under ids that depend on their names alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from mockorg_server.metadata.facts import Facts
from mockorg_server.metadata.note import Notes
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.identifier import stable_id
from mockorg_server.schema.schema import AddedRecord
from mockorg_server.schema.sobject import Field, RecordType, SObject
from mockorg_server.schema.value import Value

ENDING: Final = "__mdt"


def _instant(text: str) -> str:
    instant = datetime.fromisoformat(text)
    instant = instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    return instant.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


_READERS: Final[Mapping[FieldType, Callable[[str], Value]]] = {
    FieldType.BOOLEAN: _truth,
    FieldType.CURRENCY: float,
    FieldType.DATETIME: _instant,
    FieldType.DOUBLE: float,
    FieldType.INT: lambda text: int(float(text)),
    FieldType.PERCENT: float,
}
"""How the text of a value reads; the text itself for every other type."""


def split_name(name: str) -> tuple[str, str]:
    """Give the type and the developer name of a record's file: ``Setting.Default`` -> ``Setting__mdt``, ``Default``."""
    type_name, _, developer_name = name.partition(".")
    return f"{type_name}{ENDING}", developer_name


def metadata_record(
    facts: Facts, sobject: SObject, developer_name: str, prefixes: Mapping[str, str], notes: Notes
) -> AddedRecord:
    """Make a custom metadata record; ``prefixes`` are the key prefixes of the org's types, by name in lower case."""
    label = facts.text("label") or developer_name
    namespace, _, bare = developer_name.rpartition("__")
    values: dict[str, Value] = {
        "Id": stable_id(sobject.id_prefix, sobject.name, developer_name),
        "DeveloperName": bare,
        "MasterLabel": label,
        "Label": label,
        "Language": "en_US",
        "NamespacePrefix": namespace or None,
        "QualifiedApiName": developer_name,
    }
    for item in facts.all("values"):
        name = item.required("field")
        field = sobject.field(name)
        if field is None:
            notes.add(f"{sobject.name}.{developer_name}", f"a value of {name}, which the type does not have")
            continue
        values[field.name] = _value(item, field, prefixes)
    return AddedRecord(sobject.name, values)


def _value(item: Facts, field: Field, prefixes: Mapping[str, str]) -> Value:
    given = item.one("value")
    if given is None or given.is_nil or not given.own_text:
        return False if field.type is FieldType.BOOLEAN else None
    text = given.own_text
    target = field.reference_to[0] if field.reference_to else ""
    if field.type is FieldType.REFERENCE and target.lower() in prefixes:
        return stable_id(prefixes[target.lower()], target, text)
    try:
        return _READERS.get(field.type, str)(text)
    except (ValueError, KeyError):
        raise given.error(f"{text!r} is not a {field.type.value}, which {field.name} holds") from None


def record_type_row(sobject: str, record_type: RecordType) -> AddedRecord:
    """Make the row of RecordType."""
    return AddedRecord(
        "RecordType",
        {
            "Id": record_type.id,
            "Name": record_type.name,
            "DeveloperName": record_type.developer_name,
            "NamespacePrefix": record_type.namespace,
            "Description": record_type.description,
            "SobjectType": sobject,
            "IsActive": record_type.active,
        },
    )
