"""Transactions, threads, whole-database copies, and the end of a store."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.store.error import StoreError
from mockorg_server.store.store import Store


class PlannedError(Exception):
    """Raised by a test inside a transaction."""


@pytest.fixture
def account(schema: Any) -> Any:
    return schema.sobject("Account")


def ids(store: Store, of: Any) -> list[Any]:
    with store.read() as reader:
        return [row[0] for row in reader.query(of("Account").plan(["Id"]), ())]


def test_a_write_is_kept_when_its_block_ends(store: Store, account: Any, of: Any) -> None:
    with store.write() as writer:
        writer.insert(account, {"Id": "001A"})
        assert writer.row_counts() == {"Account": 1}
    assert ids(store, of) == ["001A"]


def test_a_write_is_undone_when_its_block_raises(store: Store, account: Any, of: Any) -> None:
    with pytest.raises(PlannedError), store.write() as writer:  # noqa: PT012 - the block is what is undone
        writer.insert(account, {"Id": "001A"})
        writer.set_state("k", "v")
        raise PlannedError
    assert ids(store, of) == []  # the table went with it
    with store.write() as writer:
        assert writer.state("k") is None
        writer.insert(account, {"Id": "001B"})
    assert ids(store, of) == ["001B"]


def test_a_savepoint_undoes_its_block_alone(store: Store, account: Any, schema: Any, of: Any) -> None:
    with store.write() as writer:
        writer.insert(account, {"Id": "001A"})
        with pytest.raises(PlannedError), writer.savepoint():  # noqa: PT012 - the block is what is undone
            writer.insert(account, {"Id": "001B"})
            writer.insert(schema.sobject("Contact"), {"Id": "003A"})
            with writer.savepoint():
                writer.insert(account, {"Id": "001C"})
            raise PlannedError
        assert writer.row_counts() == {"Account": 1}
        with writer.savepoint():
            writer.insert(schema.sobject("Contact"), {"Id": "003B"})
    with store.read() as reader:
        assert reader.row_counts() == {"Account": 1, "Contact": 1}


def test_a_duplicate_id_undoes_its_transaction(store: Store, account: Any, of: Any) -> None:
    with store.write() as writer:
        writer.insert(account, {"Id": "001A"})
    with pytest.raises(sqlite3.IntegrityError), store.write() as writer:  # noqa: PT012 - a later method may raise it
        writer.insert(account, {"Id": "001B"})
        writer.insert(account, {"Id": "001A"})
    assert ids(store, of) == ["001A"]


def test_an_insert_is_seen_by_the_next_method(store: Store, account: Any, of: Any) -> None:
    with store.write() as writer:
        writer.insert(account, {"Id": "001A", "Name": "a"})
        writer.insert(account, {"Id": "001B"})
        assert writer.get(account, ["001A", "001B"], ["Name"]) == {"001A": ("a",), "001B": (None,)}
        writer.insert(account, {"Id": "001C"})
        writer.update(account, "001C", {"Name": "c"})
        with pytest.raises(PlannedError), writer.savepoint():  # noqa: PT012 - the block is what is undone
            writer.insert(account, {"Id": "001D"})
            raise PlannedError
        writer.insert(account, {"Id": "001E"})
        assert writer.find(account, "Name", "c") == ["001C"]
    assert ids(store, of) == ["001A", "001B", "001C", "001E"]


@pytest.mark.parametrize("value", [2**70, "\ud800"])
def test_values_out_of_range_are_refused(store: Store, account: Any, of: Any, value: Any) -> None:
    with pytest.raises(StoreError, match="out of the database's range"), store.write() as writer:
        writer.insert(account, {"Id": "001A", "NumberOfEmployees" if isinstance(value, int) else "Key": value})


def test_a_thread_that_writes_must_use_its_writer(store: Store) -> None:
    for enter in (store.read, store.write):
        with store.write(), pytest.raises(RuntimeError, match="must use its Writer"), enter():
            pass
    for call in (store.snapshot, lambda: store.restore(None)):  # type: ignore[arg-type]
        with store.write(), pytest.raises(RuntimeError, match="must use its Writer"):
            call()


def test_reads_may_be_nested(store: Store, account: Any, of: Any, fill: Any) -> None:
    fill(store, "Account", {"Id": "001A"})
    with store.read() as outer, store.read() as inner:
        plan = of("Account").plan(["Id"])
        assert outer.query(plan, ()) == inner.query(plan, ())


def test_a_closed_store_refuses(schema: Any, tmp_path: Path) -> None:
    for database in ("memory", str(tmp_path / "org.db")):
        store = Store(schema, database)
        store.close()
        store.close()
        for enter in (store.read, store.write):
            with pytest.raises(StoreError, match="the store is closed"), enter():
                pass


# --- threads


def test_readers_and_writers_in_many_threads(store: Store, account: Any, schema: Any, of: Any) -> None:
    """Each write adds an account and its contact together; no reader may ever see one without the other."""
    rounds, writers = 25, 3
    together = of("Account").plan(["Id"]), of("Contact").plan(["Id"])
    stop = threading.Event()

    def write(thread: int) -> None:
        for number in range(rounds):
            with store.write() as writer:
                count = int(writer.state("count") or 0)
                writer.insert(account, {"Id": f"001{thread}{number:03}"})
                writer.insert(schema.sobject("Contact"), {"Id": f"003{thread}{number:03}"})
                writer.set_state("count", str(count + 1))
            with store.read() as reader:  # what was answered is there
                assert reader.get(account, [f"001{thread}{number:03}"], [])

    def read() -> int:
        seen = 0
        while not stop.is_set():
            with store.read() as reader:
                accounts, contacts = (len(reader.query(plan, ())) for plan in together)
                assert accounts == contacts == int(reader.state("count") or 0)
                assert accounts >= seen
                seen = accounts
        return seen

    with ThreadPoolExecutor(8 + writers) as pool:
        readers = [pool.submit(read) for _ in range(8)]
        done = [pool.submit(write, thread) for thread in range(writers)]
        try:
            for future in done:
                future.result(timeout=60)
        finally:
            stop.set()
        for future in readers:
            future.result(timeout=60)
    with store.read() as reader:
        assert reader.row_counts() == {"Account": rounds * writers, "Contact": rounds * writers}
        assert reader.state("count") == str(rounds * writers)


def test_what_is_not_committed_is_not_seen_by_others(store: Store, account: Any, of: Any, fill: Any) -> None:
    """Readers go on while a writer is at work."""
    fill(store, "Account", {"Id": "001A"})
    with ThreadPoolExecutor(1) as pool, store.write() as writer:
        writer.insert(account, {"Id": "001B"})
        assert pool.submit(ids, store, of).result(timeout=30) == ["001A"]
    assert ids(store, of) == ["001A", "001B"]


def test_a_reader_of_a_file_keeps_its_snapshot(schema: Any, account: Any, of: Any, tmp_path: Path, fill: Any) -> None:
    with Store(schema, str(tmp_path / "org.db")) as store:
        fill(store, "Account", {"Id": "001A"})
        with store.read() as reader:
            fill(store, "Account", {"Id": "001B"})
            fill(store, "Contact", {"Id": "003A"})
            assert reader.query(of("Account").plan(["Id"]), ()) == [("001A",)]
            assert reader.query(of("Contact").plan(["Id"]), ()) == []
        assert ids(store, of) == ["001A", "001B"]


# --- copies


def test_restore_brings_back_everything(store: Store, account: Any, schema: Any, of: Any, fill: Any) -> None:
    fill(store, "Account", {"Id": "001A", "Name": "before"})
    with store.write() as writer:
        writer.set_state("k", "before")
    snapshot = store.snapshot()
    for _ in range(200):
        fill(store, "Account", {"Id": "001B"})
        fill(store, "Contact", {"Id": "003A"})
        with store.write() as writer:
            writer.update(account, "001A", {"Name": "after"})
            writer.set_state("k", "after")
        store.restore(snapshot)
        with store.read() as reader:
            assert reader.row_counts() == {"Account": 1}
            assert reader.find(account, "Name", "before") == ["001A"]
            assert reader.state("k") == "before"


def test_a_snapshot_fits_any_store_of_the_schema(store: Store, schema: Any, of: Any, fill: Any) -> None:
    fill(store, "Account", {"Id": "001A", "Name": "é"})
    snapshot = store.snapshot()
    with Store(schema, "memory") as other:
        fill(other, "Contact", {"Id": "003A"})
        other.restore(snapshot)
        assert ids(other, of) == ["001A"]
        fill(other, "Account", {"Id": "001B"})
        assert ids(other, of) == ["001A", "001B"]
    assert ids(store, of) == ["001A"]


def test_a_snapshot_of_another_schema_gains_the_missing_columns(
    store: Store, schema: Any, build: Any, of: Any, fill: Any
) -> None:
    fill(store, "Account", {"Id": "001A"})
    wider = schema.with_fields("Account", build.field("Extra__c"))
    with Store(wider, "memory") as other:
        other.restore(store.snapshot())
        with other.read() as reader:
            assert reader.get(wider.sobject("Account"), ["001A"], ["Extra__c"]) == {"001A": (None,)}


def test_a_restored_file_is_still_a_mockorg_file(schema: Any, of: Any, tmp_path: Path, fill: Any) -> None:
    path = str(tmp_path / "org.db")
    with Store(schema, "memory") as source:
        fill(source, "Account", {"Id": "001A"})
        snapshot = source.snapshot()
    with Store(schema, path) as store:
        store.restore(snapshot)
        assert ids(store, of) == ["001A"]
    with Store(schema, path) as store:
        assert ids(store, of) == ["001A"]


def test_readers_of_a_file_outlive_a_restore(schema: Any, of: Any, tmp_path: Path, fill: Any) -> None:
    with Store(schema, str(tmp_path / "org.db")) as store:
        snapshot = store.snapshot()
        fill(store, "Account", {"Id": "001A"})
        with store.read() as reader:
            plan = of("Account").plan(["Id"])
            assert reader.query(plan, ()) == [("001A",)]
            store.restore(snapshot)
            assert reader.query(plan, ()) == [("001A",)]
            assert ids(store, of) == []
