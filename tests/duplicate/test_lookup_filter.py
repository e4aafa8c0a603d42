"""Lookup filters hold what a record may point at; those that are optional do not."""

import pytest

from mockorg_server.core.dml.validation import problems
from mockorg_server.schema.schema import load_schema

CODE = "FIELD_FILTER_VALIDATION_EXCEPTION"
TEXT = "Value does not exist or does not match filter criteria."


def item(field, operation, value=None, value_field=None):
    told = f"<valueField>{value_field}</valueField>" if value_field else f"<value>{value or ''}</value>"
    return f"<filterItems><field>{field}</field><operation>{operation}</operation>{told}</filterItems>"


def lookup(rules, *items, more="<isOptional>false</isOptional>", target="Contact"):
    """Give Thing__c a lookup with a filter, an account, and a text."""
    rules.folder.object("Thing__c")
    body = "<referenceTo>Account</referenceTo><relationshipName>Things</relationshipName><type>Lookup</type>"
    rules.folder.field("Thing__c.Account__c", body)
    rules.folder.field("Thing__c.Kind__c", "<length>20</length><type>Text</type>")
    written = f"<lookupFilter><active>true</active>{''.join(items)}{more}</lookupFilter>"
    body = f"<referenceTo>{target}</referenceTo><relationshipName>More_Things</relationshipName><type>Lookup</type>"
    rules.folder.field("Thing__c.Who__c", written + body)
    return rules


def told(result):
    return [(error.code, error.message, error.fields) for error in result.errors]


SAME_ACCOUNT = item("Contact.AccountId", "equals", value_field="$Source.Account__c")


def test_a_target_that_the_filter_does_not_let_pass_is_refused(rules):
    lookup(rules, SAME_ACCOUNT)
    accounts = [rules.make("Account", Name=name) for name in "AB"]
    ann = rules.make("Contact", LastName="Ann", AccountId=accounts[0])
    (refused,) = rules.create("Thing__c", {"Who__c": ann, "Account__c": accounts[1]})
    assert told(refused) == [(CODE, TEXT, ("Who__c",))]
    thing = rules.make("Thing__c", Who__c=ann, Account__c=accounts[0])
    assert told(rules.update("Thing__c", thing, Account__c=accounts[1])) == [(CODE, TEXT, ("Who__c",))]
    assert rules.update("Thing__c", thing, Kind__c="x").success
    assert rules.update("Thing__c", thing, Who__c=None, Account__c=accounts[1]).success


def test_the_filters_own_text_is_told(rules):
    lookup(rules, SAME_ACCOUNT, more="<errorMessage>Not this one</errorMessage><isOptional>false</isOptional>")
    ann = rules.make("Contact", LastName="Ann", AccountId=rules.make("Account", Name="A"))
    assert told(rules.create("Thing__c", {"Who__c": ann})[0]) == [(CODE, "Not this one", ("Who__c",))]


@pytest.mark.parametrize("more", ["<isOptional>true</isOptional>", "<active>false</active>"])
def test_an_optional_filter_and_one_that_is_not_active_hold_nothing(rules, more):
    lookup(rules, SAME_ACCOUNT, more=more)
    if "active" in more:
        path = rules.folder.path / "objects/Thing__c/fields/Who__c.field-meta.xml"
        path.write_text(path.read_text().replace("<active>true</active>", ""))
    ann = rules.make("Contact", LastName="Ann", AccountId=rules.make("Account", Name="A"))
    assert rules.create("Thing__c", {"Who__c": ann})[0].success


@pytest.mark.parametrize(
    ("items", "logic", "passes"),
    [
        ([item("Contact.Title", "equals", "CEO, cto")], "", {"CEO", "CTO"}),
        ([item("Contact.Title", "notEqual", "CEO")], "", {"CTO", "Clerk", None}),
        ([item("Contact.Title", "equals")], "", {None}),
        ([item("Contact.Title", "contains", "t")], "", {"CTO"}),
        ([item("Contact.Title", "startsWith", "c"), item("$Source.Kind__c", "equals", "x")], "1 AND 2", set()),
        ([item("Contact.Title", "startsWith", "c"), item("$Source.Kind__c", "equals")], "", {"CEO", "CTO", "Clerk"}),
        ([item("Contact.Account.Name", "equals", "Acme")], "", {"CEO", "CTO", "Clerk", None}),
        ([item("Contact.OwnerId", "equals", value_field="$User.Id")], "", {"CEO", "CTO", "Clerk", None}),
        ([item("$Profile.Name", "notEqual", "System Administrator")], "", set()),
        ([item("Contact.CreatedDate", "greaterThan", "2026-01-01T00:00:00Z")], "", {"CEO", "CTO", "Clerk", None}),
        ([item("Contact.Birthdate", "lessOrEqual", "2000-01-31")], "", set()),
        ([item("Contact.HasOptedOutOfEmail", "equals", "False")], "", {"CEO", "CTO", "Clerk", None}),
        ([item("Contact.Account.AnnualRevenue", "greaterOrEqual", "5")], "", {"CEO", "CTO", "Clerk", None}),
    ],
)  # fmt: skip
def test_filters_compare_as_those_of_the_platform(rules, items, logic, passes):
    lookup(rules, *items, more=f"<booleanFilter>{logic}</booleanFilter>")
    account = rules.make("Account", Name="Acme", AnnualRevenue=5)
    titles = ("CEO", "CTO", "Clerk", None)
    contacts = {title: rules.make("Contact", LastName="A", AccountId=account, Title=title) for title in titles}
    passed = {title for title, who in contacts.items() if rules.create("Thing__c", {"Who__c": who})[0].success}
    assert passed == passes


def test_a_record_type_is_named_by_its_name(rules):
    body = "<fullName>Small_One</fullName><active>true</active><label>Small</label>"
    rules.folder.record_type("Account", "Small_One", body)
    lookup(rules, item("Account.RecordTypeId", "equals", "Small_One"), target="Account")
    (small,) = rules.rows("SELECT Id FROM RecordType WHERE DeveloperName = 'Small_One'")
    right, wrong = rules.make("Account", Name="A", RecordTypeId=small[0]), rules.make("Account", Name="B")
    assert rules.create("Thing__c", {"Who__c": right})[0].success
    assert told(rules.create("Thing__c", {"Who__c": wrong})[0]) == [(CODE, TEXT, ("Who__c",))]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (item("Contact.Nothing__c", "equals", "1"), "the field Contact.Nothing__c (Field Nothing__c does not exist. Check spelling.)"),
        (item("Contact.Birthdate", "equals", "TODAY"), "the value 'TODAY' of a date"),
        (item("Contact.Title", "within", "5"), "the operator within"),
        (item("Account.Name", "equals", "5"), "the field Account.Name"),
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_asked_is_named_and_not_enforced(rules, written, why):
    lookup(rules, written)
    text = f"the lookup filter is not enforced: mockorg does not know {why}"
    assert list(problems(load_schema(additions=rules.read().additions))) == [("Thing__c.Who__c", text)]
    ann = rules.make("Contact", LastName="Ann")
    assert rules.create("Thing__c", {"Who__c": ann})[0].success
