"""Saving records in the engine, with all its rules, beside the bare statements; and what a full table costs."""

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from measure import Effort, Row, compare

from mockorg_server.core.calls.operation import Create, Delete, Update
from mockorg_server.core.host import Host
from mockorg_server.core.record import InputRecord
from mockorg_server.core.seed import SeedRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.schema.identifier import base62, to_long_id

VERSION = 60
CALL = 200
FEW = 1_000


def rows(effort: Effort) -> Iterator[Row]:
    count = effort.of(10_000, 2_000)
    yield compare(
        f"insert of {count:,} accounts, {CALL} a call",
        _inserts(count),
        _statements(count),
        "executemany, same table and indexes",
        runs=effort.of(7, 3),
        most=6,
    )
    many = effort.of(100_000, 10_000)
    with_few, with_many = _host_of(FEW), _host_of(many)
    for verb, work in (("update", _updates), ("insert, delete", _deletes)):
        yield compare(
            f"{verb} by Id among {many:,}",
            work(with_many, many),
            work(with_few, FEW),
            f"among {FEW:,}",
            runs=effort.of(31, 9),
            most=1.3,
        )
    with_few.close(), with_many.close()


def _values(number: int) -> dict[str, Any]:
    return {
        "Name": f"Account {number}",
        "Phone": f"+49 30 {number:07d}",
        "BillingCity": "Berlin",
        "Industry": "Banking",
        "AnnualRevenue": float(number),
        "NumberOfEmployees": number,
    }


def _calls(count: int) -> list[Create]:
    return [
        Create(tuple(InputRecord("Account", _values(number)) for number in range(first, first + CALL)))
        for first in range(0, count, CALL)
    ]


def _inserts(count: int) -> Callable[[], None]:
    calls = _calls(count)

    def work() -> None:
        host = Host.open(OrgSettings())
        caller = Caller(host.default.token, VERSION)
        for call in calls:
            results = host.default.run(call, caller)
            assert all(result.success for result in results)
        host.close()

    return work


def _statements(count: int) -> Callable[[], None]:
    """Insert the rows that the engine makes of the same accounts with the driver alone, a transaction for each call."""
    ddl, columns, rows = _written(count)
    named = ", ".join(f'"{name}"' for name in columns)
    insert = f'INSERT INTO "Account" ({named}) VALUES ({", ".join("?" * len(columns))})'
    lots = [rows[first : first + CALL] for first in range(0, count, CALL)]

    def work() -> None:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        for statement in ddl:
            connection.execute(statement)
        for lot in lots:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(insert, lot)
            connection.execute("COMMIT")
        connection.close()

    return work


def _written(count: int) -> tuple[list[str], list[str], list[tuple[object, ...]]]:
    """Give the table's DDL with its indexes, the columns that hold something, and their values in every row."""
    host = Host.open(OrgSettings())
    for call in _calls(count):
        host.default.run(call, Caller(host.default.token, VERSION))
    with host.default._store.read() as reader:
        cursor = reader._cursor
        cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'Account' AND sql IS NOT NULL")
        ddl = [sql for (sql,) in cursor.fetchall()]
        cursor.execute('SELECT * FROM "Account" ORDER BY rowid')
        names = [each[0] for each in cursor.description]
        rows = cursor.fetchall()
    host.close()
    used = [place for place, value in enumerate(rows[0]) if value is not None]
    return ddl, [names[place] for place in used], [tuple(row[place] for place in used) for row in rows]


def _host_of(count: int) -> Host:
    host = Host.open(OrgSettings())
    host.default.seed([SeedRecord("Account", _values(number)) for number in range(count)])
    return host


def _ids(count: int) -> Iterator[str]:
    return itertools.cycle(to_long_id("001" + base62(number + 1, 12)) for number in range(count))


def _updates(host: Host, count: int) -> Callable[[], None]:
    caller, ids = Caller(host.default.token, VERSION), _ids(count)

    def work() -> None:
        records = tuple(InputRecord("Account", {"Phone": "1"}, next(ids)) for _ in range(CALL // 10))
        assert all(result.success for result in host.default.run(Update(records), caller))

    return work


def _deletes(host: Host, count: int) -> Callable[[], None]:
    """Delete records that were made for it, so that the table stays as large as it is."""
    caller = Caller(host.default.token, VERSION)
    del count

    def work() -> None:
        made = host.default.run(Create(tuple(InputRecord("Account", _values(n)) for n in range(CALL // 10))), caller)
        assert all(result.success for result in host.default.run(Delete(tuple(each.id for each in made)), caller))

    return work
