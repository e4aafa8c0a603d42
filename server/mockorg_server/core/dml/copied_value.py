"""Fields that show a field of another record: copied when the record is saved, and again when the other one changes.

Such a field is read only, and a real org reads it from the other record each time: so a change of that one does not
count as a change of the record that shows it, and stamps nothing.

A path is written ``ContactId.AccountId.Name``: references, and the field that is shown. Of several paths, the first
whose own reference is not null counts; texts of paths that begin with ``+`` are joined by a blank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.platform_rule import platform_rules
from mockorg_server.core.dml.saved_record import SavedRecord, values_of
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.schema import Schema
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

_ALL: Final = 1_000_000_000
_JOINED: Final = "+"

Copies = Mapping[str, tuple[str, ...]]
"""The paths of each copied field."""

Watch = tuple[SObject, tuple[str, ...], frozenset[str]]
"""Records that show fields of an sObject: which, the references that lead from them to it, and the fields."""


def copy_values(record: SavedRecord, copies: Copies) -> None:
    """Set the copied fields of a record, on update those whose reference changes."""
    wanted = {
        name: paths
        for name, paths in copies.items()
        if record.has(name) and (record.is_new or record.changed(*(_split(path)[0] for path in paths)))
    }
    for name, value in _shown(record.context, record.sobject, record.value, wanted).items():
        record.set(name, value)


def copy_on(context: CallContext, sobject: SObject, record_id: str, changed: Iterable[str]) -> None:
    """Copy the changed fields of a record on to the records that show them."""
    names = frozenset(changed)
    for child, references, shown in context.org.copies.of(sobject):
        if shown.isdisjoint(names) or child.name not in context.reader.holding.tables:
            continue
        ids = [record_id]
        for reference, holder in reversed(list(zip(references, _holders(context, child, references), strict=True))):
            ids = [found for each in ids for found in context.reader.find(holder, reference, each, limit=_ALL)]
        for child_id in ids:
            copy_again(context, child, child_id)


def copy_again(context: CallContext, sobject: SObject, record_id: str) -> None:
    """Copy all that a stored record shows of others."""
    profile = context.org.save_profiles.of(sobject)
    row = context.reader.get(sobject, [record_id], profile.stored)[record_id]
    stored = dict(zip(profile.stored, row, strict=True))
    copies = {name: paths for name, paths in profile.rule.copies.items() if name in profile.names}
    shown = _shown(context, sobject, stored.get, copies)
    changes = {name: value for name, value in shown.items() if stored[name] != value}
    if changes:
        context.writer.update(sobject, record_id, changes)


def _holders(context: CallContext, child: SObject, references: Iterable[str]) -> list[SObject]:
    """Give the sObject that holds each of a row of references."""
    holders: list[SObject] = []
    holder: SObject | None = child
    for reference in references:
        if holder is None:
            break
        holders.append(holder)
        holder = _target(context.org.schema, holder, reference)
    return holders


def _target(schema: Schema, holder: SObject, reference: str) -> SObject | None:
    field = holder.field(reference)
    return schema.latest.sobject(field.reference_to[0]) if field is not None and field.reference_to else None


def _split(path: str) -> tuple[str, ...]:
    return tuple(path.removeprefix(_JOINED).split("."))


def _shown(context: CallContext, sobject: SObject, read: Callable[[str], Value], copies: Copies) -> dict[str, Value]:
    """Give the values of copied fields; each record on the way is read once."""
    steps = [_split(path) for paths in copies.values() for path in paths]
    rows: dict[tuple[str, ...], Mapping[str, Value]] = {}

    def row(references: tuple[str, ...]) -> Mapping[str, Value]:
        if references not in rows:
            *before, last = references
            key = row(tuple(before)).get(last) if before else read(last)
            depth = len(references)
            names = {each[depth] for each in steps if each[:depth] == references}
            rows[references] = values_of(context, key, sorted(names)) or {}
        return rows[references]

    def at(path: str) -> Value:
        *references, name = _split(path)
        return row(tuple(references)).get(name)

    return {name: _held(sobject, name, _of_paths(paths, read, at)) for name, paths in copies.items()}


def _of_paths(paths: tuple[str, ...], read: Callable[[str], Value], at: Callable[[str], Value]) -> Value:
    if paths[0].startswith(_JOINED):
        return " ".join(str(part) for path in paths if (part := at(path)) is not None) or None
    leading = next((path for path in paths if read(_split(path)[0]) is not None), None)
    return None if leading is None else at(leading)


def _held(sobject: SObject, name: str, value: Value) -> Value:
    """Make a value one that the field can hold."""
    field = sobject.field(name)
    if field is not None and field.type is FieldType.BOOLEAN:
        return bool(value)
    return value[: field.length] if field is not None and field.length and isinstance(value, str) else value


class CopyIndex:
    """Which records show fields of an sObject, for one schema."""

    def __init__(self, schema: Schema) -> None:
        found: dict[str, dict[tuple[str, tuple[str, ...]], set[str]]] = {}
        children: dict[str, SObject] = {}
        for name, rule in platform_rules().items():
            child = schema.latest.sobject(name) if rule.copies else None
            if child is None:
                continue
            children[name] = child
            for path in (path for paths in rule.copies.values() for path in paths):
                holder: SObject | None = child
                steps = _split(path)
                for depth, step in enumerate(steps[:-1], start=1):
                    holder = _target(schema, holder, step) if holder is not None else None
                    if holder is not None:
                        watches = found.setdefault(holder.name, {})
                        watches.setdefault((name, steps[:depth]), set()).add(steps[depth])
        self._watches: Mapping[str, tuple[Watch, ...]] = {
            sobject: tuple((children[key[0]], key[1], frozenset(names)) for key, names in watches.items())
            for sobject, watches in found.items()
        }

    def of(self, sobject: SObject) -> tuple[Watch, ...]:
        """Give the watches over an sObject."""
        return self._watches.get(sobject.name, ())
