"""What the platform does when certain sObjects are saved and no describe tells: ``platform_rule.json``, read strictly.

One entry per sObject; every key of an entry is optional, and a key that is not one of these is an error.

- ``consequences``: values that follow from a picklist's value, by field and value. ``*`` stands for every other value
  and null, ``$now`` for the instant of the save. They are drawn when the field gets another value, and a consequence
  that the caller may write gives way to what the caller wrote.
- ``copies``: fields that show a field of another record, by paths; see ``copied_value.py``.
- ``likeness`` and ``told``: what follows from a value of which the org's own standard value set tells facts: the same
  as from a known value, by field and true fact; and the facts themselves, by field and the field that shows one.
- ``defaults``: values that a new record gets although describe tells of no default.
- ``derived``: values that follow from others, in order; see ``derivation.py`` for the kinds.
- ``kept``: values of fields that forbid a delete, each with the code and text of the refusal.
- ``locked``: boolean fields that forbid updates where they are true, with the code and text of the refusal.
- ``provided``: fields that a client need not give although describe tells that they cannot be null.
- ``totals``: fields of a parent that sum these records up; see ``total.py``.
- ``unique``: fields whose values may not repeat, with the code and text of the refusal.
- ``unsupportedTrue``: what mockorg would leave undone if these boolean fields were true; the row is refused, by name.

Sources: the stages, statuses and their flags are those of a new org (Object Reference: OpportunityStage, CaseStatus,
TaskStatus, ContractStatus, OrderStatus; the figures of the stages from memory). The two unique fields of User, and the
texts of their refusals, are recorded from real orgs; those of a converted lead are quoted by users. What is copied,
derived and summed up is told by the Object Reference page of each. From memory: the statuses of a new campaign, the
defaults of a new link of a file, the account of a case, the one primary contact. Inferred: that an opportunity whose
last line goes is worth nothing, that a count stamps its campaign but is no save of it, the texts of refused deletes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from mockorg_server.schema.value import Value

FILE: Final = Path(__file__).parent / "platform_rule.json"
NOW: Final = "$now"
OTHERWISE: Final = "*"


@dataclass(frozen=True, slots=True)
class PlatformRule:
    """What is known of one sObject; see the module for the keys."""

    consequences: Mapping[str, Mapping[str, Mapping[str, Value]]] = field(default_factory=dict)
    copies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    likeness: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    told: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, Value] = field(default_factory=dict)
    derived: tuple[Mapping[str, Any], ...] = ()
    kept: Mapping[str, tuple[Value, str, str]] = field(default_factory=dict)
    locked: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    provided: tuple[str, ...] = ()
    totals: tuple[Mapping[str, Any], ...] = ()
    unique: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    unsupported_true: Mapping[str, str] = field(default_factory=dict)

    @property
    def needs_before(self) -> bool:
        """Whether an update asks for the whole record as it was."""
        return bool(self.derived or self.copies or self.totals)

    @property
    def has_unsupported(self) -> bool:
        """Tell whether some saves are refused by name."""
        return bool(self.unsupported_true)

    def consequences_of(self, name: str, value: Value, facts: Sequence[tuple[str, Value]] = ()) -> Mapping[str, Value]:
        """Give what follows from a field's value, in any case of the value; ``facts`` are the org's own of it."""
        by_value = self.consequences[name]
        if not facts:
            return by_value.get(str(value).casefold(), by_value.get(OTHERWISE, {}))
        told = dict(facts)
        like = next((known for fact, known in self.likeness.get(name, {}).items() if told.get(fact)), OTHERWISE)
        direct = self.told.get(name, {})
        return {
            **by_value.get(like.casefold(), by_value.get(OTHERWISE, {})),
            **{field: told[fact] for field, fact in direct.items() if fact in told},
        }


NO_RULE: Final = PlatformRule()

_KEYS: Final = {
    "".join(word if number == 0 else word.capitalize() for number, word in enumerate(known.name.split("_"))): known.name
    for known in fields(PlatformRule)
}


@cache
def platform_rules() -> Mapping[str, PlatformRule]:
    """Give the rules by sObject name: one mapping for the process, as it is a function of shipped data alone."""
    return {name: _rule_of(name, entry) for name, entry in json.loads(FILE.read_bytes()).items()}


def _rule_of(sobject: str, entry: Mapping[str, Any]) -> PlatformRule:
    unknown = entry.keys() - _KEYS.keys()
    if unknown:
        raise ValueError(f"{FILE.name}: {sobject} has the unknown key {sorted(unknown)[0]!r}")
    values = {_KEYS[key]: value for key, value in entry.items()}
    for name in values.keys() & {"locked", "unique"}:
        values[name] = {key: (code, text) for key, (code, text) in values[name].items()}
    if "kept" in values:
        values["kept"] = {key: (value, code, text) for key, (value, code, text) in values["kept"].items()}
    for name in values.keys() & {"derived", "provided", "totals"}:
        values[name] = tuple(values[name])
    if "copies" in values:
        values["copies"] = {key: tuple(paths) for key, paths in values["copies"].items()}
    if "consequences" in values:
        values["consequences"] = {
            key: {value.casefold(): then for value, then in by_value.items()}
            for key, by_value in values["consequences"].items()
        }
    return PlatformRule(**values)
