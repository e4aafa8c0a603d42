"""Duplicate rules and matching rules of the Metadata API as values of the schema."""

from __future__ import annotations

from typing import Final

from mockorg_server.metadata.facts import Facts
from mockorg_server.metadata.note import Notes
from mockorg_server.schema.duplicate import DuplicateAction, DuplicateRule, MatchedObject, MatchingItem, MatchingRule
from mockorg_server.schema.sobject import Filter

_PERSON_ACCOUNT: Final = "PersonAccount"
_ACTIONS: Final = frozenset({"Allow", "Block"})


class DuplicateParts:
    """The rules of all sources: the last one told of a name counts. Keys are the object and the name in lower case."""

    def __init__(self) -> None:
        self.matching_rules: dict[tuple[str, str], MatchingRule] = {}
        self.duplicate_rules: dict[tuple[str, str], DuplicateRule] = {}

    def add_matching_rules(self, sobject: str, facts: Facts, notes: Notes) -> None:
        """Take the matching rules of an object's file."""
        for each in facts.all("matchingRules"):
            name = each.required("fullName")
            if sobject == _PERSON_ACCOUNT:
                notes.add(f"{sobject}.{name}", "matching rules of person accounts are not followed")
                continue
            self.matching_rules[sobject.lower(), name.lower()] = _matching_rule(sobject, name, each)

    def add_duplicate_rule(self, full_name: str, facts: Facts, notes: Notes) -> None:
        """Take a duplicate rule; its file is named ``Account.Rule_Name``."""
        sobject, _, name = full_name.partition(".")
        if sobject == _PERSON_ACCOUNT or facts.text("sobjectSubtype") == _PERSON_ACCOUNT:
            notes.add(full_name, "duplicate rules of person accounts are not followed")
            return
        self.duplicate_rules[sobject.lower(), name.lower()] = _duplicate_rule(sobject, name, facts)


def _matching_rule(sobject: str, name: str, facts: Facts) -> MatchingRule:
    return MatchingRule(
        sobject=sobject,
        name=name,
        label=facts.text("label") or name,
        items=tuple(
            MatchingItem(
                item.required("fieldName"),
                item.text("matchingMethod") or "Exact",
                item.text("blankValueBehavior") == "MatchBlanks",
            )
            for item in facts.all("matchingRuleItems")
        ),
        boolean_filter=facts.text("booleanFilter"),
        description=facts.text("description"),
        active=facts.text("ruleStatus") in ("Active", "Activating"),
    )


def _duplicate_rule(sobject: str, name: str, facts: Facts) -> DuplicateRule:
    held = facts.one("duplicateRuleFilter")
    items = sorted(held.all("duplicateRuleFilterItems"), key=lambda item: item.number("sortOrder")) if held else []
    return DuplicateRule(
        sobject=sobject,
        name=name,
        label=facts.text("masterLabel") or name,
        on_insert=_action(facts, "Insert"),
        on_update=_action(facts, "Update"),
        matches=tuple(_matched(each) for each in facts.all("duplicateRuleMatchRules")),
        alert_text=facts.text("alertText"),
        filters=tuple(_filter(item, sobject) for item in items),
        boolean_filter=held.text("booleanFilter") if held else None,
        active=facts.flag("isActive"),
        sort_order=facts.number("sortOrder", 1),
    )


def _action(facts: Facts, operation: str) -> DuplicateAction:
    action = facts.required(f"actionOn{operation}")
    if action not in _ACTIONS:
        raise facts.error(f"<actionOn{operation}> must be Allow or Block, not {action!r}", f"actionOn{operation}")
    operations = {text.lower() for text in facts.texts(f"operationsOn{operation}")}
    return DuplicateAction(action == "Block", "alert" in operations, "report" in operations)


def _matched(facts: Facts) -> MatchedObject:
    mapping = facts.one("objectMapping")
    fields = mapping.all("mappingFields") if mapping else []
    return MatchedObject(
        facts.required("matchRuleSObjectType"),
        facts.required("matchingRule"),
        {each.required("outputField"): each.required("inputField") for each in fields},
    )


def _filter(facts: Facts, sobject: str) -> Filter:
    table, field = facts.text("table") or sobject, facts.required("field")
    value_field = facts.text("valueField")
    return Filter(
        field if "." in field else f"{table}.{field}",
        facts.required("operation"),
        facts.text("value"),
        value_field if value_field is None or "." in value_field else f"{table}.{value_field}",
    )
