"""One record in its save, as the rules that work values out see it: what it was, will be, and was asked to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.default import NOTHING
from mockorg_server.core.dml.draft import Change, Draft
from mockorg_server.core.dml.value_rule import round_half_up
from mockorg_server.core.error import RowError
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

Along = Callable[[CallContext, str], Iterable[RowError]]
"""Something that is done with a record's write, in the same savepoint, given its Id."""


@dataclass(frozen=True, slots=True)
class SavedRecord:
    """A draft whose values are checked; ``before`` is the stored record, empty for a new one."""

    context: CallContext
    draft: Draft
    sobject: SObject
    before: Mapping[str, Value]
    given: frozenset[str]

    @property
    def is_new(self) -> bool:
        """True on insert."""
        return self.draft.change is Change.INSERT

    def value(self, name: str) -> Value:
        """Give a field as it will be."""
        values = self.draft.values
        return values[name] if name in values else self.before.get(name)

    def text(self, name: str) -> str | None:
        """Give a field as text, None where it is null."""
        value = self.value(name)
        return None if value is None else str(value)

    def number(self, name: str) -> float | None:
        """Give a number field, None where it is null."""
        value = self.value(name)
        return value if isinstance(value, (int, float)) else None

    def changed(self, *names: str) -> bool:
        """Say whether one of the fields gets another value."""
        values = self.draft.values
        return any(name in values and values[name] != self.before.get(name) for name in names)

    def has(self, name: str) -> bool:
        """Say whether the sObject has such a field."""
        return name in self.context.org.save_profiles.of(self.sobject).names

    def set(self, name: str, value: Value) -> None:
        """Give a field a value, rounded to the field's scale; nothing happens where there is no such field."""
        field = self.sobject.field(name)
        if field is None:
            return
        if isinstance(value, float) and field.precision:
            value = round_half_up(value, field.scale)
        if self.is_new or self.value(name) != value:
            self.draft.values[name] = value

    def parent(self, reference: str, names: Sequence[str]) -> dict[str, Value] | None:
        """Give fields of the record that a reference leads to, those that it has; None where there is none."""
        return values_of(self.context, self.value(reference), names)

    def along(self, action: Along) -> None:
        """Have something done with the write."""
        self.draft.along.append(action)


def saved_record(context: CallContext, draft: Draft) -> SavedRecord:
    """Look at a draft as a record in its save."""
    sobject = context.org.save_profiles.of(draft.sobject).latest
    given = frozenset([field.name for field in draft.given] + [field.name for field, _ in draft.references])
    return SavedRecord(context, draft, sobject, draft.before or NOTHING, given)


def values_of(context: CallContext, record_id: Value, names: Sequence[str]) -> dict[str, Value] | None:
    """Give fields of a living record of any sObject, those that it has; None where there is no such record."""
    if record_id is None:
        return None
    for sobject in context.org.schema.latest.sobjects_by_prefix(str(record_id)[:3]):
        known = [name for name in names if sobject.field(name) is not None]
        row = context.reader.get(sobject, [str(record_id)], known or ["Id"]).get(str(record_id))
        if row is not None:
            return dict(zip(known, row, strict=False))
    return None
