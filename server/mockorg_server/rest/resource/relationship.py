"""From a record to its parent or its children by a relationship's name, and to the content of its blobs."""

from __future__ import annotations

from mockorg_server.core.calls import operation as op
from mockorg_server.rest.error import RestError, not_found
from mockorg_server.rest.exchange import Answer, Encoded, Request
from mockorg_server.rest.record_writer import query_page
from mockorg_server.rest.resource.query import batch_size_of
from mockorg_server.rest.resource.record import blob, delete_by_key, read_by_key, sobject_of, upsert
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import SObject


def _is_key(request: Request) -> bool:
    """Say whether the path is of a record by external id, not of a relationship: its third part is no Id."""
    sobject = sobject_of(request)
    return normalise_id(request.path["first"]) is None or sobject.field(request.path["first"]) is not None


def _as_key(request: Request) -> Request:
    request.path |= {"field": request.path["first"], "value": request.path["second"]}
    return request


def follow(request: Request) -> Answer:
    """GET /sobjects/X/id/relationship, or /sobjects/X/field/value."""
    if _is_key(request):
        return read_by_key(_as_key(request))
    request.path |= {"id": request.path["first"], "relationship": request.path["second"]}
    content = blob(request)
    if content is not None:
        return content
    return _follow(request, sobject_of(request), request.path["relationship"])


def change(request: Request) -> Answer:
    """PATCH /sobjects/X/field/value."""
    if not _is_key(request):
        raise RestError("NOT_IMPLEMENTED", "mockorg does not support changing a record through a relationship yet", 501)
    return upsert(_as_key(request))


def remove(request: Request) -> Answer:
    """DELETE /sobjects/X/field/value."""
    if not _is_key(request):
        raise RestError("NOT_IMPLEMENTED", "mockorg does not support deleting through a relationship yet", 501)
    return delete_by_key(_as_key(request))


def _follow(request: Request, sobject: SObject, name: str) -> Answer:
    fields = [each.strip() for each in (request.parameter("fields") or "").split(",") if each.strip()]
    record_id = normalise_id(request.path["id"])
    reference = sobject.parent_field(name)
    if reference is not None:
        result = request.run(op.GetRecord(sobject.name, request.path["id"], (reference.name,)))
        parent_id = result.rows[0][result.shape.members[0].index]
        candidates = request.view.sobjects_by_prefix(str(parent_id)[:3])
        target = next((each for each in candidates if each.name in reference.reference_to), None)
        if parent_id is None or target is None:
            raise not_found()
        found = request.run(op.GetRecord(target.name, str(parent_id), tuple(fields)))
        return Answer(Encoded(request.tools.records.of(found.shape, request.root).record(found.rows[0])))
    child = sobject.child_relationship(name)
    if child is None:
        raise not_found()
    request.run(op.GetRecord(sobject.name, request.path["id"], ("Id",)))
    listed = ", ".join(fields) if fields else _all_fields(request, child.child_sobject)
    soql = f"SELECT {listed} FROM {child.child_sobject} WHERE {child.field} = '{record_id}'"
    page = request.run(op.Query(soql, batch_size_of(request)))
    records = request.tools.records.of(page.shape, request.root).records(page.rows)
    return Answer(Encoded(query_page(page.size, page.done, page.query_locator, records, request.root)))


def _all_fields(request: Request, name: str) -> str:
    sobject = request.view.sobject(name)
    if sobject is None:
        raise not_found()
    return ", ".join(field.name for field in sobject.fields if field.type.value != "complexvalue")
