"""The endpoints under ``/_mockorg/messaging``: steps, purging, settings, messaging components, outcome rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mockorg_server.control.exchange import ControlError, Request
from mockorg_server.control.instant import parse_instant
from mockorg_server.core.messaging import definition as definitions
from mockorg_server.core.messaging import outcome
from mockorg_server.core.org import Org

Handler = Callable[[Request, Org], object]

_MAX_STEPS: Final = 100_000


def _show(_request: Request, org: Org) -> object:
    return org.messaging.describe()


def _configure(request: Request, org: Org) -> object:
    changes = _object(request)
    _or_refused(lambda: org.messaging.configure(**changes))
    return org.messaging.describe()


def _step(request: Request, org: Org) -> object:
    """Do one step, or as many as ``{"count": n}`` says, or until nothing moves with ``{"until_idle": true}``."""
    document = _object(request, may_be_empty=True)
    if document.keys() - {"count", "until_idle"} or len(document) > 1:
        raise ControlError(400, 'a step takes no body, {"count": 3} or {"until_idle": true}')
    if document.get("until_idle", False) is True:
        return {"steps": org.messaging.run(), "open_requests": org.messaging.describe()["open_requests"]}
    count = document.get("count", 1)
    if type(count) is not int or not 1 <= count <= _MAX_STEPS:
        raise ControlError(400, f"count must be a whole number from 1 to {_MAX_STEPS}, not {count!r}")
    changed = org.messaging.step(count)
    return {"changed": changed, "open_requests": org.messaging.describe()["open_requests"]}


def _purge(request: Request, org: Org) -> object:
    request.no_body()
    return {"ids": list(org.messaging.purge())}


def _set_session(request: Request, org: Org) -> object:
    """Set the status of a session: ``{"status": "Ended"}``."""
    document = _object(request)
    if document.keys() != {"status"}:
        raise ControlError(400, 'a session takes {"status": "Ended"}')
    status = document["status"]
    request.of_name(
        lambda session_id: _or_refused(lambda: org.messaging.set_session_status(session_id, status)),
        "messaging session",
    )
    return {"status": "ok"}


def _definitions(_request: Request, org: Org) -> object:
    return {"definitions": [definitions.document_of(each) for each in org.messaging.definitions]}


def _define(request: Request, org: Org) -> object:
    document = _object(request)
    name = document.pop("name", None)
    if not isinstance(name, str):
        raise ControlError(400, "a message definition needs a name")
    return definitions.document_of(_or_refused(lambda: org.messaging.define(name, **document)))


def _undefine(request: Request, org: Org) -> object:
    request.of_name(org.messaging.undefine, "message definition")
    return {"status": "ok"}


def _rules(_request: Request, org: Org) -> object:
    return {"rules": [outcome.document_of(each) for each in org.messaging.rules]}


def _add_rule(request: Request, org: Org) -> object:
    document = _object(request)
    if isinstance(document.get("down_until"), str):
        try:
            document["down_until"] = parse_instant(document["down_until"])
        except ValueError as error:
            raise ControlError(400, str(error)) from None
    return outcome.document_of(_or_refused(lambda: org.messaging.fail(**document)))


def _forget_rules(_request: Request, org: Org) -> object:
    org.messaging.forget_rules()
    return {"status": "ok"}


def _forget_rule(request: Request, org: Org) -> object:
    request.of_name(org.messaging.forget_rules, "rule")
    return {"status": "ok"}


ENDPOINTS: Final[Mapping[str, dict[str, Handler]]] = {
    "/messaging": {"GET": _show, "PUT": _configure},
    "/messaging/step": {"POST": _step},
    "/messaging/purge": {"POST": _purge},
    "/messaging/sessions/{id}": {"PUT": _set_session},
    "/messaging/definitions": {"GET": _definitions, "POST": _define},
    "/messaging/definitions/{name}": {"DELETE": _undefine},
    "/messaging/rules": {"GET": _rules, "POST": _add_rule, "DELETE": _forget_rules},
    "/messaging/rules/{id}": {"DELETE": _forget_rule},
}


def _object(request: Request, may_be_empty: bool = False) -> dict[str, Any]:
    document = request.json({} if may_be_empty else None)
    if not isinstance(document, dict):
        raise ControlError(400, "the body must be a JSON object")
    return document


def _or_refused(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except (ValueError, TypeError) as error:
        raise ControlError(400, str(error)) from None
