"""Validation rules: those of each sObject compiled once, and asked about a record in its save."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml import duplicate_rule, lookup_filter
from mockorg_server.core.dml.default_formula import DefaultFormulas, compile_default
from mockorg_server.core.dml.duplicate_rule import DuplicateRules
from mockorg_server.core.dml.lookup_filter import LookupFilters
from mockorg_server.core.error import RowError
from mockorg_server.core.surrounding import SaveRecord, environment_of
from mockorg_server.formula.formula import EvaluationError, Formula, FormulaError, Formulas, Use, compile_formula
from mockorg_server.formula.kind import Kind
from mockorg_server.schema.schema import Schema
from mockorg_server.schema.sobject import SObject, ValidationRule
from mockorg_server.schema.value import Value

LOG = logging.getLogger("mockorg.core")


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """An active validation rule and its condition."""

    rule: ValidationRule
    formula: Formula


class RuleBook:
    """The rules, filters and formula fields of one org's schema. Threads may at worst compile a rule twice."""

    def __init__(self, schema: Schema) -> None:
        self.formulas = Formulas(schema.latest)
        self.defaults = DefaultFormulas(schema)
        self.duplicates = DuplicateRules(schema)
        self.lookups = LookupFilters(schema)
        self._schema = schema
        self._rules: dict[str, tuple[CompiledRule, ...]] = {}

    def of(self, sobject: SObject) -> tuple[CompiledRule, ...]:
        """Give the active rules of an sObject in their order, without those that cannot be read (``problems``)."""
        rules = self._rules.get(sobject.name)
        if rules is None:
            latest = self._schema.latest.sobject(sobject.name) or sobject
            rules = self._rules[sobject.name] = tuple(self._compiled(latest))
        return rules

    def _compiled(self, sobject: SObject) -> Iterator[CompiledRule]:
        for rule in sobject.validation_rules:
            if not rule.active:
                continue
            try:
                yield CompiledRule(rule, compile_rule(self._schema, sobject, rule))
            except FormulaError as error:
                LOG.warning("the validation rule %s.%s is not enforced: %s", sobject.name, rule.name, error)


def compile_rule(schema: Schema, sobject: SObject, rule: ValidationRule) -> Formula:
    """Read the condition of a rule. Raises FormulaError."""
    return compile_formula(rule.formula, schema.latest, sobject, Use.RULE, Kind.BOOLEAN)


def problems(schema: Schema) -> Iterator[tuple[str, str]]:
    """Give every formula and rule of an org's own schema that cannot be followed: where it stands, and what is wrong.

    A field of such a formula is refused when it is read; such a rule is not enforced.
    """
    formulas = Formulas(schema.latest)
    added = schema.additions
    names = {sobject.name for sobject in (*added.sobjects, *added.replacements)}
    for name in sorted({*names, *added.fields, *added.validation_rules}):
        sobject = schema.latest.sobject(name)
        if sobject is None:
            continue
        for field in sobject.fields:
            if field.calculated_formula:
                try:
                    formulas.of(sobject, field)
                except FormulaError as error:
                    yield f"{name}.{field.name}", f"the formula is not understood: {error}"
            if field.default_value_formula:
                try:
                    compile_default(schema, sobject, field)
                except FormulaError as error:
                    yield f"{name}.{field.name}", f"the default value is not filled in: {error}"
        yield from lookup_filter.problems(schema, sobject)
        for rule in sobject.validation_rules:
            try:
                compile_rule(schema, sobject, rule)
            except FormulaError as error:
                yield f"{name}.{rule.name}", f"the validation rule is not enforced: {error}"
    yield from duplicate_rule.problems(schema)


def rule_errors(
    context: CallContext,
    sobject: SObject,
    record_id: str | None,
    values: Mapping[str, Value],
    before: Mapping[str, Value] | None,
) -> tuple[RowError, ...]:
    """Ask every active rule about a record; give an error for each that fails, in the order of the rules.

    ``values`` is the whole record as it will be, ``before`` as it was, None for a new one. A rule that has no value
    for the record (a division by zero) refuses it: the platform's text for that is not known, the code is inferred.
    """
    rules = context.org.rules.of(sobject)
    if not rules:
        return ()
    environment = environment_of(context, context.reader, is_new=before is None)
    record = SaveRecord(context, sobject, record_id, values, before)
    errors = []
    for each in rules:
        try:
            row = [record.value(leaf, environment) for leaf in each.formula.leaves]
            failed = each.formula.evaluate(row, environment)
        except EvaluationError as error:
            message = f'The validation formula "{each.rule.name}" cannot be evaluated: {error}'
            errors.append(RowError("FIELD_CUSTOM_VALIDATION_EXCEPTION", message))
            continue
        if failed:
            field = each.rule.error_display_field
            errors.append(
                RowError("FIELD_CUSTOM_VALIDATION_EXCEPTION", each.rule.error_message, (field,) if field else ())
            )
    return tuple(errors)
