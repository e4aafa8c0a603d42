"""The ways into an org in one common form: the engine's own door, and the SOAP wire with the SDK in front of it.

Values are neutral: ``str``, ``bool``, ``int``, ``float`` and None; instants of records as text. A session is known by
a name that the caller gives it.
"""

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests

import mockorg
from mockorg._record_type import RecordTypes
from mockorg_server.core.calls import operation as op
from mockorg_server.core.error import OrgError
from mockorg_server.core.host import Host
from mockorg_server.core.record import InputRecord, QueryResult
from mockorg_server.core.session import Caller
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import FieldMember, RecordShape

VERSION = 60
Row = dict[str, Any]


class Fault(Exception):
    """A call that is refused as a whole, by its code."""


@dataclass(frozen=True)
class Page:
    """A page of a query."""

    rows: tuple[Row, ...]
    size: int
    locator: str | None


@dataclass(frozen=True)
class Saved:
    """What became of a record: its errors as code and fields. ``created`` is told by upsert alone."""

    id: str | None
    errors: tuple[tuple[str, tuple[str, ...]], ...] = ()
    created: bool = False


class EngineDoor:
    """Goes in by ``Org.run``."""

    def __init__(self, host: Host) -> None:
        self._org = host.default
        self._sessions = {"token": self._org.token}

    def reset(self) -> None:
        self._org.reset()

    def advance(self, seconds: int) -> None:
        self._org.clock.advance(seconds)

    def login(self, session: str, username: str, password: str) -> str:
        result = self._run("", op.Login(username, password))
        self._sessions[session] = result.session_id
        return str(result.user_id)

    def logout(self, session: str) -> None:
        self._run(session, op.Logout())

    def query(self, session: str, soql: str, include_deleted: bool, batch_size: int) -> Page:
        kind = op.QueryAll if include_deleted else op.Query
        return self._page(self._run(session, kind(soql, batch_size)))

    def query_more(self, session: str, locator: str, batch_size: int) -> Page:
        return self._page(self._run(session, op.QueryMore(locator, batch_size)))

    def retrieve(self, session: str, sobject: str, fields: tuple[str, ...], ids: tuple[str, ...]) -> list[Row | None]:
        result = self._run(session, op.Retrieve(sobject, fields, ids))
        return [None if row is None else _members(result.shape, row) for row in result.rows]

    def get_updated(self, session: str, sobject: str, start: datetime, end: datetime) -> tuple[list[str], datetime]:
        result = self._run(session, op.GetUpdated(sobject, start, end))
        return list(result.ids), result.latest_date_covered

    def get_deleted(self, session: str, sobject: str, start: datetime, end: datetime) -> tuple[Any, datetime, datetime]:
        return _deleted(self._run(session, op.GetDeleted(sobject, start, end)))

    def create(self, session: str, sobject: str, records: list[Row], all_or_none: bool) -> list[Saved]:
        return self._save(session, op.Create(_input(sobject, records), all_or_none))

    def update(self, session: str, sobject: str, records: list[Row], all_or_none: bool) -> list[Saved]:
        return self._save(session, op.Update(_input(sobject, records), all_or_none))

    def upsert(self, session: str, sobject: str, key: str, records: list[Row], all_or_none: bool) -> list[Saved]:
        return self._save(session, op.Upsert(key, _input(sobject, records), all_or_none), tells_created=True)

    def delete(self, session: str, ids: list[str], all_or_none: bool) -> list[Saved]:
        return self._save(session, op.Delete(tuple(ids), all_or_none))

    def _run(self, session: str, operation: op.Operation) -> Any:
        try:
            return self._org.run(operation, Caller(self._sessions.get(session), VERSION))
        except OrgError as error:
            raise Fault(error.code) from error

    def _save(self, session: str, operation: op.Operation, tells_created: bool = False) -> list[Saved]:
        return [_saved(result, tells_created) for result in self._run(session, operation)]

    def _page(self, result: QueryResult) -> Page:
        rows = () if result.shape is None else tuple(_members(result.shape, row) for row in result.rows)
        return Page(rows, result.size, result.query_locator)


def _input(sobject: str, records: list[Row]) -> tuple[InputRecord, ...]:
    return tuple(
        InputRecord(
            sobject,
            {name: value for name, value in record.items() if name != "Id" and value is not None},
            record.get("Id"),
            tuple(name for name, value in record.items() if name != "Id" and value is None),
        )
        for record in records
    )


def _members(shape: RecordShape, row: Any) -> Row:
    found: Row = {}
    for member in shape.members:
        if isinstance(member, FieldMember):
            value = row[member.index]
            found[member.name] = bool(value) if member.type is FieldType.BOOLEAN else value
        else:
            found[member.name] = None if row[member.id_index] is None else _members(member.shape, row)
    return found


def _saved(result: Any, tells_created: bool) -> Saved:
    assert result.success is not bool(result.errors)
    errors = tuple((error.code, tuple(error.fields)) for error in result.errors)
    return Saved(result.id, errors, tells_created and result.created)


def _deleted(result: Any) -> tuple[Any, datetime, datetime]:
    found = [(f"{each.deleted_date:%Y-%m-%dT%H:%M:%S}.000Z", each.id) for each in result.deleted_records]
    return found, result.earliest_date_available, result.latest_date_covered


