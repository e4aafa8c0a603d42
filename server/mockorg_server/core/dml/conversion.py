"""Converting a lead into an account, a contact and an opportunity.

``conversion.json`` is the mapping of standard fields (Salesforce Help, "Lead Conversion Field Mapping"): field of the
target by field of the lead. Rules: SOAP API guide, convertLead(). An opportunity gets the first stage of the org and
closes at the end of the fiscal quarter (Help, "Things that Happen When You Convert Leads"), which is the calendar's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml import save
from mockorg_server.core.dml.default import ON_UPDATE, system_values
from mockorg_server.core.dml.draft import Change, draft_of, require_sobject
from mockorg_server.core.dml.removal import references
from mockorg_server.core.dml.total import catch_up
from mockorg_server.core.error import RowError
from mockorg_server.core.record import InputRecord, LeadConvert, LeadConvertResult
from mockorg_server.core.setup_row import converted_statuses
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

FILE: Final = Path(__file__).parent / "conversion.json"
_ALL = 1_000_000_000
_USER = "005"
# Activities and files of the lead go to the contact; campaign members are of the contact as well from then on.
_STAYING = frozenset({"LeadId"})


@cache
def mapping() -> Mapping[str, Mapping[str, str]]:
    """Give the mapping: a pure function of shipped data."""
    loaded: Mapping[str, Mapping[str, str]] = json.loads(FILE.read_bytes())
    return loaded


class _Refused(Exception):
    """Undoes a conversion that was begun."""

    def __init__(self, *errors: RowError) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(frozen=True, slots=True)
class _Conversion:
    """One conversion under way: the lead and what it holds."""

    context: CallContext
    convert: LeadConvert
    allow_truncation: bool
    lead: SObject
    lead_id: str
    values: Mapping[str, Value]
    owner_id: str


def convert_lead(context: CallContext, convert: LeadConvert, allow_truncation: bool) -> LeadConvertResult:
    """Convert one lead, all or nothing."""
    try:
        with context.writer.savepoint():
            return _convert(_begin(context, convert, allow_truncation))
    except _Refused as refused:
        return LeadConvertResult(errors=refused.errors)


def _begin(context: CallContext, convert: LeadConvert, allow_truncation: bool) -> _Conversion:
    lead = require_sobject(context.view, "Lead")
    if not convert.lead_id:
        raise _Refused(RowError("MISSING_ARGUMENT", "leadId not specified", ("leadId",)))
    lead_id = _existing(context, lead, convert.lead_id)
    names = [field.name for field in lead.fields if field.type not in _COMPOUND]
    values = dict(zip(names, context.reader.get(lead, [lead_id], names)[lead_id], strict=True))
    if values.get("IsConverted"):
        # The code is documented; this text is from memory.
        raise _Refused(RowError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead"))
    _check_arguments(context, convert)
    owner_id = str(values["OwnerId"])
    if convert.owner_id:
        owner_id = _existing(context, require_sobject(context.view, "User"), convert.owner_id)
    elif not owner_id.startswith(_USER):
        raise _Refused(RowError("INVALID_OWNER", "a lead that a queue owns is converted with an ownerId", ("ownerId",)))
    return _Conversion(context, convert, allow_truncation, lead, lead_id, values, owner_id)


_COMPOUND = frozenset({FieldType.ADDRESS, FieldType.LOCATION, FieldType.COMPLEXVALUE})


def _check_arguments(context: CallContext, convert: LeadConvert) -> None:
    """Refuse what the guide's page calls an error; the texts are mockorg's own."""
    if convert.converted_status not in converted_statuses(context.org.schema.latest):
        raise _Refused(
            RowError("INVALID_STATUS", f"invalid convertedStatus: {convert.converted_status}", ("convertedStatus",))
        )
    if convert.opportunity_id and convert.opportunity_name:
        raise _argument("opportunityId and opportunityName cannot both be specified", "opportunityId")
    if convert.do_not_create_opportunity and (convert.opportunity_id or convert.opportunity_name):
        raise _argument("no opportunity can be specified when doNotCreateOpportunity is true", "opportunityName")
    if convert.contact_id and not convert.account_id:
        raise _argument("an accountId must be specified with a contactId", "accountId")
    if convert.overwrite_lead_source and not convert.contact_id:
        raise _argument("a contactId must be specified to overwrite its LeadSource", "contactId")


def _argument(text: str, field: str) -> _Refused:
    return _Refused(RowError("INVALID_FIELD_FOR_INSERT_UPDATE", text, (field,)))


def _existing(context: CallContext, sobject: SObject, text: str) -> str:
    record_id, errors = save.existing_id(context, sobject, text)
    if record_id is None:
        raise _Refused(*errors)
    return record_id


def _convert(work: _Conversion) -> LeadConvertResult:
    convert = work.convert
    account_id = _target(work, "Account", convert.account_id, {})
    contact_id = _target(work, "Contact", convert.contact_id, {"AccountId": account_id})
    opportunity_id = None
    if not convert.do_not_create_opportunity:
        opportunity_id = _opportunity(work, account_id, contact_id)
    _move_related(work, contact_id)
    _close(work, account_id, contact_id, opportunity_id)
    _settle(work, contact_id)
    return LeadConvertResult(
        lead_id=work.lead_id, account_id=account_id, contact_id=contact_id, opportunity_id=opportunity_id
    )


def _target(work: _Conversion, name: str, given_id: str | None, more: Mapping[str, Value]) -> str:
    """Give the id of the record that the lead goes into: a given one, whose empty fields are filled, or a new one."""
    context = work.context
    sobject = require_sobject(context.view, name)
    mapped = {
        target: work.values[source]
        for target, source in mapping()[name].items()
        if work.values.get(source) not in (None, False) and sobject.field(target) is not None
    }
    if given_id is None:
        return _insert(work, name, {**mapped, **more, "OwnerId": work.owner_id})
    record_id = _existing(context, sobject, given_id)
    names = list({**mapped, **more})
    row = context.reader.get(sobject, [record_id], names)[record_id] if names else ()
    held = dict(zip(names, row, strict=True))
    for field, value in more.items():
        if held[field] != value:
            raise _argument(f"{name} {given_id} is not of the account {value}", f"{name.lower()}Id")
    filled = {field: value for field, value in mapped.items() if held[field] is None}
    if work.convert.overwrite_lead_source and "LeadSource" in mapped:
        filled["LeadSource"] = mapped["LeadSource"]
    if filled:
        _update(work, name, record_id, filled)
    return record_id


def _opportunity(work: _Conversion, account_id: str, contact_id: str) -> str:
    context, convert = work.context, work.convert
    if convert.opportunity_id:
        return _existing(context, require_sobject(context.view, "Opportunity"), convert.opportunity_id)
    stage = require_sobject(context.view, "Opportunity").field("StageName")
    values: dict[str, Value] = {
        "Name": convert.opportunity_name or work.values["Company"],
        "AccountId": account_id,
        "OwnerId": work.owner_id,
        "StageName": next(entry.value for entry in stage.picklist_values if entry.active) if stage else None,
        "CloseDate": _end_of_quarter(context.now.date()).isoformat(),
        "LeadSource": work.values.get("LeadSource"),
    }
    opportunity_id = _insert(work, "Opportunity", {name: value for name, value in values.items() if value is not None})
    _insert(
        work, "OpportunityContactRole", {"OpportunityId": opportunity_id, "ContactId": contact_id, "IsPrimary": True}
    )
    return opportunity_id


def _end_of_quarter(day: date) -> date:
    month = (day.month - 1) // 3 * 3 + 3
    return date(day.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _insert(work: _Conversion, name: str, values: Mapping[str, Value]) -> str:
    draft = draft_of(work.context, InputRecord(name, values), Change.INSERT, work.allow_truncation)
    result = save.insert(work.context, draft)
    if result.id is None:
        raise _Refused(*result.errors)
    return result.id


def _update(work: _Conversion, name: str, record_id: str, values: Mapping[str, Value]) -> None:
    record = InputRecord(name, values, record_id)
    result = save.update(work.context, draft_of(work.context, record, Change.UPDATE, work.allow_truncation))
    if result.errors:
        raise _Refused(*result.errors)


def _move_related(work: _Conversion, contact_id: str) -> None:
    """Hand what led to the lead over to the contact, where the reference may lead to one."""
    context = work.context
    for child, reference, _ in list(references(context, work.lead)):
        if child.name == work.lead.name or "Contact" not in reference.reference_to:
            _also_of_contact(context, child, reference.name, work.lead_id, contact_id)
            continue
        for child_id in context.reader.find(child, reference.name, work.lead_id, limit=_ALL):
            stamps = system_values(context, child, ON_UPDATE)
            context.writer.update(child, child_id, {reference.name: contact_id, **stamps})


def _also_of_contact(context: CallContext, child: SObject, reference: str, lead_id: str, contact_id: str) -> None:
    """Tell a record that names its lead and its contact side by side (a campaign member) of the contact."""
    if reference in _STAYING and child.field("ContactId") is not None:
        for child_id in context.reader.find(child, reference, lead_id, limit=_ALL):
            stamps = system_values(context, child, ON_UPDATE)
            context.writer.update(child, child_id, {"ContactId": contact_id, **stamps})


def _close(work: _Conversion, account_id: str, contact_id: str, opportunity_id: str | None) -> None:
    context = work.context
    values: dict[str, Value] = {
        "Status": work.convert.converted_status,
        "IsConverted": True,
        "ConvertedDate": context.stamp[:10],
        "ConvertedAccountId": account_id,
        "ConvertedContactId": contact_id,
        "ConvertedOpportunityId": opportunity_id,
        "IsUnreadByOwner": False,
        **system_values(context, work.lead, ON_UPDATE),
    }
    known = {name: value for name, value in values.items() if work.lead.field(name) is not None}
    context.writer.update(work.lead, work.lead_id, known)


def _settle(work: _Conversion, contact_id: str) -> None:
    """Bring up to date what depends on what was handed over, or on the lead's having been converted."""
    context = work.context
    contact = require_sobject(context.org.schema.latest, "Contact")
    for kin, kin_id in ((work.lead, work.lead_id), (contact, contact_id)):
        for child, reference, _ in list(references(context, kin)):
            ids = context.reader.find(child, reference.name, kin_id, limit=_ALL)
            catch_up(context, ((child, each) for each in ids))
