"""The server as one WSGI application: a table of path prefixes, each with the room that answers.

Here is no call and no format of a call; only which room a path belongs to, the refusal of what no room answers, and
the last resort when one of them has a bug.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from mockorg_server.control.application import ControlApplication
from mockorg_server.core.host import Host
from mockorg_server.request_body import DEFAULT_MAX_BODY_BYTES
from mockorg_server.rest.application import RestApplication
from mockorg_server.soap.application import SoapApplication

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOG = logging.getLogger("mockorg.app")

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
        {
            "/services/Soap": soap,
            "/soap/wsdl.jsp": soap,
            "/services/wsdl": soap,
            "/_mockorg": control,
            "/services/data": rest,
            "/services/apexrest": rest,
            "/services/async": _unsupported("the Bulk API", _bulk_error),
            "/services/oauth2": oauth,
            "/setup/connect": oauth,
            "/id": oauth,
            "/.well-known": oauth,
        }
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
    """Mounts rooms by whole path segments, the longest prefix first."""

    def __init__(self, rooms: dict[str, WSGIApplication]) -> None:
        self._rooms = sorted(rooms.items(), key=lambda room: -len(room[0]))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
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
