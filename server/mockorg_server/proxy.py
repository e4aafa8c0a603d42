"""The proxy's rules: which hosts are served by the mock, which are tunnelled to, and how. It parses no HTTP.

Salesforce's own hosts never leave this machine. Everything else is refused, so that a test cannot reach the world by
accident, unless it was allowed by name.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import IO

from mockorg_server.tls import is_salesforce

CONNECT_SECONDS = 10.0
IDLE_SECONDS = 300.0
_AUTHORITY = re.compile(r"(?P<host>[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):(?P<port>[0-9]{1,5})")
_PIECE_BYTES = 65_536
_SLICE_SECONDS = 0.25


class Route(Enum):
    """What becomes of a request."""

    SERVE = "serve"
    TUNNEL = "tunnel"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a client wants to go. ``host`` is in lower case, without brackets."""

    host: str
    port: int


def target_of(authority: str, default_port: int | None = None) -> Target | None:
    """Read ``host:port``; None for what is none. Without a port, ``default_port`` is meant."""
    if default_port is not None and not re.search(r":[0-9]+\Z", authority):
        authority = f"{authority}:{default_port}"
    match = _AUTHORITY.fullmatch(authority)
    if match is None or not 0 < int(match["port"]) < 65536:
        return None
    return Target(match["host"].strip("[]").lower().rstrip("."), int(match["port"]))


class ProxyRules:
    """Says what becomes of each target. ``allowed`` are host names; ``*.example.com`` stands for all below it."""

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        self._names = frozenset(name.lower() for name in allowed if not name.startswith("*."))
        self._suffixes = tuple(name.lower()[1:] for name in allowed if name.startswith("*."))

    def route(self, target: Target) -> Route:
        """Say what becomes of a target. Salesforce's hosts are served, whatever is allowed."""
        if is_salesforce(target.host):
            return Route.SERVE
        is_allowed = target.host in self._names or target.host.endswith(self._suffixes or ("\0",))
        return Route.TUNNEL if is_allowed else Route.REFUSE


def refusal(authority: str) -> str:
    """Tell why a host is refused."""
    shown = authority if len(authority) <= 200 and authority.isprintable() else "that host"
    return (
        f"mockorg's proxy serves *.salesforce.com and *.force.com only, not {shown}. "
        "Start it with --proxy-allow HOST to let a host through, or set NO_PROXY for it.\n"
    )


def connect(target: Target) -> socket.socket:
    """Open a connection to a target. Raises OSError."""
    return socket.create_connection((target.host, target.port), CONNECT_SECONDS)


def splice(client: socket.socket, source: IO[bytes], upstream: socket.socket, is_over: Callable[[], bool]) -> None:
    """Carry bytes both ways until both sides have ended, one is silent for ``IDLE_SECONDS``, or all is over.

    ``source`` reads what the client has sent; its buffer is emptied first.
    """
    buffered = source.peek() if hasattr(source, "peek") and _has_buffer(source) else b""
    if buffered:
        upstream.sendall(source.read(len(buffered)))
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, upstream)
        selector.register(upstream, selectors.EVENT_READ, client)
        client.settimeout(CONNECT_SECONDS)
        last = time.monotonic()
        while selector.get_map() and not is_over() and time.monotonic() - last < IDLE_SECONDS:
            for key, _ in selector.select(_SLICE_SECONDS):
                last = time.monotonic()
                if not _carry(key.fileobj, key.data):  # type: ignore[arg-type]
                    selector.unregister(key.fileobj)


def _has_buffer(source: IO[bytes]) -> bool:
    has_data = getattr(source, "has_data", None)
    return bool(has_data and has_data())


def _carry(source: socket.socket, sink: socket.socket) -> bool:
    """Carry one piece; False when the source has ended."""
    try:
        piece = source.recv(_PIECE_BYTES)
        if piece:
            sink.sendall(piece)
            return True
    except OSError:
        piece = b""
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
    return False
