"""UserRecordAccess: every user may do everything."""

from collections.abc import Callable
from typing import Any

import pytest

from mockorg_server.core.calls.operation import Delete, Query
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.seed import SeedRecord


@pytest.fixture
def ids(org: Org) -> dict[str, str]:
    return org.seed([SeedRecord("Account", {"Name": name}, name) for name in ("a", "b")])


def access(run: Callable[..., Any], where: str) -> list[tuple[Any, ...]]:
    fields = "RecordId, HasReadAccess, HasEditAccess, HasDeleteAccess, HasTransferAccess, HasAllAccess, MaxAccessLevel"
    return [row[1:] for row in run(Query(f"SELECT {fields} FROM UserRecordAccess WHERE {where}")).rows]


def test_a_record_and_several(org: Org, run: Callable[..., Any], ids: dict[str, str]) -> None:
    user, rights = org.administrator_id, (True, True, True, True, True, "All")
    assert access(run, f"UserId = '{user}' AND RecordId = '{ids['a'][:15]}'") == [(ids["a"][:15], *rights)]
    both = f"UserId = '{user}' AND RecordId IN ('{ids['a']}', '{ids['b']}', '{ids['a']}')"
    assert access(run, both) == [(ids["a"], *rights), (ids["b"], *rights)]
    assert access(run, f"{both} AND HasAllAccess = false") == []


def test_what_is_not_there_has_no_row(org: Org, run: Callable[..., Any], ids: dict[str, str]) -> None:
    run(Delete((ids["b"],)))
    where = f"RecordId IN ('{ids['a']}', '{ids['b']}', '001000000009999AAA')"
    assert [row[0] for row in access(run, f"UserId = '{org.administrator_id}' AND {where}")] == [ids["a"]]
    assert access(run, f"UserId = '005000000009999AAA' AND {where}") == []


@pytest.mark.parametrize(
    "where", ["UserId = '005000000000001'", "RecordId = '001000000000001'", "UserId != null AND RecordId != null"]
)
def test_user_and_records_must_be_named(where: str, run: Callable[..., Any]) -> None:
    with pytest.raises(OrgError, match="UserRecordAccess is queried by one UserId") as caught:
        access(run, where)
    assert caught.value.code == "MALFORMED_QUERY"
