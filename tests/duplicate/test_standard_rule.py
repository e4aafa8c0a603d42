"""The platform's own rules, in orgs that are set up with them, and the rows that tell of rules."""

import pytest

from mockorg_server.core.dml.validation import problems
from mockorg_server.core.duplicate_result import DuplicateRuleHeader

from .conftest import duplicate_rule, matching_rule

ADDRESS = {"MailingStreet": "1 Main Street", "MailingCity": "Rome"}


@pytest.fixture
def standard(rules):
    rules.settings["standard_duplicate_rules"] = True
    return rules


def test_an_org_has_them_when_it_is_asked_for_them_alone(rules):
    for _ in range(2):
        rules.make("Account", Name="Acme", Phone="415-555-1234")
    assert rules.rows("SELECT Id FROM DuplicateRule") == []


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ({"Name": "Acme, Inc."}, {"Name": "ACME"}, False),
        ({"Name": "Acme, Inc.", "Phone": "415-555-1234"}, {"Name": "ACME", "Phone": "(415) 555-9999"}, True),
        ({"Name": "IBM", "BillingPostalCode": "10504"}, {"Name": "International Business Machines", "BillingPostalCode": "10504-1"}, False),
        ({"Name": "IBM", "BillingPostalCode": "10504"}, {"Name": "International Business Machines", "BillingPostalCode": "10504-1722"}, True),
        ({"Name": "International Business Machines", "BillingPostalCode": "10504"}, {"Name": "ibm", "BillingPostalCode": "10504"}, True),
        ({"Name": "Acme", "BillingPostalCode": "WT15 7TB"}, {"Name": "Acme", "BillingPostalCode": "WT15 7TB"}, False),
        ({"Name": "Acme", "BillingStreet": "1 Main St"}, {"Name": "Acme", "BillingStreet": "1 Main Street"}, True),
        ({"Name": "Acme", "BillingCity": "Rome", "BillingState": "NY"}, {"Name": "Acme", "BillingCity": "Rome"}, False),
        ({"Name": "Acme", "BillingCity": "Rome", "BillingState": "NY"}, {"Name": "Acme", "BillingCity": "Rome", "BillingState": "ny"}, True),
        ({"Name": "Acme", "Phone": "415-555-1234"}, {"Name": "Zenith", "Phone": "415-555-1234"}, False),
    ],
)  # fmt: skip
def test_accounts(standard, first, second, found):
    standard.make("Account", **first)
    assert standard.create("Account", second)[0].success is not found


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ({"FirstName": "Ann", "Email": "a@x.example"}, {"FirstName": "Anne", "Email": "a@x.example"}, True),
        ({"FirstName": "Ann", "Email": "a@x.example"}, {"Email": "a@x.example"}, True),
        ({"FirstName": "Ann", "Email": "a@x.example"}, {"FirstName": "Zoe", "Email": "a@x.example"}, False),
        ({"FirstName": "Ann", "Phone": "415-555-1234"}, {"Phone": "415-555-1234"}, False),
        ({"FirstName": "Ann", "Phone": "415-555-1234"}, {"FirstName": "A", "Phone": "415-555-1234"}, True),
        ({"FirstName": "Ann", **ADDRESS}, {"FirstName": "Ann", **ADDRESS}, True),
        ({"FirstName": "Ann", **ADDRESS}, {"FirstName": "Ann", **ADDRESS, "MailingCity": "Oslo"}, False),
        ({"FirstName": "Ann", "LastName": "Lee", "Email": "a@x.example"}, {"FirstName": "Lee", "LastName": "Ann", "Email": "a@x.example"}, True),
    ],
)  # fmt: skip
def test_contacts(standard, first, second, found):
    standard.make("Contact", **({"LastName": "Smith"} | first))
    (result,) = standard.create("Contact", {"LastName": "Smith"} | second)
    assert result.success is not found
    if found:
        told = result.errors[0].duplicate
        (match,) = told.match_results
        assert (told.duplicate_rule, match.rule) == (
            "Standard_Contact_Duplicate_Rule",
            "Standard_Contact_Match_Rule_v1_1",
        )
        assert (match.match_engine, result.errors[0].message) == ("FuzzyMatchEngine", "Use one of these records?")


def test_contacts_of_companies_alike(standard):
    accounts = [standard.make("Account", Name=name) for name in ("Acme", "ACME Corp")]
    person = {"FirstName": "Ann", "LastName": "Lee", "Title": "CEO"}
    standard.make("Contact", **person, AccountId=accounts[0])
    assert not standard.create("Contact", {**person, "AccountId": accounts[1]})[0].success


