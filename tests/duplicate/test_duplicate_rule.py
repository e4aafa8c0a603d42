"""Duplicate rules of an org's own metadata refuse, or let pass, what they find."""

import pytest

from mockorg_server.core.calls.operation import ConvertLead, Delete, Merge, Undelete
from mockorg_server.core.dml.validation import problems
from mockorg_server.core.duplicate_result import DuplicateRuleHeader
from mockorg_server.core.record import InputRecord, LeadConvert, MergeRequest
from mockorg_server.schema.schema import load_schema

from .conftest import duplicate_rule, matching_rule

CODE = "DUPLICATES_DETECTED"
ANN = {"LastName": "Ann", "Email": "ann@x.example"}
INSIST = DuplicateRuleHeader(allow_save=True)


def only_error(result):
    (error,) = result.errors
    return error


def test_an_alert_refuses_the_record_and_names_what_it_is_like(email_rule):
    rules = email_rule(more="<alertText>There is one already</alertText>")
    there = rules.make("Contact", **ANN)
    (result,) = rules.create("Contact", {"LastName": "Other", "Email": "ANN@x.example"})
    error = only_error(result)
    assert (error.code, error.message, error.fields) == (CODE, "There is one already", ())
    found = error.duplicate
    assert (found.allow_save, found.duplicate_rule, found.duplicate_rule_entity_type) == (True, "No_Twins", "Contact")
    assert found.error_message == "There is one already"
    (match,) = found.match_results
    assert (match.entity_type, match.match_engine, match.rule) == ("Contact", "ExactMatchEngine", "Same_Email")
    (record,) = match.match_records
    assert (record.row, record.field_diffs, record.match_confidence) == ((there,), (), 100.0)
    assert rules.rows("SELECT LastName FROM Contact") == [("Ann",)]


def test_without_a_text_the_platforms_own_is_told(email_rule):
    rules = email_rule(insert="Block")
    rules.make("Contact", **ANN)
    assert only_error(rules.create("Contact", ANN)[0]).message == "Use one of these records?"


def test_allow_save_passes_an_alert_and_not_a_block(email_rule):
    rules = email_rule(update="Block")
    rules.make("Contact", **ANN)
    (saved,) = rules.create("Contact", ANN, header=INSIST)
    assert saved.success
    other = rules.make("Contact", LastName="Bob")
    refused = only_error(rules.update("Contact", other, header=INSIST, Email="ann@x.example"))
    assert (refused.code, refused.duplicate.allow_save) == (CODE, False)


def test_a_rule_that_neither_alerts_nor_blocks_lets_everything_pass(email_rule):
    rules = email_rule(operations="")
    rules.make("Contact", **ANN)
    assert rules.create("Contact", ANN)[0].success


def test_a_rule_that_is_not_active_does_nothing(email_rule):
    rules = email_rule(insert="Block", active="false")
    rules.make("Contact", **ANN)
    assert rules.create("Contact", ANN)[0].success


def test_details_of_the_matches_are_told_when_they_are_asked_for(email_rule):
    rules = email_rule()
    there = rules.make("Contact", FirstName="A", **ANN)
    header = DuplicateRuleHeader(include_record_details=True)
    (result,) = rules.create("Contact", ANN, header=header)
    ((record,),) = (match.match_records for match in only_error(result).duplicate.match_results)
    values = {member.name: record.row[member.index] for member in record.shape.members}
    owner = rules.host.default.administrator_id
    stamp = "2026-01-31T12:00:30.000Z"
    assert values == {
        "Id": there, "Name": "A Ann", "Email": "ann@x.example", "OwnerId": owner, "LastModifiedDate": stamp,
    }  # fmt: skip
    assert [(diff.name, diff.difference) for diff in record.field_diffs] == [("Email", "SAME")]


