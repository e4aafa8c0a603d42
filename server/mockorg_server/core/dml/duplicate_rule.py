"""Duplicate rules: those of each sObject compiled once, and asked about a record in its save.

They are asked after validation rules and before the write (Apex guide, triggers and order of execution), in their
order; the first that finds a duplicate is the last that is asked (Salesforce Help, duplicate rules). An update is asked
about only when it changes a field that is compared, and records of one call are not compared with one another (Things
to Know About Duplicate Rules). A merge and an undelete are not asked about.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.draft import Change, Draft
from mockorg_server.core.dml.duplicate_report import report
from mockorg_server.core.dml.filter_item import RecordFilter, Records, compile_filter
from mockorg_server.core.dml.filter_logic import FilterError
from mockorg_server.core.dml.likeness import plain
from mockorg_server.core.dml.matching import CompiledRule, Values, compile_rule, quoted, select
from mockorg_server.core.duplicate_result import (
    DuplicateResult,
    DuplicateRuleHeader,
    FieldDiff,
    MatchRecord,
    MatchResult,
)
from mockorg_server.core.duplicate_row import duplicate_rule_id
from mockorg_server.core.error import RowError
from mockorg_server.core.surrounding import SaveRecord, environment_of
from mockorg_server.formula.environment import Environment
from mockorg_server.formula.error import FormulaError
from mockorg_server.formula.path import find_leaf
from mockorg_server.formula.syntax import Name
from mockorg_server.formula.term import Leaf
from mockorg_server.schema.duplicate import DuplicateAction, DuplicateRule, MatchedObject
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.schema import Schema, SchemaView
from mockorg_server.schema.sobject import Filter, SObject
from mockorg_server.schema.value import Value

LOG = logging.getLogger("mockorg.core")

_DEFAULT_TEXT: Final = "Use one of these records?"
_MAX_MATCHES: Final = 100
_DETAILS: Final = ("OwnerId", "LastModifiedDate")
"""Fields that a real org tells of a match beside its name and the compared ones (recorded)."""

_GLOBAL_TABLES: Final = frozenset({"User", "Profile", "UserRole", "Organization"})
"""Objects whose fields in a filter are those of the caller's own record."""


@dataclass(frozen=True, slots=True)
class CompiledMatch:
    """A matching rule as a duplicate rule asks it: each compared field, and where its value is in the saved record."""

    rule: CompiledRule
    leaves: Mapping[str, Leaf]


@dataclass(frozen=True, slots=True)
class CompiledDuplicateRule:
    """An active duplicate rule; ``own_fields`` are the fields of the saved record that it compares."""

    rule: DuplicateRule
    matches: tuple[CompiledMatch, ...]
    filter: RecordFilter | None
    own_fields: frozenset[str]


