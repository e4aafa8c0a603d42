"""HTTP of the REST API: requests as values, refusals as exceptions. Nothing of records or calls."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mockorg._error import CallError, TransportError, call_error
from mockorg._result import ApiUsage

JSON: Final = "application/json"

_EXCERPT_LENGTH: Final = 200
_USAGE = re.compile(r"api-usage=([0-9]+)/([0-9]+)")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request: ``path`` is below the root of the API version; ``sobject`` the one that it is about, if it is.

    The answer of an action, ``is_action``, has a result for each input, also where they are refused.
    """

    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    sobject: str | None = None
    is_action: bool = False


def value_of(content: bytes, http_status: int) -> Any:
    """Read a body as JSON. Raises ``TransportError``."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        excerpt = " ".join(content[:_EXCERPT_LENGTH].decode("utf-8", "replace").split())
        raise TransportError(
            f"the answer (HTTP {http_status}) is not JSON: {excerpt or '(empty)'}", http_status=http_status
        ) from None


def error_of(value: Any, http_status: int, sobject: str | None) -> CallError:
    """Give the exception of a refusal.

    The place in a query stands in its message. That an sObject is not there is told by its address alone here; the
    exception is the one that the same call raises over SOAP.
    """
    first = value[0] if isinstance(value, list) and value else value
    code = first.get("errorCode") if isinstance(first, dict) else None
    if not isinstance(code, str):
        return TransportError(f"the answer (HTTP {http_status}) is no refusal of the API", http_status=http_status)
    message = str(first.get("message", ""))
    if code == "NOT_FOUND" and sobject is not None:
        code, message = "INVALID_TYPE", _no_such_sobject(sobject)
    return call_error(code, message, None, None, http_status)


def api_usage_of(headers: Mapping[str, str]) -> ApiUsage | None:
    """Read the org's API usage where an answer tells it."""
    match = _USAGE.search(headers.get("Sforce-Limit-Info", ""))
    return ApiUsage(int(match[1]), int(match[2])) if match else None


def _no_such_sobject(name: str) -> str:
    return (
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the "
        "'__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names."
    )
