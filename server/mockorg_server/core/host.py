"""The host: the orgs of one process, and which of them a request belongs to."""

from __future__ import annotations

import threading

from mockorg_server.core.dml.standard_duplicate_rule import with_standard_rules
from mockorg_server.core.org import Org
from mockorg_server.core.setting import OrgSettings
from mockorg_server.schema.schema import Schema, load_schema

_SHORT = 15  # characters of an org id that tell orgs apart


def schema_of(settings: OrgSettings) -> Schema:
    """Give the schema of an org that is set up so."""
    additions = settings.additions
    if settings.standard_duplicate_rules:
        additions = with_standard_rules(additions)
    return load_schema(settings.features, additions=additions)


class Host:
    """Holds the orgs that a server serves. The first is the default. Safe under threads."""

    def __init__(self, orgs: tuple[Org, ...]) -> None:
        self._lock = threading.Lock()
        self._orgs = {org.id[:_SHORT]: org for org in orgs}
        self._default = orgs[0]
        self._number = len(orgs)
        self._by_domain = _by_domain(orgs)

    @classmethod
    def open(cls, settings: OrgSettings) -> Host:
        """Make a host with one org. Raises StoreError when its database cannot be opened, SeedError for a bad seed."""
        return cls((Org(schema_of(settings), settings),))

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
        org = self._orgs.get(org_id[:_SHORT])
        return org if org is not None and org_id in {org.id, org.id[:_SHORT]} else None

    def org_of(self, session_id: str | None, org_id: str | None, host_name: str = "") -> Org:
        """Give the org that a request belongs to.

        That is the org whose My Domain the request was sent to, else its session's, else the one its URL names, else
        the default. A session id begins with its org's id of 15 characters. A session of another org than the My
        Domain's is refused there, as on the platform. Naming no org of this host gives the default, which then refuses
        the session.
        """
        if self._by_domain:
            org = self._by_domain.get(host_name.partition(".")[0].lower())
            if org is not None:
                return org
        named = (session_id or "").partition("!")[0] or (org_id or "")
        return self.find(named) or self._default

    def org_of_login(self, username: str, org_id: str | None, host_name: str = "") -> Org:
        """Give the org that somebody logs in to, at a host such as login.salesforce.com that serves them all.

        A My Domain or an org id in the URL decides, else the first org in which the user name was set up, else the
        default.
        """
        org = self.org_of(None, org_id, host_name)
        if org is not self._default or org_id or self.has_domain(host_name):
            return org
        return next((each for each in self.orgs if each.directory.knows(username)), org)

    def has_domain(self, host_name: str) -> bool:
        """Tell whether a host name is the My Domain of an org."""
        return host_name.partition(".")[0].lower() in self._by_domain

    def add(self, settings: OrgSettings) -> Org:
        """Open another org. Raises ValueError for a My Domain that is taken; StoreError, SeedError."""
        with self._lock:
            self._number += 1
            number = self._number
            self._require_free(settings.my_domain)
        org = Org(schema_of(settings), settings, number)
        with self._lock:
            try:
                self._require_free(settings.my_domain)
            except ValueError:
                org.close()
                raise
            self._change({**self._orgs, org.id[:_SHORT]: org})
        return org

    def drop(self, org: Org) -> None:
        """Close an org and forget it. Raises ValueError for the default one, which lives as long as the host."""
        with self._lock:
            if org is self._default:
                raise ValueError("the first org lives as long as the server")
            self._change({key: each for key, each in self._orgs.items() if each is not org})
        org.close()

    def renew(self, org: Org) -> None:
        """Serve one org from now on, as a host that was just made: for whoever has closed the ones before."""
        with self._lock:
            self._default = org
            self._number = 1
            self._change({org.id[:_SHORT]: org})

    def close(self) -> None:
        """Close every org."""
        for org in self.orgs:
            org.close()

    def _require_free(self, my_domain: str | None) -> None:
        if my_domain in self._by_domain:
            raise ValueError(f"the My Domain {my_domain!r} is another org's")

    def _change(self, orgs: dict[str, Org]) -> None:
        # Replaced, never changed in place: requests read these without a lock.
        self._orgs, self._by_domain = orgs, _by_domain(tuple(orgs.values()))


def _by_domain(orgs: tuple[Org, ...]) -> dict[str, Org]:
    return {org.settings.my_domain: org for org in orgs if org.settings.my_domain}
