"""Formula fields and roll-up summaries are worked out when they are read: in every clause, and never stale."""

from dataclasses import replace

import pytest

from mockorg_server.core.calls.operation import Create, Merge, Query, Retrieve, Undelete
from mockorg_server.core.error import OrgError
from mockorg_server.core.record import InputRecord, MergeRequest
from mockorg_server.formula.formula import Use, compile_formula
from mockorg_server.schema.schema import load_schema

from .conftest import additions


def test_a_formula_is_selected_filtered_sorted_and_grouped(org):
    for name, heads in (("A", 500), ("B", 5), ("C", None)):
        org.made("Account", Name=name, NumberOfEmployees=heads)
    assert org.rows("SELECT Name, Size__c FROM Account ORDER BY Size__c, Name") == [
        ("A", "big"),
        ("B", "small"),
        ("C", "small"),
    ]
    assert org.rows("SELECT Name FROM Account WHERE Size__c = 'BIG'") == [("A",)]
    assert org.rows("SELECT Size__c, COUNT(Id) FROM Account GROUP BY Size__c ORDER BY Size__c") == [
        ("big", 1),
        ("small", 2),
    ]


def test_division_by_zero_is_null(org):
    org.made("Account", Name="A", NumberOfEmployees=0, AnnualRevenue=9)
    org.made("Account", Name="B", NumberOfEmployees=3, AnnualRevenue=10)
    assert org.rows("SELECT PerHead__c FROM Account ORDER BY Name") == [(None,), (3.33,)]
    assert org.rows("SELECT Name FROM Account WHERE PerHead__c = null") == [("A",)]
    assert org.rows("SELECT SUM(PerHead__c) FROM Account") == [(3.33,)]


def test_parents_are_read_as_they_are_now(org):
    parent = org.made("Account", Name="Top", NumberOfEmployees=500)
    child = org.made("Account", Name="Leaf", ParentId=parent)
    assert org.rows(f"SELECT Head__c FROM Account WHERE Id = '{child}'") == [("admin/Top/big",)]
    org.update("Account", parent, Name="Tip", NumberOfEmployees=1)
    assert org.rows("SELECT Name FROM Account WHERE Head__c = 'admin/Tip/small'") == [("Leaf",)]
    assert org.rows("SELECT Account.Head__c FROM Contact") == []
    org.made("Contact", LastName="C", AccountId=child)
    assert org.rows("SELECT LastName FROM Contact WHERE Account.Parent.Size__c = 'small'") == [("C",)]
    assert org.rows(
        "SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Account.Size__c = 'small')"
    ) == [("Leaf",)]


def test_the_clock_and_the_caller_count(org):
    org.made("Account", Name="A")
    assert org.rows("SELECT Age__c, Me__c FROM Account") == [(0.0, "admin@mockorg.example")]
    org.org.clock.advance(3 * 86400)
    assert org.rows("SELECT Age__c FROM Account WHERE Age__c > 2") == [(3.0,)]


def test_retrieve_gives_formulas(org):
    made = org.made("Account", Name="A", NumberOfEmployees=101)
    result = org.run(Retrieve("Account", ("Size__c", "Deals__c"), (made,)))
    assert result.rows[0][-2:] == ("big", 0)


def test_roll_ups_follow_their_details(org):
    one, other = org.made("Account", Name="One"), org.made("Account", Name="Other")
    query = "SELECT Deals__c, Total__c, Largest__c, Won__c, Twice__c FROM Account ORDER BY Name"
    assert org.rows(query) == [(0, 0.0, None, 0.0, 0.0)] * 2
    first = org.opportunity(one, 100.1)
    org.opportunity(one, 200.2, stage="Closed Won")
    assert org.rows(query)[0] == (2, 300.3, 200.2, 200.2, 600.6)
    org.update("Opportunity", first, AccountId=other, Amount=50.0)
    assert org.rows(query) == [(1, 200.2, 200.2, 200.2, 400.4), (1, 50.0, 50.0, 0.0, 100.0)]
    org.delete(first)
    assert org.rows(query)[1] == (0, 0.0, None, 0.0, 0.0)
    assert org.rows("SELECT Name FROM Account WHERE Deals__c > 0") == [("One",)]


def test_custom_labels_are_texts():
    schema = load_schema(additions=additions(labels={"hello": "Hi"}))
    account = schema.latest.sobject("Account")
    formula = compile_formula("$Label.Hello & $Label.c.Hello", schema.latest, account, Use.FIELD)
    assert formula.run((), None) == "HiHi"


def test_an_undelete_counts_again(org):
    account = org.made("Account", Name="A")
    deal = org.opportunity(account, 5)
    heard = []
    org.org.on("after undelete", "Opportunity", lambda event: heard.append((event.record["Amount"], event.old_record)))
    org.delete(deal)
    assert org.rows("SELECT Deals__c FROM Account") == [(0,)]
    (back,) = org.run(Undelete((deal,)))
    assert back.success
    assert org.rows("SELECT Deals__c, Total__c FROM Account") == [(1, 5.0)]
    assert heard == [(5.0, None)]


