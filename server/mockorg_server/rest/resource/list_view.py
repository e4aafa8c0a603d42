"""List views of an object: the ones that every object with pages has, all records, the user's own, recent ones.

Views that an administrator or a user makes are metadata that the mock does not have. The names follow the platform's
own (REST API guide, samples); the columns are the name, the owner and the dates (inferred).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mockorg_server.core.calls import operation as op
from mockorg_server.core.clock import instant_of
from mockorg_server.rest.error import not_found
from mockorg_server.rest.exchange import Answer, Request
from mockorg_server.rest.resource.record import sobject_of
from mockorg_server.rest.resource.user_interface import number_of
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.identifier import base62, normalise_id, to_long_id
from mockorg_server.schema.record_shape import FieldMember, ParentMember, RecordShape, Row
from mockorg_server.schema.sobject import SObject

_PREFIX: Final = "00B"
_SHOWN_ROWS: Final = 25
_MOST_ROWS: Final = 2_000
_DATES: Final = ("CreatedDate", "LastModifiedDate", "SystemModstamp")


@dataclass(frozen=True, slots=True)
class _Kind:
    """A view that objects have: ``where`` is its condition (with the caller's id), None when an object lacks it."""

    name: str
    label: str
    where: Callable[[SObject, str], str | None]
    order: str = ""


def _everything(_sobject: SObject, _user_id: str) -> str:
    return ""


def _own(sobject: SObject, user_id: str) -> str | None:
    return f" WHERE OwnerId = '{user_id}'" if sobject.field("OwnerId") else None


def _viewed(sobject: SObject, _user_id: str) -> str | None:
    return " WHERE LastViewedDate != null" if sobject.field("LastViewedDate") else None


_KINDS: Final = (
    _Kind("All{plural}", "All {label}", _everything),
    _Kind("My{plural}", "My {label}", _own),
    _Kind("RecentlyViewed{plural}", "Recently Viewed {label}", _viewed, " ORDER BY LastViewedDate DESC"),
)


@dataclass(frozen=True, slots=True)
class _View:
    """A view of an object; ``soql`` reads it."""

    id: str
    developer_name: str
    label: str
    columns: tuple[str, ...]
    soql: str


def list_views(request: Request) -> Answer:
    """GET /sobjects/X/listviews."""
    sobject = sobject_of(request)
    shown = [_basic(request, sobject, view) for view in _views(request, sobject)]
    return Answer(
        {"done": True, "listviews": shown, "nextRecordsUrl": None, "size": len(shown), "sobjectType": sobject.name}
    )


def list_view(request: Request) -> Answer:
    """GET /sobjects/X/listviews/id, or /recent for the one that was used last: the recent records."""
    sobject = sobject_of(request)
    return Answer(_basic(request, sobject, _view(request, sobject)))


def describe(request: Request) -> Answer:
    """GET /sobjects/X/listviews/id/describe."""
    sobject = sobject_of(request)
    view = _view(request, sobject)
    return Answer(
        {
            "columns": _columns(request, sobject, view),
            "id": view.id,
            "orderBy": [],
            "query": view.soql,
            "scope": None,
            "sobjectType": sobject.name,
            "whereCondition": {},
        }
    )


def results(request: Request) -> Answer:
    """GET /sobjects/X/listviews/id/results: the records, cell by cell."""
    sobject = sobject_of(request)
    view = _view(request, sobject)
    limit = number_of(request, "limit", _SHOWN_ROWS, 1, _MOST_ROWS)
    offset = number_of(request, "offset", 0, 0, _MOST_ROWS)
    page = request.run(op.Query(f"{view.soql} LIMIT {limit} OFFSET {offset}"))
    records = [] if page.shape is None else [_cells(view, page.shape, row) for row in page.rows]
    return Answer(
        {
            "columns": _columns(request, sobject, view),
            "developerName": view.developer_name,
            "done": True,
            "id": view.id,
            "label": view.label,
            "records": records,
            "size": len(records),
        }
    )


def _views(request: Request, sobject: SObject) -> list[_View]:
    user_id = request.org.sessions.require(request.caller.session_id).user_id
    if not (sobject.layoutable and sobject.queryable and sobject.key_prefix):
        return []
    columns = tuple(name for name in _column_names(sobject))
    plural = "".join(sobject.label_plural.split())
    views = []
    for number, kind in enumerate(_KINDS, start=1):
        where = kind.where(sobject, user_id)
        if where is not None:
            soql = f"SELECT {', '.join(columns)} FROM {sobject.name}{where}{kind.order}"
            name, label = kind.name.format(plural=plural), kind.label.format(label=sobject.label_plural)
            views.append(_View(_id(sobject, number), name, label, columns, soql))
    return views


def _id(sobject: SObject, number: int) -> str:
    """Give an id that is the same each time, made of the object's key prefix."""
    return to_long_id(f"{_PREFIX}000{sobject.key_prefix}{base62(number, 6)}")


def _view(request: Request, sobject: SObject) -> _View:
    wanted = request.path["view"]
    views = _views(request, sobject)
    if wanted.lower() == "recent":
        views = [view for view in views if view.developer_name.startswith("RecentlyViewed")]
    else:
        views = [view for view in views if view.id == normalise_id(wanted)]
    if not views:
        raise not_found()
    return views[0]


def _basic(request: Request, sobject: SObject, view: _View) -> dict[str, object]:
    url = f"{request.root}/sobjects/{sobject.name}/listviews/{view.id}"
    return {
        "describeUrl": f"{url}/describe",
        "developerName": view.developer_name,
        "id": view.id,
        "label": view.label,
        "resultsUrl": f"{url}/results",
        "soqlCompatible": True,
        "url": url,
    }


def _column_names(sobject: SObject) -> list[str]:
    names = [sobject.name_field.name] if sobject.name_field is not None else []
    owner = sobject.field("OwnerId")
    if owner is not None and owner.relationship_name and owner.reference_to == ("User",):
        names.append("Owner.Alias")
    return [*names, "Id", *(name for name in _DATES if sobject.field(name) is not None)]


def _columns(request: Request, sobject: SObject, view: _View) -> list[dict[str, object]]:
    return [_column(request, sobject, name) for name in view.columns]


def _column(request: Request, sobject: SObject, path: str) -> dict[str, object]:
    hidden = path == "Id" or path in _DATES
    user = request.view.sobject("User")
    field = sobject.field(path) or (user.field("Alias") if user is not None else None)
    label = field.label if field is not None else path
    return {
        "ascendingLabel": None if hidden else "Z-A",
        "descendingLabel": None if hidden else "A-Z",
        "fieldNameOrPath": path,
        "hidden": hidden,
        "label": f"{sobject.label} {label}" if path == "Owner.Alias" else label,
        "selectListItem": path,
        "sortDirection": None,
        "sortIndex": None,
        "sortable": not hidden,
        "type": field.type.value if field is not None else "string",
    }


def _cells(view: _View, shape: RecordShape, row: Row) -> dict[str, object]:
    values = dict(_values(shape, row, ""))
    return {"columns": [{"fieldNameOrPath": name, "value": values.get(name)} for name in view.columns]}


def _values(shape: RecordShape, row: Row, path: str) -> list[tuple[str, str | None]]:
    values: list[tuple[str, str | None]] = []
    for member in shape.members:
        if isinstance(member, FieldMember):
            values.append((path + member.name, _cell(member, row[member.index])))
        elif isinstance(member, ParentMember):
            values += _values(member.shape, row, f"{path}{member.name}.")
    return values


def _cell(member: FieldMember, value: object) -> str | None:
    """Write a cell: always a text, instants as Java's ``Date`` prints them (REST API guide, samples)."""
    if value is None:
        return None
    if member.type is FieldType.DATETIME:
        return instant_of(str(value)).strftime("%a %b %d %H:%M:%S GMT %Y")
    if member.type is FieldType.BOOLEAN:
        return "true" if value else "false"
    return str(value)
