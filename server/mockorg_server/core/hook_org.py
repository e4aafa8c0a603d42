"""The org as code of the user sees it: where hooks are registered, and through which they read and write.

Inside a hook every call runs in the transaction of the save that called it; outside it runs as the administrator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mockorg_server.core.calls import CALLS
from mockorg_server.core.calls.operation import Create, Delete, Operation, Query, Update, Upsert
from mockorg_server.core.hook import Hook
from mockorg_server.core.record import InputRecord, QueryResult, SaveResult
from mockorg_server.core.session import Caller
from mockorg_server.schema.api_version import NEWEST
from mockorg_server.schema.record_shape import (
    ChildrenMember,
    ChildRows,
    CompoundMember,
    FieldMember,
    Member,
    RecordShape,
    Row,
    TypeofMember,
)
from mockorg_server.schema.value import Value

if TYPE_CHECKING:
    from mockorg_server.core.org import Org

Record = Mapping[str, Any]


class DmlError(Exception):
    """A write of a hook that failed; ``errors`` are those of the first record that did. Nothing of it was kept."""

    apex_name = "DmlException"

    def __init__(self, verb: str, row: int, result: SaveResult) -> None:
        self.errors = result.errors
        first = result.errors[0]
        fields = f"[{', '.join(first.fields)}]"
        super().__init__(
            f"{verb} failed. First exception on row {row}; first error: {first.code}, {first.message}: {fields}"
        )


class HookOrg:
    """What a file of hooks calls ``org``."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self.apexrest_handlers: dict[str, Callable[..., object]] = {}

    def on(self, event: str, sobject: str, hook: Hook | None = None) -> Any:
        """Register a save hook: ``org.on("before insert", "Account", fn)``, or as a decorator without ``fn``.

        Raises ValueError for an unknown event or sObject.
        """
        if hook is None:
            return lambda function: self.on(event, sobject, function)
        self._org.hooks.add(event, sobject, hook)
        return hook

    def apexrest(self, path: str, handler: Callable[..., object] | None = None) -> Any:
        """Register what answers ``/services/apexrest`` + ``path``. Raises ValueError for a path without a slash."""
        if not path.startswith("/"):
            raise ValueError(f"a path of Apex REST begins with a slash: {path!r}")
        if handler is None:
            return lambda function: self.apexrest(path, function)
        self.apexrest_handlers[path] = handler
        return handler

    def mark(self) -> object:
        """Give what ``go_back`` needs."""
        return dict(self.apexrest_handlers)

    def go_back(self, mark: Any) -> None:
        """Forget the handlers that were registered since."""
        self.apexrest_handlers = dict(mark)

    @property
    def now(self) -> datetime:
        """The org's time."""
        contexts = self._org.hooks.contexts
        return contexts[-1].now if contexts else self._org.clock.now()

    def create(self, sobject: str, records: Sequence[Record] | Record) -> list[str]:
        """Insert records, all or none; give their Ids. Raises DmlError."""
        operation = Create(tuple(_inputs(sobject, records)), all_or_none=True)
        return [str(result.id) for result in self._saved("Insert", operation)]

    def update(self, sobject: str, records: Sequence[Record] | Record) -> None:
        """Update records by their Id, all or none. Raises DmlError."""
        self._saved("Update", Update(tuple(_inputs(sobject, records)), all_or_none=True))

    def upsert(self, sobject: str, external_id_field: str, records: Sequence[Record] | Record) -> list[str]:
        """Insert or update records by an external id, all or none; give their Ids. Raises DmlError."""
        operation = Upsert(external_id_field, tuple(_inputs(sobject, records)), all_or_none=True)
        return [str(result.id) for result in self._saved("Upsert", operation)]

    def delete(self, ids: Sequence[str] | str) -> None:
        """Delete records by Id, all or none. Raises DmlError."""
        listed = (ids,) if isinstance(ids, str) else tuple(ids)
        self._saved("Delete", Delete(listed, all_or_none=True))

    def query(self, soql: str) -> list[dict[str, Any]]:
        """Give the first page of a query as plain dicts, parents and children inside. Raises OrgError."""
        result: QueryResult = self._run(Query(soql))
        return [] if result.shape is None else [_record_of(result.shape, row) for row in result.rows]

    def _saved(self, verb: str, operation: Operation) -> list[SaveResult]:
        results: list[SaveResult] = self._run(operation)
        rolled_back = "ALL_OR_NONE_OPERATION_ROLLED_BACK"
        for row, result in enumerate(results):
            if result.errors and result.errors[0].code != rolled_back:
                raise DmlError(verb, row, result)
        return results

    def _run(self, operation: Operation) -> Any:
        contexts = self._org.hooks.contexts
        if not contexts:
            return self._org.run(operation, Caller(self._org.token, NEWEST))
        inner = replace(contexts[-1], view=self._org.schema.latest, version=NEWEST, permitted=None)
        return CALLS[type(operation)].handle(inner, operation)


def _inputs(sobject: str, records: Sequence[Record] | Record) -> list[InputRecord]:
    listed = [records] if isinstance(records, Mapping) else records
    return [_input(sobject, record) for record in listed]


def _input(sobject: str, record: Record) -> InputRecord:
    record_id = next((value for name, value in record.items() if name.lower() == "id"), None)
    values = {name: value for name, value in record.items() if name.lower() != "id"}
    return InputRecord(sobject, values, None if record_id is None else str(record_id))


def _record_of(shape: RecordShape, row: Row) -> dict[str, Any]:
    return {member.name: _value_of(member, row) for member in shape.members}


def _value_of(member: Member, row: Row) -> Any:
    if isinstance(member, FieldMember):
        return _field_of(member, row)
    if isinstance(member, CompoundMember):
        return {part.name: _field_of(part, row) for part in member.parts}
    if isinstance(member, ChildrenMember):
        children = row[member.index]
        return [_record_of(member.shape, each) for each in children.rows] if isinstance(children, ChildRows) else []
    branches = member.branches if isinstance(member, TypeofMember) else (member,)
    present = next((branch for branch in branches if row[branch.id_index] is not None), None)
    return None if present is None else _record_of(present.shape, row)


def _field_of(member: FieldMember, row: Row) -> Value:
    value = row[member.index]
    if isinstance(value, ChildRows):
        raise TypeError(member.name)
    return bool(value) if member.type.value == "boolean" and value is not None else value
