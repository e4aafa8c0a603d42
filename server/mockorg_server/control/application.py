"""The control API as a WSGI application: a table of endpoints under ``/_mockorg``, and nothing of Salesforce's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from mockorg_server import __version__
from mockorg_server.control import clock_document, fault, journal, messaging, snapshot
from mockorg_server.control.exchange import Answer, ControlError, Request
from mockorg_server.control.guard import check_client
from mockorg_server.control.org_endpoint import OrgEndpoints
from mockorg_server.control.seed_document import SeedDocumentError, child_field_of, parse_csv, parse_posted
from mockorg_server.core.error import OrgError
from mockorg_server.core.host import Host
from mockorg_server.core.org import Org
from mockorg_server.core.seed import SeedError, SeedRecord

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


_Result = TypeVar("_Result")
_SEED_PARAMETERS = frozenset({"org", "sobject"})


@dataclass(frozen=True)
class _Endpoint:
    """A path under /_mockorg, its handlers by verb, and the verbs that are promised but not built."""

    path: str
    handlers: dict[str, Callable[[Request, Org], object]]
    promised: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset({"org"})

    def matches(self, path: str) -> bool:
        return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", self.path), path) is not None

    @property
    def verbs(self) -> list[str]:
        known = set(self.handlers) | self.promised
        return sorted(known | {"HEAD"} if "GET" in known else known)


class ControlApplication:
    """A WSGI callable for ``/_mockorg``.

    Loopback clients only; with ``control_token`` set, other clients that send it as a Bearer token too. Errors are
    ``{"error": sentence}`` with a 4xx status, 501 for what is promised and not built, 503 for a disk that refuses.
    """

    def __init__(self, host: Host, control_token: str | None = None) -> None:
        self._host = host
        self._control_token = control_token
        self._endpoints = (
            _Endpoint("/health", {"GET": self._health}),
            _Endpoint("/reset", {"POST": self._reset}),
            _Endpoint("/seed", {"POST": self._seed}, parameters=_SEED_PARAMETERS),
            _Endpoint("/clock", {"GET": self._clock, "PUT": self._set_clock}),
            _Endpoint("/", {}, frozenset({"GET"})),
            *(_Endpoint(path, handlers) for path, handlers in snapshot.ENDPOINTS.items()),
            _Endpoint("/requests", journal.ENDPOINT, parameters=journal.PARAMETERS),
            *(_Endpoint(path, handlers) for path, handlers in fault.ENDPOINTS.items()),
            *(_Endpoint(path, handlers) for path, handlers in messaging.ENDPOINTS.items()),
            *(_Endpoint(path, handlers) for path, handlers in OrgEndpoints(host).endpoints.items()),
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        try:
            answer = self._answer(Request(environ))
        except ControlError as error:
            answer = Answer({"error": error.message}, error.status, error.headers)
        except OrgError as error:
            answer = _refused(error)
        except RecursionError:  # a value that could be read, but not be shown in a message
            answer = Answer({"error": "the body is nested too deeply"}, 400)
        return answer.send(start_response)

    def _answer(self, request: Request) -> Answer:
        check_client(request, self._control_token)
        endpoint = next((each for each in self._endpoints if each.matches(request.path)), None)
        if endpoint is None:
            built = ", ".join(f"/_mockorg{each.path}" for each in self._endpoints if each.handlers)
            raise ControlError(404, f"there is no /_mockorg{request.path}; there are {built}")
        if request.method not in endpoint.verbs:
            raise ControlError(
                405,
                f"/_mockorg{endpoint.path} answers {', '.join(endpoint.verbs)}, not {request.method}",
                {"Allow": ", ".join(endpoint.verbs)},
            )
        handler = endpoint.handlers.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            raise ControlError(501, f"{request.method} /_mockorg{endpoint.path} is not supported yet")
        return Answer(handler(request, self._org(request, endpoint.parameters)))

    def _org(self, request: Request, allowed: frozenset[str]) -> Org:
        wanted = request.parameters(allowed).get("org")
        org = self._host.default if wanted is None else self._host.find(wanted)
        if org is None:
            raise ControlError(404, f"there is no org {wanted!r}")
        return org

    def _health(self, _request: Request, _org: Org) -> object:
        orgs = [{"id": org.id, "token": org.token, "username": org.username} for org in self._host.orgs]
        return {"status": "ok", "version": __version__, "orgs": orgs}

    def _reset(self, request: Request, org: Org) -> object:
        request.no_body()
        _unless_refused(org.reset)
        return {"status": "ok"}

    def _seed(self, request: Request, org: Org) -> object:
        try:
            records = _seed_records(request, org)
            ids = _unless_refused(lambda: org.seed(records))
        except (SeedDocumentError, SeedError) as error:
            raise ControlError(400, str(error)) from None
        invented = {record.source for record in records}  # names for children to point at, which no one has given
        return {"ids": {name: record_id for name, record_id in ids.items() if name not in invented}}

    def _clock(self, _request: Request, org: Org) -> object:
        return clock_document.show(org.clock)

    def _set_clock(self, request: Request, org: Org) -> object:
        try:
            clock_document.apply(request.json(), org.clock)
        except ValueError as error:
            raise ControlError(400, str(error)) from None
        return clock_document.show(org.clock)


def _seed_records(request: Request, org: Org) -> list[SeedRecord]:
    """Read a seed: a tree, or JSON or CSV whose type ``?sobject=`` tells. Raises SeedDocumentError."""
    type_name = request.parameters(_SEED_PARAMETERS).get("sobject")
    if not request.is_csv:
        return parse_posted(request.json(), type_name, child_field_of(org.schema.latest))
    if type_name is None:
        raise ControlError(400, "CSV needs the name of its sObject: /_mockorg/seed?sobject=Account")
    return parse_csv(request.text(), type_name)


def _refused(error: OrgError) -> Answer:
    """Tell that the org refused. A disk that refuses is no mistake of the client."""
    return Answer({"error": error.message}, 503 if error.code == "SERVER_UNAVAILABLE" else 400)


def _unless_refused(work: Callable[[], _Result]) -> _Result:
    """Do what writes. A disk that refuses is no mistake of the client."""
    try:
        return work()
    except OrgError as error:
        raise ControlError(503 if error.code == "SERVER_UNAVAILABLE" else 400, error.message) from None
