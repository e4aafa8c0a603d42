"""Layouts: page layouts, compact and approval layouts, the columns of search results and their order.

A layout is what an administrator makes; the mock makes one of each object from its describe: every field that pages
show, in the order of the describe (inferred; the members are those of the REST API guide's samples).
"""

from __future__ import annotations

from mockorg_server.core.calls import operation as op
from mockorg_server.rest.error import RestError, not_found
from mockorg_server.rest.exchange import Answer, Request
from mockorg_server.rest.resource.record import sobject_of
from mockorg_server.schema.describe import MASTER_RECORD_TYPE_ID, picklist_of, record_types
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import Field, RecordType, SObject

_SYSTEM = frozenset({"Id", "IsDeleted", "SystemModstamp", "LastViewedDate", "LastReferencedDate", "LastActivityDate"})


def layouts(request: Request) -> Answer:
    """GET /sobjects/X/describe/layouts: one layout, which every record type has."""
    sobject = _described(request)
    if not sobject.layoutable:
        return Answer({"layouts": [], "recordTypeMappings": [], "recordTypeSelectorRequired": [False]})
    types = record_types(sobject)
    mappings = [_mapping(request, sobject, each) for each in types]
    several = len([each for each in types if each.active and not each.is_master]) > 1
    return Answer(
        {
            "layouts": [_layout(sobject)],
            "recordTypeMappings": mappings,
            "recordTypeSelectorRequired": [several],
        }
    )


def layout_of_record_type(request: Request) -> Answer:
    """GET /sobjects/X/describe/layouts/id: the layout of a record type."""
    sobject = _described(request)
    wanted = normalise_id(request.path["record_type"])
    if wanted is None or wanted not in {normalise_id(each.id) for each in record_types(sobject)}:
        raise not_found()
    return Answer(_layout(sobject))


def named_layout(request: Request) -> Answer:
    """GET /sobjects/X/describe/namedLayouts/name: the mock has none."""
    _described(request)
    raise not_found()


def compact_layouts(request: Request) -> Answer:
    """GET /sobjects/X/describe/compactLayouts: the system's own layout alone, so there are none to list."""
    sobject = _described(request)
    mappings = [
        {
            "available": each.is_available,
            "compactLayoutId": None,
            "compactLayoutName": "SYSTEM",
            "recordTypeId": each.id,
            "recordTypeName": each.name,
            "urls": {"compactLayout": f"{_address(request, sobject)}/describe/compactLayouts/{MASTER_RECORD_TYPE_ID}"},
        }
        for each in record_types(sobject)
    ]
    return Answer(
        {
            "compactLayouts": [],
            "defaultCompactLayoutId": None,
            "recordTypeCompactLayoutMappings": mappings,
            "urls": {"primary": f"{_address(request, sobject)}/describe/compactLayouts/primary"},
        }
    )


def approval_layouts(request: Request) -> Answer:
    """GET /sobjects/X/describe/approvalLayouts: there are no approval processes."""
    _described(request)
    return Answer({"approvalLayouts": []})


def global_layouts(request: Request) -> Answer:
    """GET /sobjects/Global/describe/layouts: the publisher's, of which there is none."""
    request.run(op.GetServerTimestamp())
    return Answer({"layouts": [], "recordTypeMappings": [], "recordTypeSelectorRequired": [False]})


def search_layout(request: Request) -> Answer:
    """GET /search/layout?q=Account,Contact: the columns of search results: the name alone (inferred)."""
    names = [name.strip() for name in (request.parameter("q") or "").split(",") if name.strip()]
    if not names:
        raise RestError("INVALID_SEARCH", "q must name objects, with commas between them")
    sobjects = request.run(op.DescribeSObjects(tuple(names)))
    told = {"label": "Search Results", "limitRows": 25}
    return Answer([{**told, "objectType": each.name, "searchColumns": _search_columns(each)} for each in sobjects])


def search_scope(request: Request) -> Answer:
    """GET /search/scopeOrder: the searchable objects that have pages, by name; how often they are used is not kept."""
    request.run(op.GetServerTimestamp())
    shown = [each for each in request.view.outlines if each.searchable and each.layoutable and each.mru_enabled]
    return Answer([{"type": each.name, "url": f"{request.root}/sobjects/{each.name}/describe"} for each in shown])


def _described(request: Request) -> SObject:
    sobject = sobject_of(request)
    request.run(op.DescribeSObjects((sobject.name,)))
    return sobject


def _address(request: Request, sobject: SObject) -> str:
    return f"{request.root}/sobjects/{sobject.name}"


def _mapping(request: Request, sobject: SObject, record_type: RecordType) -> dict[str, object]:
    return {
        "active": record_type.active,
        "available": record_type.is_available,
        "defaultRecordTypeMapping": record_type.is_default,
        "developerName": record_type.developer_name,
        "layoutId": None,
        "master": record_type.is_master,
        "name": record_type.name,
        "picklistsForRecordType": _picklists(sobject, record_type),
        "recordTypeId": record_type.id,
        "urls": {"layout": f"{_address(request, sobject)}/describe/layouts/{record_type.id}"},
    }


def _picklists(sobject: SObject, record_type: RecordType) -> list[dict[str, object]] | None:
    """Give the values of the picklists that a record type narrows, None where it narrows none."""
    narrowed = [field for name in record_type.picklists if (field := sobject.field(name)) is not None]
    return [
        {
            "picklistName": field.name,
            "picklistValues": [
                {
                    "active": True,
                    "defaultValue": entry.default_value,
                    "label": entry.label,
                    "validFor": entry.valid_for,
                    "value": entry.value,
                }
                for entry in picklist_of(sobject, field, record_type.id)
            ],
        }
        for field in narrowed
    ] or None


def _search_columns(sobject: SObject) -> list[dict[str, object]]:
    named = sobject.name_field
    if named is None:
        return []
    return [{"field": f"{sobject.name}.{named.name}", "format": None, "label": named.label, "name": named.name}]


def _layout(sobject: SObject) -> dict[str, object]:
    shown = [
        field
        for field in sobject.fields
        if field.name not in _SYSTEM and (field.name_field or not field.compound_field_name)
    ]
    return {
        "buttonLayoutSection": {"detailButtons": []},
        "detailLayoutSections": [_section(sobject, shown)],
        "editLayoutSections": [_section(sobject, [field for field in shown if field.createable or field.updateable])],
        "feedView": None,
        "highlightsPanelLayoutSection": None,
        "id": None,
        "multirowEditLayoutSections": [],
        "offlineLinks": [],
        "quickActionList": {"quickActionListItems": []},
        "relatedContent": None,
        "relatedLists": [],
        "saveOptions": [],
    }


def _section(sobject: SObject, fields: list[Field]) -> dict[str, object]:
    rows = [{"layoutItems": [_item(field)], "numItems": 1} for field in fields]
    return {
        "collapsed": False,
        "columns": 1,
        "heading": f"{sobject.label} Information",
        "layoutRows": rows,
        "layoutSectionId": None,
        "parentLayoutId": None,
        "rows": len(rows),
        "tabOrder": "LeftToRight",
        "useCollapsibleSection": False,
        "useHeading": True,
    }


def _item(field: Field) -> dict[str, object]:
    component = {"displayLines": 1, "tabOrder": 1, "type": "Field", "value": field.name}
    return {
        "editableForNew": field.createable,
        "editableForUpdate": field.updateable,
        "label": field.label,
        "layoutComponents": [component],
        "placeholder": False,
        "required": not field.nillable and not field.defaulted_on_create and field.createable,
    }
