"""The endpoints ``/_mockorg/faults``: faults as JSON, injected and taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mockorg_server.control.exchange import ControlError, Request
from mockorg_server.core.http_exchange import HttpAnswer
from mockorg_server.core.injected_fault import InjectedFault, Match
from mockorg_server.core.org import Org

Handler = Callable[[Request, Org], object]

_FORM: Final = (
    'a fault is {"match": {"call", "sobject", "path", "nth"}, "times", "probability", and one of '
    '"error": {"code", "message"}, "http": {"status", "body", "headers"}, "delay_ms"}'
)
_Kinds = Mapping[str, tuple[type, ...]]
_TEXT, _WHOLE, _NUMBER = (str,), (int,), (int, float)
_FAULT: Final[_Kinds] = {
    "match": (dict,),
    "times": _WHOLE,
    "probability": _NUMBER,
    "error": (dict,),
    "http": (dict,),
    "delay_ms": _NUMBER,
}
_MATCH: Final[_Kinds] = {"call": _TEXT, "sobject": _TEXT, "path": _TEXT, "nth": _WHOLE}
_ERROR: Final[_Kinds] = {"code": _TEXT, "message": _TEXT}
_HTTP: Final[_Kinds] = {"status": _WHOLE, "body": _TEXT, "headers": (dict,)}


def read(document: object) -> InjectedFault:
    """Read a fault as users write it. Raises ValueError with what is wrong with it."""
    given = _checked(document, _FAULT, "a fault")
    fault = InjectedFault(
        Match(**_checked(given.get("match", {}), _MATCH, "match")),
        given.get("times"),
        given.get("probability", 1.0),
        delay_seconds=given.get("delay_ms", 0) / 1000,
    )
    if "error" in given:
        error = _checked(given["error"], _ERROR, "error")
        if "code" not in error:
            raise ValueError("an error needs a code")
        fault.error = error["code"], error.get("message", error["code"])
    if "http" in given:
        http = _checked(given["http"], _HTTP, "http")
        if "status" not in http:
            raise ValueError("http needs a status")
        headers = http.get("headers", {})
        if not all(isinstance(value, str) and value.isprintable() for value in headers.values()):
            raise ValueError("headers must be texts of one line")
        fault.http = HttpAnswer(http["status"], http.get("body", ""), tuple(headers.items()))
    fault.check()
    return fault


def show(fault: InjectedFault) -> dict[str, object]:
    """Give a fault as JSON, with how often it happened."""
    match = fault.match
    named = {"call": match.call, "sobject": match.sobject, "path": match.path, "nth": match.nth}
    shown: dict[str, object] = {
        "id": fault.id,
        "match": {name: value for name, value in named.items() if value is not None},
        "times": fault.times,
        "probability": fault.probability,
        "happened": fault.happened,
    }
    if fault.error is not None:
        shown["error"] = {"code": fault.error[0], "message": fault.error[1]}
    if fault.http is not None:
        shown["http"] = {"status": fault.http.status, "body": fault.http.body, "headers": dict(fault.http.headers)}
    if fault.delay_seconds:
        shown["delay_ms"] = fault.delay_seconds * 1000
    return shown


def _checked(document: object, kinds: _Kinds, what: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise ValueError(f"{what} must be an object; {_FORM}")
    for name, value in document.items():
        if name not in kinds:
            raise ValueError(f"unknown key {name!r} in {what}; {_FORM}")
        if not isinstance(value, kinds[name]) or isinstance(value, bool):
            raise ValueError(f"{name} cannot be {value!r}; {_FORM}")
    return document


def _list(_request: Request, org: Org) -> object:
    return {"faults": [show(fault) for fault in org.faults.all]}


def _add(request: Request, org: Org) -> object:
    try:
        return show(org.faults.add(read(request.json())))
    except ValueError as error:
        raise ControlError(400, str(error)) from None


def _clear(request: Request, org: Org) -> object:
    request.no_body()
    org.faults.clear()
    return {"status": "ok"}


def _remove(request: Request, org: Org) -> object:
    request.no_body()
    name = request.path.rpartition("/")[2]
    try:
        org.faults.remove(int(name))
    except (KeyError, ValueError):
        raise ControlError(404, f"there is no fault {name!r}") from None
    return {"status": "ok"}


ENDPOINTS: Final[Mapping[str, dict[str, Handler]]] = {
    "/faults": {"GET": _list, "POST": _add, "DELETE": _clear},
    "/faults/{id}": {"DELETE": _remove},
}
