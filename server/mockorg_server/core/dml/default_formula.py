"""Defaults that are formulas: worked out when a record is inserted, for fields that the caller has left out.

A null that the caller asked for stays (SOAP API guide, create()). One that has no value stays null too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.surrounding import SaveRecord, environment_of
from mockorg_server.formula.environment import Environment
from mockorg_server.formula.formula import Formula, FormulaError, Use, compile_formula
from mockorg_server.formula.kind import KINDS, Kind
from mockorg_server.schema.schema import Schema
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value

_OF_TEXT: Final = frozenset({Kind.PICKLIST, Kind.MULTI})  # a default of these is told as a text


def compile_default(schema: Schema, sobject: SObject, field: Field) -> Formula:
    """Read the formula of a default. Raises FormulaError."""
    kind = KINDS[field.type]
    gives = Kind.TEXT if kind in _OF_TEXT else kind
    text = field.default_value_formula or ""
    try:
        return compile_formula(text, schema.latest, sobject, Use.FIELD, gives)
    except FormulaError:
        if kind is not Kind.DATE:
            raise
    return _as_day(compile_formula(text, schema.latest, sobject, Use.FIELD, Kind.DATETIME))


def _as_day(formula: Formula) -> Formula:
    """Make the day of an instant of it: ``NOW()`` is a default of dates too (public packages have it)."""

    def run(row: Sequence[Value], environment: Environment) -> object:
        instant = formula.run(row, environment)
        return None if instant is None else instant.astimezone(environment.zone).date()

    return replace(formula, kind=Kind.DATE, run=run)


class DefaultFormulas:
    """The default formulas of one org's schema. Threads may at worst compile one twice."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._known: dict[str, tuple[tuple[Field, Formula], ...]] = {}

    def of(self, sobject: SObject) -> tuple[tuple[Field, Formula], ...]:
        """Give the fields that have such a default, without those that cannot be read: these are told at start."""
        found = self._known.get(sobject.name)
        if found is None:
            found = self._known[sobject.name] = tuple(self._compiled(sobject))
        return found

    def _compiled(self, sobject: SObject) -> Iterator[tuple[Field, Formula]]:
        for field in sobject.fields:
            if field.default_value_formula:
                try:
                    yield field, compile_default(self._schema, sobject, field)
                except FormulaError:
                    continue


def fill_default_formulas(context: CallContext, sobject: SObject, values: dict[str, Value]) -> None:
    """Give every field that is left out the value of its default formula, in place."""
    formulas = context.org.rules.defaults.of(sobject)
    wanted = [each for each in formulas if each[0].name not in values] if formulas else ()
    if not wanted:
        return
    environment = environment_of(context, context.reader, is_new=True)
    record = SaveRecord(context, sobject, None, values, None)
    made: dict[str, Value] = {}
    for field, formula in wanted:
        row = [record.value(leaf, environment) for leaf in formula.leaves]
        made[field.name] = formula.field_value(field, row, environment)
    values.update(made)
