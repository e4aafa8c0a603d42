"""The two copies of a database in memory: whatever is written, undone or restored, both come to hold the same."""

import random
import sqlite3
from typing import Any

import pytest

from mockorg_server.schema.schema import load_schema
from mockorg_server.store.error import StoreError
from mockorg_server.store.store import Store
from mockorg_server.store.write import Writer


class PlannedError(Exception):
    """Raised by a test inside a transaction."""


def dump(connection: Any) -> list[str]:
    driver = connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return list(driver.iterdump())


def both(store: Store) -> tuple[list[str], list[str]]:
    """Dump what readers see and what the next writer begins with."""
    database: Any = store._database
    with store._alone():
        level = database._level_copy()
        return dump(database._current.connection), dump(level.connection)


def change(writer: Writer, chance: random.Random, known: list[tuple[Any, str]]) -> None:
    schema = load_schema().latest
    for _ in range(chance.randrange(1, 70)):
        what = chance.randrange(10)
        if what < 6 or not known:
            sobject = schema.sobject(chance.choice(["Account", "Contact", "Lead", "Case", "Asset"]))
            assert sobject is not None
            record_id = f"{sobject.id_prefix}{len(known):012}AAA"
            writer.insert(sobject, {"Id": record_id, "OwnerId": str(chance.random())})
            known.append((sobject, record_id))
        elif what < 8:
            sobject, record_id = chance.choice(known)
            writer.update(sobject, record_id, {"OwnerId": str(chance.random())})
        elif what < 9:
            sobject, record_id = known.pop(chance.randrange(len(known)))
            writer.purge(sobject, record_id)
            writer.insert(sobject, {"Id": f"{record_id}x"})  # known keeps its length, so that no id comes twice
            known.append((sobject, f"{record_id}x"))
        else:
            writer.set_state(chance.choice("ab"), str(chance.random()))


@pytest.mark.parametrize("seed", range(6))
def test_both_copies_hold_the_same(seed: int) -> None:
    chance = random.Random(seed)
    with Store(load_schema(), "memory") as store:
        known: list[tuple[Any, str]] = []
        kept = store.snapshot(), list(known)
        for _ in range(25):
            before = list(known)
            what = chance.randrange(6)
            if what == 0:
                with pytest.raises(PlannedError), store.write() as writer:  # noqa: PT012
                    change(writer, chance, known)
                    raise PlannedError
                known = before
            elif what == 1:
                with store.write() as writer:
                    with pytest.raises(PlannedError), writer.savepoint():  # noqa: PT012
                        change(writer, chance, known)
                        raise PlannedError
                    known = before
                    change(writer, chance, known)
            elif what == 2 and chance.randrange(3) == 0:
                store.restore(kept[0])
                known = list(kept[1])
            elif what == 3:
                kept = store.snapshot(), list(known)
            else:
                with store.write() as writer:
                    change(writer, chance, known)
            seen, next_one = both(store)
            assert seen == next_one
            with store.read() as reader:
                assert sum(reader.row_counts().values()) == len(known)


def test_a_copy_that_missed_much_is_copied_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockorg_server.store.memory_database._MAX_CHANGES", 10)
    account = load_schema().latest.sobject("Account")
    assert account is not None
    with Store(load_schema(), "memory") as store:
        for number in range(3):
            with store.write() as writer:
                for each in range(20):
                    writer.insert(account, {"Id": f"001{number:06}{each:06}AAA"})
            seen, next_one = both(store)
            assert seen == next_one
        with store.read() as reader:
            assert reader.row_counts() == {"Account": 60}


def test_a_full_memory_is_told_and_survived() -> None:
    account = load_schema().latest.sobject("Account")
    assert account is not None
    with Store(load_schema(), "memory") as store:
        with store.write() as writer:
            writer.insert(account, {"Id": "001000000000001AAA", "Name": "first"})
        database: Any = store._database
        with store._alone():
            connections = [database._current.connection, database._level_copy().connection]
        for connection in connections:
            connection.cursor().execute("PRAGMA max_page_count = 60")
        for attempt in range(3):
            with pytest.raises(StoreError, match="full"), store.write() as writer:  # noqa: PT012
                for number in range(2_000):
                    writer.insert(account, {"Id": f"001{attempt:06}{number:06}AAB", "Name": "x" * 200})
            with store.read() as reader:
                assert reader.row_counts() == {"Account": 1}
        for connection in connections:
            connection.cursor().execute("PRAGMA max_page_count = 100000")
        with store.write() as writer:
            writer.insert(account, {"Id": "001000000000002AAA"})
        seen, next_one = both(store)
        assert seen == next_one


def test_a_thread_that_reads_cannot_write_what_it_reads() -> None:
    """It would wait for itself."""
    account = load_schema().latest.sobject("Account")
    assert account is not None
    with Store(load_schema(), "memory") as store, store.read():
        with store.write() as writer:
            writer.insert(account, {"Id": "001000000000001AAA"})
        with pytest.raises(RuntimeError, match="reading what it now would change"), store.write():
            pass
