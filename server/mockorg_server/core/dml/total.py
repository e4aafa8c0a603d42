"""Fields of a parent that sum its children up: the entries ``totals`` of the rules, asked in SOQL.

An entry stands with the child. ``by`` is its reference to the parent, ``set`` names the parent's fields that take the
values of the first row of ``query`` in their order; of several queries, the greatest values. A parent whose totals have
changed is saved, with its hooks and rules; with ``quiet`` it is only stamped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.copied_value import copy_again
from mockorg_server.core.dml.draft import Change, Draft
from mockorg_server.core.dml.given import NOTHING_GIVEN
from mockorg_server.core.error import RowError
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value
from mockorg_server.soql.moment import Moment

Place = tuple[str, str, str]
"""The child's sObject name, its reference to the parent, and the parent's id."""

_WHOLE: Final = frozenset({FieldType.INT, FieldType.LONG})
_FRACTIONS: Final = frozenset({FieldType.CURRENCY, FieldType.DOUBLE, FieldType.PERCENT})


def places_of(context: CallContext, child: SObject, *states: Mapping[str, Value] | None) -> dict[Place, None]:
    """Give the parents that the states of a child point at, whose totals may have changed."""
    totals = context.org.save_profiles.of(child).rule.totals
    found: dict[Place, None] = {}
    for entry in totals:
        for state in states:
            if state and state.get(entry["by"]) is not None:
                found[child.name, entry["by"], str(state[entry["by"]])] = None
    return found


def stored_places(context: CallContext, children: Iterable[tuple[SObject, str]]) -> dict[Place, None]:
    """Give the parents of stored records whose totals depend on them."""
    found: dict[Place, None] = {}
    for child, child_id in children:
        names = [entry["by"] for entry in context.org.save_profiles.of(child).rule.totals]
        if names:
            row = context.reader.get(child, [child_id], names, include_deleted=True).get(child_id, ())
            found |= places_of(context, child, dict(zip(names, row, strict=False)))
    return found


def settle(context: CallContext, places: Iterable[Place]) -> Mapping[Place, tuple[RowError, ...]]:
    """Bring the totals of parents up to date, and give the errors of those that cannot be saved.

    Parents that are deleted are left alone.
    """
    latest = context.org.schema.latest
    refused: dict[Place, tuple[RowError, ...]] = {}
    for place in places:
        name, reference, parent_id = place
        child = latest.sobject(name)
        entries = context.org.save_profiles.of(child).rule.totals if child is not None else ()
        for entry in (each for each in entries if each["by"] == reference):
            for parent in latest.sobjects_by_prefix(parent_id[:3]):
                errors = _settle(context, parent, parent_id, entry)
                if errors:
                    refused[place] = errors
    return refused


def catch_up(context: CallContext, records: Iterable[tuple[SObject, str]]) -> None:
    """Bring up to date what depends on stored records that were written past the rules: their copies and totals."""
    written = list(records)
    for sobject, record_id in written:
        if context.org.save_profiles.of(sobject).rule.copies:
            copy_again(context, sobject, record_id)
    settle(context, stored_places(context, written))


def _settle(context: CallContext, parent: SObject, parent_id: str, entry: Mapping[str, Any]) -> tuple[RowError, ...]:
    fields = [field for name in entry["set"] if (field := parent.field(name)) is not None]
    if len(fields) != len(entry["set"]):
        return ()
    stored = context.reader.get(parent, [parent_id], [field.name for field in fields]).get(parent_id)
    if stored is None:
        return ()
    row = _row(context, entry["query"], parent_id, len(fields))
    changes = {
        field.name: value
        for field, value, old in zip(fields, _values(fields, row), stored, strict=True)
        if value != old
    }
    if not changes:
        return ()
    if entry.get("quiet"):
        context.writer.update(parent, parent_id, {**changes, "SystemModstamp": context.stamp})
        return ()
    from mockorg_server.core.dml.save import update  # noqa: PLC0415  # a save brings about a save

    return update(context, Draft(parent, Change.UPDATE, changes, NOTHING_GIVEN, id=parent_id)).errors


def _row(context: CallContext, query: str | list[str], parent_id: str, width: int) -> tuple[Value, ...]:
    rows = [_first(context, text, parent_id) for text in ([query] if isinstance(query, str) else query)]
    columns = ([row[place] for row in rows if row and row[place] is not None] for place in range(width))
    return tuple(max(column, default=None) for column in columns)


def _first(context: CallContext, query: str, parent_id: str) -> tuple[Any, ...]:
    """Give the first row of a query, () where there is none; that of a record begins with its Id, which is cut off."""
    latest = context.org.schema.latest
    bound = context.org.queries.compile(query.replace(":id", f"'{parent_id}'"), latest.version)
    rows = context.reader.query(bound.plan, bound.parameters(Moment(context.now)))  # no query asks for a date
    return tuple(rows[0][0 if bound.plan.aggregate else 1 :]) if rows else ()


def _values(fields: Iterable[Field], row: tuple[Value, ...]) -> Iterator[Value]:
    for field, value in zip(fields, row, strict=True):
        if field.type is FieldType.BOOLEAN:
            yield bool(value)
        elif field.type in _WHOLE:
            yield int(value or 0)
        elif field.type in _FRACTIONS:
            yield float(value or 0)
        else:
            yield value
