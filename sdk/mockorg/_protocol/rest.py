"""The REST API: one row per call, which says how its requests are written and its answers read.

``encode``, ``read`` and ``decode`` are all that the client uses. What REST has no resource for (logins, who the caller
is, the org's clock) is not here: ``offers`` tells, and the client asks for it over SOAP, within the same session.

Rows of create, update, upsert and delete go through the collections resources, a row of the table each, so that one
call is one request and one transaction, as over SOAP.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NoReturn, TypeVar
from urllib.parse import quote, urlencode

from mockorg import _call as calls
from mockorg._describe import DescribeGlobalResult, DescribeSObjectResult
from mockorg._duplicate import DuplicateRuleHeader
from mockorg._error import TransportError
from mockorg._protocol.rest_answer import HttpRequest, error_of, value_of
from mockorg._protocol.rest_record import RecordReader, Resources, write_record
from mockorg._protocol.shape import UnreadableError, build
from mockorg._record import QueryResult, Record
from mockorg._record_type import RecordTypes, UnknownMember
from mockorg._result import (
    DeleteResult,
    GetDeletedResult,
    GetUpdatedResult,
    RecordError,
    SaveResult,
    SendMessagesResult,
)
from mockorg._value import boolean_of, datetime_of, instant_text, whole_number_of

T = TypeVar("T")

_MAX_QUERY_LENGTH: Final = 12_000  # characters in a URL; address and headers together end at 16,384 bytes
_KINDS: Mapping[type, Callable[[Any], Any]] = MappingProxyType(
    {bool: boolean_of, int: whole_number_of, datetime: datetime_of}
)
_SOAP_TYPES = MappingProxyType({f"urn:{name}": f"tns:{name}" for name in ("address", "json", "location")})
"""Types of the API's own that REST writes in another way than the partner API: results tell them in one way."""


def path(api_version: str) -> str:
    """Give the path of the API's root: ``/services/data/v64.0``."""
    return f"/services/data/v{api_version}"


@dataclass(frozen=True, slots=True)
class Decoded:
    """What an answer says, and what could not be typed for want of a describe."""

    result: Any
    unknown: frozenset[UnknownMember] = field(default_factory=frozenset)


def offers(call: calls.Call[Any], api: str) -> bool:
    """Tell whether the call goes by REST: REST has a resource for it, and the client prefers it or nothing else has."""
    row = _ROWS.get(type(call))
    return row is not None and (api == "rest" or row.is_alone)


def encode(call: calls.Call[Any], root: str) -> tuple[HttpRequest, ...]:
    """Write the requests of a call, none for one that has nothing to ask. ``root`` is what ``path`` gives."""
    return tuple(_ROWS[type(call)].write(call, root))


def read(request: HttpRequest, content: bytes, http_status: int) -> Any:
    """Read the JSON value of an answer. Raises the ``CallError`` of a refusal, ``TransportError`` for no answer."""
    value = value_of(content, http_status)
    if request.is_action and isinstance(value, list) and value and "isSuccess" in value[0]:
        return value
    if http_status >= 300:
        raise error_of(value, http_status, request.sobject)
    if isinstance(value, dict) and "compositeResponse" in value:
        (sub,) = value["compositeResponse"]
        if sub["httpStatusCode"] >= 300:
            raise error_of(sub["body"], sub["httpStatusCode"], None)
        return sub["body"]
    return value


