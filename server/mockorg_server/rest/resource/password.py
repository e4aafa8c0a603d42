"""Passwords of users: whether one is over, setting one, resetting one.

The mock keeps no password that a call has set: who may log in, and with what, is said when the server is started. So
none is ever over, and setting one is refused rather than forgotten.
"""

from __future__ import annotations

from mockorg_server.core.calls import operation as op
from mockorg_server.rest.error import RestError
from mockorg_server.rest.exchange import Answer, Request


def status(request: Request) -> Answer:
    """GET /sobjects/User/id/password: no password is ever over."""
    _require_user(request)
    return Answer({"isExpired": False})


def refuse(request: Request) -> Answer:
    """Refuse to set or reset a password: it would change no login."""
    _require_user(request)
    raise RestError("NOT_IMPLEMENTED", "mockorg does not support setting passwords yet: see the option --user", 501)


def _require_user(request: Request) -> None:
    request.run(op.GetRecord("User", request.path["id"], ("Id",)))
