"""Records by Id and by external id: read, create, update, upsert, delete, and the content of their blobs."""

from __future__ import annotations

import base64
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from mockorg_server.core.calls import operation as op
from mockorg_server.core.clock import instant_of
from mockorg_server.core.error import OrgError
from mockorg_server.core.record import RetrieveResult, SaveResult
from mockorg_server.rest.error import RestError, no_such_key, not_found, status_of
from mockorg_server.rest.exchange import Answer, Encoded, Request
from mockorg_server.rest.multipart import is_multipart, read_multipart
from mockorg_server.rest.precondition import etag_of, is_conditional, is_unchanged, last_modified_of
from mockorg_server.rest.record_reader import read_record
from mockorg_server.rest.row_error import row_errors
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.record_shape import FieldMember
from mockorg_server.schema.sobject import SObject

_CREATED_SINCE = 46  # the version from which upsert tells whether it created


def sobject_of(request: Request) -> SObject:
    """Give the sObject of the path. Raises RestError NOT_FOUND (recorded)."""
    sobject = request.view.sobject(request.path["sobject"])
    if sobject is None:
        raise not_found()
    return sobject


def create(request: Request) -> Answer:
    """POST /sobjects/X: make a record."""
    sobject = sobject_of(request)
    record = read_record(request.view, sobject.name, _body(request), text=_text(request))
    [result] = request.run(op.Create((record,), duplicate_rule=request.duplicate_rule))
    if not result.success:
        return refused(request, result, names_record=False)
    location = f"{request.root}/sobjects/{sobject.name}/{result.id}"
    value = {"id": result.id, "success": True, "errors": []}
    return Answer(value, 201, {"Location": location})


def read(request: Request) -> Answer:
    """GET /sobjects/X/id: a record, all its fields or those of ``fields=``."""
    sobject = sobject_of(request)
    record_id = request.path["id"]
    if normalise_id(record_id) is None:
        raise no_such_key(record_id)
    found = request.run(op.GetRecord(sobject.name, record_id, _fields(request)))
    answer = _record(request, found)
    headers = _validators(request, found, answer)
    if is_conditional(request):
        whole = found if not request.parameter("fields") else request.run(op.GetRecord(sobject.name, record_id))
        if is_unchanged(request, headers["ETag"], _changed_at(whole)):
            return Answer(status=304, headers=headers)
    answer.headers |= headers
    return answer


def update(request: Request) -> Answer:
    """PATCH /sobjects/X/id: change a record."""
    sobject = sobject_of(request)
    body = _body(request)
    _refuse_keys(body, "Id")
    record = read_record(request.view, sobject.name, body, _id(request), _text(request))
    with request.transaction() if is_conditional(request) else nullcontext():
        if is_conditional(request):
            _require_conditions(request, sobject, _id(request))
        [result] = request.run(op.Update((record,), duplicate_rule=request.duplicate_rule))
    return Answer(status=204) if result.success else _refused_update(request, sobject, result)


def delete(request: Request) -> Answer:
    """DELETE /sobjects/X/id."""
    sobject, record_id = sobject_of(request), _id(request)
    if str(normalise_id(record_id))[:3] != sobject.id_prefix:
        raise not_found()  # as GET answers for the id of another sObject
    [result] = request.run(op.Delete((record_id,)))
    return Answer(status=204) if result.success else refused(request, result)


def read_by_key(request: Request) -> Answer:
    """GET /sobjects/X/field/value: the record with that external id."""
    sobject = sobject_of(request)
    found = _matches(request)
    if isinstance(found, Answer):
        return found
    if found is None:
        raise not_found()
    return _record(request, request.run(op.GetRecord(sobject.name, found, _fields(request))))


def delete_by_key(request: Request) -> Answer:
    """DELETE /sobjects/X/field/value."""
    found = _matches(request)
    if isinstance(found, Answer):
        return found
    if found is None:
        raise not_found()
    [result] = request.run(op.Delete((found,)))
    return Answer(status=204) if result.success else refused(request, result)


def upsert(request: Request) -> Answer:
    """PATCH /sobjects/X/field/value: change the record with that external id, or make one."""
    sobject = sobject_of(request)
    body = _body(request)
    key, value = request.path["field"], request.path["value"]
    _refuse_keys(body, "Id", key)
    found = _matches(request)
    if isinstance(found, Answer):
        return found
    update_only = (request.parameter("updateOnly") or "").lower() == "true"
    if found is None and update_only:
        raise not_found()
    field = sobject.field(key)
    if field is not None and field.name == "Id":
        record = read_record(request.view, sobject.name, body, value, _text(request))
        [result] = request.run(op.Update((record,), duplicate_rule=request.duplicate_rule))
    else:
        record = read_record(request.view, sobject.name, {**body, key: value}, text=_text(request))
        [result] = request.run(op.Upsert(key, (record,), duplicate_rule=request.duplicate_rule))
    return _upserted(request, sobject, result) if result.success else refused(request, result)


def create_by_key(request: Request) -> Answer:
    """POST /sobjects/X/Id: the same as to /sobjects/X (REST API guide, upsert)."""
    if request.path["field"].lower() != "id":
        raise RestError("METHOD_NOT_ALLOWED", "HTTP Method 'POST' not allowed. Allowed are GET,HEAD,PATCH,DELETE")
    return create(request)


