"""The simulation of automated messages as an org has it: steps by hand or by the clock, and what tests may set.

Time moves it without a thread: whatever is due by the org's clock is done before the next call looks at the records,
each step with the instant at which it was due.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.default import ON_UPDATE, system_values
from mockorg_server.core.messaging import definition as definitions
from mockorg_server.core.messaging import outcome
from mockorg_server.core.messaging.definition import MessageDefinition
from mockorg_server.core.messaging.delivery import Step, next_change
from mockorg_server.core.messaging.ledger import Ledger, read_ledger, write_ledger
from mockorg_server.core.messaging.outcome import OutcomeRule
from mockorg_server.core.messaging.recipient import ENDED, ERROR, SESSION, STATUSES
from mockorg_server.core.messaging.request import COMPLETED, SOBJECT
from mockorg_server.core.messaging.setting import MessagingSettings
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.value import Value

Opener = Callable[["datetime | None"], AbstractContextManager[CallContext]]

_ENOUGH: Final = 100_000  # steps in a row that no real queue needs: a bug, not a queue
_MOST: Final = 10_000_000  # requests
_RETRY: Final = timedelta(seconds=1)  # until messages that wait are looked at again, at the soonest


class Messaging:
    """Automated messages of one org. Safe under threads. Every method that changes something commits before it returns.

    ``write`` opens a transaction as of an instant (None = now) that is committed when its block ends, and ``read`` one
    that only reads; ``call`` is what stands around each call from outside. Locks are taken in this order: the call's,
    the turn, the transaction's.
    """

    def __init__(
        self,
        write: Opener,
        read: Callable[[], AbstractContextManager[CallContext]],
        call: Callable[[], AbstractContextManager[None]],
        now: Callable[[], datetime],
    ) -> None:
        self._write = write
        self._read = read
        self._call = call
        self._now = now
        self._turn = threading.RLock()  # one catches up at a time
        self.due_at: datetime | None = None

    def step(self, count: int = 1) -> bool:
        """Do that many steps now; say whether the last has changed anything."""
        changed = False
        with self._call(), self._turn:
            self.catch_up()
            for _ in range(count):
                changed = self._step()
        return changed

    def run(self) -> int:
        """Step until nothing changes any more; give the number of steps that changed something."""
        with self._call(), self._turn:
            self.catch_up()
            return next(number for number in range(_ENOUGH) if not self._step())

    def catch_up(self) -> None:
        """Do the steps that are due by the clock, from within a call. ``due_at`` tells whether there are any."""
        with self._turn:
            now = self._now()
            while self.due_at is not None and self.due_at <= now:
                self._due_step(self.due_at, now)

    def purge(self) -> tuple[str, ...]:
        """Delete the requests that are completed, as the platform may; give their Ids. getDeleted tells of them."""
        with self._call(), self._ledger_of() as (context, _ledger):
            sobject = context.org.schema.latest.sobject(SOBJECT)
            if sobject is None:
                return ()
            ids = tuple(context.reader.find(sobject, "RequestStatus", COMPLETED, limit=_MOST))
            for request_id in ids:
                context.writer.update(sobject, request_id, {"IsDeleted": True, "SystemModstamp": context.stamp})
        return ids

    def set_session_status(self, session_id: str, status: str) -> None:
        """Let a messaging session go on as agents and end users make it, which no client can write.

        Raises KeyError for an unknown session, ValueError for a status that is none.
        """
        record_id = normalise_id(session_id)
        if status not in STATUSES:
            raise ValueError(f"status must be one of {', '.join(STATUSES)}, not {status!r}")
        with self._call(), self._ledger_of() as (context, ledger):
            sobject = context.org.schema.latest.sobject(SESSION)
            if sobject is None or record_id is None or not context.reader.get(sobject, [record_id], ["Id"]):
                raise KeyError(session_id)
            values: dict[str, Value] = {"Status": status, **system_values(context, sobject, ON_UPDATE)}
            if status in (ENDED, ERROR):
                values["EndTime"] = context.stamp
            context.writer.update(sobject, record_id, values)
            schedule(ledger, context.now)

    @property
    def settings(self) -> MessagingSettings:
        """How delivery is simulated."""
        return self._look().settings

    def configure(self, **changes: Any) -> MessagingSettings:
        """Change settings by name. Raises ValueError with what is wrong."""
        with self._call(), self._ledger_of() as (context, ledger):
            ledger.settings = ledger.settings.changed(changes)
            ledger.settings.check()
            schedule(ledger, context.now)
        return ledger.settings

    @property
    def definitions(self) -> tuple[MessageDefinition, ...]:
        """The messaging components that there are."""
        return tuple(self._look().definitions.values())

    def define(self, name: str, **values: Any) -> MessageDefinition:
        """Add a messaging component, or put it in the place of the one of that name. Raises ValueError."""
        definition = definitions.definition_of({"name": name, **values})
        with self._call(), self._ledger_of() as (_, ledger):
            ledger.definitions[definition.name.casefold()] = definition
        return definition

    def undefine(self, name: str) -> None:
        """Remove a messaging component. Raises KeyError."""
        with self._call(), self._ledger_of() as (_, ledger):
            del ledger.definitions[name.casefold()]

    @property
    def rules(self) -> tuple[OutcomeRule, ...]:
        """The outcome rules, in the order in which they are asked."""
        return tuple(self._look().rules)

    def fail(self, **rule: Any) -> OutcomeRule:
        """Make messages fail; see ``OutcomeRule`` for the names. Raises ValueError with what is wrong."""
        with self._call(), self._ledger_of() as (context, ledger):
            ledger.rule_count += 1
            made = outcome.rule_of(rule, str(ledger.rule_count))
            ledger.rules.append(made)
            schedule(ledger, context.now)
        return made

    def channel_down(self, channel: str, until: datetime) -> OutcomeRule:
        """Hold up the messages of a channel (its Id, DeveloperName or MessageType) until an instant."""
        return self.fail(channel=channel, down_until=until)

    def forget_rules(self, rule_id: str | None = None) -> None:
        """Drop one rule, or all. Raises KeyError."""
        with self._call(), self._ledger_of() as (context, ledger):
            kept = [rule for rule in ledger.rules if rule_id is not None and rule.id != rule_id]
            if rule_id is not None and len(kept) == len(ledger.rules):
                raise KeyError(rule_id)
            ledger.rules = kept
            schedule(ledger, context.now)

    def describe(self) -> dict[str, object]:
        """Give settings, definitions and rules in their JSON forms."""
        ledger = self._look()
        return {
            "settings": asdict(ledger.settings),
            "definitions": [definitions.document_of(each) for each in ledger.definitions.values()],
            "rules": [outcome.document_of(each) for each in ledger.rules],
            "open_requests": len(ledger.open),
        }

    def reload(self) -> None:
        """Take up what the database says, after it was opened or restored to another state."""
        with self._turn, self._read() as context:
            self.due_at = read_ledger(context.reader).due_at

    def mark(self) -> object:
        """Give what ``go_back`` needs; the rest is in the database."""
        return self.due_at

    def go_back(self, mark: Any) -> None:
        """Wait for what was due at the mark, as the database does."""
        self.due_at = mark

    def expect(self, instant: datetime | None) -> None:
        """Note, inside a transaction that writes, that something may be due at an instant; too early does no harm."""
        if instant is not None:
            self.due_at = instant if self.due_at is None else min(self.due_at, instant)

    def _look(self) -> Ledger:
        with self._call(), self._read() as context:
            return read_ledger(context.reader)

    @contextmanager
    def _ledger_of(self, at: datetime | None = None) -> Iterator[tuple[CallContext, Ledger]]:
        """Open a transaction for a change of the ledger, which is kept when the block ends."""
        with self._turn, self._write(at) as context:
            ledger = read_ledger(context.reader)
            yield context, ledger
            write_ledger(context.writer, ledger)
            self.due_at = ledger.due_at  # before the commit, while no one else writes: too early does no harm

    def _step(self) -> bool:
        with self._ledger_of() as (context, ledger):
            changed = _advance(context, ledger)
            if not ledger.open:
                ledger.next_step = None
        return changed

    def _due_step(self, at: datetime, now: datetime) -> None:
        """Do the step of an instant; when it changes nothing, go to the next instant at which time alone may."""
        with self._ledger_of(at) as (context, ledger):
            if ledger.due_at != at:  # what was noted did not come to be
                return
            changed = _advance(context, ledger)
            seconds = ledger.settings.batch_seconds
            if not ledger.open or seconds is None:
                ledger.next_step = None
            elif changed:
                ledger.next_step = at + timedelta(seconds=seconds)
            else:
                change = next_change(ledger, context)
                retry = max(timedelta(seconds=seconds), _RETRY)
                ledger.next_step = now + retry if change is None else min(at + max(change, retry), now + retry)


def _advance(context: CallContext, ledger: Ledger) -> bool:
    if not ledger.open and ledger.next_expiry is None:
        return False
    return Step(context, ledger).run()


def schedule(ledger: Ledger, now: datetime) -> None:
    """Set when the next step is due, after something changed that it may depend on."""
    seconds = ledger.settings.batch_seconds
    if seconds is None or not ledger.open:
        ledger.next_step = None
        return
    soonest = now + timedelta(seconds=seconds)
    ledger.next_step = soonest if ledger.next_step is None else min(ledger.next_step, soonest)
