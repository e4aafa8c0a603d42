"""WHERE and its kin from SOQL text to rows: polymorphic parents, scopes, functions, the database's plans, and bounds."""

import re
from typing import Any

import pytest

from mockorg_server.soql.error import SoqlError

KEYS = [f"001{number:012}AAA" for number in range(3)]
CONTACT = "003000000000000AAA"

# --- polymorphic parents

TASKS = [
    {"Id": "00T000000000001AAA", "WhatId": KEYS[0], "WhoId": CONTACT, "OwnerId": "005000000000001AAA"},
    {"Id": "00T000000000002AAA", "WhatId": "006000000000001AAA", "OwnerId": "00G000000000001AAA"},
    {"Id": "00T000000000003AAA"},
    {"Id": "00T000000000004AAA", "WhatId": "500000000000001AAA", "WhoId": "003000000000009AAA"},
]


@pytest.mark.parametrize(
    ("where", "expect"),
    [
        ("What.Type = 'Account'", "1"),
        ("What.Type IN ('opportunity', 'Case')", "24"),
        ("What.Type != 'Account'", "234"),
        ("What.Type = null", "3"),
        ("What.Name = 'acme'", "1"),
        ("What.Name = '00001000'", "4"),  # a case is named by its number
        ("What.Id = null", "3"),
        ("Who.Type = 'Contact'", "1"),  # a reference to nobody has no type
        ("Who.LastName LIKE 'w%'", "1"),
        ("Owner.Type = 'User'", "1"),
        ("Owner.Type = 'Queue'", "2"),
        ("Owner.Name = 'Tier 1'", "2"),
        ("Owner.Profile.Name = 'Standard User'", "1"),
        ("Owner.Profile.Name = null", "234"),
    ],
)
def test_polymorphic_parents(where: str, expect: str, engine: Any) -> None:
    engine.fill({"Task": TASKS})
    assert engine.ids(f"SELECT Id FROM Task WHERE {where} LIMIT 0") == []
    parents = {
        "Account": [{"Id": KEYS[0], "Name": "Acme"}],
        "Case": [{"Id": "500000000000001AAA", "CaseNumber": "00001000"}],
        "Contact": [{"Id": CONTACT, "LastName": "Who"}],
        "Group": [{"Id": "00G000000000001AAA", "Name": "Tier 1", "Type": "Queue"}],
        "Opportunity": [{"Id": "006000000000001AAA", "Name": "Opp"}],
        "Profile": [{"Id": "00e000000000001AAA", "Name": "Standard User"}],
        "User": [{"Id": "005000000000001AAA", "Name": "Una", "ProfileId": "00e000000000001AAA"}],
    }
    for name, rows in parents.items():  # the plan that was made without those tables stays right when they appear
        engine.add({name: rows})
        engine.ids(f"SELECT Id FROM Task WHERE {where} LIMIT 0")
    found = engine.ids(f"SELECT Id FROM Task WHERE {where}")
    assert "".join(key[14] for key in found) == expect


def test_scope_mine_is_what_the_caller_owns(engine: Any) -> None:
    owners = ["005000000000001AAA", "005000000000002AAA", None]
    engine.fill({"Account": [{"Id": key, "Name": "a", "OwnerId": o} for key, o in zip(KEYS, owners, strict=True)]})
    assert engine.ids("SELECT Id FROM Account USING SCOPE mine") == [KEYS[0]]
    assert engine.ids("SELECT Id FROM Account USING SCOPE Mine WHERE Name != 'a'") == []
    assert engine.ids("SELECT Id FROM Account USING SCOPE everything WITH USER_MODE") == KEYS[:3]


# --- groups and order

DEALS = [
    {"Id": f"006{number:012}AAA", "Amount": float(number), "CloseDate": day, "CreatedDate": f"{day}T03:00:00.000Z"}
    for number, day in enumerate(["2023-12-31", "2024-01-31", "2024-02-01", "2024-01-31"])
]


@pytest.mark.parametrize(
    ("select", "expect"),
    [
        (
            "CALENDAR_YEAR(CloseDate), SUM(Amount) s FROM Opportunity GROUP BY CALENDAR_YEAR(CloseDate)",
            [(2023, 0.0), (2024, 6.0)],
        ),
        (
            "FISCAL_YEAR(CloseDate) y, COUNT(Id) FROM Opportunity GROUP BY FISCAL_YEAR(CloseDate)",
            [(2024, 3), (2025, 1)],
        ),
        (
            "DAY_ONLY(convertTimezone(CreatedDate)) d, COUNT(Id) FROM Opportunity "
            "GROUP BY DAY_ONLY(convertTimezone(CreatedDate)) HAVING DAY_ONLY(convertTimezone(CreatedDate)) > 2023-12-30 "
            "ORDER BY DAY_ONLY(convertTimezone(CreatedDate)) DESC",
            [("2024-01-31", 1), ("2024-01-30", 2)],
        ),
        (
            "DAY_IN_MONTH(CloseDate), CloseDate FROM Opportunity GROUP BY CloseDate HAVING COUNT(Id) > 1",
            [(31, "2024-01-31")],
        ),
        (
            "CALENDAR_MONTH(CloseDate) m FROM Opportunity GROUP BY CALENDAR_MONTH(CloseDate) ORDER BY SUM(Amount) DESC",
            [(1,), (2,), (12,)],
        ),
    ],
)
def test_date_functions_in_groups(select: str, expect: list[Any], engine: Any) -> None:
    engine.fill({"Opportunity": DEALS})
    assert engine.rows(f"SELECT {select}") == expect


