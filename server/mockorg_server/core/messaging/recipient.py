"""The recipients of a step: messaging end users with their channels and sessions, read in batches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value
from mockorg_server.soql.moment import Moment

END_USER, SESSION, CHANNEL = "MessagingEndUser", "MessagingSession", "MessagingChannel"
NEW, ACTIVE, ENDED, ERROR = "New", "Active", "Ended", "Error"
OPEN_STATUSES: Final = (NEW, ACTIVE, "Waiting", "Paused", "Inactive", "Consent")
STATUSES: Final = (*OPEN_STATUSES, ENDED, ERROR)

_USER_FIELDS = ("MessagingChannelId", "MessagingPlatformKey", "MessagingConsentStatus", "AccountId", "ContactId")
_CHANNEL_FIELDS = (
    "DeveloperName",
    "MasterLabel",
    "MessageType",
    "MessagingPlatformKey",
    "PlatformType",
    "IsActive",
    "ConsentType",
)


@dataclass(frozen=True, slots=True)
class Channel:
    """A messaging channel."""

    id: str
    developer_name: str
    label: str
    message_type: str
    platform_key: str | None
    platform_type: str | None
    is_active: bool
    consent_type: str | None

    @property
    def names(self) -> frozenset[str]:
        """What an outcome rule may call it."""
        return frozenset({self.id, self.developer_name, self.message_type})


@dataclass(frozen=True, slots=True)
class Recipient:
    """A messaging end user. ``channel`` is None when the org has no such channel (any more)."""

    id: str
    channel: Channel | None
    platform_key: str
    consent_status: str | None
    account_id: str | None
    contact_id: str | None


class Recipients:
    """What one step knows of recipients and their sessions: each is read once."""

    def __init__(self, context: CallContext) -> None:
        self._context = context
        self._known: dict[str, Recipient | None] = {}
        self._channels: dict[str, Channel | None] = {}
        self._sessions: dict[str, list[tuple[str, str]]] = {}

    def load(self, ids: Iterable[str]) -> None:
        """Read those that are not known yet, in one go."""
        missing = [each for each in dict.fromkeys(ids) if each not in self._known]
        rows = self._context.reader.get(self._sobject(END_USER), missing, _USER_FIELDS) if missing else {}
        self._load_channels(str(row[0]) for row in rows.values() if row[0])
        for each in missing:
            self._known[each] = self._recipient(each, rows[each]) if each in rows else None

    def get(self, end_user_id: str) -> Recipient | None:
        """Give a recipient, None when there is none of that Id."""
        if end_user_id not in self._known:
            self.load([end_user_id])
        return self._known[end_user_id]

    def key_of(self, end_user_id: str) -> str:
        """Give the platform key of a recipient; the Id stands for one that is not there."""
        recipient = self.get(end_user_id)
        return recipient.platform_key if recipient is not None else end_user_id

    def sessions(self, end_user_id: str) -> list[tuple[str, str]]:
        """Give Id and Status of a recipient's sessions that are open. Callers keep the list true as they change it."""
        if end_user_id not in self._sessions:
            self._sessions[end_user_id] = self._open_sessions(end_user_id)
        return self._sessions[end_user_id]

    def _open_sessions(self, end_user_id: str) -> list[tuple[str, str]]:
        statuses = ", ".join(f"'{status}'" for status in OPEN_STATUSES)
        soql = f"SELECT Id, Status FROM {SESSION} WHERE MessagingEndUserId = '{end_user_id}' AND Status IN ({statuses})"
        bound = self._context.org.queries.compile(soql, self._context.org.schema.latest.version)
        rows = self._context.reader.query(bound.plan, bound.parameters(self._moment))
        members = {member.name: member.index for member in bound.plan.shape.members}  # type: ignore[union-attr]
        return [(str(row[members["Id"]]), str(row[members["Status"]])) for row in rows]

    @cached_property
    def _moment(self) -> Moment:
        return self._context.org.directory.moment_of(self._context)

    def _load_channels(self, ids: Iterable[str]) -> None:
        missing = [each for each in dict.fromkeys(ids) if each not in self._channels]
        rows = self._context.reader.get(self._sobject(CHANNEL), missing, _CHANNEL_FIELDS) if missing else {}
        for each in missing:
            self._channels[each] = _channel(each, rows[each]) if each in rows else None

    def _recipient(self, end_user_id: str, row: tuple[Value, ...]) -> Recipient:
        channel_id, key, consent, account_id, contact_id = row
        channel = self._channels.get(str(channel_id))
        return Recipient(
            end_user_id, channel, str(key or end_user_id), _text(consent), _text(account_id), _text(contact_id)
        )

    def _sobject(self, name: str) -> SObject:
        sobject = self._context.org.schema.latest.sobject(name)
        if sobject is None:
            raise LookupError(f"the schema has no {name}")
        return sobject


def _channel(channel_id: str, row: tuple[Value, ...]) -> Channel:
    developer_name, label, message_type, key, platform_type, is_active, consent_type = row
    return Channel(
        channel_id,
        str(developer_name),
        str(label),
        str(message_type),
        _text(key),
        _text(platform_type),
        bool(is_active),
        _text(consent_type),
    )


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
