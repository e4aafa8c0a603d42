"""Records that a new record brings along, and rules about several records of one parent.

Sources: Object Reference, CampaignMember and CampaignMemberStatus. The text of a repeated member is recorded, that of a
repeated link is quoted by users.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.default import ON_UPDATE, system_values
from mockorg_server.core.dml.draft import Change, Draft, require_sobject
from mockorg_server.core.dml.given import NOTHING_GIVEN
from mockorg_server.core.dml.saved_record import SavedRecord
from mockorg_server.core.error import RowError
from mockorg_server.schema.value import Value

_ALL: Final = 1_000_000_000


def bring_along(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Make ``records`` of ``sobject`` with a new record, which their field ``by`` points at.

    With ``when``, only where that field is not null. ``$Name`` stands for a value of the new record.
    """
    if record.is_new and ("when" not in entry or record.value(entry["when"]) is not None):
        made = [{name: _filled(record, value) for name, value in values.items()} for values in entry["records"]]
        record.along(lambda context, record_id: _make(context, entry, made, record_id))
    return ()


def _filled(record: SavedRecord, value: Value) -> Value:
    return record.value(value[1:]) if isinstance(value, str) and value.startswith("$") else value


def _make(
    context: CallContext, entry: Mapping[str, Any], records: Iterable[Mapping[str, Value]], record_id: str
) -> Iterable[RowError]:
    from mockorg_server.core.dml.save import insert  # noqa: PLC0415  # a save brings about a save

    sobject = require_sobject(context.org.schema.latest, entry["sobject"])
    for values in records:
        draft = Draft(sobject, Change.INSERT, {**values, entry["by"]: record_id}, NOTHING_GIVEN, by_platform=True)
        yield from insert(context, draft).errors


def hold_to_one(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Refuse a second record with the same ``fields``, none of them null: ``code``, ``text`` and ``names``.

    ``{Name}`` in the text stands for a value.
    """
    fields: list[str] = entry["fields"]
    wanted = [record.value(name) for name in fields]
    if None in wanted or not (record.is_new or record.changed(*fields)):
        return
    reader = record.context.reader
    own_id = record.before.get("Id")
    ids = [each for each in reader.find(record.sobject, fields[0], wanted[0], limit=_ALL) if each != own_id]
    rows = reader.get(record.sobject, ids, fields)
    if any(list(row) == wanted for row in rows.values()):
        text = entry["text"].format_map(dict(zip(fields, wanted, strict=True)))
        yield RowError(entry["code"], text, tuple(entry.get("names", ())))


def keep_one_default(record: SavedRecord, entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Take the boolean ``field`` from the other records of the same ``by`` when a record gets it."""
    field, by = entry["field"], entry["by"]
    if not record.value(field) or not (record.is_new or record.changed(field)):
        return ()
    parent = record.value(by)

    def take(context: CallContext, record_id: str) -> Iterable[RowError]:
        ids = context.reader.find(record.sobject, by, parent, limit=_ALL)
        stamps = system_values(context, record.sobject, ON_UPDATE)
        for each, (held,) in context.reader.get(record.sobject, ids, [field]).items():
            if held and each != record_id:
                context.writer.update(record.sobject, each, {field: False, **stamps})
        return ()

    record.along(take)
    return ()


def make_member(record: SavedRecord, _entry: Mapping[str, Any]) -> Iterable[RowError]:
    """Hold a member to a contact or a lead, and its status to those of the campaign.

    Of a contact and a lead, the lead is dropped. An unknown status becomes the campaign's default. The error of a
    member of nobody is inferred.
    """
    if record.is_new and record.value("ContactId") is None and record.value("LeadId") is None:
        yield RowError(
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [LeadId, ContactId]", ("LeadId", "ContactId")
        )
        return
    if record.is_new and record.value("ContactId") is not None:
        record.set("LeadId", None)
    if record.is_new:
        record.set("Type", "Contact" if record.value("ContactId") is not None else "Lead")
    if record.is_new or record.changed("Status"):
        _answer(record)


def _answer(record: SavedRecord) -> None:
    statuses = _statuses(record.context, record.value("CampaignId"))
    wanted = (record.text("Status") or "").casefold()
    default = next((each for each in statuses if each["IsDefault"]), None)
    status = next((each for each in statuses if str(each["Label"]).casefold() == wanted), default)
    if status is not None:
        record.set("Status", status["Label"])
    has_responded = bool(status and status["HasResponded"])
    record.set("HasResponded", has_responded)
    if has_responded and record.value("FirstRespondedDate") is None:
        record.set("FirstRespondedDate", record.context.org.directory.moment_of(record.context).today.isoformat())


def _statuses(context: CallContext, campaign_id: Value) -> list[dict[str, Value]]:
    sobject = require_sobject(context.org.schema.latest, "CampaignMemberStatus")
    names = ["Label", "IsDefault", "HasResponded"]
    ids = context.reader.find(sobject, "CampaignId", campaign_id, limit=_ALL)
    return [dict(zip(names, row, strict=True)) for row in context.reader.get(sobject, ids, names).values()]
