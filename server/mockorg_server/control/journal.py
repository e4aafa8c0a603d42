"""The endpoint ``/_mockorg/requests``: the org's last calls, and why each was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mockorg_server.control.exchange import ControlError, Request
from mockorg_server.core.org import Org

PARAMETERS: Final = frozenset({"org", "call", "status"})


def _list(request: Request, org: Org) -> object:
    asked = request.parameters(PARAMETERS)
    try:
        entries = org.journal.entries(asked.get("call"), asked.get("status"))
    except ValueError as error:
        raise ControlError(400, str(error)) from None
    return {"requests": [entry.document() for entry in entries], "dropped": org.journal.dropped}


def _clear(request: Request, org: Org) -> object:
    request.no_body()
    if request.parameters(PARAMETERS).keys() - {"org"}:
        raise ControlError(400, "DELETE forgets every call; it takes neither call nor status")
    org.journal.clear()
    return {"status": "ok"}


ENDPOINT: Final[dict[str, Callable[[Request, Org], object]]] = {"GET": _list, "DELETE": _clear}
