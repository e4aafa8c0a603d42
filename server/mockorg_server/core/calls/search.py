"""search(): SOSL.

The first search of an sObject makes its text index, so it is done in a transaction that writes; later ones only read.
"""

from __future__ import annotations

from collections.abc import Sequence

from mockorg_server.core.calls.operation import Search
from mockorg_server.core.context import CallContext, WriteNeeded
from mockorg_server.core.error import OrgError
from mockorg_server.core.record import RecordGroup, SearchResult
from mockorg_server.schema.record_shape import Row
from mockorg_server.schema.value import Value
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.sosl_compiler import BoundSearch, BoundTarget
from mockorg_server.soql.sosl_field import is_named_only
from mockorg_server.store.write import Writer

MAX_ROWS = 2_000  # of a search, all objects together (SOSL reference, limits; API version 28.0 and later)
MAX_ROWS_PER_OBJECT = 250  # unless it is the only one, and filtered or sorted (SOSL reference, limits)


def search(context: CallContext, operation: Search) -> SearchResult:
    """Run a search. Raises OrgError: MALFORMED_SEARCH, INVALID_SEARCH, and the codes of names in a query."""
    org = context.org
    try:
        bound = context.searches.compile(operation.sosl, context.version)
        targets = _targets(context, bound)
        moment = org.directory.moment_of(context)
        parameters = [target.parameters(moment) for target in targets]
    except SoqlError as error:
        raise OrgError(error.code, error.message, error.row, error.column) from error
    _prepare(context, targets)
    found = [_found(context, target) for target in targets]
    if bound.targets is None:
        targets, parameters, found = _with_hits(targets, parameters, found)
    caps = [_cap(target, len(targets)) for target in targets]
    groups = list(map(_rows, [context] * len(targets), targets, parameters, found, caps))
    limit = min(MAX_ROWS, MAX_ROWS if bound.limit is None else bound.limit)
    sizes = share([len(rows) for rows in groups], limit)
    return SearchResult(
        tuple(
            RecordGroup(target.plan.shape, rows[:size])
            for target, rows, size in zip(targets, groups, sizes, strict=True)
            if size
        )
    )


def share(sizes: Sequence[int], limit: int) -> list[int]:
    """Distribute a limit evenly over groups of rows; what one has no use for, the others get.

    Even shares are the SOSL reference's (LIMIT); that what is left over goes on is inferred.
    """
    shares = [0] * len(sizes)
    waiting = [number for number, size in enumerate(sizes) if size]
    while waiting and limit > 0:
        portion = max(1, limit // len(waiting))
        for number in waiting:
            given = min(portion, sizes[number] - shares[number], limit)
            shares[number] += given
            limit -= given
        waiting = [number for number in waiting if shares[number] < sizes[number]]
    return shares


def _targets(context: CallContext, bound: BoundSearch) -> Sequence[BoundTarget]:
    """Give what RETURNING names, or in name order every object that has records and need not be named."""
    if bound.targets is not None:
        return bound.targets
    sobjects = (context.view.sobject(name) for name in sorted(context.reader.holding.tables))
    return [
        context.searches.target_of(sobject, bound, context.version)
        for sobject in sobjects
        if sobject is not None and sobject.searchable and sobject.queryable and not is_named_only(sobject)
    ]


def _prepare(context: CallContext, targets: Sequence[BoundTarget]) -> None:
    for target in targets:
        if target.find is None or context.reader.is_searchable(target.sobject):
            continue
        if not isinstance(context.reader, Writer):
            raise WriteNeeded
        context.writer.make_searchable(target.sobject)


def _found(context: CallContext, target: BoundTarget) -> list[str]:
    if target.find is None:
        return []
    return context.reader.matching(target.sobject, target.find, target.fields)


def _with_hits(
    targets: Sequence[BoundTarget], parameters: list[tuple[Value, ...]], found: list[list[str]]
) -> tuple[Sequence[BoundTarget], list[tuple[Value, ...]], list[list[str]]]:
    hits = [number for number, ids in enumerate(found) if ids]
    return [targets[n] for n in hits], [parameters[n] for n in hits], [found[n] for n in hits]


def _cap(target: BoundTarget, count: int) -> int:
    """Give how many rows one of ``count`` objects may have at most."""
    if count == 1:
        return MAX_ROWS_PER_OBJECT if target.is_open else MAX_ROWS
    return min(MAX_ROWS // count, MAX_ROWS_PER_OBJECT)


def _rows(
    context: CallContext, target: BoundTarget, parameters: Sequence[Value], ids: list[str], cap: int
) -> Sequence[Row]:
    if target.limit is not None:
        cap = min(cap, target.limit)
    last = target.offset + cap
    if target.is_open:  # in the order of their Ids: the rows past the last one need not be read
        ids = ids[:last]
    if not ids or cap == 0:
        return []
    return context.reader.query_among(target.plan, parameters, ids)[target.offset : last]
