"""Conditional requests to a record: what its ETag and its last change say to the headers of a request.

Rules: REST API guide, Conditional Request Headers. The platform gives ETags of accounts alone; here every record has
one. That deletes take no conditions is the platform's too. The body of a 412 is inferred.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from mockorg_server.rest.error import RestError
from mockorg_server.rest.exchange import Request

_NAMES: Final = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
_TAG: Final = re.compile(r'(?:W/)?"([^"]*)"')


def is_conditional(request: Request) -> bool:
    """Tell whether a request has a condition."""
    return any(request.header(name) for name in _NAMES)


def etag_of(text: str) -> str:
    """Give the entity tag of a representation, in the platform's form."""
    digest = hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).digest()
    return f'"{base64.b64encode(digest).decode("ascii")}"'


def last_modified_of(changed_at: datetime) -> str:
    """Write an instant as HTTP does."""
    return format_datetime(changed_at.astimezone(UTC).replace(microsecond=0), usegmt=True)


def is_unchanged(request: Request, etag: str, changed_at: datetime) -> bool:
    """Tell whether a reader has the record as it is, which is answered with 304. Raises RestError 412, 400.

    Of a write the same is a refusal; for a header that cannot be read a write is refused and a read is answered.
    """
    is_write = request.method not in {"GET", "HEAD"}
    matching, others = request.header("if-match"), request.header("if-none-match")
    if matching and not _names(matching, etag, is_write):
        raise _failed()
    unmodified = _instant(request.header("if-unmodified-since"), is_write)
    if unmodified is not None and changed_at > unmodified:
        raise _failed()
    if others and _names(others, etag, is_write):
        if is_write:
            raise _failed()
        return True
    modified = _instant(request.header("if-modified-since"), is_write=False)
    return not is_write and not others and modified is not None and changed_at <= modified


def _names(header: str, etag: str, is_write: bool) -> bool:
    """Tell whether a list of tags names this one; ``-gzip`` at its end tells how it was sent and says nothing."""
    if header.strip() == "*":
        return True
    tags = [tag.removesuffix("-gzip") for tag in _TAG.findall(header)]
    if not tags and is_write:
        raise RestError("INVALID_REQUEST", f"The header holds no entity tag: {header}", 400)
    return etag.strip('"') in tags


def _instant(text: str | None, is_write: bool) -> datetime | None:
    if not text:
        return None
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        instant = None
    if instant is None or instant.tzinfo is None:
        if is_write:
            raise RestError("INVALID_REQUEST", f"The header holds no date: {text}", 400)
        return None
    return instant


def _failed() -> RestError:
    return RestError("PRECONDITION_FAILED", "The record is not as the conditions of the request say", 412)
