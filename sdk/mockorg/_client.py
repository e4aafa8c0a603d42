"""The client: one method per API call. It keeps the session, and what it learned of sObjects.

It sends nothing twice, but for what an org refused because the session was over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload
from urllib.parse import urlsplit

from mockorg import _call as calls
from mockorg._action import message_inputs
from mockorg._describe import DescribeGlobalResult, DescribeSObjectResult
from mockorg._duplicate import DuplicateRuleHeader
from mockorg._error import SessionError, TransportError
from mockorg._input_record import input_records
from mockorg._protocol import rest, soap
from mockorg._protocol.rest_answer import JSON, HttpRequest, api_usage_of
from mockorg._protocol.rest_record import Fetch, Resources
from mockorg._protocol.soap_envelope import HTTP_HEADERS
from mockorg._record import QueryResult, Record
from mockorg._record_life import RecordLife, id_texts
from mockorg._record_type import RecordTypes
from mockorg._result import (
    ApiUsage,
    DeleteResult,
    GetDeletedResult,
    GetUpdatedResult,
    LoginResult,
    SaveResult,
    SendMessagesResult,
    UserInfo,
)
from mockorg._value import instant_text

if TYPE_CHECKING:
    from simple_salesforce.api import Salesforce

    from mockorg._token import Token
    from mockorg._transport import Answer, Transport

R = TypeVar("R")

_MOST_DESCRIBES_PER_CALL = 100
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?\Z")
_VERSION_IN_PATH = re.compile(r"(/services/Soap/u/)[0-9.]+")


class Client(RecordLife):
    """An org, as one session sees it. Made by ``mockorg.connect``; not to be shared between threads.

    Every method is one call of the API and raises a ``CallError`` when that fails as a whole: ``SessionError`` when the
    session is over, ``TransportError`` when no answer came, others as told. Calls that answer records may be preceded
    by one describe call for each set of sObjects that the client meets for the first time: field types come from it.
    As a context manager the client closes its connections at the end; it does not log out.
    """

    def __init__(
        self,
        transport: Transport,
        instance_url: str,
        session_id: str | None,
        api_version: str,
        renew: Callable[[], Token] | None = None,
        *,
        api: str = "soap",
    ) -> None:
        """``renew`` gives a new token when the session is over; without it such a call fails.

        ``api`` is the wire of the calls that both have.
        """
        self._api = api
        self._transport = transport
        self._renew = renew
        self._login_url = instance_url
        self._server_url = instance_url + soap.path(api_version)
        self._session_id = session_id
        self._api_version = api_version
        self._types = RecordTypes()
        self._api_usage: ApiUsage | None = None

    # --- The session -----------------------------------------------------------------------------------------------

    @property
    def api_version(self) -> str:
        """The API version the client speaks, such as ``64.0``."""
        return self._api_version

    @property
    def instance_url(self) -> str:
        """Scheme, host and port of the org itself, which after a login may not be those logged in at."""
        parts = urlsplit(self._server_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def access_token(self) -> str | None:
        """The session id, good as a Bearer token too. A secret: it appears in no ``repr`` and no message."""
        return self._session_id

    @property
    def api_usage(self) -> ApiUsage | None:
        """The org's API usage as the last answer told it, or None."""
        return self._api_usage

    def login(self, username: str, password: str, security_token: str = "") -> LoginResult:
        """Open a new session and go on with it. Raises ``LoginError``.

        login() ends with API version 64.0: a client of a later version logs in at that one, and speaks its own after.
        """
        version = min(float(self._api_version), float(soap.LAST_LOGIN_VERSION))
        url = self._login_url + soap.path(f"{version:.1f}")
        result = self._run(calls.Login(username, password + security_token), url=url)
        server_url, found = _VERSION_IN_PATH.subn(rf"\g<1>{self._api_version}", result.server_url, count=1)
        if not found:
            raise TransportError(f"login gave an address that is not of the partner API: {result.server_url}")
        self._session_id, self._server_url = result.session_id, server_url
        return result

    def logout(self) -> None:
        """End the session. Every other client of the same session loses it too."""
        self._run(calls.Logout())
        self._renew = None

    def get_user_info(self) -> UserInfo:
        """Tell whose session it is, and settings of the org."""
        return self._run(calls.GetUserInfo())

    def get_server_timestamp(self) -> datetime:
        """Give the org's clock, in UTC."""
        return self._run(calls.GetServerTimestamp())

    def as_simple_salesforce(self) -> Salesforce:
        """Give a ``simple_salesforce.Salesforce`` of the same session, org and API version.

        Its requests go by this client's connections, to the mock over plain http too, which simple-salesforce by
        itself does not speak. Raises ``ImportError`` when simple-salesforce is not installed.
        """
        from mockorg._simple_salesforce import salesforce_of  # noqa: PLC0415 - not everybody has it

        return salesforce_of(self._transport.session, self.instance_url, self._session_id, self._api_version)

    def close(self) -> None:
        """Close the connections, unless they are those of a ``requests.Session`` that was handed in."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<mockorg.Client of {self.instance_url} at {self._api_version}>"

    # --- Describes -------------------------------------------------------------------------------------------------

    def describe_global(self) -> DescribeGlobalResult:
        """List every sObject that the user can see."""
        return self._run(calls.DescribeGlobal())

    def describe_sobject(self, sobject: str) -> DescribeSObjectResult:
        """Describe one sObject, named in any case. Raises ``QueryError`` (INVALID_TYPE) when there is none."""
        return self._run(calls.DescribeSObject(sobject))

    def describe_sobjects(self, sobjects: Iterable[str]) -> list[DescribeSObjectResult]:
        """Describe up to 100 sObjects, in the order asked for. One unknown name fails the call (INVALID_TYPE)."""
        return self._run(calls.DescribeSObjects(id_texts(sobjects, "sobjects")))

    # --- Queries ---------------------------------------------------------------------------------------------------

    def query(self, soql: str, *, batch_size: int | None = None) -> QueryResult:
        """Run a query and give its first page; iterating that gives all records, page by page.

        ``batch_size`` asks for pages of so many records, 200 to 2,000; the org may give others. Raises ``QueryError``,
        with row and column where the query is at fault.
        """
        return self._run(calls.Query(soql, batch_size))

    def query_all(self, soql: str, *, batch_size: int | None = None) -> QueryResult:
        """Like ``query``, with deleted and archived records among the rest."""
        return self._run(calls.QueryAll(soql, batch_size))

    def query_more(self, query_locator: str, *, batch_size: int | None = None) -> QueryResult:
        """Give the page that a locator stands for. Raises ``QueryError`` (INVALID_QUERY_LOCATOR)."""
        return self._run(calls.QueryMore(query_locator, batch_size))

    def search(self, sosl: str) -> list[Record]:
        """Run a text search, ``FIND {words} … RETURNING …``, and give what it found, at most 2,000 records.

        They come in the order of the RETURNING clause; ``type`` of each tells its sObject. Raises ``QueryError``
        (MALFORMED_SEARCH, INVALID_SEARCH, INVALID_TYPE, INVALID_FIELD).
        """
        return self._run(calls.Search(sosl))

    def retrieve(self, sobject: str, ids: Iterable[str], fields: Iterable[str]) -> list[Record | None]:
        """Read records by id, up to 2,000, in the order of ``ids``: None where one is deleted, hidden or never was.

        Raises ``QueryError`` (INVALID_TYPE, INVALID_FIELD), ``CallError`` (MALFORMED_ID …) for what is no id of the
        sObject.
        """
        return self._run(calls.Retrieve(sobject, id_texts(ids, "ids"), id_texts(fields, "fields")))

    def get_updated(self, sobject: str, start: datetime, end: datetime) -> GetUpdatedResult:
        """List ids created or changed from ``start`` until before ``end``, still alive.

        Both are aware datetimes, of which the platform drops the seconds; ``ValueError`` for naive ones. Raises
        ``CallError`` (INVALID_REPLICATION_DATE) for a window of less than a minute or more than 30 days ago.
        """
        return self._run(calls.GetUpdated(sobject, _aware(start), _aware(end)))

    def get_deleted(self, sobject: str, start: datetime, end: datetime) -> GetDeletedResult:
        """List records deleted from ``start`` until before ``end``; the rules of ``get_updated`` hold."""
        return self._run(calls.GetDeleted(sobject, _aware(start), _aware(end)))

    # --- Changes ---------------------------------------------------------------------------------------------------

    def create(
        self,
        sobject: str,
        records: Iterable[Mapping[str, object]],
        *,
        all_or_none: bool = False,
        duplicate_rule: DuplicateRuleHeader | None = None,
    ) -> list[SaveResult]:
        """Create up to 200 records: mappings of field names to Python values. One result per record, in their order.

        None and "" set a field to null, in place of its default; a field that is left out gets its default. A parent
        may be named by an external id: ``{"Account": {"Ext__c": "x"}}``, with its ``"type"`` where the reference may
        point at several sObjects. A record that fails has ``errors``; the others are saved all the same, unless
        ``all_or_none``. ``duplicate_rule`` tells how the org's duplicate rules are to deal with the save. Raises
        ``QueryError`` (INVALID_TYPE, INVALID_FIELD), ``LimitError`` (EXCEEDED_ID_LIMIT), and
        ``TypeError`` or ``ValueError`` for values that no field takes.
        """
        return self._run(calls.Create(self._records(sobject, records), all_or_none, duplicate_rule))

    def update(
        self,
        sobject: str,
        records: Iterable[Mapping[str, object]],
        *,
        all_or_none: bool = False,
        duplicate_rule: DuplicateRuleHeader | None = None,
    ) -> list[SaveResult]:
        """Change up to 200 records, each with its ``Id``; fields left out stay. The rest is as in ``create``."""
        return self._run(calls.Update(self._records(sobject, records), all_or_none, duplicate_rule))

    def upsert(
        self,
        sobject: str,
        external_id_field: str,
        records: Iterable[Mapping[str, object]],
        *,
        all_or_none: bool = False,
        duplicate_rule: DuplicateRuleHeader | None = None,
    ) -> list[SaveResult]:
        """Change the records that have the same value in ``external_id_field``, and create the others.

        The field is an external id, an idLookup field or ``Id``; ``created`` of a result tells which it was. The rest
        is as in ``create``.
        """
        written = self._records(sobject, records)
        return self._run(calls.Upsert(external_id_field, written, all_or_none, duplicate_rule))

    @overload
    def delete(self, ids: Iterable[str], /, *, all_or_none: bool = False) -> list[DeleteResult]: ...

    @overload
    def delete(self, sobject: str, ids: Iterable[str], *, all_or_none: bool = False) -> list[DeleteResult]: ...

    def delete(
        self, sobject: str | Iterable[str], ids: Iterable[str] | None = None, *, all_or_none: bool = False
    ) -> list[DeleteResult]:
        """Delete up to 200 records by id; one result per id, in their order.

        ``delete(ids)`` takes ids of any sObjects. ``delete(sobject, ids)`` is the careful form: ``ValueError``, with
        nothing sent, when the key prefix of an id is another sObject's. Raises ``LimitError`` (EXCEEDED_ID_LIMIT).
        """
        if ids is None:
            return self._run(calls.Delete(id_texts(sobject, "ids"), all_or_none))
        if not isinstance(sobject, str):
            raise TypeError("sobject must be the name of an sObject")
        return self._run(calls.Delete(self._ids_of(sobject, id_texts(ids, "ids")), all_or_none))

    def send_conversation_messages(
        self, *, message_definition_name: str, messaging_end_user_ids: Iterable[str], **options: object
    ) -> SendMessagesResult:
        """Send a messaging component to up to 100 messaging end users; it goes by REST whatever the client's wire.

        Options are ``request_type``, ``allowed_session_status``, ``is_enforce_messaging_channel_consent``,
        ``channel_consent_type``, ``communication_subscription_id``, ``session_longevity_preference``, and
        ``parameters``: a mapping of names to texts, numbers, booleans, dates, or the action's own list. What is refused
        is in the result's ``errors``. Raises ``CallError`` (NOT_FOUND) where there is no such action.
        """
        inputs = message_inputs(message_definition_name, messaging_end_user_ids, options)
        return self._run(calls.SendConversationMessages(inputs))

    # --- How a call runs -------------------------------------------------------------------------------------------

    def _run(self, call: calls.Call[R], url: str | None = None) -> R:
        """Run a call. When the session turns out to be over, of which nothing was done, get a new one and run again."""
        try:
            return self._run_once(call, url)
        except SessionError as error:
            if self._renew is None or url is not None or error.code != "INVALID_SESSION_ID":
                raise
        token = self._renew()
        self._session_id, self._server_url = token.access_token, token.instance_url + soap.path(self._api_version)
        return self._run_once(call, url)

    def _run_once(self, call: calls.Call[R], url: str | None) -> R:
        """Run a call. When its records hold members of unknown type, learn the types and read the answer again."""
        decode = self._ask_rest(call) if rest.offers(call, self._api) else self._ask_soap(call, url)
        decoded = decode()
        if decoded.unknown:
            self._learn({member.sobject for member in decoded.unknown})
            self._types.settle(decoded.unknown)
            decoded = decode()
        result: R = decoded.result
        return result

    def _ask_soap(self, call: calls.Call[Any], url: str | None) -> Callable[[], soap.Decoded]:
        """Send a call by SOAP; give what reads the answer."""
        session_id = self._session_id if url is None else None
        answer = self._transport.post(url or self._server_url, soap.encode(call, session_id), HTTP_HEADERS)
        reply = soap.read(call, answer.content, answer.http_status)
        self._api_usage = reply.api_usage or self._api_usage
        return lambda: soap.decode(call, reply, self._types, self._fetch_of(call))

    def _ask_rest(self, call: calls.Call[Any]) -> Callable[[], rest.Decoded]:
        """Send a call by REST, which may be several requests; give what reads the answers."""
        root = rest.path(self._api_version)
        values = [self._send_rest(root, request) for request in rest.encode(call, root)]
        soql = getattr(call, "soql", "")
        resources = Resources(self._fetch_of(call), cache(self._content), lambda: self._columns(root, soql))
        return lambda: rest.decode(call, values, self._types, resources)

    def _send_rest(self, root: str, request: HttpRequest) -> Any:
        headers = {"Content-Type": JSON, **request.headers}
        answer = self._send(request.method, root + request.path, request.body, headers)
        return rest.read(request, answer.content, answer.http_status)

    def _send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        authorized = {"Accept": JSON, "Authorization": f"Bearer {self._session_id}", **headers}
        answer = self._transport.send(method, self.instance_url + path, body, authorized)
        self._api_usage = api_usage_of(answer.headers) or self._api_usage
        return answer

    def _content(self, path: str) -> bytes:
        """Give the content of a file that a record points at."""
        answer = self._send("GET", path, None, {"Accept": "*/*"})
        return answer.content if answer.http_status < 300 else rest.refuse(answer.content, answer.http_status)

    def _columns(self, root: str, soql: str) -> Mapping[str, str]:
        """Give the Apex types of a query's columns."""
        return rest.column_types(self._send_rest(root, rest.columns_request(soql)))

    def _fetch_of(self, call: calls.Call[Any]) -> Fetch:
        batch_size = getattr(call, "batch_size", None)
        return lambda query_locator: self.query_more(query_locator, batch_size=batch_size)

    def _learn(self, sobjects: Iterable[str]) -> None:
        names = sorted(sobjects)
        for start in range(0, len(names), _MOST_DESCRIBES_PER_CALL):
            for describe in self.describe_sobjects(names[start : start + _MOST_DESCRIBES_PER_CALL]):
                self._types.learn(describe)

    def _records(self, sobject: str, records: Iterable[Mapping[str, object]]) -> tuple[calls.InputRecord, ...]:
        return input_records(sobject, records, self._parent_type)

    def _parent_type(self, sobject: str, relationship_name: str) -> str:
        if not self._types.knows(sobject):
            self._learn([sobject])
        parents = self._types.parents(sobject, relationship_name)
        if len(parents) != 1:
            choice = f"may be any of {', '.join(parents)}: name its 'type'" if parents else "is not one of its parents"
            raise ValueError(f"{relationship_name} of {sobject} {choice}")
        return parents[0]

    def _ids_of(self, sobject: str, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Give the ids back if none is of another sObject. What is no id at all is left to the org to refuse."""
        if not self._types.knows(sobject):
            self._learn([sobject])
        prefix = self._types.key_prefix(sobject)
        strays = [each for each in ids if prefix and _ID.match(each) and not each.startswith(prefix)]
        if strays:
            raise ValueError(f"not of {sobject}, whose ids begin with {prefix}: {', '.join(strays)}")
        return ids


def _aware(instant: datetime) -> datetime:
    instant_text(instant)  # refuses a naive one
    return instant
