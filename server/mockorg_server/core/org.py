"""The org: one Salesforce organisation with its schema, data, clock, users and sessions. All state hangs on it.

``Org.run`` is the only door: every wire hands its typed operations in there.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from mockorg_server.core.added_record import keep_added_records, keep_key_prefixes
from mockorg_server.core.bootstrap import ADMINISTRATOR, first_records, organization_id
from mockorg_server.core.calls import CALLS, Access, Call
from mockorg_server.core.calls.operation import Operation
from mockorg_server.core.clock import Clock, instant_of, text_of
from mockorg_server.core.connected_app import ConnectedApps
from mockorg_server.core.context import CallContext, WriteNeeded
from mockorg_server.core.cursor import PREFIX as CURSOR_PREFIX
from mockorg_server.core.cursor import Cursors
from mockorg_server.core.directory import Directory
from mockorg_server.core.dml.copied_value import CopyIndex
from mockorg_server.core.dml.default import fill_defaults
from mockorg_server.core.dml.draft import DraftShapes
from mockorg_server.core.dml.profile import SaveProfiles
from mockorg_server.core.dml.roll_up import RollUps
from mockorg_server.core.dml.validation import RuleBook
from mockorg_server.core.error import OrgError, refusing
from mockorg_server.core.gate import Gate
from mockorg_server.core.grant import Grants
from mockorg_server.core.hook import Hook, Hooks
from mockorg_server.core.hook_org import HookOrg
from mockorg_server.core.horizon import Horizon
from mockorg_server.core.id_sequence import IdSequence
from mockorg_server.core.injected_fault import InjectedFaults
from mockorg_server.core.journal import Journal
from mockorg_server.core.limit import ApiUsage
from mockorg_server.core.messaging.simulator import Messaging
from mockorg_server.core.permission import Permissions
from mockorg_server.core.savepoint import Part, PartMarks
from mockorg_server.core.seed import SeedRecord, load
from mockorg_server.core.session import Caller, Sessions
from mockorg_server.core.setting import OrgSettings, UserSetting
from mockorg_server.core.signing_key import SigningKey
from mockorg_server.core.snapshot import OrgSnapshots, OrgState
from mockorg_server.core.surrounding import environment_of
from mockorg_server.schema.schema import Schema
from mockorg_server.schema.value import Value
from mockorg_server.soql.compiler import QueryCompiler
from mockorg_server.soql.sosl_compiler import SearchCompiler
from mockorg_server.store.read import Reader
from mockorg_server.store.store import Snapshot, Store
from mockorg_server.store.write import Writer

_ITSELF = Caller(None, 0)
_AGE = timedelta(days=365)  # how old a fresh org says it is, so that replication windows may reach back


class _Joint(threading.local):
    """The transaction that a thread's calls share while it is open."""

    writer: Writer | None = None


