"""Carrying out the deeds of a call: in chunks of one sObject and operation, whose records meet the hooks together.

The order is the platform's (Apex guide, triggers and order of execution): system validation, before hooks, required
fields, validation rules, unique values; the write; after hooks; then parents whose roll-up summaries or totals
(``total.py``) have changed go through a save of their own. Where records of a chunk fail that somebody has heard of,
all of the chunk is undone and the others are tried again, hooks and all, up to three times (Apex guide, bulk DML
exception handling).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.deed import Deed, Errors
from mockorg_server.core.dml.roll_up import Totals, parents_of, totals
from mockorg_server.core.dml.total import places_of, settle
from mockorg_server.core.dml.trigger import run_hooks
from mockorg_server.core.error import RowError
from mockorg_server.core.limit import MAX_DML_RECORDS
from mockorg_server.core.record import SaveResult
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.sobject import SObject

if TYPE_CHECKING:
    from mockorg_server.core.org import Org

_ROLLED_BACK: Final = RowError(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)
_ATTEMPTS: Final = 3
# The text is documented, the code is inferred: it is that of everything else that goes wrong in triggers.
_TOO_MANY_ATTEMPTS: Final = RowError(
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    "Too many batch retries in the presence of Apex triggers and partial failures.",
)

Chunk = list[tuple[int, Deed]]
"""Deeds, each with its place in the call."""


class _Undone(Exception):
    """Rolls a savepoint back: that of a chunk, or that of an all-or-none call."""


def carry_out(context: CallContext, deeds: Sequence[Deed | SaveResult], all_or_none: bool) -> list[SaveResult]:
    """Carry deeds out; a result in their place is of a row that was refused before. Give the results in order.

    With ``all_or_none``, one failure undoes all, and the innocent rows say so.
    """
    results = [deed if isinstance(deed, SaveResult) else None for deed in deeds]
    try:
        with context.writer.savepoint():
            for chunk in _chunks(deeds):
                errors = _carry_out_chunk(context, [deed for _, deed in chunk], all_or_none)
                for (place, deed), found in zip(chunk, errors, strict=True):
                    results[place] = deed.result(found)
            if all_or_none and not all(result is not None and result.success for result in results):
                raise _Undone
    except _Undone:
        return [rolled_back(result) if result.success else result for result in results if result is not None]
    return [result for result in results if result is not None]


def carry_out_one(context: CallContext, deed: Deed) -> SaveResult:
    """Carry one deed out, as part of something that fails as a whole."""
    return carry_out(context, [deed], all_or_none=True)[0]


def rolled_back(result: SaveResult) -> SaveResult:
    """Make the result of a row that was valid in a call that was not; one that was there keeps its id (recorded)."""
    return SaveResult(None if result.created else result.id, (_ROLLED_BACK,), created=False)


def is_heard_of(org: Org, operation: str, sobject: SObject) -> bool:
    """Tell whether a hook, a roll-up summary or a total hears of an operation: the record is wanted as it was."""
    sums = org.roll_ups.over(sobject) or org.save_profiles.of(sobject).rule.totals
    return org.hooks.any_of(operation, sobject.name) or bool(sums)


def _chunks(deeds: Sequence[Deed | SaveResult]) -> Iterator[Chunk]:
    """Give neighbours of one sObject together, by operation in the order in which they come up.

    No chunk has a record twice: what a deed does to a record, the next one on it must see.
    """
    run: dict[str, Chunk] = {}
    sobject, ids = "", set[str]()
    for place, deed in enumerate(deeds):
        if isinstance(deed, SaveResult):
            continue
        record_id = deed.record_id and (normalise_id(deed.record_id) or deed.record_id)
        chunk = run.get(deed.operation, ())
        if deed.sobject.name != sobject or (record_id and record_id in ids) or len(chunk) == MAX_DML_RECORDS:
            yield from run.values()
            run, ids, sobject = {}, set(), deed.sobject.name
        if record_id:
            ids.add(record_id)
        run.setdefault(deed.operation, []).append((place, deed))
    yield from run.values()


def _carry_out_chunk(context: CallContext, deeds: Sequence[Deed], all_or_none: bool) -> list[Errors]:
    if not is_heard_of(context.org, deeds[0].operation, deeds[0].sobject):
        return [_carry_out_alone(context, deed) for deed in deeds]
    failed: dict[int, Errors] = {}
    for _ in range(_ATTEMPTS):
        tried = {place: deed.fresh() for place, deed in enumerate(deeds) if place not in failed}
        if not tried:
            break
        for deed in tried.values():
            deed.is_heard = True
        attempt = _Attempt(context, tried, all_or_none)
        is_kept = attempt.carry_out()
        failed.update(attempt.errors)
        if is_kept or all_or_none:
            for place, deed in tried.items():
                deeds[place].record_id = deed.record_id
            break
    else:
        failed = {place: failed.get(place, (_TOO_MANY_ATTEMPTS,)) for place in range(len(deeds))}
    return [failed.get(place, ()) for place in range(len(deeds))]


def _carry_out_alone(context: CallContext, deed: Deed) -> Errors:
    errors = deed.begin(context) or deed.check(context)
    if errors:
        return errors
    if not deed.follows():
        deed.write(context)
        return ()
    try:
        with context.writer.savepoint():
            deed.write(context)
            errors = deed.follow(context)
            if errors:
                raise _Undone
    except _Undone:
        pass
    return errors


class _Attempt:
    """One attempt to carry a chunk out; ``errors`` are those of the deeds that fail, by their keys in ``deeds``."""

    def __init__(self, context: CallContext, deeds: Mapping[int, Deed], all_or_none: bool) -> None:
        self.errors: dict[int, Errors] = {}
        self._context = context
        self._deeds = deeds
        self._all_or_none = all_or_none

    def carry_out(self) -> bool:
        """Go through the stages; False when all was undone."""
        try:
            with self._context.writer.savepoint():
                self._go()
        except _Undone:
            return False
        return True

    def _go(self) -> None:
        context = self._context
        for key, deed in self._deeds.items():
            self._note(key, deed.begin(context))
        begun = len(self.errors)
        self._hear("before")
        before = totals(context, *self._good().values())
        for key, deed in self._good().items():
            self._note(key, deed.check(context))
            if key not in self.errors:
                deed.write(context)
                self._note(key, deed.follow(context))
        if not (self.errors and self._all_or_none):
            self._hear("after")
            self._save_parents(before)
            self._settle()
        if len(self.errors) > begun or (self.errors and self._all_or_none):
            raise _Undone

    def _good(self) -> dict[int, Deed]:
        return {key: deed for key, deed in self._deeds.items() if key not in self.errors}

    def _note(self, key: int, errors: Errors) -> None:
        if errors:
            self.errors[key] = errors

    def _hear(self, timing: str) -> None:
        good = self._good()
        if not good:
            return
        for (key, deed), outcome in zip(good.items(), run_hooks(self._context, timing, [*good.values()]), strict=True):
            changed = outcome.changes and not outcome.errors
            self._note(key, deed.take(self._context, outcome.changes) if changed else outcome.errors)

    def _settle(self) -> None:
        """Bring the totals of parents up to date. A parent that cannot be saved fails its children."""
        places = {
            key: places_of(self._context, deed.sobject, deed.before, deed.after) for key, deed in self._good().items()
        }
        refused = settle(self._context, dict.fromkeys(place for each in places.values() for place in each))
        for key, each in places.items():
            self._note(key, next((refused[place] for place in each if place in refused), ()))

    def _save_parents(self, before: Totals) -> None:
        """Save the parents whose roll-up summaries have changed, without a change of their own.

        A parent that cannot be saved fails its details.
        """
        from mockorg_server.core.dml.save import unchanged  # noqa: PLC0415  # a save brings about a save

        after = totals(self._context, *self._good().values())
        parents = {key: parent for key, (parent, values) in after.items() if before.get(key) != (parent, values)}
        deeds = [unchanged(parent, key[1], before[key][1] if key in before else {}) for key, parent in parents.items()]
        results = carry_out(self._context, deeds, all_or_none=False) if deeds else []
        refused = {key: result.errors for key, result in zip(parents, results, strict=True) if result.errors}
        if refused:
            for key, deed in self._good().items():
                self._note(
                    key, next((refused[each] for each in parents_of(self._context, deed) if each in refused), ())
                )
