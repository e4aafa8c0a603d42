"""The inputs of the action ``sendConversationMessages``: a table, and how each is read and refused.

The action's page documents the inputs and none of its errors. Codes and texts of refusals are mockorg's own, in the
form that invocable actions share; they are listed in ``docs/messaging.md``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mockorg_server.core.error import RowError
from mockorg_server.core.messaging.definition import NOTIFICATION, DefinitionParameter, MessageDefinition
from mockorg_server.core.messaging.setting import LONGEVITIES
from mockorg_server.schema.identifier import normalise_id

MAX_RECIPIENTS: Final = 100
END_USER_PREFIX: Final = "0PA"
SUBSCRIPTION_PREFIX: Final = "0Xl"
MAX_PARAMETERS_LENGTH: Final = 8_000


class InputRefused(Exception):
    """One input element cannot be carried out: the errors of its result."""

    def __init__(self, code: str, message: str, *fields: str) -> None:
        super().__init__(message)
        self.error = RowError(code, message, fields)


@dataclass(frozen=True, slots=True)
class Invocation:
    """One request as the caller wants it; ids in their long form, ``parameters`` as JSON text."""

    definition: str
    recipients: tuple[str, ...]
    allowed_session_status: str
    enforces_consent: bool
    consent_type: str | None
    subscription_id: str | None
    longevity: str | None
    parameters: str | None


@dataclass(frozen=True, slots=True)
class ActionInput:
    """An input of the action: its name, how describe shows it, and since when it is there."""

    name: str
    label: str
    description: str
    type: str
    max_occurs: int = 1
    required: bool = False
    since: int = 59
    byte_length: int = 0
    sobject_type: str | None = None


INPUTS: Final = (
    ActionInput("allowedSessionStatus", "Allowed Session Status", "When the message may be sent.", "STRING"),
    ActionInput("channelConsentType", "Channel Consent Type", "Whose consent is looked at.", "STRING", since=62),
    ActionInput(
        "communicationSubscriptionId",
        "Communication Subscription ID",
        "The subscription that recipients must have opted in to.",
        "STRING",
        since=62,
    ),
    ActionInput(
        "isEnforceMessagingChannelConsent",
        "Enforce Messaging Channel Consent",
        "Whether consent is checked before a message is sent.",
        "BOOLEAN",
    ),
    ActionInput(
        "messageDefinitionName",
        "Message Definition Name",
        "The API name of the messaging component.",
        "STRING",
        required=True,
    ),
    ActionInput(
        "messagingDefinitionInputParameters",
        "Messaging Definition Input Parameters",
        "Values for the parameters of the messaging component.",
        "APEX",
        max_occurs=2000,
        sobject_type="richmessaging__MessageDefinitionInputParameter",
    ),
    ActionInput(
        "messagingEndUserIds",
        "Messaging End User IDs",
        "The Ids of up to 100 messaging end users.",
        "STRING",
        max_occurs=2000,
        required=True,
    ),
    ActionInput("requestType", "Request Type", "The type of the request.", "STRING", required=True),
    ActionInput(
        "sessionLongevityPreference",
        "Session Longevity Preference",
        "Whether the session is kept open after the message.",
        "STRING",
        since=64,
    ),
)

_FORMS: Final[Mapping[str, tuple[str, Callable[[Any], bool]]]] = {
    "textValue": ("Text", lambda value: isinstance(value, str)),
    "recordIdValue": ("RecordId", lambda value: isinstance(value, str) and normalise_id(value) is not None),
    "dateValue": ("Date", lambda value: isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))),
    "dateTimeValue": (
        "DateTime",
        lambda value: (
            isinstance(value, str)
            and bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?", value))
        ),
    ),
    "numberValue": ("Double", lambda value: isinstance(value, int | float) and not isinstance(value, bool)),
    "booleanValue": ("Boolean", lambda value: isinstance(value, bool)),
}
_ALIKE: Final[Mapping[str, frozenset[str]]] = {
    "Text": frozenset({"Text", "Url", "ImageId"}),
    "Double": frozenset({"Double", "Integer"}),
}


def invocation_of(
    values: Mapping[str, object], version: int, definitions: Mapping[str, MessageDefinition]
) -> Invocation:
    """Read one element of ``inputs``. Raises InputRefused."""
    known = {each.name for each in INPUTS if each.since <= version}
    unknown = next((name for name in values if name not in known), None)
    if unknown is not None:
        raise InputRefused("INVALID_API_INPUT", f"Unknown input parameter: {unknown}", unknown)
    missing = [each.name for each in INPUTS if each.required and values.get(each.name) in (None, "", [])]
    if missing:
        text = ", ".join(missing)
        raise InputRefused("REQUIRED_FIELD_MISSING", f"Missing required input parameter: {text}", *missing)
    _one_of(values, "requestType", ("SendNotificationMessages",))
    definition = _definition(values, definitions)
    enforces = _boolean(values, "isEnforceMessagingChannelConsent")
    consent_type = _one_of(
        values, "channelConsentType", ("MessagingEndUser", "CommunicationSubscription", "Custom"), None
    )
    if consent_type == "Custom" and enforces:
        name = "channelConsentType"
        raise InputRefused(
            "INVALID_API_INPUT", f"{name} Custom needs isEnforceMessagingChannelConsent to be false", name
        )
    return Invocation(
        definition=definition.name,
        recipients=_recipients(values["messagingEndUserIds"]),
        allowed_session_status=_one_of(values, "allowedSessionStatus", ("Any", "NonActive", "Closed"), "Any") or "Any",
        enforces_consent=enforces,
        consent_type=None if consent_type == "Custom" else consent_type,
        subscription_id=_subscription(values, consent_type),
        longevity=_one_of(values, "sessionLongevityPreference", LONGEVITIES, None),
        parameters=_parameters(values.get("messagingDefinitionInputParameters"), definition),
    )


def _definition(values: Mapping[str, object], definitions: Mapping[str, MessageDefinition]) -> MessageDefinition:
    name = values["messageDefinitionName"]
    definition = definitions.get(name.casefold()) if isinstance(name, str) else None
    field = "messageDefinitionName"
    if definition is None:
        raise InputRefused("INVALID_API_INPUT", f"There is no messaging component named {name}", field)
    if not definition.active:
        raise InputRefused("INVALID_API_INPUT", f"The messaging component {definition.name} is not active", field)
    if definition.type != NOTIFICATION:
        message = f"The messaging component {definition.name} is of type {definition.type}; only {NOTIFICATION} is sent"
        raise InputRefused("INVALID_API_INPUT", message, field)
    return definition


def _one_of(
    values: Mapping[str, object], name: str, allowed: tuple[str, ...], default: str | None = None
) -> str | None:
    value = values.get(name)
    if value in (None, ""):
        return default
    if value not in allowed:
        raise InputRefused("INVALID_API_INPUT", f"{name} must be one of {', '.join(allowed)}, not {value}", name)
    return str(value)


def _boolean(values: Mapping[str, object], name: str) -> bool:
    value = values.get(name)
    truth = {True: True, False: False, None: False, "true": True, "false": False, "": False}
    if not isinstance(value, bool | str | None) or value not in truth:
        raise InputRefused("INVALID_API_INPUT", f"{name} must be true or false, not {value}", name)
    return truth[value]


def _recipients(value: object) -> tuple[str, ...]:
    name = "messagingEndUserIds"
    entries = value.split(",") if isinstance(value, str) else value
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise InputRefused("INVALID_API_INPUT", f"{name} must be a list of Ids", name)
    ids = [part.strip() for entry in entries for part in entry.split(",")]
    if len(ids) > MAX_RECIPIENTS:
        message = f"{name} has {len(ids)} Ids; an invocation takes {MAX_RECIPIENTS} at most"
        raise InputRefused("LIMIT_EXCEEDED", message, name)
    return tuple(_id(each, END_USER_PREFIX, name) for each in ids)


def _id(text: str, prefix: str, name: str) -> str:
    long_id = normalise_id(text)
    if long_id is None:
        raise InputRefused("MALFORMED_ID", f"malformed id {text}", name)
    if not long_id.startswith(prefix):
        raise InputRefused("MALFORMED_ID", f"{name}: id value of incorrect type: {text}", name)
    return long_id


def _subscription(values: Mapping[str, object], consent_type: str | None) -> str | None:
    name = "communicationSubscriptionId"
    value = values.get(name)
    if consent_type != "CommunicationSubscription":
        if value not in (None, ""):
            message = f"{name} goes with the channelConsentType CommunicationSubscription only"
            raise InputRefused("INVALID_API_INPUT", message, name)
        return None
    if not isinstance(value, str) or not value:
        raise InputRefused("REQUIRED_FIELD_MISSING", f"Missing required input parameter: {name}", name)
    return _id(value, SUBSCRIPTION_PREFIX, name)


def _parameters(value: object, definition: MessageDefinition) -> str | None:
    name = "messagingDefinitionInputParameters"
    entries = [] if value is None else value
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InputRefused("INVALID_API_INPUT", f"{name} must be a list of objects", name)
    given: dict[str, str] = {}
    for entry in entries:
        parameter, form = _parameter(entry)
        if parameter in given:
            raise InputRefused("INVALID_API_INPUT", f"{name}: {parameter} is given twice", name)
        given[parameter] = form
    if definition.parameters is not None:
        _hold_to(definition, definition.parameters, given)
    if not entries:
        return None
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    if len(text) > MAX_PARAMETERS_LENGTH:
        message = f"{name} is longer than {MAX_PARAMETERS_LENGTH} characters"
        raise InputRefused("STRING_TOO_LONG", message, name)
    return text


def _parameter(entry: Mapping[str, object]) -> tuple[str, str]:
    """Give the name of a parameter and the form of its value. Raises InputRefused."""
    field = "messagingDefinitionInputParameters"
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        raise InputRefused("REQUIRED_FIELD_MISSING", f"{field}: a parameter has no name", field)
    forms = [key for key, value in entry.items() if key != "name" and value is not None]
    if len(forms) != 1:
        raise InputRefused("INVALID_API_INPUT", f"{field}: {name} must have exactly one value", field)
    form = forms[0]
    single = form.removesuffix("s")
    if single not in _FORMS:
        known = ", ".join(_FORMS)
        raise InputRefused("INVALID_API_INPUT", f"{field}: {name} has a {form}; known are {known}", field)
    _, fits = _FORMS[single]
    value = entry[form]
    elements = value if form != single else [value]
    if not isinstance(elements, list) or not all(fits(element) for element in elements):
        shown = json.dumps(value, ensure_ascii=False)
        raise InputRefused("INVALID_API_INPUT", f"{field}: the {form} of {name} cannot be {shown}", field)
    return name, form


def _hold_to(
    definition: MessageDefinition, parameters: tuple[DefinitionParameter, ...], given: Mapping[str, str]
) -> None:
    field = "messagingDefinitionInputParameters"
    known = {each.name: each for each in parameters}
    for name, form in given.items():
        parameter = known.get(name)
        if parameter is None:
            message = f"{field}: the messaging component {definition.name} has no parameter {name}"
            raise InputRefused("INVALID_API_INPUT", message, field)
        value_type, _ = _FORMS[form.removesuffix("s")]
        takes = _ALIKE.get(value_type, frozenset({value_type}))
        if parameter.value_type not in takes or parameter.is_list != form.endswith("s"):
            kind = f"list of {parameter.value_type}" if parameter.is_list else parameter.value_type
            message = f"{field}: {name} is a {kind}, which {form} does not give"
            raise InputRefused("INVALID_API_INPUT", message, field)
    missing = [each.name for each in parameters if each.required and each.name not in given]
    if missing:
        message = f"{field}: the messaging component {definition.name} needs {', '.join(missing)}"
        raise InputRefused("REQUIRED_FIELD_MISSING", message, field)
