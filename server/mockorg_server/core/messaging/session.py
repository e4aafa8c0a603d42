"""The messaging sessions that sent messages open, reuse and end.

Told by the action's and the object's reference: the Origin, the AgentType, who owns them, the longevity. Inferred: a
live session takes the message; an end user has one open session, so a new one ends one that was waiting for an answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from mockorg_server.core.clock import text_of
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.default import ON_INSERT, ON_UPDATE, fill_defaults, system_values
from mockorg_server.core.messaging.recipient import ENDED, NEW, SESSION, Recipient, Recipients
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

LIFE: Final = timedelta(hours=48)


class Sessions:
    """Changes the sessions of one step's recipients."""

    def __init__(self, context: CallContext, recipients: Recipients) -> None:
        sobject = context.org.schema.latest.sobject(SESSION)
        if sobject is None:
            raise LookupError(f"the schema has no {SESSION}")
        self._context = context
        self._recipients = recipients
        self._sobject: SObject = sobject
        self.opened = False

    def take(self, recipient: Recipient, longevity: str, owner_id: str) -> str:
        """Give the Id of the session that a message goes into, opened when there is none to go on with."""
        sessions = self._recipients.sessions(recipient.id)
        live = next((session_id for session_id, status in sessions if status != NEW), None)
        waiting = next((session_id for session_id, status in sessions if status == NEW), None)
        if live is not None:
            return live
        if waiting is not None and longevity == "KeepSessionOpenOrAppend":
            return waiting
        if waiting is not None:
            self.end(recipient.id, waiting)
        return self._open(recipient, owner_id)

    def end(self, end_user_id: str, session_id: str, status: str = ENDED) -> None:
        """End a session."""
        context = self._context
        values: dict[str, Value] = {"Status": status, "EndTime": context.stamp, "EndedByType": "System"}
        known = {name: value for name, value in values.items() if self._sobject.field(name) is not None}
        context.writer.update(self._sobject, session_id, {**known, **system_values(context, self._sobject, ON_UPDATE)})
        sessions = self._recipients.sessions(end_user_id)
        sessions[:] = [entry for entry in sessions if entry[0] != session_id]

    def is_new(self, end_user_id: str, session_id: str) -> bool:
        """Say whether a session is still waiting for its first answer."""
        return (session_id, NEW) in self._recipients.sessions(end_user_id)

    def expire(self, before: datetime) -> datetime | None:
        """End sessions that wait for an answer since ``before`` or longer; give when the oldest other was opened."""
        oldest: str | None = None
        for session_id, created, end_user_id in self._waiting():
            if created <= text_of(before):
                self.end(end_user_id, session_id)
            elif oldest is None or created < oldest:
                oldest = created
        return None if oldest is None else datetime.fromisoformat(oldest)

    def _waiting(self) -> list[tuple[str, str, str]]:
        org = self._context.org
        soql = f"SELECT Id, CreatedDate, MessagingEndUserId FROM {SESSION} WHERE Status = '{NEW}'"
        bound = org.queries.compile(f"{soql} AND Origin = 'TriggeredOutbound'", org.schema.latest.version)
        rows = self._context.reader.query(bound.plan, bound.parameters(org.directory.moment_of(self._context)))
        places = [member.index for member in bound.plan.shape.members]  # type: ignore[union-attr]
        return [(str(row[places[0]]), str(row[places[1]]), str(row[places[2]])) for row in rows]

    def _open(self, recipient: Recipient, owner_id: str) -> str:
        context, channel = self._context, recipient.channel
        session_id = context.org.ids.next_id(self._sobject.id_prefix)
        values: dict[str, Value] = {
            "Id": session_id,
            "OwnerId": owner_id,
            "MessagingEndUserId": recipient.id,
            "MessagingChannelId": channel.id if channel else None,
            "ChannelType": channel.message_type if channel else None,
            "ChannelName": channel.label if channel else None,
            "ChannelKey": channel.platform_key if channel else None,
            "EndUserAccountId": recipient.account_id,
            "EndUserContactId": recipient.contact_id,
            "Status": NEW,
            "Origin": "TriggeredOutbound",
            "AgentType": "System",
            "StartTime": context.stamp,
        }
        known = {name: value for name, value in values.items() if name == "Id" or self._sobject.field(name) is not None}
        known.update(system_values(context, self._sobject, ON_INSERT))
        fill_defaults(context, self._sobject, known)
        context.writer.insert(self._sobject, known)
        self._recipients.sessions(recipient.id).append((session_id, NEW))
        self.opened = True
        return session_id
