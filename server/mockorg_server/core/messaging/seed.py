"""Messaging components in seeds: records of the type ConversationMessageDefinition, with flat values like any other.

``Name`` (or ``DeveloperName``), ``Type``, ``IsActive``, ``Label`` (or ``MasterLabel``); ``Templates`` as
``WhatsApp=Approved;*=Pending``; ``Parameters`` as ``number:Text:required;places:RecordId:list``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.messaging.definition import definition_of
from mockorg_server.core.messaging.ledger import read_ledger, write_ledger

COMPONENT: Final = "conversationmessagedefinition"


def seed_definition(context: CallContext, values: Mapping[str, object]) -> None:
    """Add a messaging component in the open transaction. Raises ValueError with what is wrong."""
    document: dict[str, object] = {}
    for name, value in values.items():
        if name.casefold() not in _READERS:
            raise ValueError(f"a ConversationMessageDefinition has no {name}; it has {', '.join(_SHOWN)}")
        key, read = _READERS[name.casefold()]
        if value is not None:
            document[key] = read(value)
    definition = definition_of(document)
    ledger = read_ledger(context.reader)
    ledger.definitions[definition.name.casefold()] = definition
    write_ledger(context.writer, ledger)


def _plain(value: object) -> object:
    return value


def _flag(value: object) -> object:
    return {"true": True, "false": False}.get(str(value).casefold(), value)


def _templates(value: object) -> object:
    entries = [entry.partition("=") for entry in str(value).split(";") if entry.strip()]
    return {channel.strip(): status.strip() for channel, _, status in entries}


def _parameters(value: object) -> object:
    return [_parameter(entry) for entry in str(value).split(";") if entry.strip()]


def _parameter(entry: str) -> dict[str, object]:
    name, *words = (word.strip() for word in entry.split(":"))
    document: dict[str, object] = {"name": name}
    for place, word in enumerate(words):
        if place == 0:
            document["type"] = word
        elif word in ("required", "list"):
            document[word] = True
        else:
            raise ValueError(f"a parameter is name:type:required:list, not {entry!r}")
    return document


_READERS: Final[Mapping[str, tuple[str, Callable[[object], object]]]] = {
    "name": ("name", _plain),
    "developername": ("name", _plain),
    "type": ("type", _plain),
    "isactive": ("active", _flag),
    "label": ("label", _plain),
    "masterlabel": ("label", _plain),
    "templates": ("templates", _templates),
    "parameters": ("parameters", _parameters),
}
_SHOWN: Final = ("Name", "Type", "IsActive", "Label", "Templates", "Parameters")
