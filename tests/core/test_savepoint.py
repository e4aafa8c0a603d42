"""Org.savepoint(): whatever happened inside is undone at its end, in the database and beside it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockorg_server.core.calls.operation import Create, Delete, Login, Operation, Query, QueryMore, Search
from mockorg_server.core.error import OrgError
from mockorg_server.core.injected_fault import InjectedFault
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.schema.schema import load_schema

from .conftest import NOW

Run = Callable[..., Any]


@pytest.fixture(params=["memory", "file"])
def org(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Org]:
    database = "memory" if request.param == "memory" else str(tmp_path / "org.db")
    opened = Org(load_schema(), OrgSettings(clock_start=NOW, database=database))
    yield opened
    opened.close()


def insert(run: Run, *names: str, sobject: str = "Account") -> list[str]:
    results = run(Create(tuple(InputRecord(sobject, {"Name": name}) for name in names)))
    return [result.id for result in results]


def names(run: Run, sobject: str = "Account") -> list[Any]:
    return [row[-1] for row in run(Query(f"SELECT Id, Name FROM {sobject} ORDER BY Name")).rows]


def found(run: Run) -> int:
    groups = run(Search("FIND {Many} IN ALL FIELDS RETURNING Account(Id LIMIT 100)")).groups
    return sum(len(group.rows) for group in groups)


def test_what_was_written_is_undone(org: Org, run: Run) -> None:
    insert(run, "Before")
    with org.savepoint():
        [record_id] = insert(run, "Inside")
        assert names(run) == ["Before", "Inside"]
    assert names(run) == ["Before"]
    assert insert(run, "After") == [record_id]  # ids go on where they were
    assert names(run) == ["After", "Before"]


def test_tables_indexes_and_text_indexes_made_inside_are_undone(org: Org, run: Run) -> None:
    for _ in range(2):
        with org.savepoint():
            insert(run, *(f"Many {number}" for number in range(60)))
            assert found(run) == 60
        assert names(run) == []
    assert found(run) == 0


def test_savepoints_are_nested(org: Org, run: Run) -> None:
    with org.savepoint():
        insert(run, "Outer")
        with org.savepoint():
            insert(run, "Inner")
            with org.savepoint():
                insert(run, "Innermost")
            assert names(run) == ["Inner", "Outer"]
        assert names(run) == ["Outer"]
        insert(run, "Outer 2")
        assert names(run) == ["Outer", "Outer 2"]
    assert names(run) == []


def test_a_reset_inside_is_undone_too(org: Org, run: Run) -> None:
    insert(run, "Before")
    with org.savepoint():
        insert(run, "Inside")
        with org.savepoint():
            org.reset()
            assert names(run) == []
            insert(run, "After reset")
            with org.savepoint():
                insert(run, "Deeper")
            assert names(run) == ["After reset"]
        assert names(run) == ["Before", "Inside"]
    assert names(run) == ["Before"]
    insert(run, "Later")
    assert names(run) == ["Before", "Later"]


def test_the_rest_of_the_org_goes_back_too(org: Org, run: Run) -> None:
    insert(run, *(f"{number:03}" for number in range(200)))
    usage = org.api_usage()
    locator = run(Query("SELECT Id FROM Account", 200))
    assert locator.query_locator is None
    with org.savepoint():
        session = org.run(Login("user@example.com", "password"), Caller(None, 66)).session_id
        insert(run, "more")
        paged = run(Query("SELECT Id FROM Account", 200)).query_locator
        assert run(QueryMore(paged)).done
        org.clock.set(NOW + timedelta(days=3))
        org.hook_org.on("before insert", "Account", lambda event: event.add_error("no"))
        assert run(Create((InputRecord("Account", {"Name": "refused"}),)))[0].errors
    assert org.clock.now() == NOW
    assert org.api_usage()[0] == usage[0] + 1  # the query that looked for a locator
    assert insert(run, "allowed") != [None]
    with pytest.raises(OrgError, match="INVALID_SESSION_ID"):
        org.run(Query("SELECT Id FROM User"), Caller(session, 66))
    with pytest.raises(OrgError, match="INVALID_QUERY_LOCATOR"):
        run(QueryMore(paged))
    assert names(run, "User") == names(run, "User")


def test_a_session_that_ended_inside_is_open_again(org: Org) -> None:
    session = org.run(Login("user@example.com", "password"), Caller(None, 66)).session_id
    with org.savepoint():
        assert org.sessions.close(session)
        org.clock.advance(100_000)
    assert org.sessions.require(session)


def test_messages_that_were_due_inside_are_as_they_were(org: Org) -> None:
    before = org.messaging.settings, org.messaging.due_at
    with org.savepoint():
        assert org.messaging.configure(batch_seconds=5) != before[0]
    assert (org.messaging.settings, org.messaging.due_at) == before


def test_named_snapshots_are_those_of_before(org: Org) -> None:
    org.snapshots.save("kept")
    org.snapshots.save("dropped inside")
    with org.savepoint():
        org.snapshots.save("made inside")
        org.snapshots.drop("dropped inside")
    assert sorted(org.snapshots.all) == ["dropped inside", "kept"]


def test_faults_are_as_far_spent_as_before(org: Org, run: Run) -> None:
    fault = org.faults.add(InjectedFault(times=1, error=("UNABLE_TO_LOCK_ROW", "locked")))
    with org.savepoint():
        assert run(Create((InputRecord("Account", {"Name": "a"}),)))[0].errors
        assert fault.is_spent
        inside = org.faults.add(InjectedFault(error=("UNABLE_TO_LOCK_ROW", "locked")))
    assert (org.faults.all, fault.is_spent, fault.fits) == ((fault,), False, 0)
    assert org.faults.add(InjectedFault(error=("UNABLE_TO_LOCK_ROW", "locked"))).id == inside.id


def test_dice_of_an_org_that_can_be_repeated_fall_as_they_would_have() -> None:
    org = Org(load_schema(), OrgSettings(clock_start=NOW, session_seed=1))

    def falls() -> list[bool]:
        org.faults.add(InjectedFault(probability=0.5, error=("UNABLE_TO_LOCK_ROW", "locked")))
        made = [org.run(Create((InputRecord("Account", {"Name": "a"}),)), Caller(org.token, 66)) for _ in range(20)]
        return [bool(each[0].errors) for each in made]

    with org.savepoint():
        first = falls()
    assert falls() == first
    assert len(set(first)) == 2
    org.close()


def test_an_exception_goes_on_and_undoes_all_the_same(org: Org, run: Run) -> None:
    def fail() -> None:
        with org.savepoint():
            insert(run, "Inside")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert names(run) == []


def test_a_write_that_fails_inside_leaves_what_was_written_before_it(org: Org, run: Run) -> None:
    with org.savepoint():
        insert(run, "Kept")
        with pytest.raises(OrgError):
            run(Delete(tuple(f"{number:015}" for number in range(201))))
        assert run(Create((InputRecord("Account", {"Name": "a"}), InputRecord("Account", {})), all_or_none=True))
        assert names(run) == ["Kept"]
        insert(run, "Kept 2")
        assert names(run) == ["Kept", "Kept 2"]


def test_readers_and_writers_of_other_threads_are_undone_alike(org: Org, run: Run) -> None:
    def work(number: int) -> None:
        for each in range(5):
            insert(run, f"{number} {each}")
            names(run)

    with org.savepoint():
        threads = [Thread(target=work, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(names(run)) == 15
    assert names(run) == []


STEPS = st.lists(st.sampled_from(["insert", "delete", "begin", "end", "reset"]), max_size=25)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_any_order_of_changes_savepoints_and_resets(steps: list[str]) -> None:
    org = Org(load_schema(), OrgSettings(clock_start=NOW))

    def run(operation: Operation) -> Any:
        return org.run(operation, Caller(org.token, 66))

    stack: list[tuple[Any, list[str]]] = []
    expected: list[str] = []
    for number, step in enumerate(steps):
        if step == "insert":
            insert(run, f"{number:03}")
            expected = [*expected, f"{number:03}"]
        elif step == "delete" and expected:
            run(Delete((run(Query("SELECT Id FROM Account ORDER BY Name LIMIT 1")).rows[0][0],)))
            expected = expected[1:]
        elif step == "begin":
            savepoint = org.savepoint()
            savepoint.__enter__()
            stack.append((savepoint, expected))
        elif step == "end" and stack:
            savepoint, expected = stack.pop()
            savepoint.__exit__(None, None, None)
        elif step == "reset":
            org.reset()
            expected = []
        assert names(run) == expected
    for savepoint, before in reversed(stack):
        savepoint.__exit__(None, None, None)
        assert names(run) == before
    org.close()


def test_the_next_savepoint_finds_the_tables_of_the_one_before() -> None:
    org = Org(load_schema(), OrgSettings(clock_start=NOW))

    def run(operation: Operation) -> Any:
        return org.run(operation, Caller(org.token, 66))

    def tables() -> frozenset[str]:
        with org._store.read() as reader:
            return reader._holding.tables

    assert "Account" not in tables()
    with org.savepoint():
        insert(run, *(f"{number}" for number in range(60)))
    assert "Account" in tables()
    for _ in range(2):  # it writes on either copy in turn
        with org.savepoint():
            assert [len(insert(run, "a")), len(names(run))] == [1, 1]
            assert found(run) == 0
        assert names(run) == []
    org.close()
