"""The journal of an org: its last calls, each with its request, its answer, the time it took, and why it was refused.

Made for tests that ask what the code under test has sent. Its memory is bounded; secrets never get into it readable.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from time import perf_counter
from typing import Any, Final

from mockorg_server.core.calls.operation import Operation
from mockorg_server.core.calls.result import DescribeGlobalResult, GetDeletedResult, GetUpdatedResult
from mockorg_server.core.clock import Clock, text_of
from mockorg_server.core.error import OrgError, RowError
from mockorg_server.core.http_exchange import EXCHANGE, HttpExchange
from mockorg_server.core.record import InputRecord, ParentReference, QueryResult, RetrieveResult, SearchResult
from mockorg_server.core.session import Sessions

OK: Final = "ok"
FAILED: Final = "failed"
REFUSED: Final = "refused"
STATUSES: Final = (OK, FAILED, REFUSED)

MAX_ENTRIES: Final = 1_000
MAX_BYTES: Final = 8 * 2**20  # of requests as received; read, they take a few times as much
MAX_REQUEST_BYTES: Final = 2**20  # a larger one is noted without what it held
_TYPICAL_BYTES: Final = 1_000  # of a call that came without a length
_MAX_TEXT_LENGTH: Final = 10_000
_HIDDEN: Final = "***"
_SECRET_NAMES: Final = frozenset({"session_id", "access_token", "refresh_token", "id_token", "password", "code"})
_SESSION_ID: Final = re.compile(r"00D[A-Za-z0-9]{12}(?:!|%21)[A-Za-z0-9._]+")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call, or one record of it, was refused. ``index`` is the record's place in the request, from 0."""

    code: str
    message: str
    fields: tuple[str, ...] = ()
    index: int | None = None

    def __str__(self) -> str:
        place = "" if self.index is None else f"record {self.index}: "
        named = f" [{', '.join(self.fields)}]" if self.fields else ""
        code = f"{self.code}: " if self.code else ""
        return f"{place}{code}{self.message}{named}"