class InProcess(requests.adapters.BaseAdapter):
    """Hands the requests of a ``requests.Session`` to a WSGI application, with no socket between."""

    def __init__(self, app: Any) -> None:
        super().__init__()
        self._app = app

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
        url, body = urlsplit(request.url or ""), request.body or b""
        body = body.encode() if isinstance(body, str) else body
        environ = {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": url.path,
            "QUERY_STRING": url.query,
            "SERVER_NAME": url.hostname,
            "SERVER_PORT": "80",
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
        }
        response = requests.Response()

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            response.status_code = int(status[:3])
            response.headers.update(headers)

        response._content = b"".join(self._app(environ, start_response))
        response.url = request.url or ""
        return response

    def close(self) -> None:
        pass


class WireDoor:
    """Goes in by SOAP, through the whole WSGI application, as the SDK writes and reads it."""

    URL = "http://mock.example"

    def __init__(self, token: str, app: Any) -> None:
        self._http = requests.Session()
        self._http.mount("http://", InProcess(app))
        self._types = RecordTypes()
        self._stranger = self._client("no session")
        self._clients = {"token": self._client(token)}

    def reset(self) -> None:
        assert self._http.post(f"{self.URL}/_mockorg/reset").json() == {"status": "ok"}

    def advance(self, seconds: int) -> None:
        assert self._http.put(f"{self.URL}/_mockorg/clock", json={"advance_seconds": seconds}).ok

    def login(self, session: str, username: str, password: str) -> str:
        client = self._client("no session")
        result = _call(client.login, username, password)
        self._clients[session] = client
        return str(result.user_id)

    def logout(self, session: str) -> None:
        _call(self._of(session).logout)

    def query(self, session: str, soql: str, include_deleted: bool, batch_size: int) -> Page:
        client = self._of(session)
        return _page(_call(client.query_all if include_deleted else client.query, soql, batch_size=batch_size))

    def query_more(self, session: str, locator: str, batch_size: int) -> Page:
        return _page(_call(self._of(session).query_more, locator, batch_size=batch_size))

    def retrieve(self, session: str, sobject: str, fields: tuple[str, ...], ids: tuple[str, ...]) -> list[Row | None]:
        return [row and _neutral(row) for row in _call(self._of(session).retrieve, sobject, ids, fields)]

    def get_updated(self, session: str, sobject: str, start: datetime, end: datetime) -> tuple[list[str], datetime]:
        result = _call(self._of(session).get_updated, sobject, start, end)
        return list(result.ids), result.latest_date_covered

    def get_deleted(self, session: str, sobject: str, start: datetime, end: datetime) -> tuple[Any, datetime, datetime]:
        return _deleted(_call(self._of(session).get_deleted, sobject, start, end))

    def create(self, session: str, sobject: str, records: list[Row], all_or_none: bool) -> list[Saved]:
        results = _call(self._of(session).create, sobject, _typed(records), all_or_none=all_or_none)
        return [_saved(result, False) for result in results]

    def update(self, session: str, sobject: str, records: list[Row], all_or_none: bool) -> list[Saved]:
        results = _call(self._of(session).update, sobject, _typed(records), all_or_none=all_or_none)
        return [_saved(result, False) for result in results]

    def upsert(self, session: str, sobject: str, key: str, records: list[Row], all_or_none: bool) -> list[Saved]:
        results = _call(self._of(session).upsert, sobject, key, _typed(records), all_or_none=all_or_none)
        return [_saved(result, True) for result in results]

    def delete(self, session: str, ids: list[str], all_or_none: bool) -> list[Saved]:
        results = _call(self._of(session).delete, ids, all_or_none=all_or_none)
        return [_saved(result, False) for result in results]

    def _of(self, session: str) -> mockorg.Client:
        return self._clients.get(session, self._stranger)

    def _client(self, token: str) -> mockorg.Client:
        client = mockorg.connect(self.URL, access_token=token, session=self._http, api_version=f"{VERSION}.0")
        client._types = self._types  # what one has learned of sObjects all know: describing them anew takes long
        return client


def _call(method: Any, *arguments: Any, **options: Any) -> Any:
    try:
        return method(*arguments, **options)
    except mockorg.CallError as error:
        raise Fault(error.code) from error


def _typed(records: list[Row]) -> list[Row]:
    """Give dates as the SDK wants them; they are the only values of the model that are texts and no texts."""
    return [
        {name: date.fromisoformat(value) if name == "Birthdate" and value else value for name, value in record.items()}
        for record in records
    ]


def _neutral(record: mockorg.Record) -> Row:
    return {name: _neutral_value(value) for name, value in record.items()}


def _neutral_value(value: Any) -> Any:
    if isinstance(value, mockorg.Record):
        return _neutral(value)
    if isinstance(value, datetime):
        assert value.utcoffset() == timedelta(0)
        return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03}Z"
    return value.isoformat() if isinstance(value, date) else value


def _page(result: mockorg.QueryResult) -> Page:
    return Page(tuple(_neutral(record) for record in result.records), result.size, result.query_locator)