def test_a_changed_roll_up_saves_the_parent(org):
    account = org.made("Account", Name="A")
    org.org.clock.advance(60)
    org.opportunity(account, 1)
    assert org.rows("SELECT SystemModstamp FROM Account") == [("2026-01-31T12:01:30.000Z",)]


def test_hooks_read_formulas_of_the_values_as_they_are(org):
    told = []

    @org.org.on("before insert", "Account")
    def look(event):
        for account in event.new:
            told.append((account["Size__c"], account["Deals__c"], account["Largest__c"]))
            account["NumberOfEmployees"] = 500
            told.append(account["Size__c"])
            with pytest.raises(TypeError, match=r"Account\.BillingAddress is a compound field"):
                account["BillingAddress"]

    org.made("Account", Name="A")
    assert told == [("small", 0.0, None), "big"]


def test_the_rules_of_the_parent_hold_for_the_detail(org):
    account = org.made("Account", Name="A")
    org.opportunity(account, 900)
    result = org.create(
        "Opportunity", Name="O", AccountId=account, Amount=200, StageName="Prospecting", CloseDate="2026-02-01"
    )
    assert [(error.code, error.message) for error in result.errors] == [
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Too much")
    ]
    assert org.rows("SELECT Deals__c FROM Account") == [(1,)]


def deals(*pairs):
    return tuple(
        InputRecord(
            "Opportunity",
            {
                "Name": "O",
                "AccountId": account,
                "Amount": amount,
                "StageName": "Prospecting",
                "CloseDate": "2026-02-01",
            },
        )
        for account, amount in pairs
    )


def test_a_parent_is_saved_once_for_the_details_of_a_call(org):
    one, other = org.made("Account", Name="One"), org.made("Account", Name="Other")
    saved = []

    @org.org.on("before update", "Account")
    def look(event):
        told = [
            [(each["Name"], each["Deals__c"], each["Twice__c"]) for each in side] for side in (event.old, event.new)
        ]
        saved.append(told)

    assert all(result.success for result in org.run(Create(deals((one, 1), (one, 2), (other, 3)))))
    assert saved == [[[("One", 0, 0.0), ("Other", 0, 0.0)], [("One", 2, 6.0), ("Other", 1, 6.0)]]]
    assert org.rows("SELECT Deals__c FROM Account ORDER BY Name") == [(2,), (1,)]


def test_a_parent_that_is_refused_fails_its_details_alone(org):
    one, other = org.made("Account", Name="One"), org.made("Account", Name="Other")
    results = org.run(Create(deals((one, 900), (other, 1), (one, 200))))
    assert [[error.message for error in result.errors] for result in results] == [["Too much"], [], ["Too much"]]
    assert org.rows("SELECT Deals__c FROM Account ORDER BY Name") == [(0,), (1,)]


def test_a_merge_counts_what_it_leads_to_the_master(org):
    master, loser = (org.made("Account", Name=name) for name in ("Master", "Loser"))
    org.opportunity(master, 1)
    org.opportunity(loser, 2)
    (result,) = org.run(Merge((MergeRequest(InputRecord("Account", {}, master), (loser,)),)))
    assert result.success
    assert org.rows("SELECT Name, Deals__c, Total__c FROM Account") == [("Master", 2, 3.0)]


def test_the_rules_of_the_master_see_the_roll_ups_of_a_merge(org):
    master, loser = (org.made("Account", Name=name) for name in ("Master", "Loser"))
    org.opportunity(master, 900)
    org.opportunity(loser, 200)
    (result,) = org.run(Merge((MergeRequest(InputRecord("Account", {}, master), (loser,)),)))
    assert [error.message for error in result.errors] == ["Too much"]
    assert org.rows("SELECT Name, Deals__c FROM Account ORDER BY Name") == [("Loser", 1), ("Master", 1)]


def test_computed_fields_are_not_written(org):
    result = org.create("Account", Name="A", Size__c="big")
    assert result.errors[0].code == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert result.errors[0].fields == ("Size__c",)


def test_a_formula_that_is_not_understood_is_refused_by_name(org):
    org.made("Account", Name="A")
    with pytest.raises(OrgError, match=r"the formula of Account.Broken__c: Unknown function FOO") as refused:
        org.run(Query("SELECT Broken__c FROM Account"))
    assert refused.value.code == "UNSUPPORTED_QUERY"
    assert org.rows("SELECT Name FROM Account") == [("A",)]


def test_the_session_and_the_address_of_who_asks(org):
    org.made("Account", Name="A")
    soql = "SELECT Session__c, SessionToo__c, Partner__c, Link__c FROM Account"
    partner = f"https://acme.my.salesforce.com/services/Soap/u/26.0/{org.org.id[:15]}"
    org.caller = replace(org.caller, address="https://acme.my.salesforce.com")
    assert org.rows(soql) == [(org.org.token, org.org.token, partner, "https://acme.my.salesforce.com/")]
    org.caller = replace(org.caller, address="")
    assert org.rows("SELECT Partner__c FROM Account") == [(None,)], "who came by no address has none"
