"""When save hooks run, and what a save brings about around the write itself.

The order is the platform's (Apex guide, triggers and order of execution): system validation, before hooks, required
fields, validation rules, unique values; the write; after hooks; then parents whose roll-up summaries have changed go
through a save of their own. An error of any of it undoes the record's write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.draft import Change, Draft
from mockorg_server.core.dml.roll_up import totals
from mockorg_server.core.error import OrgError, RowError
from mockorg_server.core.hook import MAX_DEPTH, Hook, HookEvent, HookRecord, name_of
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value
from mockorg_server.store.error import StoreError

OPERATIONS: Final[Mapping[Change, str]] = {Change.INSERT: "insert", Change.UPDATE: "update"}


@dataclass(frozen=True, slots=True)
class Deed:
    """One write of one record: the whole record before (None: it is new) and after (None: it goes)."""

    operation: str
    sobject: SObject
    record_id: str
    before: Mapping[str, Value] | None
    after: Mapping[str, Value] | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the hooks of a record made of it."""

    errors: tuple[RowError, ...]
    changes: Mapping[str, Value]


class _Undone(Exception):
    """Rolls the write of a record back."""

    def __init__(self, errors: tuple[RowError, ...]) -> None:
        super().__init__()
        self.errors = errors


def whole(draft: Draft) -> dict[str, Value]:
    """Give a draft's record as it will be."""
    values = {**(draft.before or {}), **draft.values}
    if draft.id:
        values["Id"] = normalise_id(draft.id)
    return values


def before_of(context: CallContext, sobject: SObject, record_id: str, operation: str) -> Mapping[str, Value] | None:
    """Give the whole stored record, where a rule, a hook or a roll-up wants it; else None, which costs nothing."""
    org = context.org
    wanted = org.hooks.any_of(operation, sobject.name) or org.roll_ups.over(sobject)
    if not wanted and (operation == "delete" or not org.rules.of(sobject)):
        return None
    latest = org.schema.latest.sobject(sobject.name) or sobject
    names = context.org.save_profiles.of(latest).stored
    rows = context.reader.get(latest, [record_id], names, include_deleted=True)
    return dict(zip(names, rows[record_id], strict=True))


def run_before(context: CallContext, draft: Draft, hooks: Sequence[Hook]) -> Outcome:
    """Run the before hooks of an insert or update."""
    sobject = context.org.schema.latest.sobject(draft.sobject.name) or draft.sobject
    new = HookRecord(sobject, whole(draft), writable=True)
    old = [] if draft.before is None else [HookRecord(sobject, draft.before, writable=False)]
    errors = _run(context, "before", OPERATIONS[draft.change], hooks, [new], old)
    return Outcome(errors or tuple(new.errors), new.changes)


def run_before_delete(context: CallContext, deed: Deed) -> tuple[RowError, ...]:
    """Run the before hooks of a delete."""
    hooks = context.org.hooks.of("before", deed.operation, deed.sobject.name)
    return _run_deed(context, "before", hooks, deed) if hooks else ()


def carry_out(context: CallContext, deed: Deed, write: Callable[[], None]) -> tuple[RowError, ...]:
    """Write a record, with all that follows; give the errors for which it was undone."""
    hooks = context.org.hooks.of("after", deed.operation, deed.sobject.name)
    if not hooks and not context.org.roll_ups.over(deed.sobject):
        write()
        return ()
    try:
        with context.writer.savepoint():
            before = totals(context, deed.sobject, deed.before, deed.after)
            write()
            errors = _run_deed(context, "after", hooks, deed) if hooks else ()
            if not errors:
                errors = _save_parents(context, deed, before)
            if errors:
                raise _Undone(errors)
    except _Undone as undone:
        return undone.errors
    return ()


def _save_parents(context: CallContext, deed: Deed, before: Mapping[tuple[str, str], object]) -> tuple[RowError, ...]:
    """Save the parents whose roll-up summaries have changed, without a change of their own."""
    after = totals(context, deed.sobject, deed.before, deed.after)
    for key, (parent, values) in after.items():
        if before.get(key) != (parent, values):
            from mockorg_server.core.dml.save import update  # noqa: PLC0415  # a save brings about a save

            result = update(context, Draft(parent, Change.UPDATE, {}, (), id=key[1]))
            if result.errors:
                return result.errors
    return ()


def _run_deed(context: CallContext, timing: str, hooks: Sequence[Hook], deed: Deed) -> tuple[RowError, ...]:
    sobject = context.org.schema.latest.sobject(deed.sobject.name) or deed.sobject
    new = [] if deed.after is None else [HookRecord(sobject, {**deed.after, "Id": deed.record_id}, writable=False)]
    old = [] if deed.before is None else [HookRecord(sobject, {**deed.before, "Id": deed.record_id}, writable=False)]
    old = [] if deed.operation == "undelete" else old
    errors = _run(context, timing, deed.operation, hooks, new, old)
    return errors or tuple(error for record in (*new, *old) for error in record.errors)


def _run(  # noqa: PLR0917  # an event, in full
    context: CallContext,
    timing: str,
    operation: str,
    hooks: Sequence[Hook],
    new: Sequence[HookRecord],
    old: Sequence[HookRecord],
) -> tuple[RowError, ...]:
    """Run hooks in their order; one that fails ends the record."""
    registry = context.org.hooks
    name = (new or old)[0].sobject
    event = HookEvent(timing, operation, name, new, old, context.user_id, registry.door())
    moment = f"{timing.capitalize()}{operation.capitalize()}"
    for hook in hooks:
        if len(registry.contexts) >= MAX_DEPTH:
            text = f"{name_of(hook)}: maximum trigger depth exceeded\n{name} trigger event {moment}"
            return (RowError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", text),)
        registry.contexts.append(context)
        try:
            hook(event)
        except StoreError:
            raise
        except Exception as error:  # the hook is the user's: its mistakes are told to the client
            return (_failure(hook, moment, error),)
        finally:
            registry.contexts.pop()
    return ()


def _failure(hook: Hook, moment: str, error: Exception) -> RowError:
    """Tell of a hook that failed, in the form of a failed Apex trigger (recorded)."""
    name = name_of(hook)
    kind = getattr(error, "apex_name", "QueryException" if isinstance(error, OrgError) else type(error).__name__)
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code is getattr(hook, "__code__", None):
            line = trace.tb_lineno
        trace = trace.tb_next
    message = error.message if isinstance(error, OrgError) else str(error)
    text = (
        f"{name}: execution of {moment}\n\ncaused by: System.{kind}: {message}\n\nTrigger.{name}: line {line}, column 1"
    )
    return RowError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", text)
