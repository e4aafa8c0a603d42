"""Faults that a test injects into an org: which calls meet them, how often, and what happens then.

Nothing here is a rule of the platform; codes are checked against its lists, so that clients can read what they get.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from mockorg_server.core.calls import operation as op
from mockorg_server.core.calls.operation import Operation
from mockorg_server.core.error import OrgError, RowError
from mockorg_server.core.http_exchange import EXCHANGE, HttpAnswer
from mockorg_server.core.journal import plain_name
from mockorg_server.core.record import SaveResult
from mockorg_server.schema.schema import SchemaView

MAX_DELAY_SECONDS: Final = 600.0
_SAVES: Final = (op.Create, op.Update, op.Upsert, op.Delete)
_QUERIES: Final = (op.Query, op.QueryAll)
_OF_THE_CALL: Final = frozenset(
    {
        *("INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", "INTERNAL_ERROR", "INVALID_AUTH_HEADER"),
        *("INVALID_SESSION_ID", "QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG", "TOO_MANY_APEX_REQUESTS"),
        "UNKNOWN_EXCEPTION",
    }
)
"""Codes that could be told of a record too, but are about the call or the org."""
_LITERAL: Final = re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL)
_INNERMOST: Final = re.compile(r"\([^()]*\)")
_FROM: Final = re.compile(r"\bFROM\s+(\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Match:
    """Which calls a fault is for: all that fit everything that is given.

    ``call`` is a call's name in any spelling, ``sobject`` an object that it is about, ``path`` the path of its HTTP
    request, with everything below it, or with ``*`` for any text. ``nth`` leaves only the nth call that fits, from 1.
    """

    call: str | None = None
    sobject: str | None = None
    path: str | None = None
    nth: int | None = None

    def fits_path(self, path: str | None) -> bool:
        """Tell whether a request to that path fits; None = a call without HTTP."""
        if self.path is None:
            return True
        wanted = self.path.rstrip("/")
        return path is not None and (path == wanted or path.startswith(f"{wanted}/") or fnmatchcase(path, self.path))


@dataclass(eq=False)
class InjectedFault:
    """One fault: ``error``, a code and a message, or ``http``, or only a delay.

    ``times`` is how often it happens before it is spent, None = until it is removed; ``probability`` of each time.
    ``fits`` counts the calls that fitted, ``happened`` those that met it.
    """

    match: Match = field(default_factory=Match)
    times: int | None = None
    probability: float = 1.0
    error: tuple[str, str] | None = None
    http: HttpAnswer | None = None
    delay_seconds: float = 0.0
    id: int = 0
    fits: int = 0
    happened: int = 0

    def check(self) -> None:
        """Raise ValueError with what is wrong."""
        if self.error is not None and self.http is not None:
            raise ValueError("a fault has an error or http, not both")
        if self.error is None and self.http is None and not self.delay_seconds:
            raise ValueError("a fault needs an error, http or delay_ms")
        if self.error is not None and self.error[0] not in _call_codes() | _record_codes():
            raise ValueError(f"{self.error[0]!r} is no error code of the API")
        if self.http is not None and not 200 <= self.http.status <= 599:
            raise ValueError(f"http status must be from 200 to 599, not {self.http.status}")
        if not 0 <= self.delay_seconds <= MAX_DELAY_SECONDS:
            raise ValueError(f"delay_ms must be from 0 to {MAX_DELAY_SECONDS * 1000:.0f}")
        if not 0 < self.probability <= 1:
            raise ValueError(f"probability must be above 0 and at most 1, not {self.probability}")
        for name, count in (("times", self.times), ("nth", self.match.nth)):
            if count is not None and count < 1:
                raise ValueError(f"{name} must be at least 1, not {count}")

    @property
    def is_of_request(self) -> bool:
        """True when it is for whole HTTP requests, whatever call is in them."""
        return self.http is not None and self.match.call is None and self.match.sobject is None

    @property
    def is_delay(self) -> bool:
        """True when it only takes time."""
        return self.error is None and self.http is None

    @property
    def is_spent(self) -> bool:
        """True when it will not happen again."""
        return self.times is not None and self.happened >= self.times


class InjectedFaults:
    """The faults of one org, in the order in which they were added. Safe under threads."""

    def __init__(self, seed: int | None = None) -> None:
        self._lock = threading.Lock()
        self._faults: tuple[InjectedFault, ...] = ()
        self._number = 0
        self._is_repeatable = seed is not None
        self._random = random.Random(seed)  # noqa: S311  # a test's dice

    @property
    def all(self) -> tuple[InjectedFault, ...]:
        """Every fault, the spent ones too."""
        return self._faults

    def add(self, fault: InjectedFault) -> InjectedFault:
        """Add a fault. Raises ValueError with what is wrong with it."""
        fault.check()
        with self._lock:
            self._number += 1
            fault.id = self._number
            self._faults = (*self._faults, fault)
        return fault

    def remove(self, fault_id: int) -> None:
        """Remove one. Raises KeyError."""
        with self._lock:
            left = tuple(fault for fault in self._faults if fault.id != fault_id)
            if len(left) == len(self._faults):
                raise KeyError(fault_id)
            self._faults = left

    def clear(self) -> None:
        """Remove every fault."""
        with self._lock:
            self._faults = ()

    def mark(self) -> object:
        """Give what ``go_back`` takes."""
        with self._lock:
            counts = [(fault, fault.fits, fault.happened) for fault in self._faults]
            return counts, self._number, self._random.getstate() if self._is_repeatable else None

    def go_back(self, mark: Any) -> None:
        """Go back to the faults that there were, as far spent as they were."""
        counts, number, dice = mark
        with self._lock:
            for fault, fits, happened in counts:
                fault.fits, fault.happened = fits, happened
            self._faults = tuple(fault for fault, _, _ in counts)
            self._number = number
            if dice is not None:
                self._random.setstate(dice)

    def meet(self, operation: Operation, view: SchemaView) -> list[SaveResult] | None:
        """Let a call meet the fault that is for it: give the results of saves that failed, None when it may go on.

        Raises OrgError when the call fails as a whole; over HTTP it may have another answer.
        """
        fault = self.of_call(operation, view) if self._faults else None
        if fault is None or fault.is_delay:
            return None
        failed = failed_saves(fault, operation)
        if failed is not None:
            return failed
        exchange = EXCHANGE.get()
        if exchange is not None:
            exchange.instead = fault.http
        raise refusal(fault)

    def of_request(self, path: str) -> HttpAnswer | None:
        """Give the answer that an HTTP request gets instead of its own, or None."""
        if not self._faults:
            return None
        met = self._happening(fault for fault in self._faults if fault.is_of_request and fault.match.fits_path(path))
        return _wait_for(met).http if met else None

    def of_call(self, operation: Operation, view: SchemaView) -> InjectedFault | None:
        """Give the fault that a call meets, after its delay has passed, or None."""
        if not self._faults:
            return None
        exchange = EXCHANGE.get()
        path = None if exchange is None else exchange.path
        name, sobjects = plain_name(type(operation).__name__), None
        fitting = []
        for fault in self._faults:
            match = fault.match
            if fault.is_of_request or not match.fits_path(path):
                continue
            if match.call is not None and plain_name(match.call) != name:
                continue
            if match.sobject is not None:
                sobjects = _sobjects_of(operation, view) if sobjects is None else sobjects
                if match.sobject.lower() not in sobjects:
                    continue
            fitting.append(fault)
        met = self._happening(iter(fitting))
        return _wait_for(met) if met else None

    def _happening(self, fitting: Iterator[InjectedFault]) -> list[InjectedFault]:
        """Give the faults that happen now: delays add up, until the first that is more than a delay."""
        met: list[InjectedFault] = []
        with self._lock:
            for fault in fitting:
                if fault.is_spent:
                    continue
                fault.fits += 1
                if fault.match.nth not in {None, fault.fits} or self._random.random() >= fault.probability:
                    continue
                fault.happened += 1
                met.append(fault)
                if fault.error is not None or fault.http is not None:
                    break
        return met


def failed_saves(fault: InjectedFault, operation: Operation) -> list[SaveResult] | None:
    """Give the results of a call that saves whose records all meet the error, None when the call itself does."""
    if fault.error is None or not isinstance(operation, _SAVES):
        return None
    code, message = fault.error
    if code not in _record_codes() or code in _OF_THE_CALL:
        return None
    count = len(operation.ids) if isinstance(operation, op.Delete) else len(operation.records)
    return [SaveResult(None, (RowError(code, message),))] * count


def refusal(fault: InjectedFault) -> OrgError:
    """Make the refusal that a call meets; of a fault that answers in HTTP's way, what a call without HTTP meets."""
    if fault.error is not None:
        return OrgError(*fault.error)
    status = fault.http.status if fault.http is not None else 0
    return OrgError("SERVER_UNAVAILABLE", f"an injected fault answers HTTP status {status}")


