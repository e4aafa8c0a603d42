"""A step of delivery: what is in progress comes to its end, and the next batch of each request begins.

Rules of the queue (action reference): at most five messages of a request at once, at most 200 requests in progress.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.default import ON_UPDATE, system_values
from mockorg_server.core.messaging.gate import (
    NO_CHANNEL,
    NO_END_USER,
    SESSION_NOT_ALLOWED,
    Passage,
    refusal_of,
    session_allows,
)
from mockorg_server.core.messaging.ledger import Flight, Ledger, OpenRequest
from mockorg_server.core.messaging.outcome import MessageSubject
from mockorg_server.core.messaging.platform_user import platform_user_id
from mockorg_server.core.messaging.recipient import ERROR, Recipient, Recipients
from mockorg_server.core.messaging.request import READ_FIELDS, SOBJECT, SendRequest, progress_of, request_of
from mockorg_server.core.messaging.session import LIFE, Sessions
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

BATCH_SIZE: Final = 5
MAX_REQUESTS_IN_PROGRESS: Final = 200
END_SESSION: Final = "EndSession"


class Step:
    """One step over the open requests of an org, in the open transaction."""

    def __init__(self, context: CallContext, ledger: Ledger) -> None:
        sobject = context.org.schema.latest.sobject(SOBJECT)
        if sobject is None:
            raise LookupError(f"the schema has no {SOBJECT}")
        self._context = context
        self._ledger = ledger
        self._sobject: SObject = sobject
        self._recipients = Recipients(context)
        self._sessions = Sessions(context, self._recipients)
        self._in_flight: dict[str, int] = {}  # messages in progress by channel, of this step

    def run(self) -> bool:
        """Carry the step out; say whether anything has changed."""
        ended = self._expire_sessions()
        requests = self._read(key for key, entry in self._ledger.open.items() if entry.flights)
        changed = {request.id: request for request in requests.values()}
        for request in requests.values():
            self._finish(request)
        for request in self._begin(requests):
            changed[request.id] = request
        for request in changed.values():
            self._write(request)
        if self._sessions.opened:
            expiry = self._context.now + LIFE
            self._ledger.next_expiry = min(self._ledger.next_expiry or expiry, expiry)
        return bool(changed) or ended

    def _expire_sessions(self) -> bool:
        expiry = self._ledger.next_expiry
        if expiry is None or expiry > self._context.now:
            return False
        oldest = self._sessions.expire(self._context.now - LIFE)
        self._ledger.next_expiry = None if oldest is None else oldest + LIFE
        return True

    def _read(self, ids: Iterable[str]) -> dict[str, SendRequest]:
        """Read requests, in the order asked for; one whose record is gone is forgotten."""
        wanted = list(ids)
        rows = self._context.reader.get(self._sobject, wanted, READ_FIELDS)
        for gone in [each for each in wanted if each not in rows]:
            del self._ledger.open[gone]
        entries = ((each, rows[each]) for each in wanted if each in rows)
        return {each: request_of(each, row, self._ledger.open[each].flights) for each, row in entries}

    def _finish(self, request: SendRequest) -> None:
        flights, request.flights = request.flights, []
        returned = [flight for flight in flights if not self._land(request, flight)]
        request.pending[:0] = [(flight.message_id, flight.messaging_end_user_id) for flight in returned]
        self._ledger.open[request.id].is_queued = True

    def _land(self, request: SendRequest, flight: Flight) -> bool:
        """Bring a message in progress to its end; False when it goes back to pending, as its channel went down."""
        if flight.reason is None and self._is_held_up(request, flight):
            if flight.session_id and self._sessions.is_new(flight.messaging_end_user_id, flight.session_id):
                self._sessions.end(flight.messaging_end_user_id, flight.session_id, ERROR)
            return False
        if flight.reason is not None:
            request.failed(flight, flight.reason)
            return True
        request.sent(flight)
        ends = (request.longevity or self._ledger.settings.session_longevity) == END_SESSION
        if ends and flight.session_id and self._sessions.is_new(flight.messaging_end_user_id, flight.session_id):
            self._sessions.end(flight.messaging_end_user_id, flight.session_id)
        return True

    def _begin(self, finished: dict[str, SendRequest]) -> Iterable[SendRequest]:
        """Begin the next batch of each request, the oldest first, and give those that began one."""
        waiting = [key for key, entry in self._ledger.open.items() if not entry.flights or key in finished]
        left = MAX_REQUESTS_IN_PROGRESS
        for start in range(0, len(waiting), MAX_REQUESTS_IN_PROGRESS):
            if not left:
                break
            keys = waiting[start : start + MAX_REQUESTS_IN_PROGRESS]
            requests = finished | self._read(key for key in keys if key not in finished)
            batch = [requests[key] for key in keys if key in requests]
            self._recipients.load(user for request in batch for _, user in request.pending[:BATCH_SIZE])
            for request in batch:
                if left and self._fly(request):
                    left -= 1
                    yield request
        for key in waiting:
            if key in self._ledger.open:
                self._ledger.open[key].is_queued = True

    def _fly(self, request: SendRequest) -> bool:
        """Begin up to five messages of a request; False when none can begin now."""
        entry = self._ledger.open[request.id]
        kept: list[tuple[str, str]] = []
        for place, (message_id, end_user_id) in enumerate(request.pending):
            if len(request.flights) == BATCH_SIZE:
                kept += request.pending[place:]
                break
            flight = self._flight(request, entry, message_id, end_user_id)
            if flight is None:
                kept.append((message_id, end_user_id))
            else:
                request.flights.append(flight)
        request.pending = kept
        entry.flights = request.flights
        return bool(request.flights)

    def _flight(self, request: SendRequest, entry: OpenRequest, message_id: str, end_user_id: str) -> Flight | None:
        """Begin a message, or None when it has to wait."""
        recipient = self._recipients.get(end_user_id)
        key = self._recipients.key_of(end_user_id)
        channel = recipient.channel if recipient else None
        flight = Flight(message_id, end_user_id, key, None, None, channel.id if channel else None)
        if recipient is None or channel is None:
            return replace(flight, reason=NO_END_USER if recipient is None else NO_CHANNEL)
        if self._is_held_up(request, flight) or self._is_full(channel.id):
            return None
        definition = self._ledger.definitions.get(request.definition.casefold())
        reason = refusal_of(Passage(self._context, request, definition, recipient, channel))
        if reason is None:
            statuses = [status for _, status in self._recipients.sessions(end_user_id)]
            if not session_allows(request.allowed_session_status, statuses):
                if self._ledger.settings.session_gate == "defer":
                    return None
                reason = SESSION_NOT_ALLOWED
        reason = reason or self._outcome(request, flight)
        if reason is not None:
            return replace(flight, reason=reason)
        self._in_flight[channel.id] = self._in_flight.get(channel.id, 0) + 1
        return replace(flight, session_id=self._session(request, entry, recipient))

    def _session(self, request: SendRequest, entry: OpenRequest, recipient: Recipient) -> str:
        owner_id = platform_user_id(self._context) if entry.is_queued else request.created_by_id
        longevity = request.longevity or self._ledger.settings.session_longevity
        return self._sessions.take(recipient, longevity, owner_id)

    def _is_full(self, channel_id: str) -> bool:
        capacity = self._ledger.settings.channel_capacity
        return capacity is not None and self._in_flight.get(channel_id, 0) >= capacity

    def _is_held_up(self, request: SendRequest, flight: Flight) -> bool:
        if not self._ledger.rules:
            return False
        subject = self._subject(request, flight)
        return any(rule.holds_up(subject, self._context.now) for rule in self._ledger.rules)

    def _outcome(self, request: SendRequest, flight: Flight) -> str | None:
        if not self._ledger.rules:
            return None
        subject = self._subject(request, flight)
        return next((rule.reason for rule in self._ledger.rules if rule.fails(subject)), None)

    def _subject(self, request: SendRequest, flight: Flight) -> MessageSubject:
        recipient = self._recipients.get(flight.messaging_end_user_id)
        channel = recipient.channel if recipient else None
        names = channel.names if channel else frozenset[str]()
        return MessageSubject(
            flight.message_id, flight.messaging_end_user_id, flight.platform_key, names, request.definition
        )

    def _write(self, request: SendRequest) -> None:
        entry = self._ledger.open[request.id]
        entry.flights = request.flights
        self._recipients.load(user for _, user in request.pending)
        values: dict[str, Value] = progress_of(
            request, (self._recipients.key_of(user) for _, user in request.pending), self._sobject
        )
        if request.status == "Completed":
            values["CompletedDate"] = self._context.stamp
            del self._ledger.open[request.id]
        values |= system_values(self._context, self._sobject, ON_UPDATE) | {"LastModifiedById": request.created_by_id}
        self._context.writer.update(self._sobject, request.id, values)


def next_change(ledger: Ledger, context: CallContext) -> timedelta | None:
    """Give how long it is until time alone changes something for messages that wait, None when it never does."""
    instants = [rule.down_until for rule in ledger.rules if rule.down_until is not None]
    instants += [ledger.next_expiry] if ledger.next_expiry is not None else []
    return min((instant - context.now for instant in instants if instant > context.now), default=None)
