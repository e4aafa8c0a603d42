"""What FOR VIEW and FOR REFERENCE leave behind: when the records of a query were last viewed or referred to.

Viewing a record refers to it too (SOQL reference, FOR VIEW and FOR REFERENCE). The platform keeps these dates for each
user; here a record has one of each, whoever looked. The list RecentlyViewed is not kept, and querying it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mockorg_server.core.context import CallContext, WriteNeeded
from mockorg_server.schema.record_shape import Row
from mockorg_server.soql.plan import Plan, Tracking
from mockorg_server.soql.tracking import REFERENCED, VIEWED
from mockorg_server.store.write import Writer

_DATES: Final[Mapping[Tracking, tuple[str, ...]]] = {
    Tracking.VIEW: (VIEWED, REFERENCED),
    Tracking.REFERENCE: (REFERENCED,),
}


def require_writer(context: CallContext, plan: Plan) -> None:
    """See to it that a query with a FOR clause can write. Raises WriteNeeded."""
    if plan.tracking is not None and not isinstance(context.reader, Writer):
        raise WriteNeeded


def note_use(context: CallContext, plan: Plan, rows: Sequence[Row]) -> None:
    """Stamp the records of a query's rows. The answer still holds the dates from before (inferred)."""
    if plan.tracking is None:
        return
    values = dict.fromkeys(_DATES[plan.tracking], context.stamp)
    for row in rows:
        context.writer.update(plan.sobject, str(row[0]), values)
