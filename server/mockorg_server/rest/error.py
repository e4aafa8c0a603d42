"""Refusals of the REST wire: which HTTP status belongs to a code. Codes come from the core or are this wire's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DEFAULT_STATUS: Final = 400

STATUS_OF_CODE: Final[Mapping[str, int]] = {
    "API_DISABLED_FOR_ORG": 403,
    "APEX_ERROR": 500,
    "DELETE_FAILED": 400,
    "ENTITY_IS_DELETED": 404,
    "ENTITY_IS_LOCKED": 400,
    "EXCEEDED_MAX_SIZE_REQUEST": 413,
    "INSUFFICIENT_ACCESS": 403,
    "INSUFFICIENT_ACCESS_OR_READONLY": 403,
    "INVALID_AUTH_HEADER": 401,
    "INVALID_SESSION_ID": 401,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_ACCEPTABLE": 406,
    "NOT_FOUND": 404,
    "NOT_IMPLEMENTED": 501,
    "REQUEST_LIMIT_EXCEEDED": 403,
    "SERVER_UNAVAILABLE": 503,
    "UNKNOWN_EXCEPTION": 500,
    "UNSUPPORTED_MEDIA_TYPE": 415,
}
"""HTTP status by code; every other code is a 400 (recorded for most; see the tests' data)."""

MESSAGES: Final[Mapping[str, str]] = {
    # The same refusal has other words here than over SOAP (recorded).
    "INVALID_SESSION_ID": "Session expired or invalid",
}


class RestError(Exception):
    """A refusal of this wire itself. ``status`` None = that of the code; ``headers`` go into the answer."""

    def __init__(
        self, code: str, message: str, status: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status if status is not None else status_of(code)
        self.headers = dict(headers or {})


def status_of(code: str) -> int:
    """Give the HTTP status of a refusal."""
    return STATUS_OF_CODE.get(code, DEFAULT_STATUS)


def not_found() -> RestError:
    """Make the refusal of a resource that is not there (recorded)."""
    return RestError("NOT_FOUND", "The requested resource does not exist")


def no_such_key(name: str) -> RestError:
    """Make the refusal of a field that finds no records (recorded)."""
    return RestError("NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}")
