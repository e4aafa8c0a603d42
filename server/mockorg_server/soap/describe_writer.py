"""describeGlobal and describeSObject results, rendered once per sObject and API version and kept.

Which members are there, and what they say where the schema has no fact, follows a recorded describe of Lead: optional
truth values are left out when false, lists when empty. Lines marked *inferred* rest on that one describe, or on rules
that agree with the recorded describes of Lead and Account.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from mockorg_server.schema import describe
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.soap.contract import Contract
from mockorg_server.soap.text import escaped
from mockorg_server.soap.type_writer import Elements, Getter, Getters, TypeWriter, absent, simple_text

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


def _told_when_true(members: Getters, *names: str) -> Getters:
    """Leave out the members ``names`` where they are false."""
    return {**members, **{name: _or_nothing(members[name]) for name in names}}


def _or_nothing(getter: Getter) -> Getter:
    return lambda value: getter(value) or None


SOBJECT_MEMBERS: Getters = {
    **describe.SOBJECT_MEMBERS,
    "dataTranslationEnabled": absent,
    "idEnabled": _has_prefix,  # inferred: true for Lead, and nothing without a prefix has ids
}
"""Members of DescribeGlobalSObjectResult; DescribeSObjectResult has them too."""

CHILD_MEMBERS = _told_when_true(describe.CHILD_MEMBERS, "restrictedDelete")

FIELD_MEMBERS: Getters = {
    **_told_when_true(
        describe.FIELD_MEMBERS,
        *("cascadeDelete", "dependentPicklist", "displayLocationInDecimal", "encrypted", "externalId"),
        *("formulaTreatNullNumberAsZero", "highScaleNumber", "htmlFormatted", "restrictedDelete"),
        "writeRequiresMasterRead",
    ),
    "dataTranslationEnabled": absent,
    "defaultValue": _default_value,
    "soapType": lambda field: SOAP_TYPES.get(field.soap_type, field.soap_type),
}
"""Members of Field but for those that are elements of their own."""

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
    picklist = TypeWriter(contract, "tns:PicklistEntry", describe.PICKLIST_MEMBERS, version)
    children = TypeWriter(contract, "tns:ChildRelationship", CHILD_MEMBERS, version)
    record_type = TypeWriter(contract, "tns:RecordTypeInfo", describe.RECORD_TYPE_MEMBERS, version)
    filtered = TypeWriter(contract, "tns:FilteredLookupInfo", describe.FILTERED_LOOKUP_MEMBERS, version)
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
        "recordTypeInfos": lambda sobject: record_type.elements("recordTypeInfos", describe.record_types(sobject)),
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
