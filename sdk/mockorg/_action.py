"""The inputs of the action sendConversationMessages, under Python names. It sends nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from mockorg._value import instant_text

_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "request_type": "requestType",
        "allowed_session_status": "allowedSessionStatus",
        "is_enforce_messaging_channel_consent": "isEnforceMessagingChannelConsent",
        "channel_consent_type": "channelConsentType",
        "communication_subscription_id": "communicationSubscriptionId",
        "session_longevity_preference": "sessionLongevityPreference",
    }
)


def message_inputs(definition: str, recipients: Iterable[str], options: Mapping[str, object]) -> dict[str, object]:
    """Give the inputs of an invocation, without what is None. Raises ``TypeError`` for an option that is none."""
    if isinstance(recipients, str):
        raise TypeError("messaging_end_user_ids must be a list of ids, not one text")
    inputs: dict[str, object] = {
        "messageDefinitionName": definition,
        "requestType": "SendNotificationMessages",
        "messagingEndUserIds": list(recipients),
    }
    for name, value in options.items():
        if name == "parameters":
            inputs["messagingDefinitionInputParameters"] = _parameters(value)
        elif name not in _NAMES:
            known = ", ".join(("parameters", *_NAMES))
            raise TypeError(f"send_conversation_messages() has no option {name!r}; it has {known}")
        elif value is not None:
            inputs[_NAMES[name]] = value
    return inputs


def _parameters(value: object) -> list[dict[str, object]]:
    """Write parameters in the forms of their values: a mapping of names to values, or the action's own list."""
    if not isinstance(value, Mapping):
        return list(value)  # type: ignore[call-overload, no-any-return]  # the org says what is wrong with it
    return [{"name": name, **_form(each)} for name, each in value.items()]


def _form(value: object) -> dict[str, object]:
    if isinstance(value, bool):
        return {"booleanValue": value}
    if isinstance(value, int | float):
        return {"numberValue": value}
    if isinstance(value, datetime):
        return {"dateTimeValue": instant_text(value)}
    if isinstance(value, date):
        return {"dateValue": value.isoformat()}
    return {"textValue": value}