@dataclass(frozen=True, slots=True, eq=False)
class JournalEntry:
    """One call, or a request that led to none (``call`` is '' then).

    ``at`` is the org's time, ``seconds`` how long the call took in real time. ``user_id`` is '' when nobody was known
    to call.
    """

    at: datetime
    seconds: float
    user_id: str
    operation: Operation | None
    result: object = field(repr=False)
    error: Exception | None = None
    exchange: HttpExchange | None = None
    weight: int = field(default=_TYPICAL_BYTES, repr=False)
    is_whole: bool = True
    name: str = ""

    @property
    def call(self) -> str:
        """The name of the call, as in the SOAP API: ``query``, ``create``, ``describeSObjects``."""
        return self.name

    @property
    def status(self) -> str:
        """``ok``, ``failed`` when at least one record was refused, ``refused`` when the call was as a whole."""
        if self.error is not None or (self.operation is None and (self.http_status or 0) >= 400):
            return REFUSED
        return FAILED if self.refusals else OK

    @property
    def http_status(self) -> int | None:
        """The HTTP status of the answer, None when the call came without HTTP or is not answered yet."""
        return (self.exchange.status or None) if self.exchange is not None else None

    @property
    def method(self) -> str:
        """The HTTP method, '' without HTTP."""
        return self.exchange.method if self.exchange is not None else ""

    @property
    def path(self) -> str:
        """The path of the HTTP request without its query, '' without HTTP."""
        return _readable(self.exchange.path) if self.exchange is not None else ""

    @property
    def request(self) -> Any:
        """What was asked for, as values of JSON; None of a request that was too large to keep, or led to no call."""
        return _plain(self.operation) if self.operation is not None and self.is_whole else None

    @property
    def answer(self) -> Any:
        """What was answered, as values of JSON. Of records that were read, only how many."""
        if self.error is not None:
            return None
        if isinstance(self.result, str) and self.operation is not None:
            return _HIDDEN  # the calls that answer a mere text answer a code or a token
        return _plain(self.result)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Why the call was refused, or each of its records that was."""
        if self.error is not None:
            if isinstance(self.error, OrgError):
                return (Refusal(self.error.code, _readable(self.error.message)),)
            return (Refusal("BUG", f"mockorg has a bug: {type(self.error).__name__}; see its log"),)
        if self.operation is None:
            return (Refusal("", str(self.answer)),) if (self.http_status or 0) >= 400 else ()
        results = self.result if isinstance(self.result, list) else ()
        return tuple(
            Refusal(error.code, _readable(error.message), error.fields, index)
            for index, one in enumerate(results)
            for error in getattr(one, "errors", ())
            if isinstance(error, RowError)
        )

    def document(self) -> dict[str, object]:
        """Give the entry as values of JSON."""
        refusals = self.refusals
        return {
            "at": text_of(self.at),
            "call": self.call or None,
            "status": self.status,
            "user_id": self.user_id or None,
            "http": {"method": self.method, "path": self.path, "status": self.http_status} if self.exchange else None,
            "request": self.request,
            "answer": self.answer,
            "duration_ms": round(self.seconds * 1000, 3),
            "refused": [_plain(each) for each in refusals],
        }

    def __str__(self) -> str:
        where = f"{self.method} {self.path}".strip()
        lines = [f"{text_of(self.at)} {self.call or where} -> {self.status}"]
        if self.call and where:
            lines[0] += f" ({where}, HTTP {self.http_status})"
        request = self.request
        if request:
            lines.append(f"    {_shortened(str(request))}")
        lines += [f"    refused: {_shortened(str(each))}" for each in self.refusals]
        return "\n".join(lines)


class Journal:
    """The last calls of one org, the oldest first. Safe under threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[JournalEntry] = deque()
        self._bytes = 0
        self._dropped = 0

    def begin(
        self, operation: Operation, session_id: str | None, sessions: Sessions, clock: Clock
    ) -> Callable[[Callable[[], Any]], Any]:
        """Give what carries a call out, gives its result or raises its error, and notes either."""
        exchange = EXCHANGE.get()
        if exchange is not None:
            exchange.call_count += 1
        session = sessions.find(session_id) if session_id else None
        user_id = session.user_id if session is not None else ""
        began = perf_counter()

        def carry_out(work: Callable[[], Any]) -> Any:
            result: object = None
            failure: Exception | None = None
            try:
                result = work()
            except Exception as error:
                failure = error
                raise
            finally:
                self.note(clock.now(), perf_counter() - began, user_id, operation, result, failure, exchange)
            return result

        return carry_out

    def note(  # noqa: PLR0917  # all that there is to know of a call
        self,
        at: datetime,
        seconds: float,
        user_id: str,
        operation: Operation | None,
        result: object,
        error: Exception | None,
        exchange: HttpExchange | None,
    ) -> None:
        """Add a call, and forget the oldest ones when there are too many."""
        weight, is_whole = _TYPICAL_BYTES, True
        if exchange is not None:
            is_whole = exchange.length is not None and exchange.length <= MAX_REQUEST_BYTES
            weight += (exchange.length or 0) if is_whole else 0
        name = "" if operation is None else _call_name(type(operation))
        if operation is not None and not is_whole:
            operation = Operation()
        kept = _LIGHT.get(type(result))
        result = result if kept is None else kept(result)
        entry = JournalEntry(at, seconds, user_id, operation, result, error, exchange, weight, is_whole, name)
        with self._lock:
            self._entries.append(entry)
            self._bytes += weight
            while len(self._entries) > MAX_ENTRIES or self._bytes > MAX_BYTES:
                self._bytes -= self._entries.popleft().weight
                self._dropped += 1

    def entries(self, call: str | None = None, status: str | None = None) -> tuple[JournalEntry, ...]:
        """Give the calls of that name in any spelling, with that status: ``ok``, ``failed``, ``refused``, or HTTP's.

        Raises ValueError for a status that is none.
        """
        if status is not None and status not in STATUSES and not (len(status) == 3 and status.isdecimal()):
            raise ValueError(f"status must be {', '.join(STATUSES)} or an HTTP status, not {status!r}")
        with self._lock:
            found = tuple(self._entries)
        if call is not None:
            found = tuple(entry for entry in found if plain_name(entry.name) == plain_name(call))
        if status is not None:
            found = tuple(entry for entry in found if status in {entry.status, str(entry.http_status)})
        return found

    def mark(self) -> object:
        """Give what ``go_back`` takes."""
        with self._lock:
            return tuple(self._entries), self._bytes, self._dropped

    def go_back(self, mark: Any) -> None:
        """Forget the calls since a mark, as the org does."""
        with self._lock:
            entries, self._bytes, self._dropped = mark
            self._entries = deque(entries)

    @property
    def dropped(self) -> int:
        """How many calls were forgotten to make room."""
        return self._dropped

    def clear(self) -> None:
        """Forget every call."""
        with self._lock:
            self._entries.clear()
            self._bytes = self._dropped = 0