def test_distance_sorts_and_is_selected(engine: Any) -> None:
    places = [(34.052, -118.244), (37.775, -122.418), (None, 1.0)]
    rows = [
        {"Id": key, "Place__Latitude__s": latitude, "Place__Longitude__s": longitude}
        for key, (latitude, longitude) in zip(KEYS, places, strict=True)
    ]
    engine.fill({"Account": rows})
    distance = "DISTANCE(Place__c, GEOLOCATION(37.775, -122.418), 'mi')"
    answered = engine.rows(f"SELECT Id, {distance} FROM Account ORDER BY {distance} NULLS LAST")
    assert [row[0] for row in answered] == [KEYS[1], KEYS[0], KEYS[2]]
    assert [row[1] for row in answered] == [pytest.approx(0), pytest.approx(347.4, abs=0.2), None]


# --- how the database goes about it


@pytest.mark.parametrize(
    ("soql", "expect"),
    [
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Email = 'x')",
            r"SEARCH t0 USING INDEX",
        ),
        (
            "SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE Name = 'x')",
            r"SEARCH t0 USING INDEX Contact\.AccountId",
        ),
        (
            "SELECT Id FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact)",
            r"SEARCH s1t0 USING INDEX Contact\.AccountId",
        ),
        (
            "SELECT Id FROM Account WHERE ParentId IN (SELECT AccountId FROM Case)",
            r"SEARCH s1t0 USING (COVERING )?INDEX Case\.AccountId",
        ),
        ("SELECT Id FROM Account USING SCOPE mine", r"SEARCH t0 USING INDEX Account\.OwnerId"),
    ],
)
def test_indexes_are_used(soql: str, expect: str, engine: Any) -> None:
    count = 60  # tables of few records have no index
    tables = {
        "Account": [{"Id": f"001{number:012}AAA", "Name": f"n{number}"} for number in range(count)],
        "Case": [{"Id": f"500{number:012}AAA"} for number in range(count)],
        "Contact": [{"Id": f"003{number:012}AAA", "AccountId": f"001{number:012}AAA"} for number in range(count)],
    }
    engine.fill(tables)
    steps = engine.steps(soql)
    assert re.search(expect, steps), steps


# --- bounds


def nested(levels: int, deep_first: bool) -> str:
    """Give AND in OR in AND …, true for records with one employee alone."""
    text = "NumberOfEmployees = 1"
    for level in range(levels):
        word, other = ("AND", "Name != 'x'") if level % 2 else ("OR", "Name = 'x'")
        text = f"({text}) {word} {other}" if deep_first else f"{other} {word} ({text})"
    return text


LONG = {
    "deep, first": nested(99, deep_first=True),
    "deep, last": nested(99, deep_first=False),
    "an OR of many": " OR ".join(["NumberOfEmployees = 5"] * 1_500 + ["NumberOfEmployees = 1"]),
    "an AND of many": " AND ".join(["NumberOfEmployees != 5"] * 1_500 + ["NumberOfEmployees = 1"]),
    "a long list": f"NumberOfEmployees IN ({','.join(str(number % 900 + 50) for number in range(20_000))}, 1)",
    "a long list, not in": f"NumberOfEmployees NOT IN ({','.join(str(number % 900 + 2) for number in range(20_000))}, 0)",
    "a longer list": f"NumberOfEmployees IN ({'9,' * 49_000}1)",
    "many lists": " AND ".join([f"NumberOfEmployees IN ({'9,' * 400}1)"] * 100),
    "many NOTs": "(NOT " * 98 + "NumberOfEmployees = 1" + ")" * 98,
}


@pytest.mark.parametrize("name", LONG)
def test_long_conditions(name: str, engine: Any) -> None:
    engine.fill({"Account": [{"Id": key, "NumberOfEmployees": number} for number, key in enumerate(KEYS)]})
    soql = f"SELECT Id FROM Account WHERE {LONG[name]}"
    assert 600 < len(soql) < 100_000
    assert engine.ids(soql) == [KEYS[1]]


@pytest.mark.parametrize("levels", [101, 3_000])
def test_conditions_that_are_too_deep_are_refused(levels: int, engine: Any) -> None:
    with pytest.raises(SoqlError, match="QUERY_TOO_COMPLICATED"):
        engine.rows(f"SELECT Id FROM Account WHERE {nested(levels, deep_first=True)}")
