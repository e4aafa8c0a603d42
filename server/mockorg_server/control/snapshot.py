"""The endpoints ``/_mockorg/snapshots``: states of an org, saved by name and gone back to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mockorg_server.control.exchange import ControlError, Request
from mockorg_server.core.clock import text_of
from mockorg_server.core.org import Org

Handler = Callable[[Request, Org], object]


def _list(_request: Request, org: Org) -> object:
    return {"snapshots": [{"name": name, "at": text_of(at)} for name, at in org.snapshots.all.items()]}


def _save(request: Request, org: Org) -> object:
    document = request.json()
    name = document.get("name") if isinstance(document, dict) and len(document) == 1 else None
    if not isinstance(name, str) or not name or "/" in name:
        raise ControlError(400, 'a snapshot is {"name": "a"}, without a slash in it')
    org.snapshots.save(name)
    return {"name": name}


def _restore(request: Request, org: Org) -> object:
    request.no_body()
    request.of_name(org.snapshots.restore, "snapshot")
    return {"status": "ok"}


def _drop(request: Request, org: Org) -> object:
    request.no_body()
    request.of_name(org.snapshots.drop, "snapshot")
    return {"status": "ok"}


ENDPOINTS: Final[Mapping[str, dict[str, Handler]]] = {
    "/snapshots": {"GET": _list, "POST": _save},
    "/snapshots/{name}": {"PUT": _restore, "DELETE": _drop},
}
