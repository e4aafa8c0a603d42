"""Describes: global, of one sObject in short, in full."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

from mockorg_server.core.calls import operation as op
from mockorg_server.rest.exchange import Answer, Encoded, Request
from mockorg_server.rest.resource.record import sobject_of

_MAX_BATCH_SIZE = 200


def describe_global(request: Request) -> Answer:
    """GET /sobjects: every sObject that the version shows."""
    if _is_unchanged(request):
        return Answer(status=304, headers=_stamped(request))
    outlines = request.run(op.DescribeGlobal()).sobjects
    listed = request.tools.describes.listing(outlines, request.root)
    text = f'{{"encoding":"UTF-8","maxBatchSize":{_MAX_BATCH_SIZE},"sobjects":{listed}}}'
    return Answer(Encoded(text), headers=_stamped(request))


def basic(request: Request) -> Answer:
    """GET /sobjects/X: in short, with the records that were looked at last."""
    sobject = sobject_of(request)
    request.run(op.DescribeSObjects((sobject.name,)))
    value = {"objectDescribe": request.tools.describes.basic(sobject, request.root), "recentItems": []}
    return Answer(value)


def describe(request: Request) -> Answer:
    """GET /sobjects/X/describe: in full."""
    sobject = sobject_of(request)
    if _is_unchanged(request):
        return Answer(status=304, headers=_stamped(request))
    [described] = request.run(op.DescribeSObjects((sobject.name,)))
    text = request.tools.describes.describe(described, request.root, request.base_url)
    return Answer(Encoded(text), headers=_stamped(request))


def _changed_at(request: Request) -> datetime:
    """Give when the schema was made: with the org, whose metadata does not change."""
    return request.org.created_at


def _stamped(request: Request) -> dict[str, str]:
    return {"Last-Modified": format_datetime(_changed_at(request), usegmt=True)}


def _is_unchanged(request: Request) -> bool:
    text = request.header("if-modified-since")
    if not text:
        return False
    try:
        since = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return False
    return since.tzinfo is not None and _changed_at(request) <= since