def test_records_of_one_call_are_not_compared_with_one_another(email_rule):
    rules = email_rule(insert="Block")
    assert all(result.success for result in rules.create("Contact", ANN, ANN))
    assert not rules.create("Contact", ANN)[0].success


def test_an_update_is_asked_about_when_it_changes_what_is_compared(email_rule):
    rules = email_rule(insert="Allow", update="Block")
    first = rules.make("Contact", **ANN)
    (second,) = rules.create("Contact", ANN, header=INSIST)
    assert rules.update("Contact", second.id, Phone="5").success
    assert only_error(rules.update("Contact", second.id, Email="ann@x.example")).code == CODE
    assert rules.update("Contact", first, LastName="Anna").success


def test_a_record_is_not_its_own_duplicate(email_rule):
    rules = email_rule(update="Block")
    only = rules.make("Contact", **ANN)
    assert rules.update("Contact", only, Email="ann@x.example").success


def test_a_deleted_record_is_no_duplicate(email_rule):
    rules = email_rule(insert="Block")
    rules.run(Delete((rules.make("Contact", **ANN),)))
    assert rules.create("Contact", ANN)[0].success


def test_merges_and_undeletes_are_not_asked_about(email_rule):
    rules = email_rule(insert="Allow", update="Block", operations="")
    ids = [rules.make("Contact", **ANN) for _ in range(3)]
    rules.run(Delete((ids[2],)))
    (undeleted,) = rules.run(Undelete((ids[2],)))
    assert undeleted.success
    master = InputRecord("Contact", {"Email": "ann@x.example"}, ids[0])
    (merged,) = rules.run(Merge((MergeRequest(master, (ids[1],)),)))
    assert merged.success


def test_a_converted_lead_may_make_a_duplicate(email_rule):
    rules = email_rule(insert="Block")
    rules.make("Contact", **ANN)
    lead = rules.make("Lead", Company="Acme", **ANN)
    convert = LeadConvert(lead_id=lead, converted_status="Closed - Converted", do_not_create_opportunity=True)
    (result,) = rules.run(ConvertLead((convert,)))
    assert only_error(result).code == CODE
    assert rules.rows("SELECT Id FROM Account") == []


def test_the_first_rule_that_finds_is_the_last_that_is_asked(rules):
    rules.matching("Contact", matching_rule("Same_Email", "Email"), matching_rule("Same_Name", "LastName"))
    rules.duplicate("Contact.Second", duplicate_rule("Same_Name", "Contact", insert="Block", order=2))
    rules.duplicate("Contact.First", duplicate_rule("Same_Email", "Contact", operations="", order=1))
    rules.make("Contact", **ANN)
    assert rules.create("Contact", ANN)[0].success
    refused = only_error(rules.create("Contact", {"LastName": "Ann"})[0])
    assert refused.duplicate.duplicate_rule == "Second"


def test_contacts_may_be_compared_with_leads(rules):
    mapping = (
        "<objectMapping><inputObject>Contact</inputObject><outputObject>Lead</outputObject><mappingFields>"
        "<inputField>OtherCity</inputField><outputField>City</outputField></mappingFields></objectMapping>"
    )
    rules.matching("Lead", matching_rule("Same_Lead", "Email", "City"))
    rules.duplicate("Contact.Leads", duplicate_rule("Same_Lead", "Lead", insert="Block", mapping=mapping))
    lead = rules.make("Lead", Company="Acme", City="Rome", **ANN)
    assert rules.create("Contact", {**ANN, "OtherCity": "Oslo"})[0].success
    found = only_error(rules.create("Contact", {**ANN, "OtherCity": "ROME"})[0]).duplicate
    assert found.duplicate_rule_entity_type == "Contact"
    assert [(each.entity_type, each.match_records[0].row[0]) for each in found.match_results] == [("Lead", lead)]


def test_an_upsert_is_asked_about_too(email_rule):
    rules = email_rule(insert="Block")
    rules.make("Contact", **ANN)
    (result,) = [rules.upsert("Contact", "Id", **ANN)]
    assert only_error(result).code == CODE


