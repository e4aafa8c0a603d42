"""Records that are activated, such as orders and contracts, and dates that follow from states and terms.

Sources: Object Reference, Order and Contract. Code and text of a refused contract status are quoted by users; the text
of an order without products, and that a term ends on the day before, are from memory.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from mockorg_server.core.dml.draft import require_sobject
from mockorg_server.core.dml.saved_record import SavedRecord
from mockorg_server.core.error import RowError

_CODE: Final = "StatusCode"
_ACTIVE: Final = "Activated"
_MONTHS: Final = 12


def hold_activation(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Refuse what begins as activated; tell when and by whom a record was activated.

    With ``final``, an activated record keeps its status. ``needs`` names children, and their reference to the record,
    without which it is not activated, and the ``text`` of that refusal.
    """
    was, becomes = record.before.get(_CODE) == _ACTIVE, record.value(_CODE) == _ACTIVE
    if (record.is_new and becomes) or (was and entry.get("final") and record.changed("Status")):
        yield RowError("FAILED_ACTIVATION", entry["text"], ("Status",))
    elif becomes and not was:
        needs = entry.get("needs")
        if needs and not _has_children(record, needs["sobject"], needs["by"]):
            yield RowError("FAILED_ACTIVATION", needs["text"], ("Status",))
            return
        record.set("ActivatedDate", record.context.stamp)
        record.set("ActivatedById", record.context.user_id)
    elif was and not becomes:
        record.set("ActivatedDate", None)
        record.set("ActivatedById", None)


def _has_children(record: SavedRecord, name: str, reference: str) -> bool:
    sobject = require_sobject(record.context.org.schema.latest, name)
    return bool(record.context.reader.find(sobject, reference, record.before["Id"], limit=1))


def end_term(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Set ``field`` to the last day of ``months`` months from ``start``, null where one of them is."""
    start, months = record.text(entry["start"]), record.number(entry["months"])
    if not (record.is_new or record.changed(entry["start"], entry["months"])):
        return ()
    if start is None or months is None:
        record.set(entry["field"], None)
        return ()
    first = date.fromisoformat(start)
    year, month = divmod(first.year * _MONTHS + first.month - 1 + int(months), _MONTHS)
    day = min(first.day, monthrange(year, month + 1)[1])
    record.set(entry["field"], (date(year, month + 1, day) - timedelta(days=1)).isoformat())
    return ()


def stamp_change(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Set ``field`` to the instant at which ``of`` gets another value."""
    if not record.is_new and record.changed(entry["of"]):
        record.set(entry["field"], record.context.stamp)
    return ()


def count_pushes(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Count in ``field`` how often the date ``of`` moved to a later month."""
    if record.is_new:
        record.set(entry["field"], 0)
    elif record.changed(entry["of"]):
        before, after = str(record.before.get(entry["of"]) or ""), record.text(entry["of"]) or ""
        if before[:7] < after[:7]:
            record.set(entry["field"], int(record.number(entry["field"]) or 0) + 1)
    return ()
