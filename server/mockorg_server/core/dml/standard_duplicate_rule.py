"""The platform's own duplicate rules, which a new org here has only when it is set up with them.

``standard_duplicate_rule.json`` has the facts. Groupings that another one holds already are left out of its equations:
whoever matches by name, telephone and company matches by name and telephone. The methods of names find less than a real
org's do, see ``likeness.py``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from mockorg_server.schema.duplicate import DuplicateAction, DuplicateRule, MatchedObject, MatchingItem, MatchingRule
from mockorg_server.schema.schema import Additions

FILE: Final = Path(__file__).parent / "standard_duplicate_rule.json"
_TEXT: Final = "Use one of these records?"
_ON_INSERT: Final = DuplicateAction(blocks=False, alerts=True, reports=True)
_ON_UPDATE: Final = DuplicateAction(blocks=False, alerts=False, reports=True)


@lru_cache(maxsize=16)
def with_standard_rules(additions: Additions | None) -> Additions:
    """Give an org's additions with the standard rules; what its own sources say of a rule has the last word."""
    own = additions or Additions()
    matching = {(rule.sobject, rule.name): rule for rule in own.matching_rules}
    duplicate = {(rule.sobject, rule.name): rule for rule in own.duplicate_rules}
    for entry in _entries():
        standard = _matching_rule(entry)
        matching[standard.sobject, standard.name] = standard
        duplicate.setdefault((entry["sobject"], entry["name"]), _duplicate_rule(entry))
    return replace(own, matching_rules=tuple(matching.values()), duplicate_rules=tuple(duplicate.values()))


@cache
def _entries() -> list[dict[str, Any]]:
    """Give the shipped facts: a pure function of the file."""
    entries: list[dict[str, Any]] = json.loads(FILE.read_bytes())["rules"]
    return entries


def _matching_rule(entry: dict[str, Any]) -> MatchingRule:
    transposed = entry.get("transposed")
    return MatchingRule(
        sobject=entry["sobject"],
        name=entry["matchingRule"],
        label=entry["matchingLabel"],
        items=tuple(
            MatchingItem(field, method, beside=beside[0] if beside else None)
            for field, method, *beside in entry["items"]
        ),
        boolean_filter=entry["booleanFilter"],
        standard=True,
        transposed=(transposed[0], transposed[1]) if transposed else None,
    )


def _duplicate_rule(entry: dict[str, Any]) -> DuplicateRule:
    return DuplicateRule(
        sobject=entry["sobject"],
        name=entry["name"],
        label=entry["label"],
        on_insert=_ON_INSERT,
        on_update=_ON_UPDATE,
        matches=(MatchedObject(entry["sobject"], entry["matchingRule"]),),
        alert_text=_TEXT,
    )
