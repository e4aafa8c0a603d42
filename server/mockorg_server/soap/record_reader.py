"""sObject elements of create, update and upsert to ``InputRecord``: one compiled reader per sObject.

What real clients disagree about is taken as it comes: namespaces, the order of members, ``type`` as an element or as
``xsi:type``, ``Id`` or ``type`` twice. What would lose data is refused: a field given twice, a value with elements in
it.

An element that is nil, or an empty one of a text field, says nothing about its field, on create as on update: only
``fieldsToNull`` sets null (SOAP API guide, "Resetting Values to null" and fieldsToNull; reported alike by users of
update() and upsert()). An empty number, date or boolean is not a value of its type (recorded).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from mockorg_server.core.record import InputRecord, ParentReference
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.schema import SchemaView
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value
from mockorg_server.soap.envelope import is_nil, local_name, xsi_type_of
from mockorg_server.soap.fault import ClientFault
from mockorg_server.soap.value_reader import TEXT_TYPES, VALUE_READERS, ValueReader, read_text

_BASE_TYPE = "sObject"  # an xsi:type that names no sObject
_MAX_TAGS = 5000  # callers choose the namespaces, and with them how many tags there are
_MAX_TAG_LENGTH = 200  # and how long
_COMPOUND = frozenset({FieldType.ADDRESS, FieldType.LOCATION, FieldType.COMPLEXVALUE})


@dataclass(slots=True)
class _Parts:
    """A record while it is read."""

    type_name: str
    values: dict[str, Value] = field(default_factory=dict)
    id: str | None = None
    fields_to_null: dict[str, None] = field(default_factory=dict)  # an ordered set
    references: dict[str, ParentReference] = field(default_factory=dict)


class RecordReader:
    """Reads the records of one sObject, or of a type that the schema does not know (``sobject`` None).

    Hold one per sObject: it learns the tags of its fields, in the namespaces that callers use, as it meets them.
    """

    def __init__(self, view: SchemaView, sobject: SObject | None) -> None:
        self._view = view
        self._sobject = sobject
        self._fields: dict[str, tuple[str, ValueReader, bool]] = {}

    def read(self, type_name: str, element: etree._Element) -> InputRecord:
        """Read one record of the type that the caller wrote as ``type_name``. Raises ClientFault."""
        parts = _Parts(type_name)
        values = parts.values
        known_fields = self._fields
        for child in element:
            known = known_fields.get(child.tag)
            if known is None:
                known = self._meet(child, parts)
                if known is None:
                    continue
            name, reader, is_text = known
            text = child.text
            if len(child):
                self._read_nested(local_name(child), child, parts)
                continue
            if name in values:
                raise _given_twice(name)
            if text is None:
                if is_text or is_nil(child):
                    continue
                text = ""
            elif is_text and not text.strip():
                continue
            values[name] = reader(text)
        return InputRecord(type_name, values, parts.id, tuple(parts.fields_to_null), parts.references)

    def _meet(self, child: etree._Element, parts: _Parts) -> tuple[str, ValueReader, bool] | None:
        """Deal with an element whose tag is new: give the field it is, or None when it was not a known field."""
        name = local_name(child)
        if name in _MEMBERS:
            _MEMBERS[name](parts, child)
            return None
        known = self._sobject.field(name) if self._sobject is not None else None
        if known is None or known.type is FieldType.ID:
            self._read_unknown(name, child, parts)
            return None
        found = (known.name, VALUE_READERS[known.type], known.type in TEXT_TYPES)
        if len(self._fields) < _MAX_TAGS and len(child.tag) <= _MAX_TAG_LENGTH:
            self._fields[child.tag] = found
        return found

    def _read_unknown(self, name: str, child: etree._Element, parts: _Parts) -> None:
        """Read what is no field: a parent given by external id, or a name for the core to refuse."""
        if name.lower() == "id":
            _read_id(parts, child)
        elif len(child):
            self._read_nested(name, child, parts)
        elif name in parts.values:
            raise _given_twice(name)
        elif not self._is_empty_parent(name, child):
            parts.values[name] = child.text

    def _is_empty_parent(self, name: str, child: etree._Element) -> bool:
        no_text = not (child.text or "").strip()
        return no_text and self._sobject is not None and self._sobject.parent_field(name) is not None

    def _read_nested(self, name: str, child: etree._Element, parts: _Parts) -> None:
        known = self._sobject.field(name) if self._sobject is not None else None
        if known is not None and known.type in _COMPOUND:
            # No one can write it, and the core says so whatever the value is.
            parts.values[known.name] = etree.tostring(child, method="text", encoding="unicode")
            return
        if known is not None:
            raise ClientFault(f"The field {known.name} holds elements where its value was expected")
        if name in parts.references:
            raise _given_twice(name)
        parts.references[name] = self._parent(name, child)

    def _parent(self, name: str, element: etree._Element) -> ParentReference:
        """Read a nested record: its type, and the one external id field that finds it (SOAP API guide, upsert())."""
        type_name = record_type_of(element)
        sobject = self._view.sobject(type_name) if type_name else self._only_target(name)
        given = [
            child
            for child in element
            if local_name(child) not in {"type", "fieldsToNull"} and not is_nil(child) and (child.text or "").strip()
        ]
        if len(given) != 1 or len(given[0]):
            raise ClientFault(f"The nested record {name} must hold one external id field, not {len(given)}")
        field_name = local_name(given[0])
        known = sobject.field(field_name) if sobject is not None else None
        reader = read_text if known is None else VALUE_READERS[known.type]
        return ParentReference(type_name or None, field_name, reader(given[0].text or ""))

    def _only_target(self, relationship_name: str) -> SObject | None:
        reference = self._sobject.parent_field(relationship_name) if self._sobject is not None else None
        if reference is None or len(reference.reference_to) != 1:
            return None
        return self._view.sobject(reference.reference_to[0])


def _given_twice(name: str) -> ClientFault:
    # What a real org does with a field that stands twice in one record is not known; one of the values would be lost.
    return ClientFault(f"The field {name} is given twice in one record")


def _read_id(parts: _Parts, child: etree._Element) -> None:
    text = "" if is_nil(child) else (child.text or "").strip()
    if text and parts.id is not None and text != parts.id:
        raise _given_twice("Id")
    parts.id = text or parts.id


def _read_field_to_null(parts: _Parts, child: etree._Element) -> None:
    text = (child.text or "").strip()
    if text:
        parts.fields_to_null[text] = None


def _check_type(parts: _Parts, child: etree._Element) -> None:
    text = (child.text or "").strip()
    if text and text != parts.type_name:
        raise ClientFault(f"The record has two types, {parts.type_name} and {text}")


_MEMBERS = {"type": _check_type, "Id": _read_id, "fieldsToNull": _read_field_to_null}


def record_type_of(element: etree._Element) -> str:
    """Give the sObject name that a record states: its first ``type`` with a text, else its ``xsi:type``, else ''."""
    for child in element:
        if child.tag.endswith("type") and local_name(child) == "type" and (text := (child.text or "").strip()):
            return text
    declared = xsi_type_of(element)
    return "" if declared is None or declared == _BASE_TYPE else declared


class RecordReaders:
    """The compiled readers of one schema view, made on first use."""

    def __init__(self, view: SchemaView) -> None:
        self._view = view
        self._readers: dict[str, RecordReader] = {}
        self._unknown = RecordReader(view, None)

    def read(self, elements: Sequence[etree._Element]) -> tuple[InputRecord, ...]:
        """Read the records of a call, which may be of several types.

        Raises ClientFault, for a record without a type in words recorded from a real org (the fault code inferred).
        """
        records = []
        for element in elements:
            type_name = record_type_of(element)
            if not type_name:
                raise ClientFault("Missing entity type information. sObject requires a separate 'type' field be sent.")
            reader = self._readers.get(type_name) or self._make(type_name)
            records.append(reader.read(type_name, element))
        return tuple(records)

    def _make(self, type_name: str) -> RecordReader:
        sobject = self._view.sobject(type_name)
        if sobject is None:
            return self._unknown  # not kept under its name: callers may invent as many as they like
        reader = self._readers.get(sobject.name)
        if reader is None:
            reader = self._readers[sobject.name] = RecordReader(self._view, sobject)
        return reader
