"""What a select list can ask for beside fields, as a user of the SDK meets it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

import mockorg
from mockorg_server.core.seed import SeedRecord

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)


@pytest.fixture
def ids(target: Any) -> dict[str, str]:
    return dict(
        target.org.seed(
            [
                SeedRecord(
                    "Account",
                    {
                        "Name": "Acme",
                        "Phone": "555",
                        "Type": "Prospect",
                        "CleanStatus": "Matched",
                        "BillingCity": "Oslo & Aker",
                        "BillingLatitude": 59.9,
                        "AnnualRevenue": 1500000,
                    },
                    "acme",
                ),
                SeedRecord("Account", {"Name": "Beta", "Type": "Other"}, "beta"),
                SeedRecord("Contact", {"LastName": "Ann", "AccountId": "@acme", "MailingCountry": "Norway"}, "ann"),
                SeedRecord("Contact", {"LastName": "Bob", "AccountId": "@acme"}, "bob"),
                SeedRecord("Case", {"Subject": "one", "ContactId": "@ann"}, "one"),
                SeedRecord(
                    "Opportunity",
                    {"Name": "Opp", "StageName": "Prospecting", "CloseDate": "2025-04-10", "Amount": 44000},
                    "opp",
                ),
                SeedRecord("Task", {"Subject": "t1", "WhatId": "@acme"}),
                SeedRecord("Task", {"Subject": "t2", "WhatId": "@opp"}),
                SeedRecord("Task", {"Subject": "t3", "WhatId": "@one"}),
                SeedRecord("Task", {"Subject": "t4"}),
            ]
        )
    )


def test_compound_fields(target: Any, ids: dict[str, str]) -> None:
    acme, beta = target.client.query("SELECT Name, BillingAddress, ShippingAddress FROM Account ORDER BY Name").records
    assert acme["BillingAddress"] == mockorg.Address(city="Oslo & Aker", latitude=59.9)
    assert (acme["ShippingAddress"], beta["BillingAddress"]) == (None, None)

    ann, bob = target.client.query("SELECT Account.BillingAddress, MailingAddress FROM Contact ORDER BY LastName")
    assert ann["Account"]["BillingAddress"] == acme["BillingAddress"]
    assert (ann["MailingAddress"], bob["MailingAddress"]) == (mockorg.Address(country="Norway"), None)


def test_compound_fields_of_retrieve(target: Any, ids: dict[str, str]) -> None:
    fields = ["BillingAddress", "Name", "BillingCity"]
    acme, beta = target.client.retrieve("Account", [ids["acme"], ids["beta"]], fields)
    assert list(acme) == fields
    assert acme["BillingAddress"] == mockorg.Address(city="Oslo & Aker", latitude=59.9)
    assert acme["BillingCity"] == "Oslo & Aker"
    assert beta["BillingAddress"] is None


def test_every_standard_field_at_once(target: Any, ids: dict[str, str]) -> None:
    (record,) = target.client.query("SELECT FIELDS(STANDARD) FROM Account WHERE Name = 'Acme'")
    described = target.client.describe_sobject("Account")
    assert list(record) == [field.name for field in described.fields if not field.custom]
    assert record["BillingAddress"].city == record["BillingCity"]


def test_typeof(target: Any, ids: dict[str, str]) -> None:
    soql = (
        "SELECT Subject, TYPEOF What WHEN Account THEN Phone, Type, BillingAddress WHEN Opportunity THEN Amount "
        "ELSE Name, Id, Email END FROM Task ORDER BY Subject"
    )
    account, opportunity, case, nothing = (record["What"] for record in target.client.query(soql))
    assert (account.type, account["Phone"], account["Type"]) == ("Account", "555", "Prospect")
    assert account["BillingAddress"].city == "Oslo & Aker"
    assert opportunity == mockorg.Record("Opportunity", {"Amount": 44000.0})
    assert (case.type, case.id, list(case)) == ("Case", ids["one"], ["Name", "Id", "Email"])
    assert case["Email"] is None
    assert nothing is None


def test_texts(target: Any, ids: dict[str, str]) -> None:
    (opportunity,) = target.client.query("SELECT CloseDate, FORMAT(CloseDate) day, FORMAT(Amount) FROM Opportunity")
    assert dict(opportunity) == {"CloseDate": date(2025, 4, 10), "day": "4/10/2025", "Amount": "$44,000.00"}
    soql = "SELECT CleanStatus, toLabel(CleanStatus) shown FROM Account WHERE toLabel(CleanStatus) = 'In Sync'"
    (account,) = target.client.query(soql)
    assert dict(account) == {"CleanStatus": "Matched", "shown": "In Sync"}
    (total,) = target.client.query("SELECT FORMAT(SUM(Amount)) total, MAX(CloseDate) FROM Opportunity")
    assert dict(total) == {"total": "$44,000.00", "expr0": date(2025, 4, 10)}


def test_subtotals(target: Any, ids: dict[str, str]) -> None:
    soql = "SELECT Type, GROUPING(Type) subtotal, COUNT(Id), SUM(AnnualRevenue) FROM Account GROUP BY ROLLUP(Type)"
    rows = [tuple(record.values()) for record in target.client.query(soql)]
    assert rows == [("Prospect", 0, 1, 1500000.0), ("Other", 0, 1, None), (None, 1, 2, 1500000.0)]


def test_children_of_children(target: Any, ids: dict[str, str]) -> None:
    soql = "SELECT Name, (SELECT LastName, (SELECT Subject FROM Cases) FROM Contacts ORDER BY LastName) FROM Account"
    acme, beta = target.client.query(f"{soql} ORDER BY Name")
    ann, bob = acme["Contacts"]
    assert [case["Subject"] for case in ann["Cases"]] == ["one"]
    assert not bob["Cases"]
    assert not beta["Contacts"]


def test_children_of_children_in_pages(target: Any) -> None:
    target.org.seed(
        [
            SeedRecord("Account", {"Name": "Acme"}, "acme"),
            SeedRecord("Account", {"Name": "Sub", "ParentId": "@acme"}, "sub"),
        ]
        + [SeedRecord("Contact", {"LastName": f"c{n:03}", "AccountId": "@sub"}) for n in range(450)]
    )
    inner = "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM ChildAccounts"
    (acme,) = target.client.query(f"SELECT ({inner}) FROM Account WHERE Name = 'Acme'", batch_size=200)
    (sub,) = acme["ChildAccounts"]
    contacts = sub["Contacts"]
    assert (contacts.size, contacts.done, len(contacts.records)) == (450, False, 200)
    assert [each["LastName"] for each in contacts] == [f"c{n:03}" for n in range(450)]


def test_being_seen(target: Any, ids: dict[str, str]) -> None:
    target.client.query("SELECT Id FROM Contact WHERE LastName = 'Ann' FOR VIEW")
    target.client.query("SELECT Id FROM Contact WHERE LastName = 'Bob' FOR REFERENCE")
    soql = "SELECT LastName, LastViewedDate, LastReferencedDate FROM Contact ORDER BY LastName"
    assert [tuple(record.values()) for record in target.client.query(soql)] == [("Ann", NOW, NOW), ("Bob", None, NOW)]