def decode(call: calls.Call[Any], values: Sequence[Any], types: RecordTypes, resources: Resources) -> Decoded:
    """Read the result of a call from the values of its answers.

    ``resources`` fetches what an answer only points at. ``TransportError`` when an answer is not of the form that the
    call is answered with.
    """
    reader = RecordReader(types, resources)
    try:
        result = _ROWS[type(call)].read(values, call, reader)
    except (UnreadableError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TransportError(f"the answer is not of the form of its call: {error!r}", http_status=200) from error
    return Decoded(result, frozenset(reader.unknown))


def refuse(content: bytes, http_status: int) -> NoReturn:
    """Raise the exception of an answer that refuses."""
    raise error_of(value_of(content, http_status), http_status, None)


def columns_request(soql: str) -> HttpRequest:
    """Ask for the columns of a query without its rows."""
    return _get("/query", q=soql, columns="true")


def column_types(value: Any) -> Mapping[str, str]:
    """Give the Apex type of each column, by name, from what ``columns_request`` is answered with."""
    return {str(each["columnName"]): str(each["apexType"]) for each in value["columnMetadata"]}


# --- Requests ------------------------------------------------------------------------------------------------------


def _get(resource: str, **parameters: str) -> HttpRequest:
    return HttpRequest("GET", f"{resource}?{urlencode(parameters, quote_via=quote)}" if parameters else resource)


def _with_body(method: str, resource: str, value: object) -> HttpRequest:
    return HttpRequest(method, resource, json.dumps(value, ensure_ascii=False).encode())


def _sobject(name: str) -> str:
    return f"/sobjects/{quote(name, safe='')}"


def _write_describe_global(call: calls.DescribeGlobal, root: str) -> list[HttpRequest]:
    return [_get("/sobjects")]


def _write_describe(call: calls.DescribeSObject, root: str) -> list[HttpRequest]:
    return [replace(_get(f"{_sobject(call.name)}/describe"), sobject=call.name)]


def _write_describes(call: calls.DescribeSObjects, root: str) -> list[HttpRequest]:
    return [replace(_get(f"{_sobject(name)}/describe"), sobject=name) for name in call.names]


def _write_query(resource: str) -> Callable[[Any, str], list[HttpRequest]]:
    def write(call: calls.Query | calls.QueryAll, root: str) -> list[HttpRequest]:
        headers = _batch_size(call.batch_size)
        request = _get(resource, q=call.soql)
        if len(request.path) <= _MAX_QUERY_LENGTH:
            return [replace(request, headers=headers)]
        # The address of a sub-request may be longer than a line of HTTP.
        sub = {"method": "GET", "url": root + request.path, "referenceId": "query", "httpHeaders": dict(headers)}
        return [_with_body("POST", "/composite", {"compositeRequest": [sub]})]

    return write


def _write_query_more(call: calls.QueryMore, root: str) -> list[HttpRequest]:
    request = _get(f"/query/{quote(call.query_locator, safe='')}")
    return [replace(request, headers=_batch_size(call.batch_size))]


def _batch_size(size: int | None) -> Mapping[str, str]:
    return {} if size is None else {"Sforce-Query-Options": f"batchSize={size}"}


def _write_search(call: calls.Search, root: str) -> list[HttpRequest]:
    return [_get("/search", q=call.sosl)]


def _write_retrieve(call: calls.Retrieve, root: str) -> list[HttpRequest]:
    if not call.ids:
        return []
    body = {"ids": list(call.ids), "fields": list(call.fields)}
    request = _with_body("POST", f"/composite{_sobject(call.sobject)}", body)
    return [replace(request, sobject=call.sobject)]


def _write_window(which: str) -> Callable[[Any, str], list[HttpRequest]]:
    def write(call: calls.GetUpdated | calls.GetDeleted, root: str) -> list[HttpRequest]:
        window = {"start": instant_text(call.start), "end": instant_text(call.end)}
        return [replace(_get(f"{_sobject(call.sobject)}/{which}", **window), sobject=call.sobject)]

    return write


def _write_records(method: str) -> Callable[[Any, str], list[HttpRequest]]:
    def write(call: calls.Create | calls.Update, root: str) -> list[HttpRequest]:
        return _collection(method, "/composite/sobjects", call)

    return write


def _write_upsert(call: calls.Upsert, root: str) -> list[HttpRequest]:
    if not call.records:
        return []
    resource = f"/composite{_sobject(call.records[0].sobject)}/{quote(call.external_id_field, safe='')}"
    return _collection("PATCH", resource, call)


def _collection(method: str, resource: str, call: calls.Create | calls.Update | calls.Upsert) -> list[HttpRequest]:
    if not call.records:
        return []
    body = {"allOrNone": call.all_or_none, "records": [write_record(record) for record in call.records]}
    return [replace(_with_body(method, resource, body), headers=_duplicate_rule(call.duplicate_rule))]


def _duplicate_rule(header: DuplicateRuleHeader | None) -> Mapping[str, str]:
    if header is None:
        return {}
    return {"Sforce-Duplicate-Rule-Header": "; ".join(f"{name}={text}" for name, text in header.members().items())}


def _write_delete(call: calls.Delete, root: str) -> list[HttpRequest]:
    if not call.ids:
        return []
    options = urlencode({"ids": ",".join(call.ids), "allOrNone": "true" if call.all_or_none else "false"}, safe=",")
    return [HttpRequest("DELETE", f"/composite/sobjects?{options}")]


def _write_messages(call: calls.SendConversationMessages, root: str) -> list[HttpRequest]:
    request = _with_body("POST", "/actions/standard/sendConversationMessages", {"inputs": [dict(call.inputs)]})
    return [replace(request, is_action=True)]


# --- Answers -------------------------------------------------------------------------------------------------------

_Values = Sequence[Any]


def _one(values: _Values) -> Any:
    (value,) = values
    return value


def _rows(values: _Values, count: int) -> list[Any]:
    """Give the rows of a collection's answer, none when nothing was asked."""
    rows = list(_one(values)) if values else []
    if len(rows) != count:
        raise UnreadableError(f"the answer has {len(rows)} results where there must be {count}")
    return rows


def _read_describe_global(values: _Values, call: Any, reader: RecordReader) -> DescribeGlobalResult:
    return build(DescribeGlobalResult, _one(values), _KINDS)


def _read_describe(values: _Values, call: Any, reader: RecordReader) -> DescribeSObjectResult:
    return _describe_of(_one(values))


def _read_describes(values: _Values, call: Any, reader: RecordReader) -> list[DescribeSObjectResult]:
    return [_describe_of(value) for value in values]


def _describe_of(value: Mapping[str, Any]) -> DescribeSObjectResult:
    described = build(DescribeSObjectResult, value, _KINDS)
    urls = value.get("urls") or {}
    fields = tuple(
        replace(each, soap_type=_SOAP_TYPES[each.soap_type]) if each.soap_type in _SOAP_TYPES else each
        for each in described.fields
    )
    return replace(
        described,
        fields=fields,
        url_detail=urls.get("uiDetailTemplate"),
        url_edit=urls.get("uiEditTemplate"),
        url_new=urls.get("uiNewRecord"),
    )


def _read_page(values: _Values, call: Any, reader: RecordReader) -> QueryResult:
    return reader.page(_one(values))


def _read_search(values: _Values, call: calls.Search, reader: RecordReader) -> list[Record]:
    value = _one(values)  # a bare list before version 37.0
    return [reader.record(each) for each in (value if isinstance(value, list) else value["searchRecords"])]


def _read_retrieve(values: _Values, call: calls.Retrieve, reader: RecordReader) -> list[Record | None]:
    return [None if each is None else reader.record(each) for each in _rows(values, len(call.ids))]


def _single(cls: type[T]) -> Callable[[_Values, Any, RecordReader], T]:
    def read_one(values: _Values, call: Any, reader: RecordReader) -> T:
        return build(cls, _one(values), _KINDS)

    return read_one


def _read_saves(created: bool) -> Callable[[_Values, Any, RecordReader], list[SaveResult]]:
    """Make a reader of save results; only those of upsert tell ``created`` themselves."""

    def read_saves(values: _Values, call: Any, reader: RecordReader) -> list[SaveResult]:
        rows = _rows(values, len(call.records))
        return [build(SaveResult, {"created": created and row.get("success") is True, **row}, _KINDS) for row in rows]

    return read_saves


def _read_deletes(values: _Values, call: calls.Delete, reader: RecordReader) -> list[DeleteResult]:
    rows = _rows(values, len(call.ids))
    # A row that failed may name its id here, and over SOAP it does not.
    return [build(DeleteResult, row if row.get("success") else {**row, "id": None}, _KINDS) for row in rows]


def _read_messages(values: _Values, call: Any, reader: RecordReader) -> SendMessagesResult:
    (result,) = _one(values)
    errors = [build(RecordError, {**each, "code": each["statusCode"]}, _KINDS) for each in result["errors"] or ()]
    outputs = result["outputValues"] or {}
    identifiers = outputs.get("messageIdentifiers") or ()
    found = identifiers.split(",") if isinstance(identifiers, str) else identifiers
    return SendMessagesResult(
        request_id=outputs.get("requestId"), message_identifiers=tuple(found), errors=tuple(errors)
    )


# --- The table -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """How one call is written and read."""

    write: Callable[[Any, str], list[HttpRequest]]
    read: Callable[[_Values, Any, RecordReader], Any]
    is_alone: bool = False


_ROWS: Mapping[type[calls.Call[Any]], _Row] = MappingProxyType(
    {
        calls.DescribeGlobal: _Row(_write_describe_global, _read_describe_global),
        calls.DescribeSObject: _Row(_write_describe, _read_describe),
        calls.DescribeSObjects: _Row(_write_describes, _read_describes),
        calls.Query: _Row(_write_query("/query"), _read_page),
        calls.QueryAll: _Row(_write_query("/queryAll"), _read_page),
        calls.QueryMore: _Row(_write_query_more, _read_page),
        calls.Search: _Row(_write_search, _read_search),
        calls.Retrieve: _Row(_write_retrieve, _read_retrieve),
        calls.GetUpdated: _Row(_write_window("updated"), _single(GetUpdatedResult)),
        calls.GetDeleted: _Row(_write_window("deleted"), _single(GetDeletedResult)),
        calls.Create: _Row(_write_records("POST"), _read_saves(created=True)),
        calls.Update: _Row(_write_records("PATCH"), _read_saves(created=False)),
        calls.Upsert: _Row(_write_upsert, _read_saves(created=False)),
        calls.Delete: _Row(_write_delete, _read_deletes),
        calls.SendConversationMessages: _Row(_write_messages, _read_messages, is_alone=True),
    }
)
