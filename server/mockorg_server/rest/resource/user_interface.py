"""What the user interface is made of: tabs, themes, the app menu, quick actions, recent records.

The mock has no user interface of Salesforce's. What can be told from the schema and the records is told; lists of
things that an administrator would set up, and that no one has set up here, are empty.
"""

from __future__ import annotations

from mockorg_server.core.calls import operation as op
from mockorg_server.core.record import QueryResult
from mockorg_server.rest.error import RestError, not_found
from mockorg_server.rest.exchange import Answer, Encoded, Request
from mockorg_server.rest.resource.record import sobject_of
from mockorg_server.schema.record_shape import FieldMember
from mockorg_server.schema.sobject import SObject

_MAX_RECENT = 200  # entries of RecentlyViewed (REST API guide, Recently Viewed Items)


def recent(request: Request) -> Answer:
    """GET /recent: what was viewed or referred to last, the newest first."""
    limit = number_of(request, "limit", _MAX_RECENT, 1, _MAX_RECENT)
    soql = f"SELECT Id, Type FROM RecentlyViewed ORDER BY LastViewedDate DESC LIMIT {limit}"
    result = request.run(op.Query(soql))
    return Answer(Encoded(f"[{','.join(_recent_of(request, result))}]"))


def _recent_of(request: Request, result: QueryResult) -> list[str]:
    """Write the records of a RecentlyViewed query as they are, each with its name."""
    if result.shape is None:
        return []
    places = {member.name: member.index for member in result.shape.members if isinstance(member, FieldMember)}
    order = [(str(row[places["Id"]]), str(row[places["Type"]])) for row in result.rows]
    texts: dict[str, str] = {}
    for name in {name for _, name in order}:
        sobject = request.view.sobject(name)
        if sobject is not None and sobject.retrieveable:
            ids = [record_id for record_id, each in order if each == name]
            texts |= _named(request, sobject, ids)
    return [texts[record_id] for record_id, _ in order if record_id in texts]


def _named(request: Request, sobject: SObject, ids: list[str]) -> dict[str, str]:
    named = sobject.name_field
    fields = ("Id", named.name) if named is not None else ("Id",)
    found = request.run(op.Retrieve(sobject.name, fields, tuple(ids)))
    writer = request.tools.records.of(found.shape, request.root)
    rows = zip(ids, found.rows, strict=True)
    return {record_id: writer.record(row) for record_id, row in rows if row is not None}


def tabs(request: Request) -> Answer:
    """GET /tabs: one for each object that has pages (inferred: the platform has one unless it was hidden)."""
    request.run(op.GetServerTimestamp())
    return Answer([_tab(request, each) for each in request.view.outlines if each.layoutable and each.mru_enabled])


def _tab(request: Request, outline: object) -> dict[str, object]:
    name, label = str(getattr(outline, "name", "")), str(getattr(outline, "label_plural", ""))
    prefix = getattr(outline, "key_prefix", None)
    return {
        "colors": [],
        "custom": bool(getattr(outline, "custom", False)),
        "iconUrl": "",
        "icons": [],
        "label": label,
        "miniIconUrl": "",
        "name": name if getattr(outline, "custom", False) else f"standard-{name}",
        "sobjectName": name,
        "url": f"{request.base_url}/{prefix}/o",
    }


def theme(request: Request) -> Answer:
    """GET /theme: icons and colours, of which the mock has none."""
    request.run(op.GetServerTimestamp())
    return Answer({"themeItems": []})


def app_menu_types(request: Request) -> Answer:
    """GET /appMenu: the kinds of menus (recorded names)."""
    request.run(op.GetServerTimestamp())
    return Answer({name: f"{request.root}/appMenu/{name}" for name in ("AppSwitcher", "Salesforce1")})


def app_menu(request: Request) -> Answer:
    """GET /appMenu/AppSwitcher or Salesforce1: the items of a menu, of which the mock has none."""
    request.run(op.GetServerTimestamp())
    if request.path["menu"].lower() not in {"appswitcher", "salesforce1"}:
        raise not_found()
    return Answer({"appMenuItems": []})


def quick_actions(request: Request) -> Answer:
    """GET /quickActions: the global ones, of which the mock has none."""
    request.run(op.GetServerTimestamp())
    return Answer([])


def sobject_quick_actions(request: Request) -> Answer:
    """GET /sobjects/X/quickActions: those of an object, of which the mock has none."""
    sobject_of(request)
    return quick_actions(request)


def no_quick_action(request: Request) -> Answer:
    """Refuse a quick action: there are none."""
    request.run(op.GetServerTimestamp())
    raise not_found()


def relevant_items(request: Request) -> Answer:
    """GET /sobjects/relevantItems and /nouns: ranks that the mock does not keep."""
    request.run(op.GetServerTimestamp())
    return Answer([])


def number_of(request: Request, name: str, default: int, least: int, most: int) -> int:
    """Read a whole number of the query string within bounds. Raises RestError for anything else."""
    text = request.parameter(name)
    if text is None or text == "":
        return default
    if not (text.isascii() and text.isdigit()) or not least <= int(text[:9]) <= most:
        raise RestError("INVALID_QUERY_OPTIONS", f"{name} must be a number from {least} to {most}, not {text}")
    return int(text)
