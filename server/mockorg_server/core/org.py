"""The org: one Salesforce organisation with its schema, data, clock, users and sessions. All state hangs on it.

``Org.run`` is the only door: every wire hands its typed operations in there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from mockorg_server.core.bootstrap import ADMINISTRATOR, first_records, organization_id
from mockorg_server.core.calls import CALLS, Access
from mockorg_server.core.calls.operation import Operation
from mockorg_server.core.clock import Clock, instant_of, text_of
from mockorg_server.core.context import CallContext
from mockorg_server.core.cursor import Cursors
from mockorg_server.core.directory import Directory
from mockorg_server.core.dml.default import fill_defaults
from mockorg_server.core.dml.profile import SaveProfiles
from mockorg_server.core.id_sequence import IdSequence
from mockorg_server.core.limit import ApiUsage
from mockorg_server.core.seed import SeedRecord, load
from mockorg_server.core.session import Caller, Sessions
from mockorg_server.core.setting import OrgSettings, UserSetting
from mockorg_server.schema.schema import Schema
from mockorg_server.schema.value import Value
from mockorg_server.soql.compiler import QueryCompiler
from mockorg_server.store.read import Reader
from mockorg_server.store.store import Snapshot, Store
from mockorg_server.store.write import Writer

_AGE = timedelta(days=365)  # how old a fresh org says it is, so that replication windows may reach back


class Org:
    """One organisation. Safe under threads.

    ``id`` is its Organization id (18 characters), ``token`` a session of the administrator that is ready for use,
    ``created_at`` the instant from which replication windows may start. ``fresh`` is False when the database held an
    org already, which was taken up as it is: the seeds of the settings are not loaded into it again.
    """

    def __init__(self, schema: Schema, settings: OrgSettings, number: int = 1, *, use_image: bool = True) -> None:
        """Open the org of the settings' database; ``number`` tells the orgs of one host apart.

        In memory, a fresh org is a copy of an image that orgs of the same kind share; without ``use_image`` it is made
        record by record. Raises StoreError or SeedError.
        """
        self.schema = schema
        self.settings = settings
        self.id = organization_id(number)
        self.clock = Clock(settings.clock_start)
        self.ids = IdSequence()
        self.cursors = Cursors(self.clock, self.ids)
        self.directory = Directory(settings.users, self.clock)
        self.queries = QueryCompiler(schema)
        self.save_profiles = SaveProfiles()
        self.usage = ApiUsage(settings.edition)
        self._store = Store(schema, settings.database)
        # Whole days, so that the orgs of one day can share their image.
        self.created_at = (self.clock.now() - _AGE).replace(hour=0, minute=0, second=0, microsecond=0)
        self.administrator_id = ""
        try:
            image = None
            if use_image and settings.database == "memory":
                image = fresh_image(schema, settings.users, settings.edition, self.created_at, number)
                self._store.restore(image)
            self.fresh = self._open(is_image=image is not None)
            self.sessions = Sessions(self.id, self.clock, settings.session_seed)
            self._token_session = self.sessions.open(self.administrator_id)
            self._start = self._store.snapshot() if image is None or settings.seeds else image
            self._ids_at_start = self.ids.used()
        except BaseException:
            self._store.close()
            raise

    @property
    def token(self) -> str:
        """The session id of the administrator's ready session."""
        return self._token_session.id

    @property
    def username(self) -> str:
        """The user name behind ``token``."""
        return self.directory.names[0] if self.directory.names else ADMINISTRATOR

    def run(self, operation: Operation, caller: Caller) -> Any:  # each operation names its result
        """Carry a call out and give its result, as told beside the operation's class. Raises OrgError.

        The order around each call, here and nowhere else: session, limits, then the handler in one transaction that
        is committed before the result is given out.
        """
        call = CALLS[type(operation)]
        user_id = session_id = ""
        if call.needs_session:
            session = self.sessions.require(caller.session_id)
            user_id, session_id = session.user_id, session.id
            self.usage.count()
        with self._transaction(call.access) as reader:
            context = self._context(reader, caller.api_version, user_id, session_id)
            result = call.handle(context, operation)
            if call.access is Access.WRITE:
                self._keep_counters(context)
        return result

    def seed(self, records: Sequence[SeedRecord]) -> dict[str, str]:
        """Write records past the rules, all or none; give the id of each reference. Raises SeedError."""
        with self._store.write() as writer:
            context = self._context(writer, 0, self.administrator_id, "")
            references = load(context, records)
            self._keep_counters(context)
        return references

    def reset(self) -> None:
        """Go back to the state just after start: data, clock, ids; every session ends but that of ``token``."""
        self.clock.reset()
        self._store.restore(self._start)
        self.ids.reset(self._ids_at_start)
        self.sessions.keep_only(self._token_session)
        self.cursors.clear()
        self.directory.guard.reset()
        self.usage.reset()

    def api_usage(self) -> tuple[int, int]:
        """Give the API requests so far and the daily limit."""
        return self.usage.reading()

    def close(self) -> None:
        """Close the database."""
        self._store.close()

    def _transaction(self, access: Access) -> AbstractContextManager[Reader]:
        return self._store.write() if access is Access.WRITE else self._store.read()

    def _context(self, reader: Reader, version: int, user_id: str, session_id: str) -> CallContext:
        view = self.schema.view(version) if version else self.schema.latest
        now = self.clock.now()
        stamp = text_of(now.replace(microsecond=0))
        return CallContext(self, view, version, reader, now, stamp, user_id, session_id)

    def _keep_counters(self, context: CallContext) -> None:
        context.writer.set_state("ids", json.dumps(self.ids.used()))

    def _open(self, is_image: bool) -> bool:
        """Take up the org of the database, or make a fresh one in it; say whether it is fresh."""
        with self._store.write() as writer:
            known = writer.state("org")
            fresh = known is None or is_image
            if known is None:
                self._make(writer)
            else:
                facts = json.loads(known)
                self.id = facts["id"]
                self.created_at = instant_of(facts["created_at"])
                self.administrator_id = facts["administrator_id"]
                self.ids.reset(json.loads(writer.state("ids") or "{}"))
            if not is_image or self.settings.seeds:
                context = self._context(writer, 0, self.administrator_id, "")
                self.directory.enrol(context)
                if fresh:
                    load(context, self.settings.seeds)
                self._keep_counters(context)
        return fresh

    def _make(self, writer: Writer) -> None:
        records = list(first_records(self.schema.latest, self.ids, self.id, self.username, self.settings.edition))
        self.administrator_id = next(str(record.values["Id"]) for record in records if record.sobject == "User")
        stamps = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), text_of(self.created_at))
        authors = dict.fromkeys(("CreatedById", "LastModifiedById"), self.administrator_id)
        context = self._context(writer, 0, self.administrator_id, "")
        for record in records:
            sobject = self.schema.latest.sobject(record.sobject)
            if sobject is None:
                raise LookupError(f"the schema has no {record.sobject}")
            given: dict[str, Value] = {**record.values, **stamps, **authors}
            values = {name: value for name, value in given.items() if sobject.field(name)}
            fill_defaults(context, sobject, values)
            writer.insert(sobject, values)
        facts = {"id": self.id, "created_at": text_of(self.created_at), "administrator_id": self.administrator_id}
        writer.set_state("org", json.dumps(facts))


@lru_cache(maxsize=16)
def fresh_image(
    schema: Schema, users: tuple[UserSetting, ...], edition: str, created_at: datetime, number: int
) -> Snapshot:
    """Give the database of a fresh org: a pure function of how it is set up, so that many tests share the work."""
    settings = OrgSettings(users=users, edition=edition, clock_start=created_at + _AGE)
    org = Org(schema, settings, number, use_image=False)
    try:
        return org._start  # its own class
    finally:
        org.close()
