"""One request and one answer of the REST wire, before they are bytes: sub-requests of composites have the same two."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from mockorg_server.core.calls.operation import Operation
from mockorg_server.core.duplicate_result import NO_HEADER, DuplicateRuleHeader
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.session import Caller
from mockorg_server.rest.error import RestError
from mockorg_server.schema.schema import SchemaView

JSON: Final = "application/json;charset=UTF-8"
_DUPLICATE_RULE_HEADER_SINCE: Final = 52


@dataclass(frozen=True, slots=True)
class Encoded:
    """A JSON value that is written already, to stand inside others: records are rendered once and never walked."""

    text: str


@dataclass(slots=True)
class Answer:
    """An answer. ``value`` is a JSON value or ``Encoded``, None for no body; ``content`` is a body that is no JSON."""

    value: object = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    content_type: str = JSON


@dataclass(slots=True)
class Request:
    """A request to a resource. ``path`` holds the values of the route's parts, ``query`` those of the query string.

    ``body`` is the raw body, ``value`` the JSON value of a sub-request's body in its place. ``version`` is the API's
    number; ``root`` is ``/services/data/v60.0``; ``base_url`` the server's address as the caller knows it.
    """

    method: str
    path: dict[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    org: Org
    caller: Caller
    version: int
    root: str
    base_url: str
    body: bytes = b""
    value: object = None
    is_sub_request: bool = False
    tools: Any = None  # what the application keeps for its resources: ``Tools``

    def run(self, operation: Operation) -> Any:
        """Carry an operation out as the caller."""
        return self.org.run(operation, self.caller)

    @property
    def view(self) -> SchemaView:
        """The schema as the caller's version sees it."""
        return self.org.schema.view(self.version)

    def header(self, name: str) -> str | None:
        """Give a header by its name in lower case."""
        return self.headers.get(name)

    def option(self, header: str, name: str) -> str | None:
        """Give a value of a header of the form ``a=1, b=2``, by its name in any case."""
        for entry in (self.headers.get(header) or "").replace(";", ",").split(","):
            key, _, value = entry.partition("=")
            if key.strip().lower() == name.lower():
                return value.strip()
        return None

    def parameter(self, name: str) -> str | None:
        """Give a parameter of the query string, None when it is absent."""
        return self.query.get(name)

    @property
    def duplicate_rule(self) -> DuplicateRuleHeader:
        """How the caller wants duplicate rules to deal with a save. The header is known from version 52.0 on."""
        if self.version < _DUPLICATE_RULE_HEADER_SINCE:
            return NO_HEADER
        allow, details, user = (
            (self.option("sforce-duplicate-rule-header", name) or "").lower() == "true"
            for name in ("allowSave", "includeRecordDetails", "runAsCurrentUser")
        )
        return DuplicateRuleHeader(allow, details, user)

    def text(self) -> str:
        """Give the body as text. Raises RestError for one that is not UTF-8."""
        try:
            return self.body.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise RestError("JSON_PARSER_ERROR", f"Invalid UTF-8 at byte {error.start}") from None

    def json(self) -> Any:
        """Give the body's JSON value. Raises RestError JSON_PARSER_ERROR, UNSUPPORTED_MEDIA_TYPE."""
        if self.value is not None:
            return self.value
        if not self.body.strip():
            # Recorded from a real org.
            message = "The HTTP entity body is required, but this request has no entity body."
            raise RestError("JSON_PARSER_ERROR", message)
        _require_json(self.header("content-type"))
        return parse_json(self.text())

    def json_object(self) -> dict[str, Any]:
        """Give the body, which must be a JSON object."""
        value = self.json()
        if not isinstance(value, dict):
            raise RestError("JSON_PARSER_ERROR", f"Cannot deserialize instance of object from {token_of(value)} value")
        return value

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do everything that is run in the block together, or none of it."""
        with self.org.transaction():
            yield


def _require_json(content_type: str | None) -> None:
    """Refuse a body that says it is something else than JSON; one that says nothing is taken for it."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    if not kind or "json" in kind:
        return
    if "xml" in kind:
        raise RestError("UNSUPPORTED_MEDIA_TYPE", "mockorg does not support XML in requests yet: send JSON")
    raise RestError("UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type")  # the text is from a second-hand source


def parse_json(text: str) -> Any:
    """Read JSON. Raises RestError JSON_PARSER_ERROR with the place, in the words of the platform's parser."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_int=_int)
    except RecursionError:
        raise RestError("JSON_PARSER_ERROR", "The JSON document is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise RestError("JSON_PARSER_ERROR", _parse_message(text, error)) from None
    except ValueError as error:
        raise RestError("JSON_PARSER_ERROR", str(error)) from None


def token_of(value: object) -> str:
    """Name the kind of a JSON value as the platform's parser does."""
    if value is None:
        return "VALUE_NULL"
    if isinstance(value, bool):
        return "VALUE_TRUE" if value else "VALUE_FALSE"
    names = {str: "VALUE_STRING", int: "VALUE_NUMBER_INT", float: "VALUE_NUMBER_FLOAT", list: "START_ARRAY"}
    return names.get(type(value), "START_OBJECT")


def place_of(text: str, position: int) -> str:
    """Write a place in a JSON text as the platform's parser does."""
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return f"[line:{line}, column:{column}]"


def _parse_message(text: str, error: json.JSONDecodeError) -> str:
    # The words of Jackson, which the platform shows (recorded for a missing colon; the others inferred).
    if error.pos >= len(text.rstrip()):
        return f"Unexpected end-of-input at {place_of(text, len(text))}"
    message, position = error.msg, error.pos
    if message.startswith("Illegal trailing comma"):  # Python 3.13 tells the comma, Jackson and older ones what follows
        position = len(text) - len(text[position + 1 :].lstrip())
        message = _NAME_EXPECTED if text[position] == "}" else ""
    found = text[position]
    wanted = {
        "Expecting ':' delimiter": "was expecting a colon to separate field name and value",
        "Expecting ',' delimiter": "was expecting comma to separate entries",
        _NAME_EXPECTED: "was expecting double-quote to start field name",
    }.get(message, "expected a valid value (number, String, array, object, 'true', 'false' or 'null')")
    return f"Unexpected character ('{found}' (code {ord(found)})): {wanted} at {place_of(text, position + 1)}"


_NAME_EXPECTED: Final = "Expecting property name enclosed in double quotes"


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"Non-standard token '{text}': numbers must be finite")


def _int(text: str) -> int:
    if len(text) > 400:
        raise ValueError("a number has too many digits")
    return int(text)


def error_value(error: OrgError | RestError) -> list[dict[str, object]]:
    """Give the body of a refusal: always a list."""
    return [{"message": error.message, "errorCode": error.code}]
