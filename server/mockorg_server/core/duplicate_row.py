"""Rows that stand for an org's duplicate and matching rules: DuplicateRule, MatchingRule and MatchingRuleItem."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockorg_server.schema.duplicate import DuplicateRule, MatchingRule
from mockorg_server.schema.identifier import stable_id
from mockorg_server.schema.schema import AddedRecord, Additions
from mockorg_server.schema.value import Value

_NO_SUBTYPE: Final = "None"


def duplicate_rows(additions: Additions) -> Iterator[AddedRecord]:
    """Give the rows of all rules, active or not."""
    for rule in additions.duplicate_rules:
        yield AddedRecord("DuplicateRule", _duplicate_rule(rule))
    for matching in additions.matching_rules:
        yield AddedRecord("MatchingRule", _matching_rule(matching))
        yield from (AddedRecord("MatchingRuleItem", values) for values in _items(matching))


def duplicate_rule_id(rule: DuplicateRule) -> str:
    """Give the Id of a duplicate rule's row."""
    return stable_id("0Bm", rule.sobject, rule.name)


def _duplicate_rule(rule: DuplicateRule) -> dict[str, Value]:
    return {
        "Id": duplicate_rule_id(rule),
        "SobjectType": rule.sobject,
        "SobjectSubtype": _NO_SUBTYPE,
        "DeveloperName": rule.name,
        "MasterLabel": rule.label,
        "Language": "en_US",
        "IsActive": rule.active,
    }


def _matching_rule(rule: MatchingRule) -> dict[str, Value]:
    return {
        "Id": _matching_rule_id(rule),
        "SobjectType": rule.sobject,
        "SobjectSubtype": _NO_SUBTYPE,
        "DeveloperName": rule.name,
        "MasterLabel": rule.label,
        "Language": "en_US",
        "MatchEngine": rule.engine,
        "BooleanFilter": rule.boolean_filter,
        "Description": rule.description,
        "RuleStatus": "Active" if rule.active else "Inactive",
    }


def _items(rule: MatchingRule) -> Iterator[dict[str, Value]]:
    for number, item in enumerate(rule.items, start=1):
        yield {
            "Id": stable_id("0JE", rule.sobject, rule.name, str(number)),
            "MatchingRuleId": _matching_rule_id(rule),
            "SortOrder": number,
            "Field": item.field,
            "MatchingMethod": item.method,
            "BlankValueBehavior": "MatchBlanks" if item.match_blanks else "NullNotAllowed",
        }


def _matching_rule_id(rule: MatchingRule) -> str:
    return stable_id("0JD", rule.sobject, rule.name)