def _wait_for(met: Sequence[InjectedFault]) -> InjectedFault:
    delay_seconds = sum(fault.delay_seconds for fault in met)
    if delay_seconds:
        time.sleep(delay_seconds)
    return met[-1]


def _sobjects_of(operation: Operation, view: SchemaView) -> frozenset[str]:
    """Tell the objects that a call is about, in lower case."""
    if isinstance(operation, op.Create | op.Update | op.Upsert):
        names = {record.type for record in operation.records}
    elif isinstance(operation, op.Delete):
        names = {each.name for record_id in operation.ids for each in view.sobjects_by_prefix(record_id[:3])}
    elif isinstance(operation, _QUERIES):
        names = set(_FROM.findall(_outermost(operation.soql))[:1])
    elif isinstance(operation, op.DescribeSObjects):
        names = set(operation.names)
    else:
        name = getattr(operation, "sobject", None)
        names = {name} if isinstance(name, str) else set()
    return frozenset(name.lower() for name in names)


def _outermost(soql: str) -> str:
    """Leave out of a query its literals and whatever is in parentheses."""
    text, before = _LITERAL.sub("", soql), ""
    while text != before:
        text, before = _INNERMOST.sub(" ", text), text
    return text


@lru_cache(maxsize=1)
def _codes() -> dict[str, frozenset[str]]:
    """Give the ExceptionCodes ("call") and StatusCodes ("record") of the partner WSDL."""
    lists = json.loads(Path(__file__).with_name("error_code.json").read_bytes())
    return {name: frozenset(codes) for name, codes in lists.items()}


def _call_codes() -> frozenset[str]:
    return _codes()["call"]


def _record_codes() -> frozenset[str]:
    return _codes()["record"]
