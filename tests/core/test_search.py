"""search() through the org's door: what is found, in which order, and how much of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.core.calls.operation import Create, Delete, Query, Search, Update
from mockorg_server.core.calls.search import share
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord
from mockorg_server.core.seed import SeedRecord

CASES = json.loads((Path(__file__).parent / "cases" / "search.json").read_text(encoding="utf-8"))
NAMES = {"Account": "Name", "Contact": "Name", "Case": "Subject"}
RECORDS = [
    SeedRecord("Account", {"Name": "Acme Corp", "Phone": "(415) 555-1212", "Industry": "Energy"}, "acme"),
    SeedRecord("Account", {"Name": "Zenith Ltd"}),
    SeedRecord("Account", {"Name": "Acme gone", "IsDeleted": True}),
    SeedRecord(
        "Contact",
        {"FirstName": "Wile", "LastName": "Coyote", "Name": "Wile Coyote", "Email": "wile@acme.example", "AccountId": "@acme"},
    ),
    SeedRecord("Case", {"Subject": "Acme trap"}),
    SeedRecord("Product2", {"Name": "Anvil"}),
]  # fmt: skip


def ids_by_object(result: Any) -> dict[str, int]:
    return {group.shape.sobject_name: len(group.rows) for group in result.groups}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['find']} {case.get('returning', '')}")
def test_what_is_found(org: Org, run: Callable[..., Any], case: dict[str, Any]) -> None:
    org.seed(RECORDS)
    returning = case.get("returning") or ", ".join(f"{name}({field})" for name, field in NAMES.items())
    group = case.get("in", "ALL")

    result = run(Search(f"FIND {{{case['find']}}} IN {group} FIELDS RETURNING {returning}"))

    assert [row[-1] for group in result.groups for row in group.rows] == case["found"]


def test_without_returning_the_ids_of_every_object_that_need_not_be_named(org: Org, run: Callable[..., Any]) -> None:
    ids = org.seed([*RECORDS, SeedRecord("Product2", {"Name": "Acme anvil"})])

    groups = run(Search("FIND {acme}")).groups

    assert [group.shape.sobject_name for group in groups] == ["Account", "Case", "Contact"]
    assert [[member.name for member in group.shape.members] for group in groups] == [["Id"]] * 3
    assert groups[0].rows == [(ids["acme"],)]


def test_writes_after_the_first_search_are_found(org: Org, run: Callable[..., Any]) -> None:
    search = Search("FIND {acme} RETURNING Account(Name)")
    assert run(search).groups == ()
    first, second = (saved.id for saved in run(Create((InputRecord("Account", {"Name": "Acme 1"}),) * 2)))
    assert ids_by_object(run(search)) == {"Account": 2}
    run(Update((InputRecord("Account", {"Name": "Zenith"}, id=first),)))
    assert ids_by_object(run(search)) == {"Account": 1}
    run(Delete((second,)))
    assert run(search).groups == ()
    org.reset()
    assert run(search).groups == ()


def test_a_search_before_any_record_of_an_object_does_not_hide_later_ones(org: Org, run: Callable[..., Any]) -> None:
    assert run(Search("FIND {anvil} RETURNING Product2")).groups == ()
    run(Create((InputRecord("Product2", {"Name": "Anvil"}),)))
    assert ids_by_object(run(Search("FIND {anvil} RETURNING Product2"))) == {"Product2": 1}


@pytest.fixture
def many(org: Org) -> Org:
    org.seed(
        [SeedRecord("Account", {"Name": f"Acme {number}"}) for number in range(300)]
        + [SeedRecord("Contact", {"LastName": f"Acme {number}"}) for number in range(260)]
        + [SeedRecord("Lead", {"LastName": "Acme", "Company": "x"}) for _ in range(10)]
    )
    return org


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("RETURNING Account", {"Account": 250}),
        ("RETURNING Account(Id LIMIT 280)", {"Account": 250}),
        ("RETURNING Account(Id ORDER BY Name)", {"Account": 300}),
        ("RETURNING Account(Id WHERE Name != null)", {"Account": 300}),
        ("RETURNING Account(Id WHERE Name != null LIMIT 7)", {"Account": 7}),
        ("RETURNING Account, Contact", {"Account": 250, "Contact": 250}),
        ("RETURNING Account, Contact(Id LIMIT 5)", {"Account": 250, "Contact": 5}),
        ("RETURNING Account, Contact LIMIT 20", {"Account": 10, "Contact": 10}),
        ("RETURNING Account, Lead LIMIT 30", {"Account": 20, "Lead": 10}),
        ("RETURNING Account(Id LIMIT 4), Contact LIMIT 30", {"Account": 4, "Contact": 26}),
        ("", {"Account": 250, "Contact": 250, "Lead": 10}),
        ("LIMIT 9", {"Account": 3, "Contact": 3, "Lead": 3}),
        ("LIMIT 100000", {"Account": 250, "Contact": 250, "Lead": 10}),
    ],
)
def test_how_much_is_given(many: Org, run: Callable[..., Any], rest: str, found: dict[str, int]) -> None:
    assert ids_by_object(run(Search(f"FIND {{acme}} {rest}"))) == found


@pytest.mark.parametrize(
    ("sizes", "limit", "shares"),
    [
        ([19, 35], 20, [10, 10]),
        ([3, 35], 20, [3, 17]),
        ([35, 3, 0], 20, [17, 3, 0]),
        ([5, 5, 5], 2, [1, 1, 0]),
        ([5, 5], 0, [0, 0]),
        ([], 10, []),
        ([1, 2], 100, [1, 2]),
    ],
)
def test_a_limit_is_shared_evenly(sizes: list[int], limit: int, shares: list[int]) -> None:
    assert share(sizes, limit) == shares


@pytest.mark.parametrize(
    ("sosl", "code", "place"),
    [
        ("FIND {a}", "INVALID_SEARCH", (-1, -1)),
        ("FIND {a|b}", "MALFORMED_SEARCH", (1, 7)),
        ("FIND {acme} RETURNING Account(Foo)", "INVALID_FIELD", (1, 30)),
        ("FIND {acme} RETURNING Foo", "INVALID_TYPE", (1, 22)),
        ("FIND {acme} WITH METADATA = 'LABELS'", "UNSUPPORTED_QUERY", (-1, -1)),
    ],
)
def test_refusals(run: Callable[..., Any], sosl: str, code: str, place: tuple[int, int]) -> None:
    with pytest.raises(OrgError) as caught:
        run(Search(sosl))
    assert (caught.value.code, (caught.value.row, caught.value.column)) == (code, place)


def test_products_of_one_price_book(org: Org, run: Callable[..., Any]) -> None:
    ids = org.seed(
        [
            SeedRecord("Pricebook2", {"Name": "Retail"}, "retail"),
            SeedRecord("Product2", {"Name": "Laptop small"}, "small"),
            SeedRecord("Product2", {"Name": "Laptop large"}, "large"),
            SeedRecord("PricebookEntry", {"Pricebook2Id": "@retail", "Product2Id": "@small", "UnitPrice": 1}),
        ]
    )
    search = f"FIND {{{{laptop}}}} RETURNING Product2(Name{{}}) WITH PricebookId = '{ids['retail']}'"
    assert [row[-1] for row in run(Search(search.format(""))).groups[0].rows] == ["Laptop small"]
    assert run(Search(search.format(" WHERE Name = 'Laptop large' OR Name = 'x'"))).groups == ()


def test_the_list_view_of_recent_records(org: Org, run: Callable[..., Any]) -> None:
    org.seed([SeedRecord("Account", {"Name": f"Acme {number}"}) for number in range(3)])
    search = Search("FIND {acme} RETURNING Account(Name USING ListView = Recent ORDER BY Name DESC)")
    assert run(search).groups == ()
    run(Query("SELECT Id FROM Account WHERE Name != 'Acme 1' FOR VIEW"))
    assert [row[-1] for row in run(search).groups[0].rows] == ["Acme 2", "Acme 0"]
