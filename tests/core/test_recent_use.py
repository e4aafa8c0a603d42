"""FOR VIEW and FOR REFERENCE: a query that writes."""

from collections.abc import Callable
from typing import Any

import pytest

from mockorg_server.core.calls.operation import Delete, Query, QueryAll, Retrieve
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.seed import SeedRecord

STAMP = "2026-01-31T12:00:30.000Z"
DATES = ("Name", "LastViewedDate", "LastReferencedDate", "SystemModstamp")


@pytest.fixture
def ids(org: Org) -> dict[str, str]:
    seeds = [
        SeedRecord("Contact", {"LastName": name, "Name": name, "SystemModstamp": "2026-01-01T00:00:00Z"}, name)
        for name in ("Ann", "Bob")
    ]
    return org.seed(seeds)


@pytest.fixture
def dates(run: Callable[..., Any], ids: dict[str, str]) -> Callable[[], list[tuple[Any, ...]]]:
    def read() -> list[tuple[Any, ...]]:
        rows = run(Retrieve("Contact", DATES, tuple(ids.values()))).rows
        assert {row[-1] for row in rows} == {"2026-01-01T00:00:00.000Z"}, "being seen is no modification"
        return [tuple(row[1:-1]) for row in rows]

    return read


@pytest.mark.parametrize(
    ("clause", "viewed", "referenced"),
    [("FOR VIEW", STAMP, STAMP), ("FOR REFERENCE", None, STAMP), ("", None, None)],
)
@pytest.mark.parametrize("call", [Query, QueryAll])
def test_the_records_of_the_answer_are_stamped(
    call: Any, clause: str, viewed: str | None, referenced: str | None, run: Callable[..., Any], dates: Any
) -> None:
    run(call(f"SELECT Id FROM Contact WHERE LastName = 'Ann' {clause}"))
    assert dates() == [("Ann", viewed, referenced), ("Bob", None, None)]


def test_the_answer_is_from_before(org: Org, run: Callable[..., Any], ids: dict[str, str]) -> None:
    view = Query("SELECT LastViewedDate FROM Contact ORDER BY Name FOR VIEW")
    assert [row[1:] for row in run(view).rows] == [(None,), (None,)]
    org.clock.advance(60)
    assert [row[1:] for row in run(view).rows] == [(STAMP,), (STAMP,)]
    assert run(Query("SELECT COUNT() FROM Contact WHERE LastViewedDate > 2026-01-31T12:01:00Z")).size == 2


def test_such_a_query_counts_as_one_request(org: Org, run: Callable[..., Any], ids: dict[str, str]) -> None:
    before, _ = org.api_usage()
    run(Query("SELECT Id FROM Contact FOR VIEW"))
    assert org.api_usage()[0] == before + 1


def test_a_refused_one_changes_nothing(run: Callable[..., Any], dates: Any) -> None:
    with pytest.raises(OrgError):
        run(Query("SELECT Id FROM Contact OFFSET 2001 FOR VIEW"))
    assert dates() == [("Ann", None, None), ("Bob", None, None)]


def recent(run: Callable[..., Any]) -> list[tuple[Any, ...]]:
    rows = run(Query("SELECT Name, Type, LastViewedDate, LastReferencedDate FROM RecentlyViewed ORDER BY Name")).rows
    return [row[1:] for row in rows]


def test_the_list_of_recent_records(org: Org, run: Callable[..., Any], ids: dict[str, str]) -> None:
    assert recent(run) == []
    run(Query("SELECT Id FROM Contact WHERE LastName = 'Bob' FOR REFERENCE"))
    assert recent(run) == [("Bob", "Contact", None, STAMP)]
    org.clock.advance(60)
    run(Query("SELECT Id FROM Contact FOR VIEW"))
    later = "2026-01-31T12:01:30.000Z"
    assert recent(run) == [("Ann", "Contact", later, later), ("Bob", "Contact", later, later)]
    run(Query("SELECT Id FROM LoginHistory FOR VIEW"))
    assert run(Query(f"SELECT Id FROM RecentlyViewed WHERE Id = '{ids['Ann']}' AND LastName = 'ann'")).size == 1


def test_the_list_forgets_deleted_records(run: Callable[..., Any], ids: dict[str, str]) -> None:
    run(Query("SELECT Id FROM Contact FOR VIEW"))
    run(Delete((ids["Ann"],)))
    assert [row[0] for row in recent(run)] == ["Bob"]


def test_records_of_a_subquery(run: Callable[..., Any], org: Org) -> None:
    org.seed(
        [
            SeedRecord("Account", {"Name": "Acme"}, "acme"),
            SeedRecord("Contact", {"LastName": "Cyd", "Name": "Cyd", "AccountId": "@acme"}),
            SeedRecord("Contact", {"LastName": "Don", "Name": "Don"}),
        ]
    )
    run(Query("SELECT Name, (SELECT Id FROM Contacts FOR VIEW) FROM Account"))
    assert [row[:2] for row in recent(run)] == [("Cyd", "Contact")]
    assert run(Query("SELECT COUNT() FROM Contact WHERE LastViewedDate != null")).size == 1
