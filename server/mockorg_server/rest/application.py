"""The REST wire as a WSGI application: from a WSGI request to ``Request``, and from ``Answer`` to bytes."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from mockorg_server.core.error import OrgError
from mockorg_server.core.host import Host
from mockorg_server.core.org import Org
from mockorg_server.core.session import Caller
from mockorg_server.request_body import DEFAULT_MAX_BODY_BYTES, BadBodyError, LargeBodyError, read_request_body
from mockorg_server.rest import apex_rest
from mockorg_server.rest.describe_document import DescribeDocuments
from mockorg_server.rest.dispatch import dispatch, refusal
from mockorg_server.rest.document import to_json, to_xml
from mockorg_server.rest.error import RestError, not_found
from mockorg_server.rest.exchange import JSON, Answer, Encoded, Request, error_value
from mockorg_server.rest.record_writer import RecordWriters
from mockorg_server.rest.resource.version import versions
from mockorg_server.rest.resources import RESOURCES
from mockorg_server.rest.route import Routes
from mockorg_server.rest.tool import Tools
from mockorg_server.schema.api_version import NEWEST, OLDEST
from mockorg_server.web_address import base_url, host_name

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PREFIX = "/services/data"
_VERSION = re.compile(r"v([0-9]{1,3})\.0")
_MIN_GZIP_BYTES = 1_400
_PUBLIC = ""


class RestApplication:
    """A WSGI callable for ``/services/data`` and ``/services/apexrest``.

    Errors are a list of ``{"message", "errorCode"}``.
    """

    def __init__(self, host: Host, *, max_body_bytes: int = DEFAULT_MAX_BODY_BYTES) -> None:
        self._host = host
        self._max_body_bytes = max_body_bytes
        self._routes = Routes(RESOURCES)
        self._tools = Tools(self._routes, RecordWriters(), DescribeDocuments())

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        session_id = _session_id(environ)
        org = self._host.org_of(session_id, None, host_name(environ))
        wants_xml = _wants_xml(environ)
        try:
            answer = self._answer(environ, org, session_id)
        except OrgError as error:
            answer = refusal(error)
        except RestError as error:
            answer = Answer(error_value(error), error.status, dict(error.headers))
        return _send(environ, start_response, answer, org, wants_xml)

    def _answer(self, environ: WSGIEnvironment, org: Org, session_id: str | None) -> Answer:
        whole = _text_of(environ["PATH_INFO"])
        if whole.startswith(apex_rest.PREFIX):
            _require_session(environ, org, session_id)
            request = self._request(environ, org, session_id, NEWEST, apex_rest.PREFIX)
            return apex_rest.answer(request, whole[len(apex_rest.PREFIX) :])
        path = whole[len(PREFIX) :]
        parts = [part for part in path.split("/") if part]
        if not parts:
            return versions(org)
        match = _VERSION.fullmatch(parts[0])
        if match is None or not OLDEST <= int(match[1]) <= NEWEST:
            raise not_found()
        _require_session(environ, org, session_id)
        request = self._request(environ, org, session_id, int(match[1]), f"{PREFIX}/{parts[0]}")
        below = "/".join(parts[1:])
        for suffix in (".json", ".xml"):
            below = below.removesuffix(suffix)
        return dispatch(self._routes, request, below)

    def _request(self, environ: WSGIEnvironment, org: Org, session_id: str | None, version: int, root: str) -> Request:
        return Request(
            method=environ["REQUEST_METHOD"],
            path={},
            query=_query(environ),
            headers=_headers(environ),
            org=org,
            caller=Caller(session_id, version, address=base_url(environ)),
            version=version,
            root=root,
            base_url=base_url(environ),
            body=self._body(environ),
            tools=self._tools,
        )

    def _body(self, environ: WSGIEnvironment) -> bytes:
        try:
            return read_request_body(environ, self._max_body_bytes)
        except LargeBodyError as error:
            raise RestError("EXCEEDED_MAX_SIZE_REQUEST", str(error), 413) from None
        except BadBodyError as error:
            raise RestError("JSON_PARSER_ERROR", str(error)) from None


def _session_id(environ: WSGIEnvironment) -> str | None:
    scheme, _, token = (environ.get("HTTP_AUTHORIZATION") or "").strip().partition(" ")
    return token.strip() if scheme.lower() in {"bearer", "oauth"} and token.strip() else None


def _require_session(environ: WSGIEnvironment, org: Org, session_id: str | None) -> None:
    """Refuse before the resource is looked at: who is not in the org learns nothing of it."""
    if session_id is None:
        if environ.get("HTTP_AUTHORIZATION"):
            raise RestError("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", headers={"WWW-Authenticate": "Token"})
        message = "Session expired or invalid"
        raise RestError("INVALID_SESSION_ID", message, headers={"WWW-Authenticate": "Token"})
    org.sessions.require(session_id)


def _text_of(path: str) -> str:
    return path.encode("latin-1", "replace").decode("utf-8", "replace")


def _query(environ: WSGIEnvironment) -> dict[str, str]:
    text = environ.get("QUERY_STRING") or ""
    return dict(parse_qsl(text, keep_blank_values=True)) if text else {}


class _Headers(dict[str, str]):
    """The request's headers by name in lower case, looked up in the WSGI environment when they are asked for."""

    def __init__(self, environ: WSGIEnvironment) -> None:
        super().__init__()
        self._environ = environ

    def get(self, name: str, default: Any = None) -> Any:
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            return self._environ.get("CONTENT_TYPE") or default
        return self._environ.get(f"HTTP_{key}", default)


def _headers(environ: WSGIEnvironment) -> _Headers:
    return _Headers(environ)


def _wants_xml(environ: WSGIEnvironment) -> bool:
    path = environ["PATH_INFO"]
    if path.endswith(".xml"):
        return True
    if path.endswith(".json"):
        return False
    accept = (environ.get("HTTP_ACCEPT") or "").lower()
    return "xml" in accept and "json" not in accept and "*/*" not in accept and "html" not in accept


@lru_cache(maxsize=64)
def _status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"


def _send(
    environ: WSGIEnvironment, start_response: StartResponse, answer: Answer, org: Org, wants_xml: bool
) -> Iterable[bytes]:
    used, limit = org.api_usage()
    headers = [("Sforce-Limit-Info", f"api-usage={used}/{limit}"), ("Cache-Control", "no-cache,must-revalidate")]
    headers += answer.headers.items()
    body = answer.content
    content_type = answer.content_type
    if body is None and answer.value is not None:
        if wants_xml:
            body, content_type = to_xml(answer.value), "application/xml;charset=UTF-8"
        else:
            body = _json_bytes(answer.value, environ)
    if body is None or answer.status == HTTPStatus.NO_CONTENT:
        if answer.status not in {204, 304}:
            headers.append(("Content-Length", "0"))
        start_response(_status_line(answer.status), headers)
        return []
    headers.append(("Content-Type", content_type or JSON))
    if len(body) >= _MIN_GZIP_BYTES and "gzip" in (environ.get("HTTP_ACCEPT_ENCODING") or ""):
        body = gzip.compress(body, 1, mtime=0)
        headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    headers.append(("Content-Length", str(len(body))))
    start_response(_status_line(answer.status), headers)
    return [body]


def _json_bytes(value: object, environ: WSGIEnvironment) -> bytes:
    text = value.text if isinstance(value, Encoded) else to_json(value)
    if environ.get("HTTP_X_PRETTYPRINT") in {"1", "true"}:
        text = json.dumps(json.loads(text), indent=2, separators=(",", " : "), ensure_ascii=False)
    return text.encode("utf-8", "replace")
