"""Where orgs of tests stand: applications that were built once and serve one org after the other.

Building an application takes longer than a test; opening an org takes a moment. It patches nothing and knows no
client.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockorg.testing._setting import ScopeSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from mockorg_server.core.host import Host
    from mockorg_server.core.org import Org


@dataclass(eq=False)
class Stage:
    """An application, and the host whose one org it serves."""

    app: WSGIApplication
    host: Host

    @property
    def org(self) -> Org:
        """The org that stands here now."""
        return self.host.default


class Stages:
    """The stages of this process. Safe under threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Stage] = []

    def take(self, settings: ScopeSettings, number: int) -> Stage:
        """Give a stage with a fresh org; ``number`` tells its ids from those of the orgs around it."""
        from mockorg_server.app import build_app  # noqa: PLC0415
        from mockorg_server.core.host import Host  # noqa: PLC0415
        from mockorg_server.core.org import Org  # noqa: PLC0415
        from mockorg_server.schema.schema import load_schema  # noqa: PLC0415

        org = Org(load_schema(settings.org.features, additions=settings.org.additions), settings.org, number)
        with self._lock:
            idle = self._idle.pop() if self._idle else None
        if idle is not None:
            idle.host.renew(org)
            return idle
        host = Host((org,))
        return Stage(build_app(host), host)

    def give_back(self, stage: Stage) -> None:
        """Close the orgs of a stage, which is free for another."""
        stage.host.close()
        with self._lock:
            self._idle.append(stage)
