"""The action sendConversationMessages: one ConvMessageSendRequest for each element of its inputs."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping

from mockorg_server.core.calls.operation import SendConversationMessages
from mockorg_server.core.calls.result import ActionResult
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.default import ON_INSERT, fill_defaults, system_values
from mockorg_server.core.error import OrgError, RowError
from mockorg_server.core.messaging.invocation import InputRefused, Invocation, invocation_of
from mockorg_server.core.messaging.ledger import Ledger, OpenRequest, read_ledger, write_ledger
from mockorg_server.core.messaging.recipient import Recipients
from mockorg_server.core.messaging.request import PENDING, SEPARATOR, SOBJECT, joined, length_of
from mockorg_server.core.messaging.simulator import schedule
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

NAME = "sendConversationMessages"
SINCE = 59


def send_conversation_messages(context: CallContext, operation: SendConversationMessages) -> list[ActionResult]:
    """Make the requests, each with its own result. Raises OrgError NOT_FOUND where there is no such action."""
    sobject = context.org.schema.latest.sobject(SOBJECT)
    if sobject is None or context.version < SINCE:
        raise OrgError("NOT_FOUND", "The requested resource does not exist")
    ledger = read_ledger(context.reader)
    results = [_invoke(context, ledger, sobject, values) for values in operation.inputs]
    if any(result.success for result in results):
        schedule(ledger, context.now)
        write_ledger(context.writer, ledger)
        context.org.messaging.expect(ledger.due_at)
    return results


def _invoke(context: CallContext, ledger: Ledger, sobject: SObject, values: Mapping[str, object]) -> ActionResult:
    try:
        invocation = invocation_of(values, context.version, ledger.definitions)
    except InputRefused as refused:
        return ActionResult(errors=(refused.error,))
    if invocation.subscription_id is not None and not _exists(context, invocation.subscription_id):
        error = RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ("communicationSubscriptionId",))
        return ActionResult(errors=(error,))
    request_id = context.org.ids.next_id(sobject.id_prefix)
    identifiers = [_identifier(context, request_id, place) for place in range(len(invocation.recipients))]
    _insert(context, sobject, request_id, invocation, identifiers)
    ledger.open[request_id] = OpenRequest()
    return ActionResult(outputs={"messageIdentifiers": SEPARATOR.join(identifiers), "requestId": request_id})


def _insert(
    context: CallContext, sobject: SObject, request_id: str, invocation: Invocation, identifiers: list[str]
) -> None:
    recipients = Recipients(context)
    recipients.load(invocation.recipients)
    count = len(identifiers)
    values: dict[str, Value] = {
        "Id": request_id,
        "MessageDefinition": invocation.definition,
        "MessageDefinitionParameters": invocation.parameters,
        "RequestType": "SendNotificationMessages",
        "RequestStatus": PENDING,
        "ShouldEnforceChannelConsent": invocation.enforces_consent,
        "AllowExistingSessionStatus": invocation.allowed_session_status,
        "RequestConsentType": invocation.consent_type,
        "CommSubscriptionId": invocation.subscription_id,
        "SessionLongevityPreference": invocation.longevity,
        "TotalMessageCount": count,
        "PendingMessageCount": count,
        "InProgressMessageCount": 0,
        "SuccessMessageCount": 0,
        "FailedMessageCount": 0,
        "PendingMessageIdentifiers": SEPARATOR.join(identifiers),
        "PendingMessagingEndUserIds": SEPARATOR.join(invocation.recipients),
        "PendingMeuPlatformKeys": joined(
            map(recipients.key_of, invocation.recipients), length_of(sobject, "PendingMeuPlatformKeys")
        ),
        **system_values(context, sobject, ON_INSERT),
    }
    fill_defaults(context, sobject, values)
    context.writer.insert(sobject, values)


def _identifier(context: CallContext, request_id: str, place: int) -> str:
    """Make a message identifier, a UUID of version 4 as in the documentation's sample; the same in every run."""
    digest = hashlib.sha256(f"{context.org.id}:{request_id}:{place}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def _exists(context: CallContext, subscription_id: str) -> bool:
    sobject = context.org.schema.latest.sobject("CommSubscription")
    return sobject is not None and bool(context.reader.get(sobject, [subscription_id], ["Id"]))
