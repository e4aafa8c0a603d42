"""Lookup filters: those of each sObject compiled once, and asked in the save of a record that points at another.

A filter that is optional is a hint for people and is not asked. It is asked about a lookup that is written, and when a
field of the record that it looks at is (inferred). The code and the text are a real org's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.draft import Change, Draft
from mockorg_server.core.dml.filter_item import RecordFilter, Records, StoredRecord, compile_filter
from mockorg_server.core.dml.filter_logic import FilterError
from mockorg_server.core.error import RowError
from mockorg_server.core.surrounding import SaveRecord, environment_of
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.schema import Schema
from mockorg_server.schema.sobject import Field, LookupFilter, SObject
from mockorg_server.schema.value import Value

LOG = logging.getLogger("mockorg.core")

_DEFAULT_TEXT: Final = "Value does not exist or does not match filter criteria."


@dataclass(frozen=True, slots=True)
class CompiledLookup:
    """A lookup with a filter that must hold, and what a record that breaks it is told."""

    field: Field
    target: str
    filter: RecordFilter
    error_message: str


class LookupFilters:
    """The lookup filters of one org's schema. Threads may at worst compile one twice."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        added = schema.additions
        own = {sobject.name for sobject in (*added.sobjects, *added.replacements)}
        self._names = frozenset(own | set(added.fields))
        self._filters: dict[str, tuple[CompiledLookup, ...]] = {}

    def of(self, sobject: SObject) -> tuple[CompiledLookup, ...]:
        """Give the filters of an sObject that must hold, without those that cannot be asked (``problems``)."""
        if sobject.name not in self._names:
            return ()
        found = self._filters.get(sobject.name)
        if found is None:
            latest = self._schema.latest.sobject(sobject.name) or sobject
            found = self._filters[sobject.name] = tuple(self._compiled(latest))
        return found

    def _compiled(self, sobject: SObject) -> Iterator[CompiledLookup]:
        for field, lookup_filter in required_filters(sobject):
            try:
                yield compile_lookup(self._schema, sobject, field, lookup_filter)
            except FilterError as error:
                LOG.warning("the lookup filter of %s.%s is not enforced: %s", sobject.name, field.name, error)


def required_filters(sobject: SObject) -> Iterator[tuple[Field, LookupFilter]]:
    """Give the lookups of an sObject that have a filter which must hold."""
    for field in sobject.fields:
        known = field.lookup_filter
        if known is not None and known.active and not known.is_optional and known.filters:
            yield field, known


def compile_lookup(schema: Schema, sobject: SObject, field: Field, lookup_filter: LookupFilter) -> CompiledLookup:
    """Compile the filter of a lookup. Raises FilterError for what cannot be asked truthfully."""
    if len(field.reference_to) != 1:
        raise FilterError("a filter of a lookup of several objects")
    target = schema.latest.sobject(field.reference_to[0])
    if target is None:
        raise FilterError(f"the object {field.reference_to[0]}")
    compiled = compile_filter(
        schema.latest, sobject, target, lookup_filter.filters, lookup_filter.boolean_filter, is_lookup=True
    )
    return CompiledLookup(field, target.name, compiled, lookup_filter.error_message or _DEFAULT_TEXT)


def problems(schema: Schema, sobject: SObject) -> Iterator[tuple[str, str]]:
    """Give every filter of an sObject that cannot be asked: the field, and why it is not enforced."""
    for field, lookup_filter in required_filters(sobject):
        try:
            compile_lookup(schema, sobject, field, lookup_filter)
        except FilterError as error:
            place = f"{sobject.name}.{field.name}"
            yield place, f"the lookup filter is not enforced: mockorg does not know {error}"


def lookup_errors(context: CallContext, draft: Draft, values: Mapping[str, Value]) -> Iterator[RowError]:
    """Ask the filters of a record's lookups; ``values`` is the whole of it as it will be."""
    written = {field.name for field in draft.given}
    record_id = normalise_id(draft.id) if draft.id else None
    latest = context.org.save_profiles.of(draft.sobject).latest
    for each in context.org.rules.lookups.of(draft.sobject):
        target_id = values.get(each.field.name)
        is_asked = draft.change is Change.INSERT or written & {each.field.name, *each.filter.source_fields}
        if target_id is None or not is_asked:
            continue
        environment = environment_of(context, context.reader, is_new=draft.change is Change.INSERT)
        source = SaveRecord(context, latest, record_id, values, draft.before)
        target = StoredRecord(context, each.target, str(target_id))
        if not each.filter.holds(Records(source, target, environment)):
            yield RowError("FIELD_FILTER_VALIDATION_EXCEPTION", each.error_message, (each.field.name,))
