"""One request and answer of the control API: JSON in, JSON out, and one shape of error."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

from mockorg_server.request_body import read_up_to

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

R = TypeVar("R")

MAX_BODY_BYTES = 256 * 1024 * 1024
_MAX_MESSAGE_LENGTH = 2_000


class ControlError(Exception):
    """A refusal: an HTTP status and a sentence that says what is wrong. Answered as ``{"error": message}``."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message if len(message) <= _MAX_MESSAGE_LENGTH else message[:_MAX_MESSAGE_LENGTH] + "…"
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
        if len(dict(pairs)) < len(pairs):
            raise ControlError(400, "a parameter is given twice")
        return dict(pairs)

    def of_name(self, work: Callable[[str], R], what: str) -> R:
        """Do ``work`` with the name that the path ends in; its KeyError means that there is no such ``what``."""
        name = self.path.rpartition("/")[2]
        try:
            return work(name)
        except KeyError:
            raise ControlError(404, f"there is no {what} {name!r}") from None

    def no_body(self) -> None:
        """Check that the body is empty, or an empty JSON object."""
        if self._read().strip() not in {b"", b"{}"}:
            raise ControlError(400, f"{self.method} {self._environ['PATH_INFO']} takes no body")

    def json(self, empty: Any = None) -> Any:
        """Read the body as JSON; an empty one is ``empty``, or refused when that is None."""
        body = self._read()
        if not body.strip():
            if empty is not None:
                return empty
            raise ControlError(400, "the body is empty; it must be JSON")
        try:
            value = json.loads(
                body.decode("utf-8-sig"),
                parse_constant=_refuse_constant,
                parse_float=_finite,
                object_pairs_hook=_object_of,
            )
            if b"\\u" in body:
                _refuse_half_characters(value)
        except RecursionError:
            raise ControlError(400, "the body is nested too deeply") from None
        except ValueError as error:
            raise ControlError(400, f"the body is not JSON: {error}") from None
        return value

    @property
    def is_csv(self) -> bool:
        """Whether the body says that it is CSV."""
        kind: str = self._environ.get("CONTENT_TYPE") or ""
        return kind.partition(";")[0].strip().lower() == "text/csv"

    def text(self) -> str:
        """Read the body as a text in UTF-8."""
        try:
            return self._read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ControlError(400, f"the body is not UTF-8 at byte {error.start}") from None

    def _read(self) -> bytes:
        told = self._environ.get("CONTENT_LENGTH") or "0"
        chunked = bool(self._environ.get("wsgi.input_terminated"))
        if not (told.isascii() and told.isdigit()):
            raise ControlError(400, "the Content-Length is not a number")
        length = MAX_BODY_BYTES + 1 if chunked else int(told[:20])
        if not chunked and length > MAX_BODY_BYTES:
            raise _too_large()
        try:
            body = read_up_to(self._environ["wsgi.input"], length)
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


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"the number {text} is too large")
    return number


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        (name, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"the key {name!r} stands twice in one object")
    return value


def _refuse_half_characters(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("an escape in it is half a character") from None
