"""Which org a request of this process goes to: a matter of its host, and of the thread that sends it.

Process-wide by nature, since it stands where ``requests`` asks for the adapter of a URL; it is there only while an org
is in use. ADR 012 tells why the routes hang on contexts and threads. It opens no org and sends nothing.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

SALESFORCE_DOMAINS: Final = (
    *("salesforce.com", "force.com", "cloudforce.com", "database.com"),
    *("salesforce.mil", "sfcrmproducts.cn", "salesforce-sites.com"),
)
"""Domains whose every host is Salesforce's own (documented among the domains to allow in a firewall)."""

_SALESFORCE: Final = re.compile(rf"(?:[a-z0-9-]+\.)+(?:{'|'.join(map(re.escape, SALESFORCE_DOMAINS))})")
_INHERITED: Final = "_mockorg_routes"


class Unroutable(Exception):
    """A request that must not be sent; the message names its URL and says why."""


@dataclass(eq=False)
class Route:
    """The way to one org: ``authority`` is the host (and port) of its URL.

    ``allowed`` are other hosts that requests may go on to: None for all.
    """

    app: WSGIApplication
    authority: str
    my_domain: str
    allowed: frozenset[str] | None
    owner: int = field(default_factory=threading.get_ident)
    is_open: bool = True

    def serves(self, host: str, authority: str) -> bool:
        """Tell whether a host, or a host and port, is answered by the org."""
        return authority == self.authority or _SALESFORCE.fullmatch(host) is not None

    def is_named(self, host: str, authority: str) -> bool:
        """Tell whether that is the org's own address, or under its My Domain, and no other org's."""
        label = host.partition(".")[0].partition("--")[0]
        return authority == self.authority or (label == self.my_domain and _SALESFORCE.fullmatch(host) is not None)

    def lets_through(self, host: str) -> bool:
        """Tell whether requests to a host that is not Salesforce's may be sent."""
        return self.allowed is None or host in self.allowed


class Router:
    """The routes in use, in the order in which they were opened. Safe under threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: tuple[Route, ...] = ()
        self._stack: ContextVar[tuple[Route, ...]] = ContextVar("mockorg_routes", default=())

    @property
    def is_idle(self) -> bool:
        """True while no org is in use."""
        return not self._open

    def depth(self) -> int:
        """Tell how many orgs are in use around here."""
        return len(self._mine())

    def open(self, route: Route) -> None:
        """Send this context's requests to an org, and those of the threads that it starts from now on."""
        with self._lock:
            self._open = (*self._open, route)
        self._stack.set((*self._living(self._stack.get()), route))

    def close(self, route: Route) -> None:
        """Send nothing more to an org."""
        route.is_open = False
        with self._lock:
            self._open = tuple(each for each in self._open if each is not route)
        self._stack.set(self._living(self._stack.get()))

    def mark(self, thread: threading.Thread) -> None:
        """Let a thread that is about to start inherit the routes of the one that starts it."""
        routes = self._mine()
        if routes:
            setattr(thread, _INHERITED, routes)

    def route(self, url: str) -> Route | None:
        """Give the way a request goes, None when it leaves this process. Raises Unroutable."""
        parts = urlsplit(url)
        routes = self._routes(url) if self._open and parts.scheme in {"http", "https"} else ()
        if not routes:
            return None
        host = (parts.hostname or "").rstrip(".")
        authority = parts.netloc.rpartition("@")[2].lower()
        named = next((each for each in reversed(routes) if each.is_named(host, authority)), None)
        if named is not None:
            return named
        innermost = routes[-1]
        if innermost.serves(host, authority):
            return innermost
        if innermost.lets_through(host):
            return None
        raise Unroutable(
            f"mock_org refused {url}: {host} is not a host of Salesforce, and other_hosts does not let it through"
        )

    def _routes(self, url: str) -> Sequence[Route]:
        mine = self._mine()
        if mine:
            return mine
        everybody = self._open
        if len({each.owner for each in everybody}) <= 1:
            return everybody
        host = (urlsplit(url).hostname or "").rstrip(".")
        if not _SALESFORCE.fullmatch(host):
            return ()
        raise Unroutable(
            f"mock_org refused {url}: {len(everybody)} orgs are in use by several threads, and this thread was started "
            "before any of them; start it inside the test, or run it with contextvars.copy_context().run"
        )

    def _mine(self) -> tuple[Route, ...]:
        mine = self._living(self._stack.get())
        return mine or self._living(getattr(threading.current_thread(), _INHERITED, ()))

    @staticmethod
    def _living(routes: tuple[Route, ...]) -> tuple[Route, ...]:
        return tuple(each for each in routes if each.is_open)
