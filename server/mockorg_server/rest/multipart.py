"""multipart/form-data bodies: fields of a record as JSON in one part, the content of its file in another.

The first part that is JSON holds the fields; every other part that has a file is the base64 field of its name
(REST API guide, Insert or Update Blob Data).
"""

from __future__ import annotations

import base64
from email.message import Message
from typing import Any, Final

from mockorg_server.rest.error import RestError
from mockorg_server.rest.exchange import parse_json

_MAX_PARTS: Final = 1_000


def is_multipart(content_type: str | None) -> bool:
    """Tell whether a body is in parts."""
    return (content_type or "").strip().lower().startswith("multipart/form-data")


def read_multipart(content_type: str, body: bytes) -> dict[str, Any]:
    """Give the record of a body in parts. Raises RestError for what is none."""
    record: dict[str, Any] | None = None
    files: dict[str, str] = {}
    for headers, content in _parts(content_type, body):
        name = _parameter(headers, "content-disposition", "name")
        is_json = "json" in headers.get("content-type", "").lower()
        if record is None and (is_json or _parameter(headers, "content-disposition", "filename") is None):
            record = _fields_of(content)
        elif name is None:
            raise _refusal("a part with a file has no name")
        else:
            files[name] = base64.b64encode(content).decode("ascii")
    if record is None:
        raise _refusal("no part holds the fields of the record")
    return {**record, **files}


def _fields_of(content: bytes) -> dict[str, Any]:
    try:
        value = parse_json(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _refusal("the part with the fields is not UTF-8") from None
    if not isinstance(value, dict):
        raise _refusal("the part with the fields is not a JSON object")
    return value


def _parts(content_type: str, body: bytes) -> list[tuple[dict[str, str], bytes]]:
    boundary = _parameter({"content-type": content_type}, "content-type", "boundary")
    if not boundary:
        raise _refusal("the Content-Type names no boundary")
    mark = b"--" + boundary.encode("latin-1", "replace")
    pieces = (b"\r\n" + body).split(b"\r\n" + mark)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise _refusal("the parts do not end with the boundary")
    if len(pieces) > _MAX_PARTS:
        raise _refusal(f"there are more than {_MAX_PARTS} parts")
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> tuple[dict[str, str], bytes]:
    head, blank, content = piece.partition(b"\r\n\r\n")
    if not blank:
        raise _refusal("a part has no blank line after its headers")
    lines = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in lines if name.strip()}, content


def _parameter(headers: dict[str, str], header: str, name: str) -> str | None:
    """Read a parameter of a header, such as the ``name`` of a ``Content-Disposition``."""
    message = Message()
    message[header] = headers.get(header, "").replace("\r", "").replace("\n", "")
    found = message.get_param(name, header=header)
    return found if isinstance(found, str) else None


def _refusal(what: str) -> RestError:
    return RestError("INVALID_MULTIPART_REQUEST", f"Multipart message: {what}")