class Org:
    """One organisation. Safe under threads.

    ``id`` is its Organization id (18 characters), ``token`` a session that is ready for use and ``username`` whose it
    is: the first configured user's, else the administrator's. ``created_at`` is the instant from which replication
    windows may start. ``fresh`` is False when the database held an org already, which was taken up as it is: the seeds
    of the settings are not loaded into it again.
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
        self.queries, self.searches = QueryCompiler(schema), SearchCompiler(schema)
        self.save_profiles, self.draft_shapes = SaveProfiles(schema.latest), DraftShapes()
        self.rules: RuleBook = RuleBook(schema)
        self._permissions = Permissions(schema) if settings.enforce_permissions else None
        self.hooks = Hooks(schema)
        self.hook_org = HookOrg(self)
        self.hooks.door = lambda: self.hook_org
        self.roll_ups = RollUps(schema)
        self.copies = CopyIndex(schema)
        self.usage = ApiUsage(settings.edition)
        self.journal, self.faults = Journal(), InjectedFaults(settings.session_seed)
        self.apps = ConnectedApps(settings.connected_apps)
        self.grants = Grants(self.clock, settings.session_seed)
        self.signing_key = SigningKey(self.id[:15])
        self.snapshots = OrgSnapshots(self._state, self._go_back)
        self._gate, self._joint = Gate(), _Joint()
        self._horizon = Horizon(self.clock)
        self._store = Store(schema, settings.database)
        self.messaging = Messaging(self._write_as_of, self._read_now, self._call, self.clock.now)
        # Whole days, so that the orgs of one day can share their image.
        self.created_at = (self.clock.now() - _AGE).replace(hour=0, minute=0, second=0, microsecond=0)
        self.administrator_id = ""
        self.username = ""
        try:
            image = None
            if use_image and settings.database == "memory":
                image = fresh_image(schema, settings.users, settings.edition, self.created_at, number)
                self._store.restore(image)
            self.fresh = self._open(is_image=image is not None)
            self.sessions = Sessions(self.id, self.clock, settings.session_seed)
            self._token_session = self.sessions.open(self._first_user(), lasts=True)
            self._start = self._store.snapshot() if image is None or settings.seeds else image
            self._ids_at_start = self.ids.used()
            self.messaging.reload()
        except BaseException:
            self._store.close()
            raise

    @property
    def first_user_id(self) -> str:
        """Whose session ``token`` is."""
        return self._token_session.user_id

    @property
    def token(self) -> str:
        """The session id of the administrator's ready session."""
        return self._token_session.id

    def run(self, operation: Operation, caller: Caller) -> Any:  # each operation names its result
        """Carry a call out and give its result, as told beside the operation's class. Raises OrgError.

        The order around each call, here and nowhere else: session, limits, injected faults, then the handler in one
        transaction that is committed before the result is given out, then the journal.
        """
        begun = self.journal.begin(operation, caller.session_id, self.sessions, self.clock)
        return begun(lambda: self._carry_out(operation, caller))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Carry the calls that this thread makes in the block out together: all are kept when it ends, or none.

        A call that is refused undoes itself; an exception that leaves the block undoes all.
        """
        if self._joint.writer is not None:
            yield
            return
        with self._call():
            self._catch_up()
            with self._write() as writer:
                self._joint.writer = writer
                try:
                    yield
                finally:
                    self._joint.writer = None
                self._keep_counters(self._context(writer, _ITSELF, self.administrator_id, ""))

    def on(self, event: str, sobject: str, hook: Hook | None = None) -> Any:
        """Register a save hook, see ``HookOrg.on``."""
        return self.hook_org.on(event, sobject, hook)

    def apexrest(self, path: str, handler: Callable[..., object] | None = None) -> Any:
        """Register a handler of Apex REST, see ``HookOrg.apexrest``."""
        return self.hook_org.apexrest(path, handler)

    def _carry_out(self, operation: Operation, caller: Caller) -> Any:
        call = CALLS[type(operation)]
        if self._joint.writer is not None:
            return self._run_jointly(self._joint.writer, call, operation, caller)
        with self._call():
            return self._run(call, operation, caller)

    def seed(self, records: Sequence[SeedRecord]) -> dict[str, str]:
        """Write records past the rules, all or none; give the id of each reference. Raises SeedError, OrgError."""
        with self._call(), self._write() as writer:
            context = self._context(writer, _ITSELF, self.administrator_id, "")
            references = load(context, records)
            self._keep_counters(context)
        return references

    def reset(self) -> None:
        """Go back to the state just after start: data, clock, ids; every session ends but that of ``token``.

        It waits for the calls that run, and calls that come meanwhile wait for it. Raises OrgError when the database
        refuses, with nothing changed.
        """
        with self._gate.alone(), refusing():
            self._store.restore(self._start)
            self.clock.reset()
            self.ids.reset(self._ids_at_start)
            self.sessions.keep_only(self._token_session)
            for emptied in (self.cursors, self.grants, self.faults, self.journal):
                emptied.clear()
            self.directory.guard.reset()
            self.usage.reset()
            self.messaging.reload()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo at the end of the block all that happened to the org in it: data, ids, sessions, locators, clock, hooks.

        Savepoints may be nested, and wait for the calls that run. With a database in memory one costs what the changes
        do; a file is copied whole. Raises OrgError when the database refuses.
        """
        with self._gate.alone(), refusing():
            mark, marks = self._store.mark(), PartMarks((*self._parts, self.snapshots))
        try:
            yield
        finally:
            with self._gate.alone(), refusing():
                self._store.go_back(mark)
                marks.go_back()

    def _state(self) -> OrgState:
        with self._gate.alone(), refusing():
            return OrgState(self.clock.now(), self._store.snapshot(), PartMarks(self._parts))

    def _go_back(self, state: OrgState) -> None:
        with self._gate.alone(), refusing():
            self._store.restore(state.database)
            state.parts.go_back()

    @property
    def _parts(self) -> tuple[Part, ...]:
        """What has a state in memory that goes back with the data."""
        return (
            *(self.clock, self.ids, self.sessions, self.cursors, self.grants, self.directory.guard, self.usage),
            *(self.hooks, self.hook_org, self.faults, self.journal, self.messaging),
        )

    def api_usage(self) -> tuple[int, int]:
        """Give the API requests so far and the daily limit."""
        return self.usage.reading()

    def close(self) -> None:
        """Close the database, when the calls that run have ended; later ones are refused."""
        with self._gate.alone():
            self._store.close()

    @contextmanager
    def _call(self) -> Iterator[None]:
        with self._gate.together(), refusing():
            yield

    def _admit(self, call: Call, caller: Caller) -> tuple[str, str]:
        """Give the Ids of the user and the session of a call, '' for one that needs none."""
        if not call.needs_session:
            return "", ""
        session = self.sessions.require(caller.session_id)
        if session.origin is not None and not session.origin.opens_api:
            raise OrgError("INVALID_SESSION_ID", "This session is not valid for use with the REST API")
        self.usage.count()
        return session.user_id, session.id

    def _run_jointly(self, writer: Writer, call: Call, operation: Operation, caller: Caller) -> Any:
        user_id, session_id = self._admit(call, caller)
        with writer.savepoint():
            context = self._context(writer, caller, user_id, session_id)
            return self.faults.meet(operation, self.schema.latest) or call.handle(context, operation)

    def _run(self, call: Call, operation: Operation, caller: Caller) -> Any:
        user_id, session_id = self._admit(call, caller)
        self._catch_up()
        if (failed := self.faults.meet(operation, self.schema.latest)) is not None:
            return failed
        if call.access is Access.READ:
            settled = self._settled()
            with self._store.read() as reader, suppress(WriteNeeded):
                return call.handle(self._context(reader, caller, user_id, session_id, settled), operation)
        with self._write() as writer:
            context = self._context(writer, caller, user_id, session_id)
            result = call.handle(context, operation)
            self._keep_counters(context)
        return result

    def _catch_up(self) -> None:
        """Let what the clock has brought about happen before a call looks at the records."""
        due_at = self.messaging.due_at
        if due_at is not None and due_at <= self.clock.now():
            self.messaging.catch_up()

    def _settled(self) -> datetime:
        settled, due_at = self._horizon.settled(), self.messaging.due_at
        return settled if due_at is None else min(settled, due_at)

    @contextmanager
    def _write_as_of(self, at: datetime | None) -> Iterator[CallContext]:
        """Open a transaction of the org's own, as of an instant (None = now); it is kept when the block ends."""
        with self._write() as writer:
            context = self._context(writer, _ITSELF, self.administrator_id, "")
            yield context if at is None else replace(context, now=at, stamp=text_of(at.replace(microsecond=0)))
            self._keep_counters(context)

    @contextmanager
    def _read_now(self) -> Iterator[CallContext]:
        with self._store.read() as reader:
            yield self._context(reader, _ITSELF, self.administrator_id, "")

    @contextmanager
    def _write(self) -> Iterator[Writer]:
        with self._horizon.writing(), self._store.write() as writer:
            yield writer

    def _context(
        self, reader: Reader, caller: Caller, user_id: str, session_id: str, settled: datetime | None = None
    ) -> CallContext:
        view = self.schema.view(caller.api_version) if caller.api_version else self.schema.latest
        now = self.clock.now()
        known = (self, view, caller.api_version, reader, now, text_of(now.replace(microsecond=0)), settled or now)
        context = CallContext(*known, user_id, session_id, address=caller.address)
        reader.surroundings = partial(environment_of, context)
        permitted = self._permissions.of(context) if self._permissions and session_id else None
        if permitted is None:
            return context
        return replace(context, permitted=permitted, view=permitted.access.view(view.version))

    def _keep_counters(self, context: CallContext) -> None:
        context.writer.set_state("ids", json.dumps(self.ids.used()))

    def _open(self, is_image: bool) -> bool:
        """Take up the org of the database, or make a fresh one in it; say whether it is fresh."""
        if is_image and not self.settings.seeds:
            with self._store.read() as reader:
                self._take_up(reader)
            return True
        with self._store.write() as writer:
            is_known = self._take_up(writer)
            if not is_known:
                self._make(writer)
            elif not is_image:
                self.ids.leave_block(CURSOR_PREFIX)  # a locator from before must not lead into another result
            context = self._context(writer, _ITSELF, self.administrator_id, "")
            keep_key_prefixes(context)
            keep_added_records(context)
            self.directory.enrol(context)
            if is_image or not is_known:
                load(context, self.settings.seeds, self.settings.tell)
            self._keep_counters(context)
        return is_image or not is_known

    def _take_up(self, reader: Reader) -> bool:
        known = reader.state("org")
        if known is None:
            return False
        facts = json.loads(known)
        self.id = facts["id"]
        self.created_at = instant_of(facts["created_at"])
        self.administrator_id = facts["administrator_id"]
        self.ids.reset(json.loads(reader.state("ids") or "{}"))
        return True

    def _first_user(self) -> str:
        """Give the id of the user whose session ``token`` is, and note the name."""
        with self._store.read() as reader:
            context = self._context(reader, _ITSELF, self.administrator_id, "")
            configured = self.directory.find(context, self.directory.names[0]) if self.directory.names else None
            user_id = configured or self.administrator_id
            self.username = self.directory.name_of(context, user_id)
        return user_id

    def _make(self, writer: Writer) -> None:
        username = self.directory.names[0] if self.directory.names else ADMINISTRATOR
        records = list(first_records(self.schema.latest, self.ids, self.id, username, self.settings.edition))
        self.administrator_id = next(str(record.values["Id"]) for record in records if record.sobject == "User")
        stamps = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), text_of(self.created_at))
        authors = dict.fromkeys(("CreatedById", "LastModifiedById"), self.administrator_id)
        context = self._context(writer, _ITSELF, self.administrator_id, "")
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