class DuplicateRules:
    """The duplicate rules of one org's schema. Threads may at worst compile a rule twice."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._rules: dict[str, tuple[CompiledDuplicateRule, ...]] = {}
        self._names = frozenset(rule.sobject for rule in schema.additions.duplicate_rules if rule.active)

    def of(self, sobject: SObject) -> tuple[CompiledDuplicateRule, ...]:
        """Give the active rules of an sObject in their order, without those that cannot be asked (``problems``)."""
        if sobject.name not in self._names:
            return ()
        rules = self._rules.get(sobject.name)
        if rules is None:
            rules = self._rules[sobject.name] = tuple(self._compiled(sobject.name))
        return rules

    def _compiled(self, name: str) -> Iterator[CompiledDuplicateRule]:
        for rule in ordered(self._schema, name):
            try:
                yield compile_duplicate_rule(self._schema, rule)
            except FilterError as error:
                LOG.warning("the duplicate rule %s.%s is not active: %s", name, rule.name, error)


def ordered(schema: Schema, name: str) -> list[DuplicateRule]:
    """Give the active duplicate rules of an sObject in the order in which they are asked."""
    rules = [rule for rule in schema.additions.duplicate_rules if rule.active and rule.sobject == name]
    return sorted(rules, key=lambda rule: rule.sort_order)


def problems(schema: Schema) -> Iterator[tuple[str, str]]:
    """Give every active duplicate rule that cannot be asked: its name, and why it is not active."""
    for rule in schema.additions.duplicate_rules:
        if not rule.active:
            continue
        try:
            compile_duplicate_rule(schema, rule)
        except FilterError as error:
            yield f"{rule.sobject}.{rule.name}", f"the duplicate rule is not active: mockorg does not know {error}"


def compile_duplicate_rule(schema: Schema, rule: DuplicateRule) -> CompiledDuplicateRule:
    """Compile a duplicate rule with its matching rules. Raises FilterError for what cannot be asked truthfully."""
    view = schema.latest
    sobject = view.sobject(rule.sobject)
    if sobject is None:
        raise FilterError(f"the object {rule.sobject}")
    matches = tuple(_match(schema, sobject, each) for each in rule.matches)
    if not matches:
        raise FilterError("a duplicate rule without matching rules")
    leaves = [leaf for match in matches for leaf in match.leaves.values()]
    own = {(leaf.path[0].reference if leaf.path else leaf.field).name for leaf in leaves}
    return CompiledDuplicateRule(rule, matches, _filter(view, sobject, rule), frozenset(own))


def _match(schema: Schema, sobject: SObject, matched: MatchedObject) -> CompiledMatch:
    key = (matched.sobject, matched.matching_rule)
    rule = next((each for each in schema.additions.matching_rules if (each.sobject, each.name) == key), None)
    if rule is None:
        raise FilterError(f"the matching rule {matched.sobject}.{matched.matching_rule}")
    if not rule.active:
        raise FilterError(f"the matching rule {matched.sobject}.{matched.matching_rule}, which is not active")
    compiled = compile_rule(schema.latest, rule)
    leaves = {}
    for field in compiled.fields:
        name = matched.fields.get(field, field)
        try:
            leaves[field] = find_leaf(schema.latest, sobject, Name(tuple(name.split(".")), 1))
        except FormulaError as error:
            raise FilterError(f"the field {sobject.name}.{name} ({error.message})") from None
    return CompiledMatch(compiled, leaves)


def _filter(view: SchemaView, sobject: SObject, rule: DuplicateRule) -> RecordFilter | None:
    if not rule.filters:
        return None
    filters = [_with_global(item, sobject) for item in rule.filters]
    return compile_filter(view, sobject, sobject, filters, rule.boolean_filter)


def _with_global(item: Filter, sobject: SObject) -> Filter:
    table, _, field = item.field.partition(".")
    if table == sobject.name or table not in _GLOBAL_TABLES:
        return item
    return Filter(f"${table}.{field}", item.operation, item.value, item.value_field)


def duplicate_errors(context: CallContext, draft: Draft, values: Mapping[str, Value]) -> Iterator[RowError]:
    """Ask the duplicate rules about a record; ``values`` is the whole of it as it will be."""
    header = context.duplicate_rule
    if header is None:
        return
    changed = frozenset(field.name for field in draft.given)
    for rule in context.org.rules.duplicates.of(draft.sobject):
        if draft.change is Change.UPDATE and not rule.own_fields & changed:
            continue
        action = rule.rule.on_insert if draft.change is Change.INSERT else rule.rule.on_update
        found = find_duplicates(context, rule, draft.sobject, normalise_id(draft.id or ""), values)
        if found is None:
            continue
        if _refuses(action, header):
            yield RowError("DUPLICATES_DETECTED", found.error_message or _DEFAULT_TEXT, duplicate=found)
        elif action.reports:
            draft.along.append(partial(_report, duplicate_rule_id(rule.rule), found))
        return


def _report(rule_id: str, found: DuplicateResult, context: CallContext, record_id: str) -> Iterable[RowError]:
    return report(context, rule_id, found, record_id)


def _refuses(action: DuplicateAction, header: DuplicateRuleHeader) -> bool:
    return action.blocks or (action.alerts and not header.allow_save)


def find_duplicates(
    context: CallContext, rule: CompiledDuplicateRule, sobject: SObject, own_id: str | None, values: Mapping[str, Value]
) -> DuplicateResult | None:
    """Ask one rule about a record, None when it finds nothing or is not for this record."""
    results = _results(context, rule, sobject, own_id, values) or ()
    found = tuple(result for result in results if result.match_records)
    if not found:
        return None
    told = rule.rule
    allow = not (told.on_insert if own_id is None else told.on_update).blocks
    return DuplicateResult(allow, told.name, told.sobject, told.alert_text or _DEFAULT_TEXT, found)


def every_result(
    context: CallContext, sobject: SObject, own_id: str | None, values: Mapping[str, Value]
) -> Iterator[DuplicateResult]:
    """Ask every rule about a record that is not saved; a rule that finds nothing says so (form recorded)."""
    for rule in context.org.rules.duplicates.of(sobject):
        results = _results(context, rule, sobject, own_id, values)
        if results is not None:
            yield DuplicateResult(False, rule.rule.name, rule.rule.sobject, None, tuple(results))


def _results(
    context: CallContext, rule: CompiledDuplicateRule, sobject: SObject, own_id: str | None, values: Mapping[str, Value]
) -> list[MatchResult] | None:
    """Ask the matching rules of a rule, None when it is not for this record."""
    latest = context.org.save_profiles.of(sobject).latest
    environment = environment_of(context, context.reader, is_new=own_id is None)
    record = SaveRecord(context, latest, own_id, values, None)
    if rule.filter is not None and not rule.filter.holds(Records(record, record, environment)):
        return None
    return [_asked(context, match, record, environment, own_id) for match in rule.matches]


def _asked(
    context: CallContext, match: CompiledMatch, record: SaveRecord, environment: Environment, own_id: str | None
) -> MatchResult:
    values: Values = {
        name: environment.values[leaf] if leaf.root else record.value(leaf, environment)
        for name, leaf in match.leaves.items()
    }
    rule = match.rule
    # Records of one call are saved at once in a real org, so they are not compared with one another.
    found = rule.matches(context, values, own_id or "", *context.inserted)[:_MAX_MATCHES]
    return MatchResult(rule.rule.sobject, rule.rule.engine, rule.rule.name, _records(context, rule, values, found))


def _records(
    context: CallContext, rule: CompiledRule, values: Values, found: list[tuple[str, Values]]
) -> tuple[MatchRecord, ...]:
    """Give the matches as records: their Ids, or also their names and the compared fields."""
    if not found:
        return ()
    with_details = context.duplicate_rule is not None and context.duplicate_rule.include_record_details
    fields = ["Id"]
    if with_details:
        name = [rule.sobject.name_field.name] if rule.sobject.name_field else []
        fields += [*name, *(each for each in rule.fields if "." not in each)]
        fields += [each for each in _DETAILS if rule.sobject.field(each)]
    ids = ", ".join(quoted(record_id) for record_id, _ in found)
    columns = ", ".join(dict.fromkeys(fields))
    shape, rows = select(context, f"SELECT {columns} FROM {rule.sobject.name} WHERE Id IN ({ids}) ORDER BY Id")
    diffs = {record_id: _diffs(rule, values, had) for record_id, had in found} if with_details else {}
    return tuple(
        MatchRecord(shape, row, diffs.get(record_id, ())) for row, (record_id, _) in zip(rows, found, strict=True)
    )


def _diffs(rule: CompiledRule, values: Values, had: Values) -> tuple[FieldDiff, ...]:
    return tuple(FieldDiff(name, _difference(values.get(name), had.get(name))) for name in dict.fromkeys(rule.fields))


def _difference(one: Value, other: Value) -> str:
    if one is None and other is None:
        return "NULL"
    return "SAME" if plain(str(one)) == plain(str(other)) else "DIFFERENT"
