"""Message definitions: the messaging components of an org, which are metadata and no sObject.

A definition tells what the action may send: only an active one of type Notification. Its templates are what a channel
such as WhatsApp must have approved before anything is sent (Metadata API guide, ConversationMessageDefinition).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

NOTIFICATION: Final = "Notification"
APPROVED: Final = "Approved"
EVERY_CHANNEL: Final = "*"

TYPES: Final = (
    "Action",
    "ApexForm",
    "AuthenticationRequest",
    "AutoResponse",
    "Link",
    NOTIFICATION,
    "PaymentRequest",
    "Picklist",
    "RecordPicker",
    "RecordView",
    "TimePicker",
)
VALUE_TYPES: Final = ("Boolean", "Date", "DateTime", "Double", "ImageId", "Integer", "RecordId", "Text", "Url")


@dataclass(frozen=True, slots=True)
class DefinitionParameter:
    """A parameter of a definition: its name, one of ``VALUE_TYPES``, whether it must be given and may be a list."""

    name: str
    value_type: str = "Text"
    required: bool = False
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class MessageDefinition:
    """One messaging component.

    ``templates`` tells the status of the external template by the MessageType of a channel, ``*`` standing for every
    other channel; only channels whose provider wants templates look at it. ``parameters`` None takes any parameter.
    """

    name: str
    type: str = NOTIFICATION
    active: bool = True
    label: str = ""
    templates: Mapping[str, str] = field(default_factory=lambda: {EVERY_CHANNEL: APPROVED})
    parameters: tuple[DefinitionParameter, ...] | None = None

    def template_of(self, message_type: str) -> str | None:
        """Give the status of the template for a type of channel, None when there is none."""
        return self.templates.get(message_type, self.templates.get(EVERY_CHANNEL))


FIRST_DEFINITION: Final = MessageDefinition(NOTIFICATION, label="Notification")
"""What a fresh org holds: the component of the documentation's sample, approved on every channel."""


def definition_of(document: object) -> MessageDefinition:
    """Read a definition from its JSON form, as ``document_of`` writes it; only ``name`` must be there.

    Raises ValueError with what is wrong.
    """
    values = _mapping(document, "a message definition")
    _known(values, _READERS, "a message definition")
    if not isinstance(values.get("name"), str) or not values["name"]:
        raise ValueError("a message definition needs a name")
    read = {key: _READERS[key](value) for key, value in values.items() if key != "name"}
    return MessageDefinition(name=str(values["name"]), **read)  # type: ignore[arg-type]


def document_of(definition: MessageDefinition) -> dict[str, object]:
    """Give the JSON form of a definition."""
    parameters = definition.parameters
    return {
        "name": definition.name,
        "type": definition.type,
        "active": definition.active,
        "label": definition.label,
        "templates": dict(definition.templates),
        "parameters": None
        if parameters is None
        else [
            {"name": each.name, "type": each.value_type, "required": each.required, "list": each.is_list}
            for each in parameters
        ],
    }


def _type(value: object) -> str:
    if value not in TYPES:
        raise ValueError(f"type must be one of {', '.join(TYPES)}, not {value!r}")
    return str(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"active, required and list must be true or false, not {value!r}")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected a text, not {value!r}")
    return value


def _templates(value: object) -> dict[str, str]:
    return {name: _text(status) for name, status in _mapping(value, "templates").items()}


def _parameters(value: object) -> tuple[DefinitionParameter, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise ValueError("parameters must be a list, or null for any")
    return tuple(_parameter(each) for each in value)


def _parameter(document: object) -> DefinitionParameter:
    values = _mapping(document, "a parameter")
    _known(values, ("name", "type", "required", "list"), "a parameter")
    value_type = values.get("type", "Text")
    if value_type not in VALUE_TYPES:
        raise ValueError(f"the type of a parameter must be one of {', '.join(VALUE_TYPES)}, not {value_type!r}")
    name = _text(values.get("name"))
    return DefinitionParameter(
        name, str(value_type), _flag(values.get("required", False)), _flag(values.get("list", False))
    )


_READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "name": _text,
    "type": _type,
    "active": _flag,
    "label": _text,
    "templates": _templates,
    "parameters": _parameters,
}


def _mapping(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} must be an object, not {value!r}")
    return value


def _known(values: Mapping[str, object], known: object, what: str) -> None:
    unknown = next((key for key in values if key not in known), None)  # type: ignore[operator]
    if unknown is not None:
        raise ValueError(f"unknown key {unknown!r} in {what}; known: {', '.join(known)}")  # type: ignore[arg-type]
