"""An enterprise WSDL as a source: the names and types of an org's objects and fields, and what references point at.

It tells no labels, lengths, picklists or external ids. So standard fields stay as the catalogue has them, and fields of
the org's own get the widest form of their type: every value that the WSDL allows is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lxml import etree

from mockorg_server.metadata.custom_field import SHARED, TYPE_ATTRIBUTES
from mockorg_server.metadata.custom_object import KINDS, all_standard_fields, kind_of
from mockorg_server.metadata.note import Notes, SchemaSourceError
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import ChildRelationship, Field, SObject

NAMESPACE: Final = "urn:sobject.enterprise.soap.sforce.com"
_XSD: Final = "{http://www.w3.org/2001/XMLSchema}"
_NO_SOBJECTS: Final = frozenset({"AggregateResult", "Name", "sObject"})
_LONG_TEXT = 131_072  # characters: the longest text that a field can hold

_TYPES: Final[Mapping[str, FieldType]] = {
    "tns:ID": FieldType.REFERENCE,
    "tns:location": FieldType.LOCATION,
    "xsd:boolean": FieldType.BOOLEAN,
    "xsd:date": FieldType.DATE,
    "xsd:dateTime": FieldType.DATETIME,
    "xsd:double": FieldType.DOUBLE,
    "xsd:int": FieldType.INT,
    "xsd:string": FieldType.STRING,
    "xsd:time": FieldType.TIME,
}
_WIDEST: Final[Mapping[FieldType, Mapping[str, Any]]] = {
    FieldType.STRING: {"length": _LONG_TEXT, "byte_length": 3 * _LONG_TEXT},
    FieldType.INT: {"digits": 0},
}
_PARTS: Final = ("__Latitude__s", "__Longitude__s")


@dataclass(slots=True)
class WsdlObject:
    """One complex type: its fields by name with their types, parents by relationship name, names of children."""

    name: str
    fields: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    children: list[str] = field(default_factory=list)

    @property
    def own_fields(self) -> Iterator[str]:
        """The fields of the org's own."""
        return (name for name in self.fields if name.endswith(("__c", "__s")))


def read_wsdl(path: Path) -> list[WsdlObject]:
    """Give the objects of a WSDL in its order. Raises SchemaSourceError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, huge_tree=False)
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except etree.XMLSyntaxError as error:
        raise SchemaSourceError(path, error.lineno or None, f"no XML: {error.msg}") from None
    except OSError as error:
        raise SchemaSourceError(path, None, error.strerror or str(error)) from None
    schema = root.find(f".//{_XSD}schema[@targetNamespace='{NAMESPACE}']")
    if schema is None:
        raise SchemaSourceError(path, None, "no enterprise WSDL: it has no types of sObjects")
    return [
        _read_type(each)
        for each in schema.iterchildren(f"{_XSD}complexType")
        if each.get("name") not in _NO_SOBJECTS and each.find(f".//{_XSD}extension") is not None
    ]


def _read_type(element: Any) -> WsdlObject:  # an lxml element
    found = WsdlObject(element.get("name"))
    for each in element.iter(f"{_XSD}element"):
        name, kind = each.get("name"), each.get("type")
        if kind == "tns:QueryResult":
            found.children.append(name)
        elif kind.startswith("ens:"):
            found.parents[name] = kind.removeprefix("ens:")
        else:
            found.fields[name] = kind
    return found


def own_fields(wsdl: WsdlObject, notes: Notes) -> list[Field]:
    """Make the fields of the org's own of an object."""
    compounds = {name for name, kind in wsdl.fields.items() if kind == "tns:location"}
    return [made for name in wsdl.own_fields if (made := _field(wsdl, name, compounds, notes)) is not None]


def _field(wsdl: WsdlObject, name: str, compounds: set[str], notes: Notes) -> Field | None:
    kind = _TYPES.get(wsdl.fields[name])
    if kind is None:
        notes.add(f"{wsdl.name}.{name}", f"the type {wsdl.fields[name]} is not supported: the field is left out")
        return None
    attributes: dict[str, Any] = {
        "name": name,
        "label": name.rpartition("__")[0].replace("_", " "),
        "type": kind,
        **SHARED,
        **TYPE_ATTRIBUTES[kind],
        **_WIDEST.get(kind, {}),
    }
    if kind is FieldType.REFERENCE:
        attributes |= _reference(wsdl, name, notes)
    whole = next((f"{name.removesuffix(part)}__c" for part in _PARTS if name.endswith(part)), None)
    if whole in compounds:
        attributes["compound_field_name"] = whole
    return Field(**attributes)


def _reference(wsdl: WsdlObject, name: str, notes: Notes) -> dict[str, Any]:
    relationship = f"{name[:-1]}r"
    target = wsdl.parents.get(relationship)
    if target is None or target in _NO_SOBJECTS:
        notes.add(f"{wsdl.name}.{name}", "the WSDL does not tell what it points at: it points at nothing here")
        return {"reference_to": (), "relationship_name": None}
    return {"reference_to": (target,), "relationship_name": relationship}


def own_object(wsdl: WsdlObject, notes: Notes) -> SObject | None:
    """Make an object of the org's own, None when its name is of no such kind."""
    kind = kind_of(wsdl.name, None)
    if kind is None:
        return None
    label = wsdl.name.rpartition("__")[0].replace("_", " ")
    _letter, flags, _fields = KINDS[kind]
    told = {"Id", *wsdl.fields}
    standard = tuple(each for each in all_standard_fields(kind, label) if each.name in told)
    return SObject(
        name=wsdl.name,
        label=label,
        label_plural=f"{label}s",
        key_prefix=None,
        id_prefix="",
        custom=True,
        fields=(*standard, *own_fields(wsdl, notes)),
        **flags,  # type: ignore[arg-type]  # one table of flags for all kinds
    )


def named_children(objects: list[WsdlObject], notes: Notes) -> Iterator[tuple[str, ChildRelationship]]:
    """Give what child relationships of the org's own are called on their parents, where that can be told.

    A WSDL names the children of a parent, but not whose they are: a name belongs to the one reference that is left, or
    to the object that it resembles.
    """
    references: dict[str, list[tuple[str, str]]] = {}
    for each in objects:
        for name in each.own_fields:
            target = each.parents.get(f"{name[:-1]}r") if each.fields[name] == "tns:ID" else None
            if target is not None:
                references.setdefault(target, []).append((each.name, name))
    for parent in objects:
        names = [name for name in parent.children if name.endswith("__r")]
        left = references.get(parent.name, [])
        for name in names:
            matching = left if len(names) == len(left) == 1 else [each for each in left if _resembles(name, each[0])]
            if len(matching) == 1:
                child, key = matching[0]
                yield parent.name, ChildRelationship(child_sobject=child, field=key, relationship_name=name)
            else:
                notes.add(f"{parent.name}.{name}", "a WSDL does not tell whose children these are: left out")


def _resembles(relationship: str, sobject: str) -> bool:
    stem = sobject.rpartition("__")[0].replace("_", "").lower()
    name = relationship.removesuffix("__r").replace("_", "").lower()
    return name in {stem, f"{stem}s", f"{stem}es", f"{stem[:-1]}ies"}
