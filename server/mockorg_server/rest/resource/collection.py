"""sObject collections: up to 200 records in one request, each with its own result."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from mockorg_server.core.calls import operation as op
from mockorg_server.core.dml.chunk import rolled_back
from mockorg_server.core.error import OrgError, RowError
from mockorg_server.core.limit import MAX_DML_RECORDS
from mockorg_server.core.record import InputRecord, SaveResult
from mockorg_server.rest.error import RestError, no_such_key
from mockorg_server.rest.exchange import Answer, Encoded, Request
from mockorg_server.rest.record_reader import read_record
from mockorg_server.rest.resource.record import sobject_of
from mockorg_server.rest.row_error import collection_errors

_MAX_RETRIEVED: Final = 2_000
_REFUSED_BY_ROW: Final = frozenset({"INVALID_FIELD", "INVALID_TYPE", "MALFORMED_ID"})


class _Undone(Exception):
    """Undoes the records of a request of which one was refused."""


def create(request: Request) -> Answer:
    """POST /composite/sobjects."""
    records, all_or_none = _records(request)
    return _answer(_by_row(request, records, op.Create, all_or_none))


def update(request: Request) -> Answer:
    """PATCH /composite/sobjects."""
    records, all_or_none = _records(request)
    return _answer(_by_row(request, records, op.Update, all_or_none))


def delete(request: Request) -> Answer:
    """DELETE /composite/sobjects?ids=."""
    ids = tuple(each.strip() for each in (request.parameter("ids") or "").split(",") if each.strip())
    if not ids:
        raise RestError("REQUIRED_FIELD_MISSING", "The ids parameter is required")
    _hold(len(ids))
    all_or_none = (request.parameter("allOrNone") or "").lower() == "true"
    return _answer(request.run(op.Delete(ids, all_or_none)))


def upsert(request: Request) -> Answer:
    """PATCH /composite/sobjects/X/field."""
    sobject = sobject_of(request)
    key = sobject.field(request.path["field"])
    if key is None or not (key.external_id or key.id_lookup or key.name == "Id"):
        raise no_such_key(request.path["field"])
    records, all_or_none = _records(request)
    other = next((each.type for each in records if each.type and each.type.lower() != sobject.name.lower()), None)
    if other is not None:
        raise RestError("INVALID_INPUT", f"The type {other} is not {sobject.name}, which the records here must be")
    results = _by_row(request, records, partial(op.Upsert, key.name), all_or_none)
    return Answer([_result(each) | ({"created": each.created} if each.success else {}) for each in results])


def retrieve(request: Request) -> Answer:
    """GET ?ids=&fields=, or POST {"ids", "fields"} to /composite/sobjects/X: null where a record is not there."""
    sobject = sobject_of(request)
    if request.method == "POST":
        body = request.json_object()
        ids, fields = _texts(body, "ids"), _texts(body, "fields")
    else:
        ids, fields = (
            [each.strip() for each in (request.parameter(name) or "").split(",") if each.strip()]
            for name in ("ids", "fields")
        )
    if not ids or not fields:
        raise RestError("REQUIRED_FIELD_MISSING", "The ids and fields are required")
    if len(ids) > _MAX_RETRIEVED:
        raise RestError("EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {_MAX_RETRIEVED} records")
    result = request.run(op.Retrieve(sobject.name, tuple(dict.fromkeys(fields)), tuple(ids)))
    record = request.tools.records.of(result.shape, request.root).record
    return Answer(Encoded(f"[{','.join('null' if row is None else record(row) for row in result.rows)}]"))


def _texts(body: dict[str, Any], name: str) -> list[str]:
    value = body.get(name)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise RestError("JSON_PARSER_ERROR", f"{name} must be a list of texts")
    return value


def _records(request: Request) -> tuple[list[InputRecord], bool]:
    body = request.json_object()
    unknown = next((name for name in body if name not in {"records", "allOrNone"}), None)
    if unknown is not None:
        raise RestError("JSON_PARSER_ERROR", f'Unrecognized field "{unknown}" at [line:1, column:1]')
    entries = body.get("records")
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise RestError("JSON_PARSER_ERROR", "records must be a list of objects")
    _hold(len(entries))
    all_or_none = body.get("allOrNone") or False  # null is false: django-salesforce sends it, and works with real orgs
    if not isinstance(all_or_none, bool):
        raise RestError("JSON_PARSER_ERROR", "allOrNone must be true or false")
    text = request.text() if request.value is None else ""
    return [read_record(request.view, type_of(each, request), each, text=text) for each in entries], all_or_none


def type_of(entry: dict[str, Any], request: Request) -> str:
    """Give the type that a record names in its attributes."""
    attributes = entry.get("attributes")
    name = attributes.get("type") if isinstance(attributes, dict) else request.path.get("sobject")
    return name if isinstance(name, str) else ""


def _hold(count: int) -> None:
    if count > MAX_DML_RECORDS:
        message = f"record limit reached. cannot submit more than {MAX_DML_RECORDS} records in this request"
        raise RestError("EXCEEDED_ID_LIMIT", message)


def _by_row(request: Request, records: list[InputRecord], make: Any, all_or_none: bool) -> list[SaveResult]:
    """Run an operation; a name that the schema does not know fails its own record here, not the call (recorded)."""
    make = partial(make, duplicate_rule=request.duplicate_rule)
    operation = make(tuple(records), all_or_none)
    try:
        results: list[SaveResult] = request.run(operation)
    except OrgError as error:
        if error.code not in _REFUSED_BY_ROW or not records:
            raise
        return _one_by_one(request, records, make, all_or_none)
    return results


def _one_by_one(request: Request, records: list[InputRecord], make: Any, all_or_none: bool) -> list[SaveResult]:
    results: list[SaveResult] = []
    try:
        with request.transaction():
            for record in records:
                try:
                    results += request.run(make((record,), False))
                except OrgError as error:
                    results.append(SaveResult(None, (RowError(error.code, error.message),)))
            if all_or_none and not all(result.success for result in results):
                raise _Undone
    except _Undone:
        return [rolled_back(result) if result.success else result for result in results]
    return results


def _answer(results: list[SaveResult]) -> Answer:
    return Answer([_result(each) for each in results])


def _result(result: SaveResult) -> dict[str, Any]:
    value: dict[str, Any] = {"id": result.id} if result.id is not None else {}
    return value | {"success": result.success, "errors": collection_errors(result.errors)}