def test_leads_until_they_are_converted(standard):
    from mockorg_server.core.calls.operation import ConvertLead  # noqa: PLC0415
    from mockorg_server.core.record import LeadConvert  # noqa: PLC0415

    ann = {"FirstName": "Ann", "LastName": "Lee", "Company": "Acme", "Title": "CEO"}
    lead = standard.make("Lead", **ann)
    assert standard.create("Lead", ann)[0].errors[0].duplicate.duplicate_rule == "Standard_Lead_Duplicate_Rule"
    convert = LeadConvert(lead_id=lead, converted_status="Closed - Converted", do_not_create_opportunity=True)
    assert standard.run(ConvertLead((convert,)))[0].success
    assert standard.create("Lead", ann)[0].success


def test_an_edit_is_not_refused(standard):
    standard.make("Account", Name="Acme", Phone="415-555-1234")
    other = standard.make("Account", Name="Acme", Phone="416-555-1234")
    assert standard.update("Account", other, Phone="415-555-1234").success


def test_the_orgs_own_metadata_has_the_last_word(standard):
    rule = duplicate_rule("Standard_Account_Match_Rule_v1_0", "Account", insert="Block")
    standard.duplicate("Account.Standard_Account_Duplicate_Rule", rule)
    standard.duplicate("Contact.Standard_Contact_Duplicate_Rule", duplicate_rule("x", "Contact", active="false"))
    account = {"Name": "Acme", "Phone": "415-555-1234"}
    standard.make("Account", **account)
    (refused,) = standard.create("Account", account, header=DuplicateRuleHeader(allow_save=True))
    assert refused.errors[0].duplicate.allow_save is False
    for _ in range(2):
        standard.make("Contact", FirstName="A", LastName="B", Email="a@x.example")
    assert list(problems(standard.host.default.schema)) == []


def test_rules_have_rows(email_rule):
    rules = email_rule(active="false")
    assert rules.rows(
        "SELECT SobjectType, DeveloperName, MasterLabel, IsActive, SobjectSubtype FROM DuplicateRule"
    ) == [("Contact", "No_Twins", "A rule", 0, "None")]
    assert rules.rows("SELECT DeveloperName, MatchEngine, RuleStatus FROM MatchingRule") == [
        ("Same_Email", "ExactMatchEngine", "Active")
    ]
    soql = "SELECT Field, MatchingMethod, BlankValueBehavior, SortOrder FROM MatchingRuleItem"
    assert rules.rows(soql) == [("Email", "Exact", "NullNotAllowed", 1)]
    assert rules.rows("SELECT Id FROM MatchingRuleItem WHERE MatchingRule.DeveloperName = 'Same_Email'") != []


def test_a_report_has_the_record_and_its_duplicates(email_rule):
    rules = email_rule(operations="Report")
    ids = [rules.make("Contact", LastName="A", Email="a@x.example") for _ in range(3)]
    rules.make("Contact", LastName="B")
    told = "SELECT RecordCount FROM DuplicateRecordSet WHERE DuplicateRule.DeveloperName = 'No_Twins'"
    assert rules.rows(told) == [(3,)]
    assert [row[0] for row in rules.rows("SELECT RecordId FROM DuplicateRecordItem ORDER BY RecordId")] == sorted(ids)


def test_an_alert_that_is_passed_over_is_reported(email_rule):
    rules = email_rule(operations="Alert Report")
    rules.make("Contact", LastName="A", Email="a@x.example")
    assert not rules.create("Contact", {"LastName": "A", "Email": "a@x.example"})[0].success
    assert rules.rows("SELECT Id FROM DuplicateRecordSet") == []
    rules.create("Contact", {"LastName": "A", "Email": "a@x.example"}, header=DuplicateRuleHeader(allow_save=True))
    assert rules.rows("SELECT RecordCount FROM DuplicateRecordSet") == [(2,)]


def test_records_of_custom_objects_are_reported_too(rules):
    rules.folder.object("Thing__c")
    rules.matching("Thing__c", matching_rule("Same", "Name"))
    rules.duplicate("Thing__c.Same", duplicate_rule("Same", "Thing__c", operations="Report"))
    for _ in range(2):
        rules.make("Thing__c", Name="One")
    assert rules.rows("SELECT RecordCount FROM DuplicateRecordSet") == [(2,)]
