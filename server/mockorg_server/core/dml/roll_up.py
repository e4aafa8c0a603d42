"""Which saves change roll-up summaries. Their values are never stored: ``store/computed.py`` works them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockorg_server.core.context import CallContext
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


Totals = Mapping[tuple[str, str], tuple[SObject, tuple[Value, ...]]]
"""By the parent's sObject name and Id: the parent, and the values of its roll-ups."""


def totals(context: CallContext, detail: SObject, *states: Mapping[str, Value] | None) -> Totals:
    """Give the roll-ups of every parent that one of the states of a detail points at."""
    found: dict[tuple[str, str], tuple[SObject, tuple[Value, ...]]] = {}
    for summary in context.org.roll_ups.over(detail):
        ids = {str(state[summary.foreign_key]) for state in states if state and state.get(summary.foreign_key)}
        for parent_id, row in context.reader.get(summary.parent, sorted(ids), list(summary.fields)).items():
            key = (summary.parent.name, parent_id)
            found[key] = (summary.parent, (*found.get(key, (None, ()))[1], *row))
    return found
