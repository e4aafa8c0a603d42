"""Running save hooks: the event of a chunk of records, and what the hooks make of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.deed import Deed, Errors
from mockorg_server.core.error import OrgError, RowError
from mockorg_server.core.hook import MAX_DEPTH, Hook, HookEvent, HookRecord, name_of
from mockorg_server.core.surrounding import SaveRecord
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value
from mockorg_server.store.error import StoreError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the hooks of an event made of one record."""

    errors: Errors
    changes: Mapping[str, Value]


def run_hooks(context: CallContext, timing: str, deeds: Sequence[Deed]) -> list[Outcome]:
    """Run the hooks of an event in their order; give the outcome for each deed.

    A hook that fails ends the event, and fails all of its records.
    """
    first = deeds[0]
    hooks = context.org.hooks.of(timing, first.operation, first.sobject.name)
    if not hooks:
        return [Outcome((), {})] * len(deeds)
    sobject = context.org.save_profiles.of(first.sobject).latest
    new = [_record(context, sobject, deed, deed.after, timing == "before") for deed in deeds if deed.after is not None]
    old = [_record(context, sobject, deed, deed.before, False) for deed in deeds if deed.before is not None]
    door = context.org.hooks.door()
    failure = _run(context, HookEvent(timing, first.operation, sobject.name, new, old, context.user_id, door), hooks)
    if failure is not None:
        return [Outcome((failure,), {})] * len(deeds)
    both = zip(*(side for side in (new, old) if side), strict=True)
    return [
        Outcome(tuple(error for record in records for error in record.errors), records[0].changes) for records in both
    ]


def _record(
    context: CallContext, sobject: SObject, deed: Deed, values: Mapping[str, Value], writable: bool
) -> HookRecord:
    record_id = deed.record_id

    def compute(held: Mapping[str, Value], field: Field) -> Value:
        return SaveRecord(context, sobject, record_id, held, None).field(field)

    return HookRecord(sobject, {**values, "Id": record_id} if record_id else values, compute, writable=writable)


def _run(context: CallContext, event: HookEvent, hooks: Sequence[Hook]) -> RowError | None:
    registry = context.org.hooks
    moment = f"{event.timing.capitalize()}{event.operation.capitalize()}"
    for hook in hooks:
        if len(registry.contexts) >= MAX_DEPTH:
            text = f"{name_of(hook)}: maximum trigger depth exceeded\n{event.sobject} trigger event {moment}"
            return RowError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", text)
        registry.contexts.append(context)
        try:
            hook(event)
        except StoreError:
            raise
        except Exception as error:  # the hook is the user's: its mistakes are told to the client
            return _failure(hook, moment, error)
        finally:
            registry.contexts.pop()
    return None


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
