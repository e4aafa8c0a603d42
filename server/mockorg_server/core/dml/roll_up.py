"""Which saves change roll-up summaries. Their values are never stored: ``store/computed.py`` works them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.deed import Deed
from mockorg_server.schema.schema import Schema
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value


@dataclass(frozen=True, slots=True)
class Summary:
    """The roll-ups of a parent over one kind of details: their fields, and the details' reference to it."""

    parent: SObject
    foreign_key: str
    fields: tuple[str, ...]


class RollUps:
    """The roll-up summaries of one schema, by the detail's name."""

    def __init__(self, schema: Schema) -> None:
        found: dict[tuple[str, str, str], list[str]] = {}
        added = schema.additions
        names = {sobject.name for sobject in (*added.sobjects, *added.replacements)} | set(added.fields)
        self._parents = {name: sobject for name in names if (sobject := schema.latest.sobject(name)) is not None}
        for name in sorted(self._parents):
            for field in self._parents[name].fields:
                if field.roll_up is not None:
                    key = (field.roll_up.sobject, name, field.roll_up.foreign_key)
                    found.setdefault(key, []).append(field.name)
        self._summaries: dict[str, tuple[Summary, ...]] = {}
        for (detail, parent, foreign_key), fields in found.items():
            summary = Summary(self._parents[parent], foreign_key, tuple(fields))
            self._summaries[detail] = (*self._summaries.get(detail, ()), summary)

    def over(self, detail: SObject) -> tuple[Summary, ...]:
        """Give the summaries over an sObject."""
        return self._summaries.get(detail.name, ())


Place = tuple[str, str]
"""A parent: its sObject's name and its Id."""

Totals = Mapping[Place, tuple[SObject, Mapping[str, Value]]]
"""The parents, and their roll-ups by the field's name."""


def parents_of(context: CallContext, deed: Deed) -> Iterator[Place]:
    """Give the parents with roll-ups that a detail points at, before or after."""
    for summary in context.org.roll_ups.over(deed.sobject):
        for state in (deed.before, deed.after):
            if state and state.get(summary.foreign_key):
                yield summary.parent.name, str(state[summary.foreign_key])


def totals(context: CallContext, *deeds: Deed) -> Totals:
    """Give the roll-ups of every parent that one of the details points at, before or after; all of one sObject."""
    found: dict[Place, tuple[SObject, dict[str, Value]]] = {}
    if not deeds:
        return found
    pointed_at = {place for deed in deeds for place in parents_of(context, deed)}
    for summary in context.org.roll_ups.over(deeds[0].sobject):
        ids = sorted(record_id for name, record_id in pointed_at if name == summary.parent.name)
        for parent_id, row in context.reader.get(summary.parent, ids, list(summary.fields)).items():
            _, values = found.setdefault((summary.parent.name, parent_id), (summary.parent, {}))
            values.update(zip(summary.fields, row, strict=True))
    return found
