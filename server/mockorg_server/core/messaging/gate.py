"""The gates that a message must pass before it is sent, in order: each gives the reason of a failure, or None.

Two reasons are known from real orgs (``EndUserIsNotOptedIn``, ``ApprovedExternalTemplateRequired``); the others are
mockorg's own and told in ``docs/messaging.md``. The order of the gates is inferred.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.messaging.definition import APPROVED, NOTIFICATION, MessageDefinition
from mockorg_server.core.messaging.recipient import ACTIVE, Channel, Recipient
from mockorg_server.core.messaging.request import SendRequest
from mockorg_server.schema.value import Value

NOT_OPTED_IN: Final = "EndUserIsNotOptedIn"
TEMPLATE_REQUIRED: Final = "ApprovedExternalTemplateRequired"
SESSION_NOT_ALLOWED: Final = "SessionStatusNotAllowed"
NO_END_USER: Final = "MessagingEndUserNotFound"
NO_CHANNEL: Final = "MessagingChannelNotFound"
INACTIVE_CHANNEL: Final = "MessagingChannelNotActive"
STANDARD_CHANNEL: Final = "MessagingChannelNotEnhanced"
DEFINITION_UNAVAILABLE: Final = "MessageDefinitionNotAvailable"
SUBSCRIPTION_NOT_TIED: Final = "CommunicationSubscriptionNotTiedToChannel"

_CONSENT_LEVELS: Final[Mapping[str | None, int]] = {
    "OptedOut": 0,
    None: 1,  # who never said anything has opted in implicitly (inferred)
    "ImplicitlyOptedIn": 1,
    "ExplicitlyOptedIn": 2,
    "DoublyOptedIn": 3,
}
_NEEDED_LEVELS: Final[Mapping[str | None, int]] = {
    None: 1,
    "ImplicitOptIn": 1,
    "ExplicitOptIn": 2,
    "DoubleOptIn": 3,
}
_WANTS_TEMPLATE: Final = frozenset({"WhatsApp"})  # types of channel whose provider sends approved templates only


@dataclass(frozen=True, slots=True)
class Passage:
    """A message before the gates."""

    context: CallContext
    request: SendRequest
    definition: MessageDefinition | None
    recipient: Recipient
    channel: Channel


Gate = Callable[[Passage], str | None]


def _channel_is_ready(passage: Passage) -> str | None:
    if passage.channel.platform_type == "Standard":
        return STANDARD_CHANNEL
    return None if passage.channel.is_active else INACTIVE_CHANNEL


def _definition_can_be_sent(passage: Passage) -> str | None:
    definition = passage.definition
    is_sent = definition is not None and definition.active and definition.type == NOTIFICATION
    return None if is_sent else DEFINITION_UNAVAILABLE


def _has_not_opted_out(passage: Passage) -> str | None:
    """Hold back from those who opted out, enforced or not: whether the platform does is unknown, so be careful."""
    by_subscription = passage.request.enforces_consent and passage.request.consent_type == "CommunicationSubscription"
    out = passage.recipient.consent_status == "OptedOut" and not by_subscription
    return NOT_OPTED_IN if out else None


def _has_consented(passage: Passage) -> str | None:
    if not passage.request.enforces_consent:
        return None
    return _CONSENTS[passage.request.consent_type](passage)


def _by_end_user(passage: Passage) -> str | None:
    needed = _NEEDED_LEVELS.get(passage.channel.consent_type, 1)
    given = _CONSENT_LEVELS.get(passage.recipient.consent_status, 0)
    return None if given >= needed else NOT_OPTED_IN


def _by_subscription(passage: Passage) -> str | None:
    kinds = _channel_types(passage)
    if not kinds:
        return SUBSCRIPTION_NOT_TIED
    consents = [consent for consent in _consents(passage) if str(consent[0]) in kinds]
    latest = max(consents, key=lambda consent: (str(consent[2]), str(consent[3])), default=None)
    return None if latest is not None and latest[1] == "OptIn" else NOT_OPTED_IN


_CONSENTS: Final[Mapping[str | None, Gate]] = {
    None: _by_end_user,
    "MessagingEndUser": _by_end_user,
    "CommunicationSubscription": _by_subscription,
}


def _channel_types(passage: Passage) -> set[str]:
    """Give the CommSubscriptionChannelTypes that tie the subscription to the channel."""
    reader, view = passage.context.reader, passage.context.org.schema.latest
    sobject = view.sobject("CommSubscriptionChannelType")
    if sobject is None or passage.request.subscription_id is None:
        return set()
    ids = reader.find(sobject, "CommunicationSubscriptionId", passage.request.subscription_id, limit=100)
    rows = reader.get(sobject, ids, ["MessagingChannelId"])
    return {key for key, (channel_id,) in rows.items() if channel_id == passage.channel.id}


def _consents(passage: Passage) -> list[tuple[Value, ...]]:
    """Give the consents that are about the recipient: by person, or by the platform key as the contact point."""
    reader, view = passage.context.reader, passage.context.org.schema.latest
    sobject = view.sobject("CommSubscriptionConsent")
    if sobject is None:
        return []
    recipient = passage.recipient
    fields = ["CommSubscriptionChannelTypeId", "PrivacyConsentStatus", "EffectiveFromDate", "CreatedDate"]
    ids: list[str] = []
    for giver in filter(None, (recipient.contact_id, recipient.account_id, _individual_of(passage))):
        ids += reader.find(sobject, "ConsentGiverId", giver, limit=1_000)
    ids += reader.find(sobject, "ContactPointValue", recipient.platform_key, limit=1_000)
    today = passage.context.stamp[:10]
    rows = reader.get(sobject, list(dict.fromkeys(ids)), fields).values()
    return [row for row in rows if row[2] is None or str(row[2]) <= today]


def _individual_of(passage: Passage) -> str | None:
    contact, contact_id = passage.context.org.schema.latest.sobject("Contact"), passage.recipient.contact_id
    if contact is None or contact_id is None or contact.field("IndividualId") is None:
        return None
    rows = passage.context.reader.get(contact, [contact_id], ["IndividualId"])
    individual_id = rows[contact_id][0] if rows else None
    return None if individual_id is None else str(individual_id)


def _template_is_approved(passage: Passage) -> str | None:
    message_type = passage.channel.message_type
    if message_type not in _WANTS_TEMPLATE or passage.definition is None:
        return None
    return None if passage.definition.template_of(message_type) == APPROVED else TEMPLATE_REQUIRED


GATES: Final[tuple[Gate, ...]] = (
    _channel_is_ready,
    _definition_can_be_sent,
    _has_not_opted_out,
    _has_consented,
    _template_is_approved,
)


def refusal_of(passage: Passage) -> str | None:
    """Give the reason of the first gate that a message does not pass, or None."""
    return next((reason for gate in GATES if (reason := gate(passage)) is not None), None)


def session_allows(allowed: str, statuses: list[str]) -> bool:
    """Say whether AllowExistingSessionStatus lets a message be sent beside open sessions of these statuses."""
    return _SESSION_TESTS[allowed](statuses)


_SESSION_TESTS: Final[Mapping[str, Callable[[list[str]], bool]]] = {
    "Any": lambda _statuses: True,
    "NonActive": lambda statuses: ACTIVE not in statuses,
    "Closed": lambda statuses: not statuses,
}
