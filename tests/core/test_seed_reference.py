"""Parents that a seed names by a field of them: in the seed, in the org, or nowhere."""

from collections.abc import Callable
from typing import Any

import pytest

from mockorg_server.core.calls.operation import Query
from mockorg_server.core.org import Org
from mockorg_server.core.seed import SeedError, SeedRecord

ACME = SeedRecord("Account", {"Name": "Acme"}, "acme")


def contact(**parent: object) -> SeedRecord:
    return SeedRecord("Contact", {"LastName": "Roe", **parent}, source="c.csv line 2")


def account_ids(run: Callable[..., Any]) -> list[Any]:
    page = run(Query("SELECT AccountId FROM Contact"))
    return [row[page.shape.members[0].index] for row in page.rows]


def test_a_parent_in_the_seed_may_come_later(org: Org, run: Callable[..., Any]) -> None:
    ids = org.seed([contact(Account={"Name": "ACME"}), ACME])

    assert account_ids(run) == [ids["acme"]]


def test_a_parent_may_be_in_the_org_already(org: Org, run: Callable[..., Any]) -> None:
    acme = org.seed([ACME])["acme"]
    org.seed([contact(Account={"Name": "Acme"})])

    assert account_ids(run) == [acme]


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_cell_beside_a_parent_that_is_named_says_nothing(
    org: Org, run: Callable[..., Any], empty: object
) -> None:
    ids = org.seed(
        [ACME, contact(AccountId=empty, Account={"Name": "Acme"}), contact(Account={"Name": "Acme"}, AccountId=empty)]
    )

    assert account_ids(run) == [ids["acme"], ids["acme"]]


def test_a_polymorphic_parent_tells_its_type(org: Org, run: Callable[..., Any]) -> None:
    owner = {"attributes": {"type": "User"}, "Username": org.username}
    org.seed([SeedRecord("Lead", {"LastName": "Roe", "Company": "x", "Owner": owner})])

    assert run(Query(f"SELECT Id FROM Lead WHERE OwnerId = '{org.administrator_id}'")).size == 1


@pytest.mark.parametrize(
    ("parent", "complaint"),
    [
        ({"Account": {"Name": "Nobody"}}, "c.csv line 2: AccountId: no record has Account.Name 'Nobody'"),
        ({"Account": {"Name": "Twin"}}, "c.csv line 2: AccountId: 2 records have Account.Name 'Twin'"),
        ({"Account": {"Industry": "Steel"}}, "AccountId: Industry is no external id of Account"),
        ({"Account": {"attributes": {"type": "Lead"}, "Name": "x"}}, "AccountId cannot point at Lead"),
        ({"Account": {"Name": "x", "Phone": "1"}}, "a parent is named by one field of it"),
        ({"Account": {}}, "a parent is named by one field of it"),
        ({"Acount": {"Name": "x"}}, "Contact has no relationship 'Acount'"),
        ({"AccountId": "@acme", "Account": {"Name": "x"}}, "AccountId is told twice"),
        ({"ReportsToId": "@acme"}, "ReportsToId: it cannot point at @acme, which is of Account"),
    ],
)
def test_a_parent_that_is_not_one_record_is_refused(
    org: Org, run: Callable[..., Any], parent: dict[str, object], complaint: str
) -> None:
    twins = [SeedRecord("Account", {"Name": "Twin"}) for _ in range(2)]
    with pytest.raises(SeedError) as refused:
        org.seed([ACME, *twins, contact(**parent)])

    assert complaint in str(refused.value)
    assert run(Query("SELECT COUNT() FROM Account")).size == 0
