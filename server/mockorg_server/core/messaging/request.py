"""A ConvMessageSendRequest in work: its row read into lists, and the lists written back with the counts that fit them.

Every instant: total = pending + in progress + success + failed, and each list has as many entries as its count says
(lists of platform keys and reasons are cut, at whole entries, where they are longer than their field).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from mockorg_server.core.messaging.ledger import Flight
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

SOBJECT: Final = "ConvMessageSendRequest"
PENDING, IN_PROGRESS, COMPLETED = "Pending", "In Progress", "Completed"
SEPARATOR: Final = ","

READ_FIELDS: Final = (
    "MessageDefinition",
    "ShouldEnforceChannelConsent",
    "AllowExistingSessionStatus",
    "RequestConsentType",
    "CommSubscriptionId",
    "SessionLongevityPreference",
    "CreatedById",
    "PendingMessageIdentifiers",
    "PendingMessagingEndUserIds",
    "SuccessMessageIdentifiers",
    "SuccessMeuPlatformKeys",
    "FailedMessageIdentifiers",
    "FailedMeuPlatformKeys",
    "FailedMessageErrorReasons",
    "FailedMessageCount",
    "SuccessMessageCount",
)


@dataclass(slots=True)
class SendRequest:
    """One request. ``pending`` pairs message identifiers with the Ids of their recipients, in order."""

    id: str
    definition: str
    enforces_consent: bool
    allowed_session_status: str
    consent_type: str | None
    subscription_id: str | None
    longevity: str | None
    created_by_id: str
    pending: list[tuple[str, str]]
    success_ids: list[str]
    success_keys: list[str]
    failed_ids: list[str]
    failed_keys: list[str]
    reasons: list[str]
    flights: list[Flight] = field(default_factory=list)

    def sent(self, flight: Flight) -> None:
        """Count a message of those in progress as sent."""
        self.success_ids.append(flight.message_id)
        self.success_keys.append(flight.platform_key)

    def failed(self, flight: Flight, reason: str) -> None:
        """Count a message of those in progress as failed."""
        self.failed_ids.append(flight.message_id)
        self.failed_keys.append(flight.platform_key)
        self.reasons.append(reason)

    @property
    def status(self) -> str:
        """The RequestStatus that fits."""
        if self.flights:
            return IN_PROGRESS
        return PENDING if self.pending else COMPLETED


def request_of(request_id: str, row: Sequence[Value], flights: list[Flight]) -> SendRequest:
    """Read a row of ``READ_FIELDS``."""
    values = dict(zip(READ_FIELDS, row, strict=True))
    pending = zip(split(values["PendingMessageIdentifiers"]), split(values["PendingMessagingEndUserIds"]), strict=True)
    return SendRequest(
        id=request_id,
        definition=str(values["MessageDefinition"]),
        enforces_consent=bool(values["ShouldEnforceChannelConsent"]),
        allowed_session_status=str(values["AllowExistingSessionStatus"]),
        consent_type=_text(values["RequestConsentType"]),
        subscription_id=_text(values["CommSubscriptionId"]),
        longevity=_text(values["SessionLongevityPreference"]),
        created_by_id=str(values["CreatedById"]),
        pending=list(pending),
        success_ids=split(values["SuccessMessageIdentifiers"]),
        success_keys=split(values["SuccessMeuPlatformKeys"]),
        failed_ids=split(values["FailedMessageIdentifiers"]),
        failed_keys=split(values["FailedMeuPlatformKeys"]),
        reasons=split(values["FailedMessageErrorReasons"]),
        flights=flights,
    )


def progress_of(request: SendRequest, keys: Iterable[str], sobject: SObject) -> dict[str, Value]:
    """Give the values of a request's row that change as it goes on; ``keys`` are the platform keys of the pending."""
    flights = request.flights
    values: dict[str, Value] = {
        "RequestStatus": request.status,
        "PendingMessageCount": len(request.pending),
        "InProgressMessageCount": len(flights),
        "SuccessMessageCount": len(request.success_ids),
        "FailedMessageCount": len(request.failed_ids),
    }
    lists: dict[str, Iterable[str]] = {
        "PendingMessageIdentifiers": (message for message, _ in request.pending),
        "PendingMessagingEndUserIds": (recipient for _, recipient in request.pending),
        "PendingMeuPlatformKeys": keys,
        "InProgressMessageIdentifiers": (flight.message_id for flight in flights),
        "InProgressMessagingEndUserIds": (flight.messaging_end_user_id for flight in flights),
        "InProgressMessagingSessionIds": (flight.session_id for flight in flights if flight.session_id),
        "InProgressMeuPlatformKeys": (flight.platform_key for flight in flights),
        "SuccessMessageIdentifiers": request.success_ids,
        "SuccessMeuPlatformKeys": request.success_keys,
        "FailedMessageIdentifiers": request.failed_ids,
        "FailedMeuPlatformKeys": request.failed_keys,
        "FailedMessageErrorReasons": _fitting_reasons(request, sobject),
    }
    return values | {name: joined(entries, length_of(sobject, name)) for name, entries in lists.items()}


def length_of(sobject: SObject, name: str) -> int:
    """Give the length of a text field."""
    field = sobject.field(name)
    if field is None or field.length is None:
        raise LookupError(f"{sobject.name} has no text field {name}")
    return field.length


def split(value: Value) -> list[str]:
    """Read a list from its text."""
    return str(value).split(SEPARATOR) if value else []


def joined(entries: Iterable[str], length: int) -> str | None:
    """Write a list as a text that fits its field, cut at a whole entry."""
    text = SEPARATOR.join(entries)
    while len(text) > length:
        text = text[:length].rpartition(SEPARATOR)[0]
    return text or None


def _fitting_reasons(request: SendRequest, sobject: SObject) -> Iterable[str]:
    """Give the reason of each failed message, or each different reason once where those are too long (inferred)."""
    reasons = request.reasons
    is_whole = len(reasons) == len(request.failed_ids)
    fits = len(SEPARATOR.join(reasons)) <= length_of(sobject, "FailedMessageErrorReasons")
    return reasons if is_whole and fits else dict.fromkeys(reasons)


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
