"""The SOAP API, partner: one row per call, which says how its request is written and its answer read.

The contract is the partner WSDL's. ``encode`` and ``decode`` are all that the client uses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from lxml import etree

from mockorg import _call as calls
from mockorg._describe import DescribeGlobalResult, DescribeSObjectResult
from mockorg._error import TransportError
from mockorg._protocol.shape import UnreadableError, build, shape_of, wire_name
from mockorg._protocol.soap_envelope import (
    PARTNER,
    Reply,
    Request,
    child_text,
    is_nil,
    local_name,
    read_reply,
    xsi_type,
)
from mockorg._protocol.soap_record import XSD_CONVERTERS, Fetch, RecordReader, write_record
from mockorg._record import QueryResult, Record
from mockorg._record_type import RecordTypes, UnknownMember
from mockorg._result import (
    DeleteResult,
    GetDeletedResult,
    GetUpdatedResult,
    LeadConvertResult,
    LoginResult,
    MergeResult,
    SaveResult,
    UserInfo,
)
from mockorg._value import boolean_of, convert, datetime_of, instant_text, number_of, whole_number_of

LAST_LOGIN_VERSION = 64
"""The last API version whose SOAP contract has login()."""

R = TypeVar("R")
T = TypeVar("T")
_KINDS: Mapping[type, Callable[[Any], Any]] = MappingProxyType(
    {bool: boolean_of, int: whole_number_of, float: number_of, datetime: datetime_of}
)


def path(api_version: str) -> str:
    """Give the path of the endpoint: ``/services/Soap/u/64.0``."""
    return f"/services/Soap/u/{api_version}"


@dataclass(frozen=True, slots=True)
class Decoded:
    """What an answer says, and what could not be typed for want of a describe."""

    result: Any
    unknown: frozenset[UnknownMember] = frozenset()


def encode(call: calls.Call[Any], session_id: str | None) -> bytes:
    """Write the request of a call, within a session unless None."""
    row = _ROWS[type(call)]
    request = Request(row.operation)
    if session_id is not None:
        request.header("SessionHeader", "sessionId", session_id)
    batch_size = getattr(call, "batch_size", None)
    if batch_size is not None:
        request.header("QueryOptions", "batchSize", str(batch_size))
    if getattr(call, "all_or_none", False):
        request.header("AllOrNoneHeader", "allOrNone", "true")
    duplicate_rule = getattr(call, "duplicate_rule", None)
    if duplicate_rule is not None:
        request.header_of("DuplicateRuleHeader", duplicate_rule.members())
    row.write(request, call)
    return request.bytes()


def read(call: calls.Call[Any], content: bytes, http_status: int) -> Reply:
    """Read an answer as far as it is the same for all calls; raises a ``CallError`` where the call failed."""
    return read_reply(content, http_status, _ROWS[type(call)].operation)


def decode(call: calls.Call[Any], reply: Reply, types: RecordTypes, fetch: Fetch | None = None) -> Decoded:
    """Read the result of a call. ``fetch`` gives a query's next page by its locator.

    ``TransportError`` when the answer is not of the form that the call is answered with.
    """
    reader = RecordReader(types, fetch)
    results = [each for each in reply.response if local_name(each.tag) == "result"]
    try:
        result = _ROWS[type(call)].read(results, call, reader)
    except (UnreadableError, ValueError) as error:
        raise TransportError(str(error), http_status=200) from error
    return Decoded(result, frozenset(reader.unknown))


# --- Requests ------------------------------------------------------------------------------------------------------


def _write_nothing(request: Request, call: Any) -> None:
    """Leave the operation without arguments."""


def _write_login(request: Request, call: calls.Login) -> None:
    request.argument("username", call.username)
    request.argument("password", call.password)


def _write_describe(request: Request, call: calls.DescribeSObject) -> None:
    request.argument("sObjectType", call.name)


def _write_describes(request: Request, call: calls.DescribeSObjects) -> None:
    for name in call.names:
        request.argument("sObjectType", name)


def _write_query(request: Request, call: calls.Query | calls.QueryAll) -> None:
    request.argument("queryString", call.soql)


def _write_query_more(request: Request, call: calls.QueryMore) -> None:
    request.argument("queryLocator", call.query_locator)


def _write_search(request: Request, call: calls.Search) -> None:
    request.argument("searchString", call.sosl)


def _write_retrieve(request: Request, call: calls.Retrieve) -> None:
    request.argument("fieldList", ",".join(call.fields))
    request.argument("sObjectType", call.sobject)
    for each in call.ids:
        request.argument("ids", each)


def _write_window(request: Request, call: calls.GetUpdated | calls.GetDeleted) -> None:
    request.argument("sObjectType", call.sobject)
    request.argument("startDate", instant_text(call.start))
    request.argument("endDate", instant_text(call.end))


def _write_records(request: Request, call: calls.Create | calls.Update | calls.Upsert) -> None:
    for record in call.records:
        write_record(request.operation, f"{{{PARTNER}}}sObjects", record)


def _write_upsert(request: Request, call: calls.Upsert) -> None:
    request.argument("externalIDFieldName", call.external_id_field)
    _write_records(request, call)


def _write_ids(request: Request, call: calls.Delete | calls.Undelete | calls.EmptyRecycleBin) -> None:
    for each in call.ids:
        request.argument("ids", each)


def _write_merge(request: Request, call: calls.Merge) -> None:
    element = etree.SubElement(request.operation, f"{{{PARTNER}}}request")
    write_record(element, f"{{{PARTNER}}}masterRecord", call.master)
    for each in call.ids:
        etree.SubElement(element, f"{{{PARTNER}}}recordToMergeIds").text = each


def _write_converts(request: Request, call: calls.ConvertLead) -> None:
    for each in call.converts:
        element = etree.SubElement(request.operation, f"{{{PARTNER}}}leadConverts")
        for name in sorted(field.name for field in fields(each)):  # the contract's members stand in this order
            value = getattr(each, name)
            if value is not None:
                text = str(value).lower() if isinstance(value, bool) else value
                etree.SubElement(element, f"{{{PARTNER}}}{wire_name(name)}").text = text


# --- Answers -------------------------------------------------------------------------------------------------------

_Results = list[etree._Element]


def _raw(element: etree._Element, cls: type | None) -> dict[str, Any]:
    """Give the members of an element by name: texts, None for nil, lists and dicts; ``cls`` tells which are lists."""
    shape = shape_of(cls) if cls is not None else {}
    raw: dict[str, Any] = {}
    for each in element:
        name = local_name(each.tag)
        member = shape.get(name)
        value = _raw_value(each, member.kind if member is not None else None)
        if member is not None and member.many:
            if value is not None:
                raw.setdefault(name, []).append(value)
        elif name in raw:
            before = raw[name]
            raw[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            raw[name] = value
    return raw


def _raw_value(element: etree._Element, kind: type | None) -> Any:
    if kind is Record:
        return element  # the record reader's
    if len(element):
        return _raw(element, kind)
    text = element.text
    if not element.attrib:
        return text or ""
    if is_nil(element):
        return None
    return convert(XSD_CONVERTERS.get(xsi_type(element) or "", str), text or "")


def _one(results: _Results) -> etree._Element:
    if len(results) != 1:
        raise UnreadableError(f"the answer has {len(results)} results where there must be one")
    return results[0]


def _each(results: _Results, count: int) -> _Results:
    if len(results) != count:
        raise UnreadableError(f"the answer has {len(results)} results where there must be {count}")
    return results


def _single(cls: type[T]) -> Callable[[_Results, Any, RecordReader], T]:
    """Make a reader of the one result of a call, an instance of ``cls``."""

    def read(results: _Results, call: Any, reader: RecordReader) -> T:
        return build(cls, _raw(_one(results), cls), _KINDS)

    return read


def _read_nothing(results: _Results, call: Any, reader: RecordReader) -> None:
    return None


def _read_timestamp(results: _Results, call: Any, reader: RecordReader) -> datetime:
    return datetime_of(child_text(_one(results), "timestamp") or "")


def _read_describes(
    results: _Results, call: calls.DescribeSObjects, reader: RecordReader
) -> list[DescribeSObjectResult]:
    cls = DescribeSObjectResult
    return [build(cls, _raw(each, cls), _KINDS) for each in _each(results, len(call.names))]


def _read_page(results: _Results, call: Any, reader: RecordReader) -> QueryResult:
    return reader.page(_one(results))


def _read_search(results: _Results, call: calls.Search, reader: RecordReader) -> list[Record]:
    found = [each for each in _one(results) if local_name(each.tag) == "searchRecords"]
    return [reader.record(_record_of(each)) for each in found]


def _record_of(element: etree._Element) -> etree._Element:
    for each in element:
        if local_name(each.tag) == "record":
            return each
    raise UnreadableError("a find of the answer's search has no record")


def _read_retrieve(results: _Results, call: calls.Retrieve, reader: RecordReader) -> list[Record | None]:
    return [None if is_nil(each) else reader.record(each) for each in _each(results, len(call.ids))]


def _read_saves(created: bool) -> Callable[[_Results, Any, RecordReader], list[SaveResult]]:
    """Make a reader of save results; only those of upsert tell ``created`` themselves."""

    def read(results: _Results, call: Any, reader: RecordReader) -> list[SaveResult]:
        raws = [_raw(each, SaveResult) for each in _each(results, len(call.records))]
        told = "true" if created else "false"
        kinds = {**_KINDS, Record: reader.record}
        return [
            build(SaveResult, {"created": told if raw.get("success") == "true" else "false", **raw}, kinds)
            for raw in raws
        ]

    return read


def _read_deletes(results: _Results, call: Any, reader: RecordReader) -> list[DeleteResult]:
    return [build(DeleteResult, _raw(each, DeleteResult), _KINDS) for each in _each(results, len(call.ids))]


def _read_converts(results: _Results, call: calls.ConvertLead, reader: RecordReader) -> list[LeadConvertResult]:
    cls, kinds = LeadConvertResult, {**_KINDS, Record: reader.record}
    return [build(cls, _raw(each, cls), kinds) for each in _each(results, len(call.converts))]


# --- The table -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """How one call is written and read."""

    operation: str
    write: Callable[[Request, Any], None]
    read: Callable[[_Results, Any, RecordReader], Any]


_ROWS: Mapping[type[calls.Call[Any]], _Row] = MappingProxyType(
    {
        calls.Login: _Row("login", _write_login, _single(LoginResult)),
        calls.Logout: _Row("logout", _write_nothing, _read_nothing),
        calls.GetUserInfo: _Row("getUserInfo", _write_nothing, _single(UserInfo)),
        calls.GetServerTimestamp: _Row("getServerTimestamp", _write_nothing, _read_timestamp),
        calls.DescribeGlobal: _Row("describeGlobal", _write_nothing, _single(DescribeGlobalResult)),
        calls.DescribeSObject: _Row("describeSObject", _write_describe, _single(DescribeSObjectResult)),
        calls.DescribeSObjects: _Row("describeSObjects", _write_describes, _read_describes),
        calls.Query: _Row("query", _write_query, _read_page),
        calls.QueryAll: _Row("queryAll", _write_query, _read_page),
        calls.QueryMore: _Row("queryMore", _write_query_more, _read_page),
        calls.Search: _Row("search", _write_search, _read_search),
        calls.Retrieve: _Row("retrieve", _write_retrieve, _read_retrieve),
        calls.GetUpdated: _Row("getUpdated", _write_window, _single(GetUpdatedResult)),
        calls.GetDeleted: _Row("getDeleted", _write_window, _single(GetDeletedResult)),
        calls.Create: _Row("create", _write_records, _read_saves(created=True)),
        calls.Update: _Row("update", _write_records, _read_saves(created=False)),
        calls.Upsert: _Row("upsert", _write_upsert, _read_saves(created=False)),
        calls.Delete: _Row("delete", _write_ids, _read_deletes),
        calls.Undelete: _Row("undelete", _write_ids, _read_deletes),
        calls.EmptyRecycleBin: _Row("emptyRecycleBin", _write_ids, _read_deletes),
        calls.Merge: _Row("merge", _write_merge, _single(MergeResult)),
        calls.ConvertLead: _Row("convertLead", _write_converts, _read_converts),
    }
)
