"""Apex REST: addresses that the user's own Python handlers answer (``org.apexrest("/quiz/*", fn)``).

A handler is given an ``ApexRequest`` and gives what is to be answered: a JSON value (200), None (200 with nothing in
it, as a void Apex method), bytes, or a tuple of a status and one of these. What it writes is kept together, or not at
all when it raises; that is answered as an unhandled Apex exception (form documented, text of the place inferred).
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from mockorg_server.core.calls import operation as op
from mockorg_server.core.error import OrgError
from mockorg_server.core.hook_org import HookOrg
from mockorg_server.rest.error import RestError
from mockorg_server.rest.exchange import Answer, Request, parse_json

LOG = logging.getLogger("mockorg.apexrest")

PREFIX = "/services/apexrest"

Handler = Callable[..., object]


@dataclass(frozen=True, slots=True)
class ApexRequest:
    """A request to a handler.

    ``path`` is what follows ``/services/apexrest``; ``params`` are those of the query string; ``org`` reads and writes
    records as in save hooks.
    """

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    org: HookOrg = field(repr=False)
    read_json: Callable[[], Any] = field(repr=False)

    def json(self) -> Any:
        """Give the JSON value of the body. What is none is answered with JSON_PARSER_ERROR."""
        return self.read_json()


def answer(request: Request, path: str) -> Answer:
    """Answer a request by the handler of its path."""
    request.run(op.GetServerTimestamp())  # who is not in the org learns nothing
    org = request.org.hook_org
    handler = _handler_of(org.apexrest_handlers, unquote(path))
    if handler is None:
        raise RestError("NOT_FOUND", "Could not find a match for URL")  # recorded
    given = ApexRequest(
        request.method, path, request.query, request.headers, request.body, org, lambda: parse_json(request.text())
    )
    try:
        with request.transaction():
            value = handler(given)
        return _answer_of(value)
    except (RestError, OrgError):
        raise
    except Exception as error:
        LOG.warning("the handler of %s raised", path, exc_info=error)
        raise RestError("APEX_ERROR", _told(error)) from None


def _handler_of(handlers: Mapping[str, Handler], path: str) -> Handler | None:
    """Find the handler of a path: its own, else that of the longest pattern that ends in ``*`` (as urlMapping does)."""
    plain = "/" + path.strip("/")
    exact = handlers.get(plain) or handlers.get(plain + "/")
    if exact is not None:
        return exact
    fitting = [each for each in handlers if each.endswith("*") and (plain + "/").startswith(each[:-1])]
    return handlers[max(fitting, key=len)] if fitting else None


def _answer_of(value: object) -> Answer:
    status = 200
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], int):
        status, value = value
    if isinstance(value, bytes):
        return Answer(status=status, content=value, content_type="application/octet-stream")
    return Answer(value, status)


def _told(error: Exception) -> str:
    """Tell an exception in the form of Apex: its type, its message, where."""
    name = getattr(error, "apex_name", type(error).__name__)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"System.{name}: {error}\n\nClass.{frame.name}: line {frame.lineno}, column 1"
