"""One request and answer of the OAuth wire: parameters of query and form, and answers in JSON, form, text or HTML."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode

from mockorg_server.core.error import OAuthError
from mockorg_server.web_address import LOGIN_HOSTS, base_url, host_name

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_FORM_BYTES = 1024 * 1024
_MAX_PARAMETERS = 200
JSON, FORM = "application/json;charset=UTF-8", "application/x-www-form-urlencoded;charset=UTF-8"
TEXT, HTML = "text/plain;charset=UTF-8", "text/html;charset=UTF-8"


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    body: bytes
    content_type: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def send(self, start_response: StartResponse) -> Iterable[bytes]:
        """Answer in WSGI's way. Nothing of this wire may be kept by a cache."""
        start_response(
            f"{self.status} {HTTPStatus(self.status).phrase}",
            [
                ("Content-Type", self.content_type),
                ("Content-Length", str(len(self.body))),
                ("Cache-Control", "no-store"),
                ("Pragma", "no-cache"),
                *self.headers.items(),
            ],
        )
        return [self.body]


class Request:
    """What an endpoint reads of a request. ``form`` raises OAuthError invalid_request for what is no form."""

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._environ = environ
        self.method: str = environ["REQUEST_METHOD"]
        self.path: str = environ["PATH_INFO"].rstrip("/")
        self.base_url = base_url(environ)
        self.host_name = host_name(environ)
        self._values: dict[str, str] | None = None

    @property
    def is_login_host(self) -> bool:
        """True at the hosts where every org's users log in."""
        return self.host_name in LOGIN_HOSTS

    def header(self, name: str) -> str:
        """Give a request header, or ''."""
        value: str = self._environ.get("HTTP_" + name.upper().replace("-", "_"), "")
        return value

    def get(self, name: str) -> str:
        """Give a parameter of the form or, failing that, of the query; '' when there is none."""
        return self.values.get(name, "")

    @property
    def values(self) -> dict[str, str]:
        """All parameters."""
        if self._values is None:
            self._values = {**_pairs(self._environ.get("QUERY_STRING", "")), **self._form()}
        return self._values

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the URL alone."""
        return _pairs(self._environ.get("QUERY_STRING", ""))

    def bearer(self) -> str | None:
        """Give the access token of the request: its header, else its parameter; None when there is neither."""
        scheme, _, token = self.header("Authorization").partition(" ")
        if scheme.lower() in {"bearer", "oauth"} and token.strip():
            return token.strip()
        return self.get("access_token") or self.get("oauth_token") or None

    def basic(self) -> tuple[str, str] | None:
        """Give client id and secret of a Basic header (RFC 6749, 2.3.1), or None."""
        scheme, _, coded = self.header("Authorization").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name, colon, secret = base64.b64decode(coded.strip(), validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return None
        return (unquote(name), unquote(secret)) if colon else None

    def _form(self) -> dict[str, str]:
        if self.method != "POST":
            return {}
        content_type = self._environ.get("CONTENT_TYPE") or ""
        kind = content_type.partition(";")[0].strip().lower()
        body = self._body()
        if kind == "multipart/form-data":  # the platform takes it (its own Postman collection sends it)
            return _parts(content_type, body)
        if kind == "application/json" and body:  # the platform does not look into it, and says of a token request so
            raise OAuthError("unsupported_grant_type", "grant type not supported")
        try:
            return _pairs(body.decode())
        except UnicodeDecodeError:
            raise OAuthError("invalid_request", "the body is not UTF-8") from None

    def _body(self) -> bytes:
        told = self._environ.get("CONTENT_LENGTH") or "0"
        chunked = bool(self._environ.get("wsgi.input_terminated"))
        if not chunked and not (told.isascii() and told.isdigit()):
            raise OAuthError("invalid_request", "the Content-Length is not a number")
        length = MAX_FORM_BYTES + 1 if chunked else min(int(told[:20]), MAX_FORM_BYTES + 1)
        try:
            body = b""
            while len(body) < length and (piece := self._environ["wsgi.input"].read(length - len(body))):
                body += piece
        except (ValueError, OSError) as error:
            raise OAuthError("invalid_request", f"the body cannot be read: {error}") from None
        if len(body) > MAX_FORM_BYTES:
            raise OAuthError("invalid_request", f"the body is larger than {MAX_FORM_BYTES} bytes")
        if not chunked and len(body) < length:
            raise OAuthError("invalid_request", "the body ended before its Content-Length")
        return body


def _pairs(text: str) -> dict[str, str]:
    """Read ``a=b&c=d``. Of a parameter that is given twice, OAuth allows none (RFC 6749, 3.2)."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_PARAMETERS, errors="strict")
    except ValueError as error:
        raise OAuthError("invalid_request", f"the parameters cannot be read: {error}") from None
    if len(dict(pairs)) < len(pairs):
        raise OAuthError("invalid_request", "a parameter is given more than once")
    return dict(pairs)


def _parts(content_type: str, body: bytes) -> dict[str, str]:
    """Read a form of several parts (RFC 7578), none of which is a file."""
    from email.parser import BytesParser  # noqa: PLC0415  # slow to import, and seldom needed
    from email.policy import HTTP  # noqa: PLC0415

    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    parts = list(message.iter_parts()) if message.is_multipart() else []
    pairs: list[tuple[str, str]] = []
    for part in parts[: _MAX_PARAMETERS + 1]:
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            raise OAuthError("invalid_request", "the form has a part without a name")
        pairs.append((name, content.decode("utf-8", "replace")))
    if not pairs or len(pairs) > _MAX_PARAMETERS or len(dict(pairs)) < len(pairs):
        raise OAuthError("invalid_request", "the form cannot be read, or names a parameter more than once")
    return dict(pairs)


def json_answer(value: object, status: int = 200) -> Answer:
    """Answer a value as JSON."""
    return Answer(json.dumps(value, ensure_ascii=False).encode(), JSON, status)


def value_answer(value: Mapping[str, str], form: str) -> Answer:
    """Answer names and values in the format the client asked for: ``json``, which is the default, or ``urlencoded``."""
    if form == "urlencoded":
        return Answer(urlencode(value).encode(), FORM)
    if form not in {"", "json"}:
        raise OAuthError("invalid_request", f"mockorg answers in json or urlencoded, not in {form}")
    return json_answer(value)


def error_answer(error: OAuthError, *, as_form: bool = False) -> Answer:
    """Answer a refusal: 400 whatever it is, an unknown client included (recorded)."""
    value = {"error": error.code, "error_description": error.message}
    if as_form:
        return Answer(urlencode(value).replace("+", "%20").encode(), FORM, 400)
    return json_answer(value, 400)
