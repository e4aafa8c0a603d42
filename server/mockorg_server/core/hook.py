"""Save hooks of the user, standing in for triggers and record-triggered flows: the registry, and what a hook is given.

See ``docs/hooks.md``. When hooks run is told in ``core/dml/chunk.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from threading import local
from typing import TYPE_CHECKING, Any, Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.error import RowError
from mockorg_server.schema.compound import MEMBERS
from mockorg_server.schema.schema import Schema
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value

if TYPE_CHECKING:
    from mockorg_server.core.hook_org import HookOrg

EVENTS: Final = (
    "before insert",
    "before update",
    "before delete",
    "after insert",
    "after update",
    "after delete",
    "after undelete",
)
MAX_DEPTH: Final = 16  # Apex guide, execution limits: total stack depth of recursive triggers

Hook = Callable[["HookEvent"], object]


class HookRecord(MutableMapping[str, Value]):
    """A record as a hook sees it: field values by name, in any case of the name; a field without a value is None.

    Values are neutral ones (``schema/value.py``): dates are texts, numbers floats. Formulas and roll-ups are worked out
    when they are read. Only the new records of a "before" event can be written. Raises KeyError for a name that is no
    field, TypeError for a record that cannot be written or a compound field.
    """

    def __init__(
        self,
        sobject: SObject,
        values: Mapping[str, Value],
        compute: Callable[[Mapping[str, Value], Field], Value],
        *,
        writable: bool,
    ) -> None:
        self.sobject = sobject.name
        self.errors: list[RowError] = []
        self.changes: dict[str, Value] = {}
        self._type = sobject
        self._values = dict(values)
        self._compute = compute
        self._writable = writable

    @property
    def id(self) -> str | None:
        """The record's Id, None before its insert."""
        value = self._values.get("Id")
        return None if value is None else str(value)

    def add_error(self, message: str, field: str | None = None) -> None:
        """Refuse the record, because of a field or as a whole."""
        self.errors.append(
            RowError("FIELD_CUSTOM_VALIDATION_EXCEPTION", str(message), (self._name(field),) if field else ())
        )

    def _name(self, name: str) -> str:
        known = self._type.field(name)
        if known is None:
            raise KeyError(f"{self.sobject} has no field {name!r}")
        return known.name

    def __getitem__(self, name: str) -> Value:
        known = self._type.field(self._name(name))
        if known is None or known.name in self._values:
            return self._values.get(self._name(name))
        if known.type in MEMBERS:
            raise TypeError(f"{self.sobject}.{known.name} is a compound field: read its parts")
        return self._compute(self._values, known) if known.computed else None

    def __setitem__(self, name: str, value: Value) -> None:
        if not self._writable:
            raise TypeError("Record is read-only")
        known = self._type.field(self._name(name))
        if known is None or known.name == "Id" or known.computed or known.auto_number:
            raise TypeError(f"Field is not writeable: {self.sobject}.{name}")
        self._values[known.name] = self.changes[known.name] = value

    def __delitem__(self, name: str) -> None:
        self[name] = None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._type.field(name) is not None

    def __repr__(self) -> str:
        return f"{self.sobject}({self._values})"


@dataclass(frozen=True, slots=True)
class HookEvent:
    """What a hook is given: the save of up to 200 records of one sObject.

    ``new`` are the records as they will be (empty on delete), ``old`` as they were (empty on insert and undelete), in
    the same order. ``operation`` is ``insert``, ``update``, ``delete`` or ``undelete``; ``org`` reads and writes inside
    the same transaction.
    """

    timing: str
    operation: str
    sobject: str
    new: Sequence[HookRecord]
    old: Sequence[HookRecord]
    user_id: str
    org: HookOrg = field(repr=False)

    @property
    def is_before(self) -> bool:
        """True before the record is written."""
        return self.timing == "before"

    @property
    def is_after(self) -> bool:
        """True when the record has been written, and has its Id."""
        return self.timing == "after"

    @property
    def records(self) -> Sequence[HookRecord]:
        """The records that the event is about: the new ones, or on delete the old ones."""
        return self.new or self.old

    @property
    def record(self) -> HookRecord:
        """The one record that the event is about. Raises ValueError when it is about several."""
        return self._only(self.records)

    @property
    def old_record(self) -> HookRecord | None:
        """That record as it was, None on insert and undelete. Raises ValueError when the event is about several."""
        return self._only(self.old) if self.old else None

    @property
    def new_map(self) -> Mapping[str, HookRecord]:
        """The new records by Id; none before an insert."""
        return {record.id: record for record in self.new if record.id}

    @property
    def old_map(self) -> Mapping[str, HookRecord]:
        """The old records by Id."""
        return {record.id: record for record in self.old if record.id}

    def add_error(self, message: str, field: str | None = None) -> None:
        """Refuse every record of the event."""
        for record in self.records:
            record.add_error(message, field)

    def _only(self, records: Sequence[HookRecord]) -> HookRecord:
        if len(records) != 1:
            raise ValueError(f"the event is about {len(records)} records: loop over event.new, or event.old on delete")
        return records[0]


class Hooks:
    """The save hooks of one org, in the order of their registration. ``depth`` and ``context`` are the thread's own."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._hooks: dict[tuple[str, str, str], tuple[Hook, ...]] = {}
        self._running = local()
        self.door: Callable[[], HookOrg] = _no_door

    def add(self, event: str, sobject: str, hook: Hook) -> None:
        """Register a hook for an event such as ``before insert``. Raises ValueError, with what is wrong."""
        words = " ".join(str(event).lower().split())
        if words not in EVENTS:
            raise ValueError(f"unknown event {event!r}; known: {', '.join(EVENTS)}")
        known = self._schema.latest.sobject(sobject)
        if known is None:
            raise ValueError(f"there is no sObject {sobject!r} in this org")
        if not callable(hook):
            raise ValueError(f"a hook is a function, not {hook!r}")
        timing, operation = words.split()
        key = (timing, operation, known.name)
        self._hooks[key] = (*self._hooks.get(key, ()), hook)

    def mark(self) -> object:
        """Give what ``go_back`` needs."""
        return dict(self._hooks)

    def go_back(self, mark: Any) -> None:
        """Forget the hooks that were registered since."""
        self._hooks = dict(mark)

    def of(self, timing: str, operation: str, sobject: str) -> tuple[Hook, ...]:
        """Give the hooks of an event."""
        return self._hooks.get((timing, operation, sobject), ()) if self._hooks else ()

    def any_of(self, operation: str, sobject: str) -> bool:
        """Tell whether anything hears of an operation, before or after."""
        return bool(self.of("before", operation, sobject) or self.of("after", operation, sobject))

    @property
    def contexts(self) -> list[CallContext]:
        """The calls whose hooks run in this thread, the innermost last."""
        stack: list[CallContext] | None = getattr(self._running, "contexts", None)
        if stack is None:
            stack = self._running.contexts = []
        return stack


def _no_door() -> HookOrg:
    raise RuntimeError("the org is not open")


def name_of(hook: Any) -> str:
    """Give the name of a hook, as messages call it."""
    return str(getattr(hook, "__name__", type(hook).__name__))
