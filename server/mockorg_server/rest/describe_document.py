"""Describes in JSON, written once per sObject and API version and kept.

Members and their names follow the recorded describe of Account; lines marked *inferred* rest on that one alone.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any, Final

from mockorg_server.schema import describe
from mockorg_server.schema.sobject import SObject

_BASE: Final = "\x00"  # stands for the server's own address in what is kept, and stands in no name
_FASTEST: Final = 1

_FIELD: Final = dict(
    sorted(
        {
            **describe.FIELD_MEMBERS,
            "filteredLookupInfo": lambda field: (
                field.lookup_filter and _values(describe.FILTERED_LOOKUP_MEMBERS, field.lookup_filter)
            ),
            "picklistValues": lambda field: [
                _values(describe.PICKLIST_MEMBERS, entry) for entry in field.picklist_values
            ],
        }.items()
    )
)
_NOTHING: Final = (
    *("defaultImplementation", "extendedBy", "extendsInterfaces", "implementedBy", "implementsInterfaces"),
    *("listviewable", "lookupLayoutable", "networkScopeFieldName"),
)


def _values(getters: describe.Getters, thing: object) -> dict[str, object]:
    return {name: getter(thing) for name, getter in getters.items()}


def _record_types(sobject: SObject, address: str) -> list[dict[str, object]]:
    return [
        {**_values(describe.RECORD_TYPE_MEMBERS, each), "urls": {"layout": f"{address}/describe/layouts/{each.id}"}}
        for each in describe.record_types(sobject)
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
        return _values(describe.SOBJECT_MEMBERS, sobject) | {"urls": urls}

    @staticmethod
    def _document(sobject: SObject, root: str) -> dict[str, object]:
        address = f"{root}/sobjects/{sobject.name}"
        return {
            "actionOverrides": [],
            **_values(describe.SOBJECT_MEMBERS, sobject),
            "childRelationships": [_values(describe.CHILD_MEMBERS, child) for child in sobject.child_relationships],
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
