"""What an org in a file is after a restart: the same; and what the options of the new start change in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.core.calls import operation as op
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord
from mockorg_server.core.seed import SeedRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings, UserSetting
from mockorg_server.schema.feature import DEFAULT_FEATURES
from mockorg_server.schema.schema import load_schema

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)
WITHOUT_MESSAGING = DEFAULT_FEATURES - {"DigitalEngagement"}


@contextmanager
def started(database: Path, **settings: Any) -> Iterator[Org]:
    settings = {"clock_start": NOW, **settings}
    org = Org(load_schema(settings.get("features", DEFAULT_FEATURES)), OrgSettings(database=str(database), **settings))
    try:
        yield org
    finally:
        org.close()


def run(org: Org, operation: op.Operation, session: str | None = None) -> Any:
    return org.run(operation, Caller(session or org.token, 60))


def accounts(*names: str) -> op.Create:
    return op.Create(tuple(InputRecord("Account", {"Name": name}) for name in names))


def names(org: Org) -> list[str]:
    return [row[1] for row in run(org, op.Query("SELECT Id, Name FROM Account ORDER BY Id")).rows]


def login(org: Org, username: str, password: str = "p") -> Any:
    return org.run(op.Login(username, password), Caller(None, 60))


def test_the_org_is_the_same(database: Path) -> None:
    with started(database) as first:
        assert first.fresh
        run(first, accounts("a", "b"))
        user_id = login(first, "someone@x.example").user_id
    with started(database) as second:
        assert not second.fresh
        assert (second.id, second.created_at, second.administrator_id, second.username) == (
            first.id,
            first.created_at,
            first.administrator_id,
            first.username,
        )
        assert run(second, accounts("c"))[0].id == "001000000000003AAA"
        assert names(second) == ["a", "b", "c"]
        assert login(second, "SOMEONE@x.example").user_id == user_id


def test_sessions_and_locators_end(database: Path) -> None:
    """A locator of before never leads into another result, though ids go on."""
    everything = op.Query("SELECT Id FROM Account", 200)
    with started(database) as first:
        for _ in range(2):
            run(first, accounts(*map(str, range(150))))
        session = login(first, "someone@x.example").session_id
        old = run(first, everything).query_locator
    with started(database) as second:
        for token in (first.token, session):
            with pytest.raises(OrgError) as caught:
                run(second, op.GetUserInfo(), token)
            assert caught.value.code == "INVALID_SESSION_ID"
        new = run(second, everything).query_locator
        assert new != old
        with pytest.raises(OrgError) as caught:
            run(second, op.QueryMore(old))
        assert caught.value.code == "INVALID_QUERY_LOCATOR"
        assert len(run(second, op.QueryMore(new)).rows) == 100


def test_a_reset_goes_back_to_this_start_and_is_kept(database: Path) -> None:
    with started(database) as first:
        run(first, accounts("a"))
    with started(database) as second:
        run(second, accounts("b"))
        run(second, op.Delete(("001000000000001AAA",)))
        second.reset()
        assert names(second) == ["a"]
        assert run(second, accounts("c"))[0].id == "001000000000002AAA"
        second.reset()
    with started(database) as third:
        assert names(third) == ["a"]
        assert run(third, accounts("d"))[0].id == "001000000000002AAA"


def test_other_users(database: Path) -> None:
    """The first --user is whom the ready session belongs to, in a file that was made for another as well."""
    ada, bob = UserSetting("ada@x.example", "a", "token"), UserSetting("bob@x.example", "b")
    with started(database, users=(ada,)) as first:
        assert run(first, op.GetUserInfo()).user_name == first.username == "ada@x.example"
        run(first, accounts("of ada"))
    with started(database, users=(bob,)) as second:
        assert run(second, op.GetUserInfo()).user_name == second.username == "bob@x.example"
        run(second, accounts("of bob"))
        assert login(second, "bob@x.example", "b").user_id != second.administrator_id
        with pytest.raises(OrgError, match="Invalid username, password"):
            login(second, "ada@x.example", "atoken")
        owners = run(second, op.Query("SELECT Id, Owner.Username FROM Account ORDER BY Id")).rows
        assert [row[-1] for row in owners] == ["ada@x.example", "bob@x.example"]
    with started(database) as third:
        assert run(third, op.GetUserInfo()).user_name == third.username == "ada@x.example"
        assert login(third, "bob@x.example", "anything").user_id != third.administrator_id
        assert run(third, op.Query("SELECT COUNT() FROM User")).size == 2


def test_another_clock(database: Path) -> None:
    """Records keep their stamps, also those that are of the future now; new ones are stamped by the new clock."""
    day = timedelta(days=1)
    with started(database) as first:
        run(first, accounts("then"))
    with started(database, clock_start=NOW - 10 * day) as earlier:
        run(earlier, accounts("earlier"))
        rows = run(earlier, op.Query("SELECT CreatedDate FROM Account ORDER BY Id")).rows
        assert [row[1] for row in rows] == ["2026-01-31T12:00:30.000Z", "2026-01-21T12:00:30.000Z"]
        today = run(earlier, op.GetUpdated("Account", NOW - 11 * day, NOW - 9 * day))
        assert today.ids == ("001000000000002AAA",)
        assert earlier.created_at == first.created_at
    window = NOW - 402 * day, NOW - 401 * day
    with (
        started(database, clock_start=NOW - 400 * day) as before_its_time,
        pytest.raises(OrgError, match="before org replication enabled date"),
    ):
        run(before_its_time, op.GetUpdated("Account", *window))


def test_a_feature_that_goes_and_comes_back(database: Path) -> None:
    """Its records are out of sight meanwhile, and untouched."""
    request = SeedRecord("ConvMessageSendRequest", {"Name": "MSJ-00000001", "RequestStatus": "Pending"})
    count = op.Query("SELECT COUNT() FROM ConvMessageSendRequest")
    with started(database, seeds=[request]) as first:
        assert run(first, count).size == 1
    with started(database, features=WITHOUT_MESSAGING) as second:
        with pytest.raises(OrgError) as caught:
            run(second, count)
        assert caught.value.code == "INVALID_TYPE"
        run(second, accounts("a"))
        second.reset()
    with started(database) as third:
        assert run(third, count).size == 1
        assert names(third) == []


def test_a_feature_that_comes_later(database: Path) -> None:
    with started(database, features=WITHOUT_MESSAGING) as first:
        run(first, accounts("a"))
    with started(database) as second:
        assert run(second, op.Query("SELECT COUNT() FROM ConvMessageSendRequest")).size == 0
        second.seed([SeedRecord("ConvMessageSendRequest", {"Name": "MSJ-00000001"})])
        assert run(second, op.Query("SELECT COUNT() FROM ConvMessageSendRequest")).size == 1


def test_seeds_are_loaded_into_a_fresh_file_only(database: Path) -> None:
    seeds = [SeedRecord("Account", {"Name": "seeded"})]
    for expected in (True, False):
        with started(database, seeds=seeds) as org:
            assert org.fresh is expected
            assert names(org) == ["seeded"]
