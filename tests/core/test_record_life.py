"""The life of a record: deleted with what hangs on it, brought back, taken out of the bin, merged, converted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mockorg_server.core.calls.operation import (
    ConvertLead,
    Create,
    Delete,
    EmptyRecycleBin,
    GetDeleted,
    Merge,
    Query,
    QueryAll,
    Undelete,
    Update,
)
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord, LeadConvert, MergeRequest

from .conftest import NOW

Run = Callable[..., Any]
CONVERTED = "Closed - Converted"


def make(run: Run, sobject: str, **values: Any) -> str:
    (result,) = run(Create((InputRecord(sobject, values),)))
    assert result.success, result.errors
    return str(result.id)


def rows(run: Run, soql: str, call: Any = Query) -> list[tuple[Any, ...]]:
    """Give the rows of a query; each begins with the Id, which is taken off where it was not asked for."""
    start = 0 if soql.startswith("SELECT Id") else 1
    return [row[start:] for row in run(call(soql)).rows]


def one(run: Run, call: Any, *ids: str) -> Any:
    (result,) = run(call(ids))
    return result


def code(result: Any) -> str:
    (error,) = result.errors
    return str(error.code)


# --- undelete and emptyRecycleBin


def test_undelete_brings_back_what_went_along_and_what_was_cleared(run: Run) -> None:
    account = make(run, "Account", Name="Acme")
    contact = make(run, "Contact", LastName="Ada", AccountId=account)
    child = make(run, "Account", Name="Child", ParentId=account)
    assert one(run, Delete, account).success
    assert rows(run, f"SELECT ParentId FROM Account WHERE Id = '{child}'") == [(None,)]
    assert rows(run, "SELECT Id FROM Contact") == []
    assert one(run, Undelete, account[:15]).id == account
    assert rows(run, "SELECT Id, AccountId FROM Contact") == [(contact, account)]
    assert rows(run, f"SELECT ParentId FROM Account WHERE Id = '{child}'") == [(account,)]


def test_a_child_that_was_deleted_before_stays_in_the_bin(run: Run) -> None:
    account = make(run, "Account", Name="Acme")
    contact = make(run, "Contact", LastName="Ada", AccountId=account)
    assert one(run, Delete, contact).success
    assert one(run, Delete, account).success
    assert one(run, Undelete, account).success
    assert rows(run, "SELECT Id FROM Contact") == []
    assert one(run, Undelete, contact).success


def test_a_child_is_not_undeleted_without_its_parent(run: Run) -> None:
    account = make(run, "Account", Name="Acme")
    contact = make(run, "Contact", LastName="Ada", AccountId=account)
    assert one(run, Delete, account).success
    result = one(run, Undelete, contact)
    assert (code(result), result.errors[0].message) == ("UNDELETE_FAILED", "Entity is not in the recycle bin")


def test_undelete_of_what_is_not_in_the_bin(run: Run, org: Org) -> None:
    account = make(run, "Account", Name="Acme")
    assert code(one(run, Undelete, account)) == "UNDELETE_FAILED"
    assert code(one(run, Undelete, "001000000000099AAA")) == "INVALID_CROSS_REFERENCE_KEY"
    assert code(one(run, Undelete, "nothing")) == "MALFORMED_ID"
    assert one(run, Delete, account).success
    org.clock.advance(15 * 24 * 3600)
    assert code(one(run, Undelete, account)) == "UNDELETE_FAILED"


def test_a_reference_to_a_record_that_is_gone_meanwhile_is_not_restored(run: Run) -> None:
    account = make(run, "Account", Name="Acme")
    child = make(run, "Account", Name="Child", ParentId=account)
    assert one(run, Delete, child).success
    assert one(run, Delete, account).success
    assert one(run, Undelete, child).success
    assert rows(run, "SELECT ParentId FROM Account") == [(None,)]


def test_all_or_none_holds_for_undelete(run: Run) -> None:
    account = make(run, "Account", Name="Acme")
    assert one(run, Delete, account).success
    first, second = run(Undelete((account, "001000000000099AAA"), all_or_none=True))
    assert (first.id, code(first)) == (account, "ALL_OR_NONE_OPERATION_ROLLED_BACK")
    assert code(second) == "INVALID_CROSS_REFERENCE_KEY"
    assert rows(run, "SELECT Id FROM Account") == []


def test_an_emptied_record_is_still_told_of_but_comes_back_no_more(run: Run, org: Org) -> None:
    account = make(run, "Account", Name="Acme")
    make(run, "Contact", LastName="Ada", AccountId=account)
    assert code(one(run, EmptyRecycleBin, account)) == "INVALID_CROSS_REFERENCE_KEY"
    assert one(run, Delete, account).success
    assert one(run, EmptyRecycleBin, account).success
    assert code(one(run, Undelete, account)) == "UNDELETE_FAILED"
    assert rows(run, "SELECT IsDeleted FROM Account", QueryAll) == [(True,)]
    found = run(GetDeleted("Account", NOW - timedelta(hours=1), NOW + timedelta(hours=1)))
    assert [record.id for record in found.deleted_records] == [account]


def test_an_undeleted_record_is_updated_and_no_longer_deleted(run: Run) -> None:
    account = make(run, "Account", Name="Acme")
    assert one(run, Delete, account).success
    assert one(run, Undelete, account).success
    found = run(GetDeleted("Account", NOW - timedelta(hours=1), NOW + timedelta(hours=1)))
    assert found.deleted_records == ()


def test_more_ids_than_a_call_takes(run: Run) -> None:
    for call in (Undelete, EmptyRecycleBin):
        with pytest.raises(OrgError, match="cannot submit more than 200"):
            run(call(("001000000000001AAA",) * 201))


# --- merge


def test_merge_reparents_and_marks_the_losers(run: Run) -> None:
    master, loser, other = (make(run, "Account", Name=name) for name in ("A", "B", "C"))
    contact = make(run, "Contact", LastName="Ada", AccountId=loser)
    case = make(run, "Case", Subject="x", AccountId=other)
    request = MergeRequest(InputRecord("Account", {"Phone": "555"}, master), (loser, other[:15]))
    (result,) = run(Merge((request,)))
    assert result.success, result.errors
    assert (result.id, result.merged_record_ids) == (master, (loser, other))
    assert set(result.updated_related_ids) == {contact, case}
    assert rows(run, "SELECT Id, Phone FROM Account") == [(master, "555")]
    assert rows(run, "SELECT AccountId FROM Contact") == [(master,)]
    assert rows(run, "SELECT Id, MasterRecordId FROM Account WHERE IsDeleted = TRUE ORDER BY Name", QueryAll) == [
        (loser, master),
        (other, master),
    ]


def test_a_loser_may_be_undeleted_and_is_one_of_its_own_again(run: Run) -> None:
    master, loser = (make(run, "Lead", LastName=name, Company="C") for name in ("A", "B"))
    (result,) = run(Merge((MergeRequest(InputRecord("Lead", {}, master), (loser,)),)))
    assert result.success
    assert one(run, Undelete, loser).success
    assert rows(run, "SELECT MasterRecordId FROM Lead") == [(None,), (None,)]


def test_a_merge_that_fails_changes_nothing(run: Run) -> None:
    master, loser = (make(run, "Account", Name=name) for name in ("A", "B"))
    make(run, "Contact", LastName="Ada", AccountId=loser)
    (result,) = run(Merge((MergeRequest(InputRecord("Account", {"Phone": "5" * 99}, master), (loser,)),)))
    assert (result.id, code(result), result.merged_record_ids) == (master, "STRING_TOO_LONG", ())
    assert rows(run, "SELECT AccountId FROM Contact") == [(loser,)]
    assert len(rows(run, "SELECT Id FROM Account")) == 2


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ((), "INVALID_MERGE_RECORD"),
        (("@a", "@b", "@c"), "INVALID_MERGE_RECORD"),
        (("@master",), "INVALID_MERGE_RECORD"),
        (("@a", "@a"), "INVALID_MERGE_RECORD"),
        (("003000000000001AAA",), "MALFORMED_ID"),
        (("001000000000099AAA",), "INVALID_CROSS_REFERENCE_KEY"),
    ],
)
def test_merges_that_are_refused(run: Run, ids: tuple[str, ...], expected: str) -> None:
    known = {f"@{name}": make(run, "Account", Name=name) for name in ("master", "a", "b", "c")}
    request = MergeRequest(InputRecord("Account", {}, known["@master"]), tuple(known.get(each, each) for each in ids))
    (result,) = run(Merge((request,)))
    assert code(result) == expected
    assert len(rows(run, "SELECT Id FROM Account")) == 4


def test_what_has_no_master_record_is_not_merged(run: Run) -> None:
    first, second = (make(run, "Campaign", Name=name) for name in "ab")
    (result,) = run(Merge((MergeRequest(InputRecord("Campaign", {}, first), (second,)),)))
    assert code(result) == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"


def test_kin_among_the_merged_lead_nowhere_afterwards(run: Run) -> None:
    loser = make(run, "Account", Name="parent")
    master = make(run, "Account", Name="child", ParentId=loser)
    (result,) = run(Merge((MergeRequest(InputRecord("Account", {}, master), (loser,)),)))
    assert result.success
    assert rows(run, "SELECT Id, ParentId FROM Account") == [(master, None)]


# --- convertLead


def convert(run: Run, lead: str, **more: Any) -> Any:
    (result,) = run(ConvertLead((LeadConvert(lead_id=lead, **{"converted_status": CONVERTED, **more}),)))
    return result


def a_lead(run: Run, **more: Any) -> str:
    return make(run, "Lead", **{"FirstName": "Ada", "LastName": "Lovelace", "Company": "Engines", **more})


def test_a_lead_becomes_an_account_a_contact_and_an_opportunity(run: Run) -> None:
    lead = a_lead(run, Street="1 Row", City="London", Email="ada@example.com", LeadSource="Web", Industry="Banking")
    task = make(run, "Task", Subject="call", WhoId=lead)
    result = convert(run, lead[:15])
    assert result.success, result.errors
    assert result.lead_id == lead
    assert rows(run, "SELECT Id, Name, BillingCity, Industry FROM Account") == [
        (result.account_id, "Engines", "London", "Banking")
    ]
    assert rows(run, "SELECT Id, Name, AccountId, MailingStreet, Email, LeadSource FROM Contact") == [
        (result.contact_id, "Ada Lovelace", result.account_id, "1 Row", "ada@example.com", "Web")
    ]
    assert rows(run, "SELECT Id, Name, AccountId, StageName, CloseDate FROM Opportunity") == [
        (result.opportunity_id, "Engines", result.account_id, "Prospecting", "2026-03-31")
    ]
    assert rows(run, "SELECT ContactId, IsPrimary FROM OpportunityContactRole") == [(result.contact_id, True)]
    assert rows(run, "SELECT Id, WhoId FROM Task") == [(task, result.contact_id)]
    names = "IsConverted, Status, ConvertedDate, ConvertedAccountId, ConvertedContactId, ConvertedOpportunityId"
    assert rows(run, f"SELECT {names} FROM Lead") == [
        (True, CONVERTED, "2026-01-31", result.account_id, result.contact_id, result.opportunity_id)
    ]


def test_empty_fields_of_given_records_are_filled_and_others_stay(run: Run) -> None:
    account = make(run, "Account", Name="Mine", Phone="1")
    contact = make(run, "Contact", LastName="Byron", AccountId=account, LeadSource="Other")
    lead = a_lead(run, Phone="2", Title="Countess", LeadSource="Web")
    more = {"account_id": account, "contact_id": contact, "do_not_create_opportunity": True}
    result = convert(run, lead, overwrite_lead_source=True, **more)
    assert (result.account_id, result.contact_id, result.opportunity_id) == (account, contact, None)
    assert rows(run, "SELECT Name, Phone FROM Account") == [("Mine", "1")]
    assert rows(run, "SELECT Name, Title, LeadSource FROM Contact") == [("Ada Byron", "Countess", "Web")]
    assert rows(run, "SELECT Id FROM Opportunity") == []


def test_a_converted_lead_is_done_with(run: Run) -> None:
    lead = a_lead(run)
    assert convert(run, lead).success
    assert code(convert(run, lead)) == "CANNOT_UPDATE_CONVERTED_LEAD"
    (changed,) = run(Update((InputRecord("Lead", {"Phone": "1"}, lead),)))
    assert code(changed) == "CANNOT_UPDATE_CONVERTED_LEAD"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"converted_status": "Open - Not Contacted"}, "INVALID_STATUS"),
        ({"opportunity_name": "x", "do_not_create_opportunity": True}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"contact_id": "003000000000001AAA"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"account_id": "001000000000099AAA"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"account_id": "003000000000001AAA"}, "MALFORMED_ID"),
        ({"owner_id": "005000000000099AAA"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"opportunity_name": "x" * 121}, "STRING_TOO_LONG"),
    ],
)
def test_conversions_that_are_refused_change_nothing(run: Run, more: dict[str, Any], expected: str) -> None:
    lead = a_lead(run)
    result = convert(run, lead, **more)
    assert (code(result), result.lead_id, result.account_id) == (expected, None, None)
    assert rows(run, "SELECT IsConverted FROM Lead") == [(False,)]
    assert rows(run, "SELECT Id FROM Account") == []
    assert rows(run, "SELECT Id FROM Contact") == []


def test_a_converted_lead_is_a_member_as_a_contact_as_well(run: Run) -> None:
    campaign = make(run, "Campaign", Name="C")
    lead = a_lead(run)
    make(run, "CampaignMember", CampaignId=campaign, LeadId=lead)
    make(run, "Task", WhoId=lead, Status="Completed", ActivityDate="2026-01-05")
    result = convert(run, lead)
    assert rows(run, "SELECT NumberOfLeads, NumberOfContacts, NumberOfConvertedLeads FROM Campaign") == [(1, 1, 1)]
    assert rows(run, "SELECT ContactId, LeadId, Name, CompanyOrAccount FROM CampaignMember") == [
        (result.contact_id, lead, "Ada Lovelace", "Engines")
    ]
    assert rows(run, "SELECT LastActivityDate FROM Contact") == [("2026-01-05",)]


def test_members_and_activities_of_a_merged_contact_are_those_of_its_master(run: Run) -> None:
    campaign = make(run, "Campaign", Name="C")
    master, loser = (make(run, "Contact", LastName=name) for name in ("Master", "Loser"))
    make(run, "CampaignMember", CampaignId=campaign, ContactId=loser)
    make(run, "Task", WhoId=loser, Status="Completed", ActivityDate="2026-01-05")
    (result,) = run(Merge((MergeRequest(InputRecord("Contact", {}, master), (loser,)),)))
    assert result.success, result.errors
    assert rows(run, "SELECT Name, ContactId FROM CampaignMember") == [("Master", master)]
    assert rows(run, "SELECT LastActivityDate FROM Contact") == [("2026-01-05",)]
    assert rows(run, "SELECT NumberOfContacts FROM Campaign") == [(1,)]
