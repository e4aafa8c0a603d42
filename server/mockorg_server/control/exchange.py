"""One request and answer of the control API: JSON in, JSON out, and one shape of error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_BODY_BYTES = 256 * 1024 * 1024


class ControlError(Exception):
    """A refusal: an HTTP status and a sentence that says what is wrong. Answered as ``{"error": message}``."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})


@dataclass(frozen=True)
class Answer:
    """A status and a value that JSON can show."""

    value: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def send(self, start_response: StartResponse) -> Iterable[bytes]:
        """Answer in WSGI's way."""
        body = json.dumps(self.value, ensure_ascii=False).encode() + b"\n"
        start_response(
            f"{self.status} {HTTPStatus(self.status).phrase}",
            [
                ("Content-Type", "application/json; charset=utf-8"),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store"),
                *self.headers.items(),
            ],
        )
        return [body]


class Request:
    """What a control endpoint reads of a request. Every reader raises ControlError with what is wrong."""

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._environ = environ
        self.method: str = environ["REQUEST_METHOD"]
        self.path = environ["PATH_INFO"].removeprefix("/_mockorg").rstrip("/") or "/"
        self.client: str = environ.get("REMOTE_ADDR", "")

    def header(self, name: str) -> str | None:
        """Give a request header, or None."""
        value: str | None = self._environ.get("HTTP_" + name.upper().replace("-", "_"))
        return value

    def parameters(self, allowed: frozenset[str]) -> dict[str, str]:
        """Read the query string; a parameter that nobody would look at is refused, not ignored."""
        pairs = parse_qsl(self._environ.get("QUERY_STRING", ""), keep_blank_values=True)
        unknown = next((name for name, _ in pairs if name not in allowed), None)
        if unknown is not None:
            raise ControlError(400, f"unknown parameter {unknown!r}; known: {', '.join(sorted(allowed))}")
        return dict(pairs)

    def no_body(self) -> None:
        """Check that the body is empty, or an empty JSON object."""
        if self._read().strip() not in {b"", b"{}"}:
            raise ControlError(400, f"{self.method} {self._environ['PATH_INFO']} takes no body")

    def json(self) -> Any:
        """Read the body as JSON."""
        body = self._read()
        if not body.strip():
            raise ControlError(400, "the body is empty; it must be JSON")
        try:
            return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
        except RecursionError:
            raise ControlError(400, "the body is nested too deeply") from None
        except ValueError as error:
            raise ControlError(400, f"the body is not JSON: {error}") from None

    def _read(self) -> bytes:
        chunked = bool(self._environ.get("wsgi.input_terminated"))
        length = MAX_BODY_BYTES + 1 if chunked else int(self._environ.get("CONTENT_LENGTH") or 0)
        if not chunked and length > MAX_BODY_BYTES:
            raise _too_large()
        stream: IO[bytes] = self._environ["wsgi.input"]
        try:
            body = stream.read(length)
        except (ValueError, OSError) as error:
            raise ControlError(400, f"the body cannot be read: {error}") from None
        if len(body) > MAX_BODY_BYTES:
            raise _too_large()
        if not chunked and len(body) < length:
            raise ControlError(400, "the body ended before its Content-Length")
        return body


def _too_large() -> ControlError:
    return ControlError(413, f"the body is larger than {MAX_BODY_BYTES} bytes")


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is not a JSON value")
