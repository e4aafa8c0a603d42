"""A server that is killed under load loses nothing that it has acknowledged, and its file opens again."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from tests.concurrency.soap_client import SoapClient, all_of

from .conftest import Server, serving

WRITERS, BATCH, ROUNDS = 4, 10, 3


@dataclass
class Ledger:
    """What one writer was told. ``tries`` is the value of an update that may or may not have been kept."""

    name: str
    created: list[list[str]] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    updated: dict[str, int] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    deleting: set[str] = field(default_factory=set)


def write(server: Server, ledger: Ledger, enough: threading.Semaphore) -> None:
    """Create, update and delete until the server is gone."""
    with server.client() as client:
        try:
            for number in range(1_000_000):
                ids = client.create("Account", *({"Name": ledger.name, "Phone": "0"} for _ in range(BATCH)))
                ledger.created.append(ids)
                ledger.tries[ids[0]] = number
                client.update("Account", {"Id": ids[0], "Phone": str(number)})
                ledger.updated[ids[0]] = number
                ledger.deleting.add(ids[1])
                client.delete(ids[1])
                ledger.deleted.add(ids[1])
                enough.release()
        except (OSError, HTTPException):
            return


def write_until_killed(server: Server, names: list[str]) -> list[Ledger]:
    ledgers, enough = [Ledger(name) for name in names], threading.Semaphore(0)
    with ThreadPoolExecutor(len(names)) as pool:
        futures = [pool.submit(write, server, ledger, enough) for ledger in ledgers]
        for _ in range(40):
            assert enough.acquire(timeout=60)
        server.kill()
        for future in futures:
            future.result(timeout=60)
    return ledgers


def check(client: SoapClient, ledgers: list[Ledger]) -> None:
    """Compare what is there with what was acknowledged."""
    for ledger in ledgers:
        soql = f"SELECT Id, Phone FROM Account WHERE Name = '{ledger.name}'"
        text = client.query(soql)
        pairs = dict(zip(all_of(text, "sf:Id")[::2], all_of(text, "sf:Phone"), strict=True))
        acknowledged = {each for ids in ledger.created for each in ids}
        assert acknowledged - pairs.keys() - ledger.deleting == set(), "an acknowledged record is lost"
        assert not pairs.keys() & ledger.deleted, "a deletion is lost"
        everything = client.call(f"<queryAll><queryString>{soql}</queryString></queryAll>")
        unasked = set(all_of(everything, "sf:Id")) - acknowledged
        assert len(unasked) in (0, BATCH), "the call under way is kept wholly or not at all"
        for record_id, value in ledger.updated.items():
            assert int(pairs[record_id]) >= value
        for record_id, value in ledger.tries.items():
            assert int(pairs[record_id]) in (0, value)


def test_killed_under_load(database: Path) -> None:
    ledgers: list[Ledger] = []
    for turn in range(ROUNDS):
        with serving(database) as server:
            with server.client() as client:
                check(client, ledgers)
            ledgers += write_until_killed(server, [f"writer {turn} {number}" for number in range(WRITERS)])
    with serving(database) as server:
        with server.client() as client:
            check(client, ledgers)
            [last] = client.create("Account", {"Name": "last"})
        assert server.end() == ""

    ids = [each for ledger in ledgers for batch in ledger.created for each in batch]
    assert len(set(ids)) == len(ids) >= ROUNDS * 40 * BATCH
    assert last > max(ids), "ids go on where they were"
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute('SELECT count(DISTINCT Id) = count(*) FROM "Account"').fetchone() == (1,)
    connection.close()
    assert sorted(path.name for path in database.parent.iterdir()) == ["org.db", "org.db.lock"]