def blob(request: Request) -> Answer | None:
    """Give the content of a base64 field, None when the path's last part is none."""
    sobject = sobject_of(request)
    field = sobject.field(request.path["relationship"])
    if field is None or field.type.value != "base64":
        return None
    kind = sobject.field("ContentType")
    fields = (field.name, *((kind.name,) if kind is not None else ()))
    result = request.run(op.GetRecord(sobject.name, request.path["id"], fields))
    row = result.rows[0]
    values = {member.name: row[member.index] for member in result.shape.members}
    content = base64.b64decode(str(values[field.name] or ""))
    content_type = str(values.get("ContentType") or "application/octet-stream")
    return Answer(content=content, content_type=content_type)


def refused(request: Request, result: SaveResult, *, names_record: bool = True) -> Answer:
    """Give the answer of a save that was refused.

    A record that the request names and that is gone is a 404; of one that a field refers to it is a 400 (recorded).
    """
    status = status_of_row(result)
    return Answer(row_errors(result.errors, request.root), status if names_record or status != 404 else 400)


def status_of_row(result: SaveResult) -> int:
    """Give the HTTP status of a row's refusal: what a single-record request names and is not there is a 404."""
    code = result.errors[0].code
    is_gone = code == "INVALID_CROSS_REFERENCE_KEY" and result.errors[0].message == "invalid cross reference id"
    return 404 if is_gone else status_of(code)


def _record(request: Request, result: RetrieveResult) -> Answer:
    row = result.rows[0]
    if row is None:
        raise not_found()
    return Answer(Encoded(request.tools.records.of(result.shape, request.root).record(row)))


def _validators(request: Request, result: RetrieveResult, answer: Answer) -> dict[str, str]:
    """Give the headers by which a client can ask again whether the record is still as it is."""
    headers = {"ETag": etag_of(_text_of(answer))}
    if not request.parameter("fields"):
        headers["Last-Modified"] = last_modified_of(_changed_at(result))
    return headers


def _require_conditions(request: Request, sobject: SObject, record_id: str) -> None:
    """Hold a write to the conditions of its headers: the tag is that of the whole record. Raises RestError 412."""
    found = request.run(op.GetRecord(sobject.name, record_id))
    is_unchanged(request, etag_of(_text_of(_record(request, found))), _changed_at(found))


def _refused_update(request: Request, sobject: SObject, result: SaveResult) -> Answer:
    names_record = status_of_row(result) != 404 or not _is_there(request, sobject)
    return refused(request, result, names_record=names_record)


def _is_there(request: Request, sobject: SObject) -> bool:
    """Tell whether the record of the path is there, once a save of it was refused."""
    try:
        request.run(op.GetRecord(sobject.name, request.path["id"], ("Id",)))
    except OrgError:
        return False
    return True


def _text_of(answer: Answer) -> str:
    return answer.value.text if isinstance(answer.value, Encoded) else ""


def _changed_at(result: RetrieveResult) -> datetime:
    """Give when a record changed last; an object without stamps never does."""
    row = result.rows[0]
    places = {member.name: member.index for member in result.shape.members if isinstance(member, FieldMember)}
    place = places.get("LastModifiedDate", places.get("SystemModstamp", places.get("CreatedDate")))
    value = row[place] if row is not None and place is not None else None
    return instant_of(str(value)).replace(microsecond=0) if value else datetime.fromtimestamp(0, UTC)


def _matches(request: Request) -> str | Answer | None:
    """Give the Id of the record that the path's key names, None for none, an answer of 300 for several (recorded)."""
    sobject = sobject_of(request)
    key, value = request.path["field"], request.path["value"]
    field = sobject.field(key)
    if field is not None and field.name == "Id":
        record_id = normalise_id(value)
        if record_id is None:
            raise OrgError("MALFORMED_ID", f"malformed id {value}")
        return record_id
    ids = request.run(op.FindRecord(sobject.name, key, value))
    if len(ids) > 1:
        return Answer([f"{request.root}/sobjects/{sobject.name}/{each}" for each in ids], 300)
    return ids[0] if ids else None


def _upserted(request: Request, sobject: SObject, result: SaveResult) -> Answer:
    headers = {"Location": f"{request.root}/sobjects/{sobject.name}/{result.id}"} if result.created else {}
    value: dict[str, object] = {"id": result.id, "success": True, "errors": []}
    if request.version >= _CREATED_SINCE:
        return Answer(value | {"created": result.created}, 201 if result.created else 200, headers)
    return Answer(value, 201, headers) if result.created else Answer(status=204)


def _id(request: Request) -> str:
    record_id = request.path["id"]
    if normalise_id(record_id) is None:
        raise no_such_key(record_id)
    return record_id


def _fields(request: Request) -> tuple[str, ...]:
    return tuple(name.strip() for name in (request.parameter("fields") or "").split(",") if name.strip())


def _body(request: Request) -> dict[str, Any]:
    content_type = request.header("content-type")
    if is_multipart(content_type):
        return read_multipart(str(content_type), request.body)
    return request.json_object()


def _text(request: Request) -> str:
    if request.value is not None or is_multipart(request.header("content-type")):
        return ""
    return request.text()


def _refuse_keys(body: dict[str, Any], *keys: str) -> None:
    """Refuse a body that tells again what the path tells (REST API guide, upsert; the text was seen in the field)."""
    for name in body:
        if name.lower() in {key.lower() for key in keys}:
            raise RestError("INVALID_FIELD", f"The {name} field should not be specified in the sobject data.")