def plain_name(name: str) -> str:
    """Give a call's name without regard to its spelling: ``query_more``, ``queryMore`` and ``QueryMore`` are one."""
    return name.replace("_", "").lower()


def _call_name(kind: type[Operation]) -> str:
    return kind.__name__[0].lower() + kind.__name__[1:]


def _plain(value: object) -> Any:
    """Give a value as JSON has it. What must not be shown in a repr is not shown here."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return _readable(value)
    if isinstance(value, datetime):
        return text_of(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, InputRecord):
        return _record(value)
    if isinstance(value, Mapping):
        return {str(name): _HIDDEN if name in _SECRET_NAMES else _plain(each) for name, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: _plain(getattr(value, each.name))
            if (each.repr and each.name not in _SECRET_NAMES) or isinstance(value, Refusal | RowError)
            else _HIDDEN
            for each in fields(value)
        }
    if isinstance(value, Iterable):
        return [_plain(each) for each in value]
    return f"<{type(value).__name__}>"


def _record(record: InputRecord) -> dict[str, Any]:
    shown: dict[str, Any] = {"attributes": {"type": record.type}}
    if record.id is not None:
        shown["Id"] = record.id
    shown.update({name: _plain(value) for name, value in record.values.items()})
    shown.update(dict.fromkeys(record.fields_to_null))
    shown.update({name: _parent(parent) for name, parent in record.references.items()})
    return shown


def _parent(parent: ParentReference) -> dict[str, Any]:
    attributes = {"attributes": {"type": parent.sobject}} if parent.sobject else {}
    return {**attributes, parent.field: _plain(parent.value)}


def _readable(text: str) -> str:
    text = _SESSION_ID.sub(_HIDDEN, text)
    return text if len(text) <= _MAX_TEXT_LENGTH else text[:_MAX_TEXT_LENGTH] + "…"


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 300 else text[:300] + "…"


def _of_query(result: QueryResult) -> object:
    return {"size": result.size, "done": result.done, "query_locator": result.query_locator}


_LIGHT: Final[Mapping[type, Callable[[Any], object]]] = {
    DescribeGlobalResult: lambda result: {"size": len(result.sobjects)},
    GetDeletedResult: lambda result: {"size": len(result.deleted_records)},
    GetUpdatedResult: lambda result: {"size": len(result.ids)},
    QueryResult: _of_query,
    RetrieveResult: lambda result: {"size": sum(row is not None for row in result.rows)},
    SearchResult: lambda result: {"size": sum(len(group.rows) for group in result.groups)},
    tuple: lambda result: {"size": len(result)},
}
"""What is kept of a result that may be large: how much it was."""
