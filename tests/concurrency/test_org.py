"""What calls on one org promise each other: readers wait for nobody, a reset is alone, replication forgets nothing."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.core.calls import operation as op
from mockorg_server.core.error import OrgError
from mockorg_server.core.gate import Gate
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.schema.schema import load_schema

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)
PATIENCE_SECONDS = 60  # a call that waits for what does not end until it has answered


@pytest.fixture(params=["memory", "file"])
def org(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Org]:
    database = "memory" if request.param == "memory" else str(tmp_path / "org.db")
    opened = Org(load_schema(), OrgSettings(database=database, clock_start=NOW))
    yield opened
    opened.close()


def run(org: Org, operation: op.Operation) -> Any:
    return org.run(operation, Caller(org.token, 60))


def accounts(*names: str) -> op.Create:
    return op.Create(tuple(InputRecord("Account", {"Name": name}) for name in names))


def names(org: Org) -> list[str]:
    return [row[1] for row in run(org, op.Query("SELECT Id, Name FROM Account ORDER BY Name")).rows]


def test_readers_do_not_wait_for_a_writer(org: Org) -> None:
    [saved] = run(org, accounts("before"))
    contact = load_schema().latest.sobject("Contact")
    assert contact is not None
    reads: list[tuple[op.Operation, Any]] = [
        (op.Query("SELECT Id, Name FROM Account"), [(saved.id, "before")]),
        (op.Query("SELECT Id FROM Contact"), []),
        (op.Retrieve("Account", ("Id",), (saved.id,)), [(saved.id, saved.id)]),
    ]
    with ThreadPoolExecutor(8) as pool, org._store.write() as writer:
        writer.update(org.schema.latest.sobject("Account"), saved.id, {"Name": "after"})  # type: ignore[arg-type]
        writer.insert(contact, {"Id": "003000000000001AAA"})
        for operation, rows in reads * 8:
            assert list(pool.submit(run, org, operation).result(PATIENCE_SECONDS).rows) == rows
        for other in (op.GetUserInfo(), op.DescribeGlobal(), op.GetServerTimestamp()):
            pool.submit(run, org, other).result(PATIENCE_SECONDS)
    assert names(org) == ["after"]


def test_writers_do_not_wait_for_a_reader_of_the_same_moment(org: Org) -> None:
    """One write goes on beside a reader; in memory the next one waits until that reader has left."""
    run(org, accounts("a"))
    plan = org.queries.compile("SELECT Name FROM Account", 60).plan
    with ThreadPoolExecutor(1) as pool, org._store.read() as reader:
        pool.submit(run, org, accounts("b")).result(PATIENCE_SECONDS)
        assert len(reader.query(plan, ())) == 1
    assert names(org) == ["a", "b"]


def test_a_reset_is_alone(org: Org) -> None:
    """Calls run while an org is reset over and over: each is done wholly before or wholly after, or its session ended."""
    run_on = threading.Event()
    run_on.set()
    refused: Counter[str] = Counter()
    tried = threading.Semaphore(0)

    def call(number: int) -> int:
        done = 0
        while run_on.is_set():
            try:
                session = org.run(op.Login(f"user{number % 2}@x.example", "p"), Caller(None, 60)).session_id
                mine = Caller(session, 60)
                ids = [each.id for each in org.run(accounts("x", "y"), mine)]
                assert (
                    len(org.run(op.Query("SELECT Id, Owner.Name FROM Account WHERE CreatedDate = TODAY"), mine).rows)
                    >= 2
                )
                assert all(org.run(op.Retrieve("Account", ("Id",), tuple(ids)), mine).rows)
                done += 1
            except OrgError as error:
                refused[error.code] += 1
            finally:
                tried.release()
        return done

    with ThreadPoolExecutor(4) as pool:
        calling = [pool.submit(call, number) for number in range(4)]
        try:
            for _ in range(40):
                for _ in range(5):
                    assert tried.acquire(timeout=PATIENCE_SECONDS)
                org.reset()
                run(org, accounts("z"))
        finally:
            run_on.clear()
        assert sum(each.result(PATIENCE_SECONDS) for each in calling)
    assert set(refused) <= {"INVALID_SESSION_ID"}
    org.reset()
    assert names(org) == []
    assert run(org, accounts("first"))[0].id == "001000000000001AAA"
    assert run(org, op.Query("SELECT COUNT() FROM User")).size == 1


def test_ids_are_given_once(org: Org) -> None:
    with ThreadPoolExecutor(8) as pool:
        saved = list(pool.map(lambda _: run(org, accounts("a", "b", "c")), range(40)))
    ids = [each.id for results in saved for each in results]
    assert sorted(ids) == sorted(set(ids))
    assert len(names(org)) == len(ids) == 120


def test_one_user_is_made_when_many_log_in_at_once(org: Org) -> None:
    def login(_: int) -> Any:
        return org.run(op.Login("new@x.example", "p"), Caller(None, 60))

    with ThreadPoolExecutor(8) as pool:
        logins = list(pool.map(login, range(40)))
    assert len({each.user_id for each in logins}) == 1
    assert len({each.session_id for each in logins}) == 40


def test_replication_does_not_cover_a_write_that_is_under_way(org: Org) -> None:
    """A record is stamped before it can be seen; who asks in between must ask again from before its stamp."""
    account = org.schema.latest.sobject("Account")
    assert account is not None
    window = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    minute = NOW.replace(second=0)
    with ThreadPoolExecutor(1) as pool:
        with org._write() as writer:
            stamp = org._context(writer, Caller("", 60), "", "").stamp
            writer.insert(account, {"Id": "001000000000001AAA", "SystemModstamp": stamp})
            org.clock.advance(300)
            for kind in (op.GetUpdated, op.GetDeleted):
                told = pool.submit(run, org, kind("Account", *window)).result(PATIENCE_SECONDS)
                assert told.latest_date_covered == minute
        seen = run(org, op.GetUpdated("Account", minute, window[1]))
    assert seen.ids == ("001000000000001AAA",)
    assert seen.latest_date_covered == minute + timedelta(minutes=5)


def test_who_is_alone_waits_for_those_inside_and_goes_before_those_who_come_later() -> None:
    gate, order = Gate(), list[str]()
    inside, leave = threading.Event(), threading.Event()

    def together(name: str) -> None:
        with gate.together():
            inside.set()
            leave.wait(PATIENCE_SECONDS)
            order.append(name)

    def alone() -> None:
        with gate.alone():
            order.append("alone")

    with ThreadPoolExecutor(3) as pool:
        futures = [pool.submit(together, "inside")]
        assert inside.wait(PATIENCE_SECONDS)
        futures.append(pool.submit(alone))
        while not gate._is_shut:
            pass
        futures.append(pool.submit(together, "later"))
        leave.set()
        for future in futures:
            future.result(PATIENCE_SECONDS)
    assert order == ["inside", "alone", "later"]


def test_the_gate_opens_again_after_a_failure() -> None:
    gate = Gate()
    with pytest.raises(ZeroDivisionError), gate.alone():
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError), gate.together():
        raise ZeroDivisionError
    with gate.alone():
        pass
    with gate.together():
        pass


def test_a_closed_org_refuses_calls_in_plain_words(org: Org) -> None:
    org.close()
    with pytest.raises(OrgError, match="the store is closed") as caught:
        run(org, op.GetUserInfo())
    assert caught.value.code == "SERVER_UNAVAILABLE"
