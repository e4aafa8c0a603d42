"""Which fields a plan reads: for whoever must know before it is run. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockorg_server.soql.plan import (
    AggregateRef,
    And,
    Compare,
    DatePart,
    DistanceTo,
    Grouping,
    Includes,
    InList,
    IsNull,
    Label,
    Like,
    Not,
    Or,
    OrderBy,
    Plan,
    Ref,
    SemiJoin,
)


def references(plan: Plan) -> Iterator[tuple[str, str]]:
    """Give sObject and field of whatever is selected, compared, sorted or grouped by, but for the Id of each record.

    A field of a polymorphic parent is given once for each of its possible sObjects.
    """
    slots = [(plan.sobject,), *(join.targets for join in plan.joins)]
    used: list[Any] = [*plan.columns[0 if plan.aggregate else 1 :], plan.where, *plan.group_by, plan.having]
    for part in (*used, *plan.order_by):
        for ref in _refs(part):
            yield from ((sobject.name, ref.field.name) for sobject in slots[ref.slot])
    for child in plan.children:
        yield from references(child.plan)
    for inner in plan.semi_joins:
        yield from references(inner)


def _refs(part: Any) -> Iterator[Ref]:
    match part:
        case Ref():
            yield part
        case AggregateRef(_, ref) | DatePart(_, ref) | Label(ref) | Grouping(ref) | SemiJoin(ref):
            yield from _refs(ref)
        case DistanceTo(latitude, longitude):
            yield from (latitude, longitude)
        case Compare(of) | IsNull(of) | InList(of) | Like(of) | Includes(of) | OrderBy(of) | Not(of):
            yield from _refs(of)
        case And(parts) | Or(parts):
            for each in parts:
                yield from _refs(each)
