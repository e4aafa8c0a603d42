"""Outcome rules: which messages fail, and which channels are down, as a test wants it. Without rules all are sent."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Final

from mockorg_server.core.clock import instant_of, text_of
from mockorg_server.schema.identifier import normalise_id

DEFAULT_REASON: Final = "MessageSendFailed"


@dataclass(slots=True)
class OutcomeRule:
    """One rule. Whom it is about: all that are given must fit, and nothing given fits every message.

    ``messaging_end_user_id``, ``platform_key`` (of the recipient), ``channel`` (an Id, DeveloperName or MessageType),
    ``definition`` (a name). What it does: with ``down_until`` (aware), messages wait until that instant and those in
    progress go back to pending; else they fail with ``reason``: every ``every``-th that fits, or with ``probability``
    (0 to 1, the same for the same ``seed`` and message), or each. ``seen`` counts those that fitted so far.
    """

    id: str = ""
    messaging_end_user_id: str | None = None
    platform_key: str | None = None
    channel: str | None = None
    definition: str | None = None
    reason: str = DEFAULT_REASON
    every: int | None = None
    probability: float | None = None
    seed: int = 0
    down_until: datetime | None = None
    seen: int = 0

    def fits(self, subject: MessageSubject) -> bool:
        """Say whether the rule is about a message."""
        return (
            self.messaging_end_user_id in (None, subject.messaging_end_user_id)
            and self.platform_key in (None, subject.platform_key)
            and (self.channel is None or self.channel in subject.channel_names)
            and (self.definition is None or self.definition.casefold() == subject.definition.casefold())
        )

    def holds_up(self, subject: MessageSubject, now: datetime) -> bool:
        """Say whether the message must wait, as its channel is down."""
        return self.down_until is not None and now < self.down_until and self.fits(subject)

    def fails(self, subject: MessageSubject) -> bool:
        """Say whether a message that is being sent fails; a message is asked about once."""
        if self.down_until is not None or not self.fits(subject):
            return False
        self.seen += 1
        if self.every is not None:
            return self.seen % self.every == 0
        if self.probability is not None:
            digest = hashlib.sha256(f"{self.seed}:{subject.message_id}".encode()).digest()
            return int.from_bytes(digest[:8], "big") / 2**64 < self.probability
        return True


@dataclass(frozen=True, slots=True)
class MessageSubject:
    """What a rule can look at of a message; ``channel_names`` are Id, DeveloperName and MessageType of its channel."""

    message_id: str
    messaging_end_user_id: str
    platform_key: str | None
    channel_names: frozenset[str]
    definition: str


def rule_of(document: object, rule_id: str = "") -> OutcomeRule:
    """Read a rule from JSON, with the names of ``OutcomeRule``. Raises ValueError with what is wrong."""
    if not isinstance(document, Mapping):
        raise ValueError("an outcome rule must be an object")
    known = [each.name for each in fields(OutcomeRule) if each.name not in ("id", "seen")]
    unknown = next((key for key in document if key not in known), None)
    if unknown is not None:
        raise ValueError(f"unknown key {unknown!r} in an outcome rule; known: {', '.join(known)}")
    values = dict(document)
    if isinstance(values.get("down_until"), str):
        values["down_until"] = _instant(values["down_until"])
    rule = OutcomeRule(id=rule_id, **values)
    _check(rule)
    if rule.messaging_end_user_id is not None:
        rule.messaging_end_user_id = normalise_id(rule.messaging_end_user_id)
    return rule


def document_of(rule: OutcomeRule) -> dict[str, object]:
    """Give the JSON form of a rule, without what is not set."""
    document = {name: value for name, value in asdict(rule).items() if value is not None}
    if rule.down_until is not None:
        document["down_until"] = text_of(rule.down_until)
    return document


def _instant(text: str) -> datetime:
    instant = instant_of(text)
    if instant.tzinfo is None:
        raise ValueError(f"down_until must have a time zone, as 2026-01-31T12:00:00Z, not {text!r}")
    return instant


def _check(rule: OutcomeRule) -> None:
    for name in ("messaging_end_user_id", "platform_key", "channel", "definition", "reason"):
        value = getattr(rule, name)
        if value is not None and not (isinstance(value, str) and value):
            raise ValueError(f"{name} must be a text, not {value!r}")
    if rule.messaging_end_user_id is not None and normalise_id(rule.messaging_end_user_id) is None:
        raise ValueError(f"{rule.messaging_end_user_id!r} is not an Id")
    if rule.every is not None and (type(rule.every) is not int or rule.every < 1):
        raise ValueError(f"every must be a whole number from 1, not {rule.every!r}")
    if rule.probability is not None and (type(rule.probability) not in (int, float) or not 0 <= rule.probability <= 1):
        raise ValueError(f"probability must be a number from 0 to 1, not {rule.probability!r}")
    if type(rule.seed) is not int:
        raise ValueError(f"seed must be a whole number, not {rule.seed!r}")
    if rule.down_until is not None and (not isinstance(rule.down_until, datetime) or rule.down_until.tzinfo is None):
        raise ValueError("down_until must be an instant with a time zone")
    if sum(value is not None for value in (rule.every, rule.probability, rule.down_until)) > 1:
        raise ValueError("a rule has one of every, probability and down_until")
