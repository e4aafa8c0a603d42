"""Where orgs of tests stand: applications that were built once and serve one org after the other.

Building an application takes longer than a test, and so does opening an org with its seed; going back to a savepoint
takes a moment. It patches nothing and knows no client.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from mockorg.testing._setting import ScopeSettings
    from mockorg_server.core.host import Host
    from mockorg_server.core.org import Org

_MOST_KEPT: Final = 32  # orgs that wait for the next test of their kind; the oldest is let go


@dataclass(eq=False)
class Stage:
    """An application, and the host whose org it serves.

    ``key`` tells of which kind its org is, which outlives its tests; ``undo`` takes back what a test did to it.
    """

    app: WSGIApplication
    host: Host
    key: object = None
    undo: ExitStack = field(default_factory=ExitStack)

    @property
    def org(self) -> Org:
        """The org that stands here now."""
        return self.host.default


class Stages:
    """The stages of this process. Safe under threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._empty: list[Stage] = []
        self._kept: list[Stage] = []

    def take(self, settings: ScopeSettings, number: int) -> Stage:
        """Give a stage with an org in its first state; ``number`` tells its ids from those of the orgs around it."""
        key = (settings.key, number)
        with self._lock:
            kept = next((each for each in self._kept if each.key == key), None)
            if kept is not None:
                self._kept.remove(kept)
        stage = self._open(settings, number) if kept is None else kept
        stage.key = key
        stage.undo.enter_context(stage.org.savepoint())
        return stage

    def give_back(self, stage: Stage) -> None:
        """Take a stage back, its org as it was, or closed."""
        for org in stage.host.orgs[1:]:  # that the test has added
            stage.host.drop(org)
        if stage.key is not None:
            stage.undo.close()
            stage.host.renew(stage.org)
        let_go = None
        with self._lock:
            if stage.key is not None:
                self._kept.append(stage)
                let_go = self._kept.pop(0) if len(self._kept) > _MOST_KEPT else None
            else:
                let_go = stage
        if let_go is not None:
            let_go.host.close()
            let_go.key = None
            with self._lock:
                self._empty.append(let_go)

    def _open(self, settings: ScopeSettings, number: int) -> Stage:
        from mockorg_server.app import build_app  # noqa: PLC0415
        from mockorg_server.core.host import Host, schema_of  # noqa: PLC0415
        from mockorg_server.core.org import Org  # noqa: PLC0415

        chosen = settings.org()
        org = Org(schema_of(chosen), chosen, number)
        with self._lock:
            stage = self._empty.pop() if self._empty else None
        if stage is None:
            host = Host((org,))
            return Stage(build_app(host), host)
        stage.host.renew(org)
        return stage
