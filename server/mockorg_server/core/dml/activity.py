"""Tasks and events: when an event takes place, and whose account an activity is of.

Sources: Object Reference, Event and Task. The texts of a missing duration and of a duration that is too long are quoted
by users, as is the form of the refusal of a lead beside another record; the other texts are inferred, and so is that an
event of whole days ends at the midnight with which its last day begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from mockorg_server.core.clock import instant_of, text_of
from mockorg_server.core.dml.saved_record import SavedRecord, values_of
from mockorg_server.core.error import RowError
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

_DAY: Final = 1440  # minutes
_MOST_DAYS: Final = 14  # Object Reference, Event, multiday events
_TIMES: Final = (
    "StartDateTime", "ActivityDateTime", "ActivityDate", "EndDateTime", "DurationInMinutes", "IsAllDayEvent",
)  # fmt: skip


def _refused(text: str, *fields: str) -> RowError:
    return RowError("FIELD_INTEGRITY_EXCEPTION", text, fields)


def tell_times(record: SavedRecord, _entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Work out start, end, duration and days of an event from those that are given."""
    if not (record.is_new or record.changed(*_TIMES)):
        return
    is_all_day = bool(record.value("IsAllDayEvent"))
    start, errors = _start(record, is_all_day)
    minutes = None
    if not errors and start is not None:
        minutes, errors = _duration(record, start, is_all_day)
    elif not errors:
        errors = _missing(record, is_all_day)
    yield from errors
    if errors or start is None or minutes is None:
        return
    end = start + timedelta(minutes=minutes - (_DAY if is_all_day else 0))
    record.set("StartDateTime", text_of(start))
    record.set("ActivityDateTime", None if is_all_day else text_of(start))
    record.set("ActivityDate", _day(record, start, is_all_day))
    record.set("EndDateTime", text_of(end))
    record.set("EndDate", _day(record, end, is_all_day))
    record.set("DurationInMinutes", minutes)


def _given(record: SavedRecord, name: str) -> Value:
    """Give what is written to a field in this save, None where nothing is."""
    return record.value(name) if record.is_new or name in record.given or record.changed(name) else None


def _start(record: SavedRecord, is_all_day: bool) -> tuple[datetime | None, tuple[RowError, ...]]:
    texts = {str(value) for name in ("StartDateTime", "ActivityDateTime") if (value := _given(record, name))}
    day = _given(record, "ActivityDate")
    if is_all_day:
        days = {text[:10] for text in texts} | ({str(day)} if day else set())
        texts = {_midnight(each) for each in days}
    if not texts and not record.is_new and record.value("StartDateTime"):
        stored = str(record.value("StartDateTime"))
        texts = {_midnight(stored[:10]) if is_all_day else stored}
    starts = [instant_of(text) for text in texts]
    matches = not day or is_all_day or not starts or day in (str(starts[0].date()), _day(record, starts[0], False))
    if len(starts) > 1 or not matches:
        return None, (_refused("StartDateTime and the date of the activity do not match", "StartDateTime"),)
    return (starts[0] if starts else None), ()


def _midnight(day: str) -> str:
    return f"{day}T00:00:00.000Z"


def _missing(record: SavedRecord, is_all_day: bool) -> tuple[RowError, ...]:
    names = [] if is_all_day or _length_is_given(record) else ["DurationInMinutes"]
    names.append("ActivityDate" if is_all_day else "ActivityDateTime")
    return (RowError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(names)}]", tuple(names)),)


def _length_is_given(record: SavedRecord) -> bool:
    return record.value("DurationInMinutes") is not None or record.value("EndDateTime") is not None


def _duration(record: SavedRecord, start: datetime, is_all_day: bool) -> tuple[int | None, tuple[RowError, ...]]:
    """Give the length in minutes; whole days of an event of days."""
    given, end = _given(record, "DurationInMinutes"), _given(record, "EndDateTime")
    minutes = None if given is None else int(given)
    if minutes is not None and is_all_day:
        minutes = max(1, -(-minutes // _DAY)) * _DAY
    until = None
    if end is not None:
        last = instant_of(_midnight(str(end)[:10])) if is_all_day else instant_of(str(end))
        until = int((last - start).total_seconds()) // 60 + (_DAY if is_all_day else 0)
    if minutes is not None and until is not None and minutes != until:
        return None, (_refused("DurationInMinutes and EndDateTime do not match", "DurationInMinutes"),)
    length = minutes if minutes is not None else until
    if length is None and not record.is_new and not record.changed("IsAllDayEvent"):
        length = int(record.value("DurationInMinutes") or 0)  # the event is moved
    if length is None and is_all_day:
        length = _DAY
    if length is None:
        text = "Required fields are missing: [DurationInMinutes]"
        return None, (RowError("REQUIRED_FIELD_MISSING", text, ("DurationInMinutes",)),)
    if not 0 <= length <= _MOST_DAYS * _DAY:
        text = f"Duration must be between 0 and {_MOST_DAYS * _DAY} minutes: Duration"
        return None, (_refused(text, "DurationInMinutes"),)
    return length, ()


def _day(record: SavedRecord, instant: datetime, is_all_day: bool) -> str:
    """Give the day of an instant in the calendar of the user; whole days have no time zone."""
    zone = "UTC" if is_all_day else record.context.org.directory.moment_of(record.context).timezone
    return instant.astimezone(UTC if zone in ("UTC", "GMT") else ZoneInfo(zone)).date().isoformat()


def tell_account(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Take the account of an activity from what it is about, or from who: see ``through`` for the former.

    A lead is nobody of an account, and stands alone.
    """
    if not (record.is_new or record.changed("WhatId", "WhoId")):
        return
    latest = record.context.org.schema.latest
    what, who = record.text("WhatId"), record.text("WhoId")
    kinds = {sobject.name for sobject in latest.sobjects_by_prefix(who[:3])} if who else set()
    if what and entry["alone"] in kinds:
        text = "field integrity exception: WhoId, WhatId (a lead cannot be related to another record)"
        yield _refused(text, "WhoId", "WhatId")
        return
    about = next(iter(latest.sobjects_by_prefix(what[:3])), None) if what else None
    account = record.sobject.field("AccountId")
    if account is None:
        return
    if about is not None and about.name in account.reference_to:
        record.set("AccountId", what)
    elif about is not None and (path := _way_to_account(about, account.reference_to, entry["through"])):
        record.set("AccountId", (values_of(record.context, what, [path]) or {}).get(path))
    else:
        record.set("AccountId", (values_of(record.context, who, ["AccountId"]) or {}).get("AccountId"))


def _way_to_account(about: SObject, targets: tuple[str, ...], through: Sequence[str]) -> str | None:
    """Give the field that leads to the account: AccountId of ``through``, the first master of custom objects."""
    if about.name in through:
        return "AccountId"
    masters = (field for field in about.fields if field.relationship_order == 0 and field.reference_to == targets)
    return next((field.name for field in masters), None) if about.custom else None