def test_custom_objects_have_rules_as_well(rules):
    rules.folder.object("Thing__c")
    rules.matching("Thing__c", matching_rule("Same", "Name"))
    rules.duplicate("Thing__c.Same", duplicate_rule("Same", "Thing__c", insert="Block"))
    rules.make("Thing__c", Name="One")
    assert only_error(rules.create("Thing__c", {"Name": "ONE"})[0]).code == CODE
    assert rules.create("Thing__c", {"Name": "Two"})[0].success


@pytest.mark.parametrize(
    ("filters", "logic", "asked"),
    [
        ((("Contact", "Title", "equals", "CEO,CTO"),), "", {"CEO", "cto"}),
        ((("Contact", "Title", "notEqual", "CEO"),), "", {"cto", None}),
        ((("Contact", "Title", "equals", ""),), "", {None}),
        ((("User", "IsActive", "equals", "true"),), "", {"CEO", "cto", None}),
        ((("Contact", "Title", "startsWith", "C"), ("Contact", "Title", "contains", "t")), "1 AND NOT(2)", {"CEO"}),
    ],
)
def test_a_rule_is_for_records_that_its_filter_lets_pass(email_rule, filters, logic, asked):
    items = "".join(
        f"<duplicateRuleFilterItems><field>{field}</field><operation>{operation}</operation><value>{value}</value>"
        f"<sortOrder>{number}</sortOrder><table>{table}</table></duplicateRuleFilterItems>"
        for number, (table, field, operation, value) in enumerate(filters, start=1)
    )
    more = f"<duplicateRuleFilter><booleanFilter>{logic}</booleanFilter>{items}</duplicateRuleFilter>"
    rules = email_rule(insert="Block", more=more)
    rules.create("Contact", {**ANN, "Title": "x"}, header=INSIST)
    titles = ("CEO", "cto", None)
    refused = {title for title in titles if not rules.create("Contact", {**ANN, "Title": title})[0].success}
    assert refused == asked


@pytest.mark.parametrize(
    ("items", "why"),
    [
        (
            ("FirstName:FirstName", "Email"),
            "the matching method FirstName of FirstName: variants of names (Bob and Robert)",
        ),
        (
            ("LastName:LastName",),
            "the matching method LastName of LastName: names that sound alike or lie near on a keyboard",
        ),
        (("Nothing__c",), "the field Nothing__c (Field Nothing__c does not exist. Check spelling.)"),
        (("Description",), "the field Description, which cannot be filtered by"),
    ],
)
def test_a_rule_that_cannot_be_asked_truthfully_is_named_and_not_active(rules, items, why):
    rules.matching("Contact", matching_rule("Alike", *items))
    rules.duplicate("Contact.Twins", duplicate_rule("Alike", "Contact", insert="Block"))
    schema = load_schema(additions=rules.read().additions)
    told = f"the duplicate rule is not active: mockorg does not know {why}"
    assert list(problems(schema)) == [("Contact.Twins", told)]
    for _ in range(2):
        assert rules.create("Contact", {"FirstName": "A", **ANN})[0].success


def test_a_rule_of_an_unknown_matching_rule_is_named(rules):
    rules.duplicate("Account.Standard", duplicate_rule("Standard_Account_Match_Rule_v1_0", "Account"))
    ((place, text),) = problems(load_schema(additions=rules.read().additions))
    assert place == "Account.Standard"
    assert text.endswith("the matching rule Account.Standard_Account_Match_Rule_v1_0")


def test_person_accounts_are_noted(rules):
    rules.matching("PersonAccount", matching_rule("Same", "PersonEmail"))
    rules.duplicate("PersonAccount.Same", duplicate_rule("Same", "PersonAccount"))
    assert {note.place for note in rules.read().notes} == {"PersonAccount.Same"}
