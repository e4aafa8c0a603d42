"""One request to a WSGI application without a socket: bytes in, bytes out. It knows no client library."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class WsgiAnswer:
    """What an application answered. ``headers`` may name one header twice."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    content: bytes


def call(app: WSGIApplication, method: str, url: str, headers: Mapping[str, str], content: bytes) -> WsgiAnswer:
    """Send a request of an absolute ``url``; what the application raises goes on."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, fields: list[tuple[str, str]], _exc: object = None) -> Callable[[bytes], object]:
        begun.append((status, fields))
        return written.append

    answer = app(environ_of(method, url, headers, content), start_response)
    try:
        written.extend(answer)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    status, fields = begun[-1]
    number, _, reason = status.partition(" ")
    return WsgiAnswer(int(number), reason, fields, b"".join(written))


def environ_of(method: str, url: str, headers: Mapping[str, str], content: bytes) -> dict[str, Any]:
    """Give the WSGI environment of a request.

    It has no REMOTE_ADDR: the caller is this process. The body is there whole, so its length is told, however the
    client meant to send it.
    """
    parts = urlsplit(url)
    path = parts.path or "/"
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "REQUEST_URI": f"{path}?{parts.query}" if parts.query else path,
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(parts.port or _PORTS.get(parts.scheme, 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": parts.netloc.rpartition("@")[2],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        if key not in {"CONTENT_LENGTH", "TRANSFER_ENCODING"}:
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    if content or method in {"POST", "PUT", "PATCH"}:
        environ["CONTENT_LENGTH"] = str(len(content))
    return environ


def content_of(body: object) -> bytes:
    """Give the bytes of a request body in any form that ``requests`` takes: text, bytes, a file, an iterable."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    read = getattr(body, "read", None)
    if read is not None:
        return content_of(read())
    if isinstance(body, Iterable):
        return b"".join(content_of(piece) for piece in body)
    raise TypeError(f"a request body cannot be {type(body).__name__}")
