"""Who may use the control API: this machine, and whoever holds the control token. Not web pages.

A page in a browser on this machine is a loopback client too, so requests that a foreign page could have caused are
told by their ``Origin``, and by a ``Host`` that is not this machine's (a rebound DNS name).
"""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from mockorg_server.control.exchange import ControlError, Request


def check_client(request: Request, control_token: str | None) -> None:
    """Let the request pass or raise ControlError 401 or 403. In-process callers have no address and pass."""
    if not request.client or _has_token(request, control_token):
        return
    if not is_loopback(request.client):
        if control_token is not None:
            raise ControlError(
                401,
                "other machines must send the control token: Authorization: Bearer …",
                {"WWW-Authenticate": "Bearer"},
            )
        raise ControlError(403, f"/_mockorg is open to this machine only, not to {request.client}")
    origin = request.header("Origin")
    if origin is not None and not _is_loopback_url(origin):
        raise ControlError(403, f"/_mockorg is closed to web pages of {origin}")
    host = request.header("Host")
    if host is not None and ("@" in host or not _is_loopback_url(f"//{host}")):
        raise ControlError(403, f"/_mockorg is reached as localhost or a loopback address, not as {host}")


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address means this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _is_loopback_url(url: str) -> bool:
    try:
        return is_loopback((urlsplit(url).hostname or "").rstrip("."))
    except ValueError:
        return False


def _has_token(request: Request, control_token: str | None) -> bool:
    scheme, _, given = (request.header("Authorization") or "").partition(" ")
    return (
        control_token is not None
        and scheme.lower() == "bearer"
        and hmac.compare_digest(given.strip().encode(), control_token.encode())
    )
