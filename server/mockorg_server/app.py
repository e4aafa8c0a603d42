"""The server as one WSGI application: a table of path prefixes, each with the room that answers.

Here is no call and no format of a call; only which room a path belongs to, the refusal of what no room answers, and
the last resort when one of them has a bug.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterable
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from mockorg_server.control.application import ControlApplication
from mockorg_server.core.host import Host
from mockorg_server.core.http_exchange import EXCHANGE, HttpAnswer, HttpExchange
from mockorg_server.request_body import DEFAULT_MAX_BODY_BYTES
from mockorg_server.rest.application import RestApplication
from mockorg_server.soap.application import SoapApplication
from mockorg_server.web_address import host_name

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOG = logging.getLogger("mockorg.app")
CONTROL: Final = "/_mockorg"
_TOLD_BYTES: Final = 2_000
_STATUSES: Final = frozenset(int(status) for status in HTTPStatus)

NOT_FOUND = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]


def build_app(
    host: Host, control_token: str | None = None, *, max_body_bytes: int = DEFAULT_MAX_BODY_BYTES
) -> WSGIApplication:
    """Give the WSGI callable that serves the orgs of a host. HEAD is answered as GET without the body.

    ``max_body_bytes`` bounds a request of an API, as received and as inflated.
    """
    soap = SoapApplication(host, max_body_bytes=max_body_bytes)
    oauth = _Late(lambda: _oauth(host))
    control = ControlApplication(host, control_token)
    rest = RestApplication(host, max_body_bytes=max_body_bytes)
    return _Application(
        host,
        {
            "/services/Soap": soap,
            "/soap/wsdl.jsp": soap,
            "/services/wsdl": soap,
            CONTROL: control,
            "/services/data": rest,
            "/services/apexrest": rest,
            "/services/async": _unsupported("the Bulk API", _bulk_error),
            "/services/oauth2": oauth,
            "/setup/connect": oauth,
            "/id": oauth,
            "/.well-known": oauth,
        },
    )


def _oauth(host: Host) -> WSGIApplication:
    # Most servers are never asked for a token, and start the sooner without the room that gives them.
    from mockorg_server.oauth.application import OAuthApplication  # noqa: PLC0415

    return OAuthApplication(host)


class _Late:
    """A room that is made when it is first asked for. Made twice by two threads at once, it is the same."""

    def __init__(self, make: Callable[[], WSGIApplication]) -> None:
        self._make = make
        self._room: WSGIApplication | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self._room is None:
            self._room = self._make()
        return self._room(environ, start_response)


class _Application:
    """Mounts rooms by whole path segments, the longest prefix first.

    Requests of Salesforce's own APIs may meet injected faults, and those that led to no call are noted here.
    """

    def __init__(self, host: Host, rooms: dict[str, WSGIApplication]) -> None:
        self._host = host
        self._rooms = sorted(rooms.items(), key=lambda room: -len(room[0]))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == CONTROL or path.startswith(f"{CONTROL}/"):
            return self._answer(environ, start_response)
        exchange = HttpExchange(environ["REQUEST_METHOD"], path, _length_of(environ))
        token = EXCHANGE.set(exchange)
        try:
            return self._exchange(exchange, environ, start_response)
        finally:
            EXCHANGE.reset(token)

    def _exchange(
        self, exchange: HttpExchange, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer, or let an injected fault answer; note what led to no call."""
        began = perf_counter()
        org = self._host.org_of(_bearer(environ), None, host_name(environ))
        exchange.instead = org.faults.of_request(exchange.path)

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            exchange.status = int(status[:3])
            return _write_nothing if exchange.instead else start_response(status, headers, *exc_info)

        body: Iterable[bytes] = () if exchange.instead else self._answer(environ, start)
        if exchange.instead is not None:
            _without(body)
            exchange.status = exchange.instead.status
            body = _send(exchange.instead, exchange.method, start_response)
        if not exchange.call_count:
            told = _beginning(body) if exchange.status >= 400 else None
            org.journal.note(org.clock.now(), perf_counter() - began, "", None, told, None, exchange)
        return body

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        head = environ["REQUEST_METHOD"] == "HEAD"
        if head:
            environ = {**environ, "REQUEST_METHOD": "GET"}
        try:
            body = self._room(environ["PATH_INFO"])(environ, start_response)
        except Exception:
            LOG.exception("a bug while answering %s %s", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            body = _internal_error(start_response)
        return _without(body) if head else body

    def _room(self, path: str) -> WSGIApplication:
        for prefix, room in self._rooms:
            if path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in {"", "/"}:
                return room
        return _not_found


def _without(body: Iterable[bytes]) -> Iterable[bytes]:
    close = getattr(body, "close", None)
    if close is not None:
        close()
    return []


def _write_nothing(_content: bytes) -> object:
    return None


def _length_of(environ: WSGIEnvironment) -> int | None:
    """Give the length of a request's body, None when it is not told."""
    told: str = environ.get("CONTENT_LENGTH") or ""
    if told.isascii() and told.isdecimal():
        return int(told[:18])
    return None if environ.get("wsgi.input_terminated") else 0


def _bearer(environ: WSGIEnvironment) -> str | None:
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() in {"bearer", "oauth"} else None


def _beginning(body: Iterable[bytes]) -> str:
    """Give the first words of an answer that is there whole."""
    pieces = body if isinstance(body, list | tuple) else ()
    return b"".join(pieces)[:_TOLD_BYTES].decode("utf-8", "replace")


def _send(answer: HttpAnswer, method: str, start_response: StartResponse) -> Iterable[bytes]:
    """Send the answer of an injected fault. Without a body of its own it says what it is."""
    phrase = HTTPStatus(answer.status).phrase if answer.status in _STATUSES else "Injected"
    body = (answer.body or f"mockorg: an injected fault answers {answer.status} {phrase}\n").encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), *answer.headers]
    if any(name.lower() == "content-type" for name, _ in answer.headers):
        del headers[0]
    start_response(f"{answer.status} {phrase}", [*headers, ("Content-Length", str(len(body)))])
    return [] if method == "HEAD" else [body]


def _not_found(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    return _json(start_response, "404 Not Found", NOT_FOUND)


def _internal_error(start_response: StartResponse) -> Iterable[bytes]:
    body = b"mockorg has a bug: see its log for the traceback.\n"
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response("500 Internal Server Error", headers, sys.exc_info())
    return [body]


def _json(start_response: StartResponse, status: str, value: object) -> Iterable[bytes]:
    body = json.dumps(value).encode()
    start_response(status, [("Content-Type", "application/json;charset=UTF-8"), ("Content-Length", str(len(body)))])
    return [body]


def _unsupported(api: str, error: Callable[[str], object]) -> WSGIApplication:
    """Make the room of an API that is not built: it names what was asked for and says so, in that API's error form."""

    def refuse(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"].encode("latin-1", "replace").decode("utf-8", "replace")
        message = f"mockorg does not support {api} yet: {environ['REQUEST_METHOD']} {path}"
        return _json(start_response, "501 Not Implemented", error(message))

    return refuse


def _rest_error(message: str) -> object:
    return [{"errorCode": "NOT_IMPLEMENTED", "message": message}]


def _bulk_error(message: str) -> object:
    return {"exceptionCode": "NotImplemented", "exceptionMessage": message}
