"""What FOR VIEW and FOR REFERENCE leave behind: dates on the records of a query, and the list RecentlyViewed.

Viewing a record refers to it too (SOQL reference, FOR VIEW and FOR REFERENCE). The platform keeps dates and list for
each user; here there is one of each, whoever looked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from mockorg_server.core.context import CallContext, WriteNeeded
from mockorg_server.schema.record_shape import ChildRows, Row
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value
from mockorg_server.soql.plan import Plan, Tracking
from mockorg_server.soql.tracking import REFERENCED, VIEWED
from mockorg_server.store.write import Writer

LIST: Final = "RecentlyViewed"
_DATES: Final[Mapping[Tracking, tuple[str, ...]]] = {
    Tracking.VIEW: (VIEWED, REFERENCED),
    Tracking.REFERENCE: (REFERENCED,),
}
# What the list shows of a record beside its name (Object Reference, RecentlyViewed).
_SHOWN: Final = (
    "LastName", "FirstName", "Alias", "UserRoleId", "RecordTypeId", "IsActive", "ProfileId", "Title", "Email", "Phone",
)  # fmt: skip


def require_writer(context: CallContext, plan: Plan) -> None:
    """See to it that a query that leaves something behind can write. Raises WriteNeeded."""
    writes = plan.sobject.name == LIST or any(each.tracking is not None for each in _plans(plan))
    if writes and not isinstance(context.reader, Writer):
        raise WriteNeeded


def note_use(context: CallContext, plan: Plan, rows: list[Row]) -> None:
    """Note that the records of a query's rows were used. The answer still holds the dates from before (inferred)."""
    if plan.tracking is not None:
        _note(context, plan.sobject, plan.tracking, [str(row[0]) for row in rows])
    for child in plan.children:
        if any(each.tracking is not None for each in _plans(child.plan)):
            groups = (cell for row in rows if isinstance(cell := row[child.index], ChildRows))
            note_use(context, child.plan, list(chain.from_iterable(group.rows for group in groups)))


def forget_deleted(context: CallContext) -> None:
    """Take deleted records off the list, before it is read."""
    listed = context.view.sobject(LIST)
    if listed is None or LIST not in context.reader.holding.tables:
        return
    rows = context.reader.all_ids(listed)
    by_type: dict[str, list[str]] = {}
    for record_id, values in context.reader.get(listed, rows, ["Type"]).items():
        by_type.setdefault(str(values[0]), []).append(record_id)
    for name, ids in by_type.items():
        sobject = context.org.schema.latest.sobject(name)
        alive = context.reader.get(sobject, ids, ["Id"]) if sobject else {}
        for record_id in ids:
            if record_id not in alive:
                context.writer.purge(listed, record_id)


def _plans(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.children:
        yield from _plans(child.plan)


def _note(context: CallContext, sobject: SObject, tracking: Tracking, ids: list[str]) -> None:
    whole = context.org.schema.latest.sobject(sobject.name) or sobject
    dates: dict[str, Value] = dict.fromkeys(_DATES[tracking], context.stamp)
    own = {name: value for name, value in dates.items() if whole.field(name)}
    if own:
        for record_id in ids:
            context.writer.update(whole, record_id, own)
    listed = context.org.schema.latest.sobject(LIST)
    if listed is not None and whole.mru_enabled and ids:
        _enlist(context, listed, whole, ids, dates)


def _enlist(
    context: CallContext, listed: SObject, sobject: SObject, ids: list[str], dates: Mapping[str, Value]
) -> None:
    """Put records on the list, or renew their places there."""
    names = [name for name in _SHOWN if sobject.field(name) and listed.field(name)]
    title = sobject.name_field.name if sobject.name_field else "Id"
    known = context.reader.get(listed, ids, ["Id"])
    for record_id, values in context.reader.get(sobject, ids, [title, *names]).items():
        entry = {"Name": values[0], **dict(zip(names, values[1:], strict=True)), **dates}
        if record_id in known:
            context.writer.update(listed, record_id, entry)
        else:
            context.writer.insert(listed, {"Id": record_id, "Type": sobject.name, **entry})
