"""What the simulation remembers beside the records: one small text of the org's state, written with each step.

So it is committed, rolled back, reset and restored together with the records it speaks of.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from mockorg_server.core.clock import instant_of, text_of
from mockorg_server.core.messaging import definition, outcome
from mockorg_server.core.messaging.definition import FIRST_DEFINITION, MessageDefinition
from mockorg_server.core.messaging.outcome import OutcomeRule
from mockorg_server.core.messaging.setting import MessagingSettings
from mockorg_server.store.read import Reader
from mockorg_server.store.write import Writer

KEY: Final = "messaging"


@dataclass(slots=True)
class Flight:
    """A message in progress. ``reason`` tells why it is going to fail, None that it is going to be sent."""

    message_id: str
    messaging_end_user_id: str
    platform_key: str
    session_id: str | None
    reason: str | None
    channel_id: str | None


@dataclass(slots=True)
class OpenRequest:
    """A request that is not completed. ``is_queued`` once any of it had to wait for a later step."""

    flights: list[Flight] = field(default_factory=list)
    is_queued: bool = False


@dataclass(slots=True)
class Ledger:
    """The memory of the simulation. ``open`` is keyed by request Id, the oldest request first."""

    settings: MessagingSettings = field(default_factory=MessagingSettings)
    definitions: dict[str, MessageDefinition] = field(
        default_factory=lambda: {FIRST_DEFINITION.name.casefold(): FIRST_DEFINITION}
    )
    rules: list[OutcomeRule] = field(default_factory=list)
    rule_count: int = 0
    open: dict[str, OpenRequest] = field(default_factory=dict)
    next_step: datetime | None = None
    next_expiry: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """The instant at which something moves by itself."""
        return min((instant for instant in (self.next_step, self.next_expiry) if instant is not None), default=None)


def read_ledger(reader: Reader) -> Ledger:
    """Give the ledger of an org, a new one when nothing was kept yet."""
    text = reader.state(KEY)
    return Ledger() if text is None else _ledger_of(json.loads(text))


def write_ledger(writer: Writer, ledger: Ledger) -> None:
    """Keep the ledger, in the open transaction."""
    writer.set_state(KEY, json.dumps(_document_of(ledger), separators=(",", ":")))


def _document_of(ledger: Ledger) -> dict[str, Any]:
    return {
        "settings": asdict(ledger.settings),
        "definitions": [definition.document_of(each) for each in ledger.definitions.values()],
        "rules": [outcome.document_of(each) for each in ledger.rules],
        "rule_count": ledger.rule_count,
        "open": {
            request_id: [each.is_queued, [_flight_row(flight) for flight in each.flights]]
            for request_id, each in ledger.open.items()
        },
        "next_step": ledger.next_step and text_of(ledger.next_step),
        "next_expiry": ledger.next_expiry and text_of(ledger.next_expiry),
    }


def _flight_row(flight: Flight) -> list[str | None]:
    return [
        flight.message_id,
        flight.messaging_end_user_id,
        flight.platform_key,
        flight.session_id,
        flight.reason,
        flight.channel_id,
    ]


def _ledger_of(document: dict[str, Any]) -> Ledger:
    definitions = [definition.definition_of(each) for each in document["definitions"]]
    return Ledger(
        settings=MessagingSettings(**document["settings"]),
        definitions={each.name.casefold(): each for each in definitions},
        rules=[_rule_of(each) for each in document["rules"]],
        rule_count=document["rule_count"],
        open={
            request_id: OpenRequest([Flight(*row) for row in rows], is_queued)
            for request_id, (is_queued, rows) in document["open"].items()
        },
        next_step=_instant(document["next_step"]),
        next_expiry=_instant(document["next_expiry"]),
    )


def _rule_of(document: dict[str, Any]) -> OutcomeRule:
    rule = outcome.rule_of({key: value for key, value in document.items() if key not in ("id", "seen")})
    rule.id, rule.seen = document["id"], document["seen"]
    return rule


def _instant(text: str | None) -> datetime | None:
    return None if text is None else instant_of(text)
