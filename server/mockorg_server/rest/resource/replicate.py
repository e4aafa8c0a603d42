"""What changed in a window: the updated and deleted resources of an sObject."""

from __future__ import annotations

from datetime import UTC, datetime

from mockorg_server.core.calls import operation as op
from mockorg_server.core.clock import text_of
from mockorg_server.rest.error import RestError
from mockorg_server.rest.exchange import Answer, Request
from mockorg_server.rest.resource.record import sobject_of


def updated(request: Request) -> Answer:
    """GET /sobjects/X/updated?start=&end=."""
    result = request.run(op.GetUpdated(sobject_of(request).name, _instant(request, "start"), _instant(request, "end")))
    return Answer({"ids": list(result.ids), "latestDateCovered": _text(result.latest_date_covered)})


def deleted(request: Request) -> Answer:
    """GET /sobjects/X/deleted?start=&end=."""
    result = request.run(op.GetDeleted(sobject_of(request).name, _instant(request, "start"), _instant(request, "end")))
    records = [{"deletedDate": _text(each.deleted_date), "id": each.id} for each in result.deleted_records]
    return Answer(
        {
            "deletedRecords": records,
            "earliestDateAvailable": _text(result.earliest_date_available),
            "latestDateCovered": _text(result.latest_date_covered),
        }
    )


def _text(instant: datetime) -> str:
    return f"{text_of(instant)[:-1]}+0000"


def _instant(request: Request, name: str) -> datetime:
    text = request.parameter(name)
    if not text:
        raise RestError("MALFORMED_QUERY", f"The {name} parameter is required")  # code and text inferred
    try:
        # A plus sign that was not encoded has become a blank.
        instant = datetime.fromisoformat(text.strip().replace(" ", "+"))
        return (instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RestError("INVALID_REPLICATION_DATE", f"{name} is not a date and time: {text}") from None
