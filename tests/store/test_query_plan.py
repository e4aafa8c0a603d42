"""How the database goes about the questions that people ask most: by an index, where there is one."""

from typing import Any

import pytest

STAMP = "2024-01-01T00:00:00.000Z"
OWNER = "005000000000001AAA"


@pytest.fixture(scope="module")
def filled(engine: Any) -> Any:
    """The engine with more records than a table without indexes holds."""
    accounts = [
        {"Id": f"001{number:012}AAA", "Name": f"Account {number}", "OwnerId": OWNER, "SystemModstamp": STAMP}
        for number in range(80)
    ]
    contacts = [
        {
            "Id": f"003{number:012}AAA",
            "LastName": f"Last {number}",
            "Email": f"{number}@example.com",
            "AccountId": f"001{number % 80:012}AAA",
            "SystemModstamp": STAMP,
        }
        for number in range(160)
    ]
    engine.fill({"Account": accounts, "Contact": contacts})
    return engine


@pytest.mark.parametrize(
    ("soql", "step"),
    [
        ("SELECT Id FROM Account WHERE Id = '001000000000001'", "SEARCH t0 USING INDEX sqlite_autoindex_Account_1 (Id=?)"),
        ("SELECT Id FROM Account WHERE Name = 'a'", 'SEARCH t0 USING INDEX Account.Name (Name~=?)'),
        ("SELECT Id FROM Account WHERE Name IN ('a', 'b')", 'SEARCH t0 USING INDEX Account.Name (Name~=?)'),
        ("SELECT Id FROM Contact WHERE Email = 'a' AND LastName != 'x'", "SEARCH t0 USING INDEX Contact.Email"),
        ("SELECT Id FROM Contact WHERE AccountId = '001000000000001'", "SEARCH t0 USING INDEX Contact.AccountId"),
        ("SELECT Id FROM Contact WHERE Account.Name = 'a'", "SEARCH t0 USING INDEX Contact.AccountId"),
        ("SELECT Id FROM Contact WHERE Account.Name = 'a'", "SEARCH t1_0 USING INDEX Account.Name"),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Email = 'a')",
            "USING INDEX sqlite_autoindex_Account_1 (Id=?)",
        ),
        ("SELECT Id FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact)", "USING INDEX Contact.AccountId"),
        ("SELECT Id FROM Account WHERE SystemModstamp > 2024-06-01T00:00:00Z", "USING INDEX Account.SystemModstamp"),
        ("SELECT Id FROM Account WHERE SystemModstamp = TODAY AND Industry = 'x'", "USING INDEX Account.SystemModstamp"),
        ("SELECT Id, Name FROM Account ORDER BY Name LIMIT 5", "SCAN t0 USING INDEX Account.Name"),
        ("SELECT Id, Name FROM Account LIMIT 5", "SCAN t0 USING INDEX sqlite_autoindex_Account_1"),
        ("SELECT AccountId, COUNT(Id) FROM Contact GROUP BY AccountId", "SCAN t0"),
    ],
)  # fmt: skip
def test_an_index_is_used(soql: str, step: str, filled: Any) -> None:
    assert step in filled.steps(soql), filled.steps(soql)


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT Id FROM Account WHERE Name = 'a'",
        "SELECT Id, Name FROM Account LIMIT 5",
        "SELECT Id FROM Contact WHERE Email = 'a'",
    ],
)
def test_nothing_is_sorted_or_read_twice(soql: str, filled: Any) -> None:
    assert "SCAN" not in filled.steps(soql) or "LIMIT" in soql
    if "LIMIT" in soql:
        assert "TEMP B-TREE" not in filled.steps(soql)
