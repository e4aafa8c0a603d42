"""The endpoints ``/_mockorg/orgs`` and ``/_mockorg/sessions``: orgs come and go, and sessions end on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockorg_server.control.exchange import ControlError, Request
from mockorg_server.control.org_document import settings_of, show
from mockorg_server.core.clock import text_of
from mockorg_server.core.host import Host
from mockorg_server.core.org import Org

Handler = Callable[[Request, Org], object]


class OrgEndpoints:
    """Handlers that know the host. ``endpoints`` are their paths and verbs."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.endpoints: Mapping[str, dict[str, Handler]] = {
            "/orgs": {"GET": self._list, "POST": self._make, "DELETE": self._drop},
            "/sessions": {"GET": _sessions, "DELETE": _end_sessions},
        }

    def _list(self, _request: Request, _org: Org) -> object:
        return {"orgs": [show(org) for org in self._host.orgs]}

    def _make(self, request: Request, _org: Org) -> object:
        try:
            made = self._host.add(settings_of(request.json({}), self._host.default.settings))
        except ValueError as error:
            raise ControlError(400, str(error)) from None
        return show(made)

    def _drop(self, request: Request, org: Org) -> object:
        request.no_body()
        if "org" not in request.parameters(frozenset({"org"})):
            raise ControlError(400, "say which org to drop: DELETE /_mockorg/orgs?org=00D…")
        try:
            self._host.drop(org)
        except ValueError as error:
            raise ControlError(400, str(error)) from None
        return {"status": "ok"}


def _sessions(_request: Request, org: Org) -> object:
    """Tell of every living session, but for what would let somebody use it."""
    found = []
    for session in org.sessions.all():
        origin = session.origin
        found.append(
            {
                "user_id": session.user_id,
                "used_at": text_of(session.used_at),
                "client_id": origin.client_id if origin else None,
                "scopes": list(origin.scopes) if origin else None,
            }
        )
    return {"sessions": found}


def _end_sessions(request: Request, org: Org) -> object:
    """End one session, ``{"token": "00D…!…"}``, or without a body all but that of the org's own token."""
    document = request.json({})
    if not isinstance(document, dict) or document.keys() - {"token"} or not isinstance(document.get("token", ""), str):
        raise ControlError(400, 'ending sessions takes no body, or {"token": "00D…!…"}')
    if "token" not in document:
        return {"ended": org.sessions.close_all_but(org.token)}
    if not org.sessions.close(document["token"]):
        raise ControlError(404, "there is no such session")
    return {"ended": 1}
