"""The org as a test holds it: its data, clock and client at hand. It decides nothing; the server's org does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import requests

    from mockorg import Client
    from mockorg.testing._clock import OrgClock
    from mockorg.testing._fault import OrgFaults
    from mockorg.testing._httpx import OrgTransport
    from mockorg.testing._route import Route
    from mockorg_server.core.journal import JournalEntry
    from mockorg_server.core.messaging.simulator import Messaging
    from mockorg_server.core.org import Org
    from mockorg_server.core.snapshot import OrgSnapshots


class MockOrg:
    """An org in the hands of a test.

    ``url`` (``instance_url`` is the same) is where it is reached, ``token`` a session id that opens it, ``id`` its
    Organization id and ``username`` whose session that is.
    """

    def __init__(self, org: Org, url: str, route: Route | None = None) -> None:
        self.url = self.instance_url = url
        self._org = org
        self._route = route

    def __repr__(self) -> str:
        return f"<MockOrg {self.id} at {self.url}>"

    @property
    def id(self) -> str:
        """The Organization id, of 18 characters."""
        return self._org.id

    @property
    def token(self) -> str:
        """A session id that opens the org and never grows old."""
        return self._org.token

    @property
    def username(self) -> str:
        """Whose session ``token`` is."""
        return self._org.username

    @cached_property
    def client(self) -> Client:
        """An SDK client with the session of ``token``."""
        import mockorg  # noqa: PLC0415

        return mockorg.connect(self.url, access_token=self.token, session=self.session())

    def session(self) -> requests.Session:
        """Give a ``requests.Session`` whose every request goes to this org, whichever thread sends it."""
        import requests  # noqa: PLC0415

        session = requests.Session()
        if self._route is not None:
            from mockorg.testing._requests import OrgAdapter  # noqa: PLC0415

            session.mount("http://", OrgAdapter(self._route))
            session.mount("https://", OrgAdapter(self._route))
        return session

    def httpx_transport(self) -> OrgTransport:
        """Give a transport for ``httpx.Client`` and ``httpx.AsyncClient`` whose every request goes to this org.

        Clients without it find the org as those of ``requests`` do, if httpx was imported before the org was entered.
        Raises TypeError for an org on a socket, which needs none.
        """
        from mockorg.testing._httpx import OrgTransport  # noqa: PLC0415

        if self._route is None:
            raise TypeError("an org on a socket is reached at its url, without a transport")
        return OrgTransport(self._route)

    @cached_property
    def clock(self) -> OrgClock:
        """The org's clock, to be frozen, set and advanced."""
        from mockorg.testing._clock import OrgClock  # noqa: PLC0415

        return OrgClock(self._org.clock)

    @property
    def requests(self) -> tuple[JournalEntry, ...]:
        """The org's last calls, the oldest first: ``call``, ``request``, ``answer``, ``status``, ``refusals``."""
        return self._org.journal.entries()

    def last_calls(self, count: int = 10) -> str:
        """Tell the last of ``requests``, each with why it was refused: what a failing test shows."""
        return "\n".join(str(entry) for entry in self.requests[-count:]) or "none"

    @cached_property
    def faults(self) -> OrgFaults:
        """Faults to be injected: ``add(match={"call": "query"}, times=2, error={"code": "UNABLE_TO_LOCK_ROW"})``."""
        from mockorg.testing._fault import OrgFaults  # noqa: PLC0415

        return OrgFaults(self._org.faults)

    @property
    def snapshots(self) -> OrgSnapshots:
        """Named states of the org: ``save(name)``, ``restore(name)``, ``drop(name)``, ``all``."""
        return self._org.snapshots

    @property
    def messaging(self) -> Messaging:
        """Automated messages: ``step()``, ``run()``, ``fail(…)`` and what else ``docs/messaging.md`` tells."""
        return self._org.messaging

    def seed(self, seed: object, sobject: str | None = None) -> dict[str, str]:
        """Write records past every rule: a file's path, a tree, or a list of records. Give the id of each reference.

        A record of a list tells its type in ``attributes``, or all are of the type ``sobject``. Nothing is written
        when one is bad. Raises SeedError, SeedDocumentError, OrgError.
        """
        from mockorg.testing._setting import seed_records  # noqa: PLC0415
        from mockorg_server.control.seed_document import child_field_of  # noqa: PLC0415

        records = seed_records(seed, sobject, child_field_of(self._org.schema.latest))
        ids = self._org.seed(records)
        invented = {record.source for record in records}
        return {name: record_id for name, record_id in ids.items() if name not in invented}

    def reset(self) -> None:
        """Go back to the state just after start."""
        self._org.reset()

    def savepoint(self) -> AbstractContextManager[None]:
        """Undo at the end of a ``with`` block all that happened to the org in it; blocks may be nested."""
        return self._org.savepoint()

    def on(self, event: str, sobject: str, hook: Callable[..., Any] | None = None) -> Any:
        """Register a save hook: ``org.on("before insert", "Account", fn)``, or as a decorator without ``fn``.

        Raises ValueError for an unknown event or sObject.
        """
        return self._org.hook_org.on(event, sobject, hook)

    def apexrest(self, path: str, handler: Callable[..., object] | None = None) -> Any:
        """Register what answers ``/services/apexrest`` + ``path``; as ``on``, a decorator too. Raises ValueError."""
        return self._org.hook_org.apexrest(path, handler)
