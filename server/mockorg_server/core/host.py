"""The host: the orgs of one process, and which of them a request belongs to."""

from __future__ import annotations

from mockorg_server.core.org import Org
from mockorg_server.core.setting import OrgSettings
from mockorg_server.schema.schema import load_schema


class Host:
    """Holds the orgs that a server serves. The first is the default, for requests that name none."""

    def __init__(self, orgs: tuple[Org, ...]) -> None:
        self._orgs = {org.id: org for org in orgs}
        self._default = orgs[0]

    @classmethod
    def open(cls, settings: OrgSettings) -> Host:
        """Make a host with one org. Raises StoreError when its database cannot be opened, SeedError for a bad seed."""
        return cls((Org(load_schema(settings.features), settings),))

    @property
    def orgs(self) -> tuple[Org, ...]:
        """Every org, the default first."""
        return tuple(self._orgs.values())

    @property
    def default(self) -> Org:
        """The org of requests that name none."""
        return self._default

    def find(self, org_id: str) -> Org | None:
        """Give the org of that id in either form, or None."""
        return next((org for key, org in self._orgs.items() if org_id in {key, key[:15]}), None)

    def org_of(self, session_id: str | None, org_id: str | None) -> Org:
        """Give the org that a request belongs to: its session's, else the one its URL names, else the default.

        A session id begins with its org's id of 15 characters. Naming no org of this host gives the default, which
        then refuses the session.
        """
        named = (session_id or "").partition("!")[0] or (org_id or "")
        return self.find(named) or self._default

    def close(self) -> None:
        """Close every org."""
        for org in self._orgs.values():
            org.close()
