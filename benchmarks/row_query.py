"""SOQL against the hand-written SQL of the same question, on the same database and its indexes.

Ours is from the text to the rows: compiling, binding, running. The allowance over 1.5 times the SQL is a quarter of a
``cal``; it is taken off ours.
"""

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from measure import Effort, Row, cal, compare, row_of, seconds

from mockorg_server.rest.record_writer import RecordWriters
from mockorg_server.schema.identifier import base62, to_long_id
from mockorg_server.schema.schema import load_schema
from mockorg_server.soql.compiler import QueryCompiler
from mockorg_server.soql.moment import Moment
from mockorg_server.soql.parser import parse
from mockorg_server.store.store import Store

VERSION = 62
MOMENT = Moment(datetime(2026, 1, 31, 12, tzinfo=UTC))
STAMP = "2026-01-01T00:00:00.000Z"
INDUSTRIES = ("Banking", "Energy", "Media", "Agriculture", None)

# Of the length and kind of those that people write: a few clauses each, one long.
TEXTS = (
    "SELECT Id, Name FROM Account WHERE Name = 'Acme'",
    "SELECT Id, Name, (SELECT Id, LastName FROM Contacts ORDER BY LastName LIMIT 5) FROM Account WHERE Name LIKE 'A%'",
    "SELECT Id, Account.Name, Account.Owner.Name FROM Contact WHERE Account.Industry IN ('Media', 'Energy') LIMIT 200",
    "SELECT StageName, COUNT(Id) n, SUM(Amount) FROM Opportunity WHERE CloseDate = LAST_N_DAYS:30 GROUP BY StageName",
    "SELECT Id FROM Case WHERE (Status = 'New' OR Priority = 'High') AND CreatedDate >= 2026-01-01T00:00:00Z",
    "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Email LIKE '%@example.com')",
    "SELECT COUNT() FROM Lead WHERE IsConverted = false",
)


def rows(effort: Effort) -> Iterator[Row]:
    yield _parse(effort)
    few, many = effort.of(10_000, 1_000), effort.of(100_000, 10_000)
    with Database(few) as small, Database(many) as large:
        yield _warm(effort, large)
        yield _page(effort, large)
        for name, soql, sql in QUESTIONS:
            yield against_sql(f"{name}, {many:,} accounts", large, soql, sql, effort.of(15, 5))
        yield compare(
            f"a page of 200 among {many:,}",
            lambda: large.ask("SELECT Id, Name FROM Account ORDER BY Name LIMIT 200"),
            lambda: small.ask("SELECT Id, Name FROM Account ORDER BY Name LIMIT 200"),
            f"among {few:,}",
            runs=effort.of(31, 11),
            most=1.5,
        )


class Database:
    """Accounts, three contacts each, and a compiler for their schema."""

    def __init__(self, count: int) -> None:
        schema = load_schema()
        self.count = count
        self.store = Store(schema, "memory")
        self.compiler = QueryCompiler(schema)
        account, contact = schema.latest.sobject("Account"), schema.latest.sobject("Contact")
        with self.store.write() as writer:
            for number in range(count):
                values = {
                    "Name": f"Account {number}",
                    "Industry": INDUSTRIES[number % 5],
                    "AnnualRevenue": number * 1.25,
                    "NumberOfEmployees": number % 997,
                }
                writer.insert(account, {"Id": key("001", number), "SystemModstamp": STAMP, **values})
            for number in range(3 * count):
                values = {"LastName": f"Last {number}", "Email": f"{number}@example.com"}
                parent = key("001", number // 3)
                writer.insert(
                    contact, {"Id": key("003", number), "AccountId": parent, "SystemModstamp": STAMP, **values}
                )

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def ask(self, soql: str) -> list[tuple[object, ...]]:
        bound = self.compiler.compile(soql, VERSION)
        with self.store.read() as reader:
            return reader.query(bound.plan, bound.parameters(MOMENT))


def key(prefix: str, number: int) -> str:
    return to_long_id(prefix + base62(number + 1, 12))


Sql = Callable[[object, int], object]


def _fetch(cursor: object, sql: str, *values: object) -> list[tuple[object, ...]]:
    cursor.execute(sql, values)
    return cursor.fetchall()


def _with_children(cursor: object, _number: int) -> object:
    accounts = _fetch(cursor, "SELECT Id, Name FROM Account WHERE IsDeleted = 0 ORDER BY Id LIMIT 200")
    sql = (
        "SELECT AccountId, Id, LastName FROM Contact WHERE AccountId IN (SELECT value FROM json_each(?)) "
        "AND IsDeleted = 0 ORDER BY Id"
    )
    return _fetch(cursor, sql, json.dumps([account[0] for account in accounts]))


# A question of a random account's number, in SOQL and in SQL.
QUESTIONS: tuple[tuple[str, Callable[[int], str], Sql], ...] = (
    (
        "equality on an indexed field",
        lambda n: f"SELECT Id, Name, Industry FROM Account WHERE Name = 'Account {n}'",
        lambda cursor, n: _fetch(
            cursor, 'SELECT Id, Name, Industry FROM Account WHERE "Name~" = ? AND IsDeleted = 0', f"ACCOUNT {n}"
        ),
    ),
    (
        "filter on a parent's field",
        lambda n: f"SELECT Id, LastName FROM Contact WHERE Account.Name = 'Account {n}'",
        lambda cursor, n: _fetch(
            cursor,
            "SELECT c.Id, c.LastName FROM Account a JOIN Contact c ON c.AccountId = a.Id "
            'WHERE a."Name~" = ? AND c.IsDeleted = 0 ORDER BY c.Id',
            f"ACCOUNT {n}",
        ),
    ),
    (
        "page with a child subquery",
        lambda _: "SELECT Id, Name, (SELECT Id, LastName FROM Contacts) FROM Account LIMIT 200",
        _with_children,
    ),
    (
        "semi-join",
        lambda n: (
            "SELECT Id, Name FROM Account "
            f"WHERE Id IN (SELECT AccountId FROM Contact WHERE Email = '{n}@example.com')"
        ),
        lambda cursor, n: _fetch(
            cursor,
            "SELECT Id, Name FROM Account WHERE IsDeleted = 0 AND "
            'Id IN (SELECT AccountId FROM Contact WHERE "Email~" = ? AND IsDeleted = 0)',
            f"{n}@EXAMPLE.COM",
        ),
    ),
    (
        "GROUP BY",
        lambda _: "SELECT Industry, COUNT(Id) FROM Account GROUP BY Industry",
        lambda cursor, _: _fetch(
            cursor, 'SELECT MIN(Industry), COUNT(Id) FROM Account WHERE IsDeleted = 0 GROUP BY "Industry~"'
        ),
    ),
)  # fmt: skip


def against_sql(name: str, database: Database, soql: Callable[[int], str], sql: Sql, runs: int) -> Row:
    """Compare a question; a quarter of a ``cal`` is taken off ours. Short ones are asked of several accounts."""
    chance = random.Random(name)
    turns = []
    with database.store.read() as reader:
        cursor = reader._cursor  # the database's own, where nothing of ours is in the way
        times = 20 if seconds(lambda: sql(cursor, 0)) < 1e-3 else 1
        for turn in range(runs + 1):
            numbers = [chance.randrange(database.count) for _ in range(times)]
            allowance = seconds(cal, 3) / 4
            ours = seconds(lambda: [database.ask(soql(number)) for number in numbers]) / times  # noqa: B023
            baseline = seconds(lambda: [sql(cursor, number) for number in numbers]) / times  # noqa: B023
            if turn:
                turns.append((max(ours - allowance, 0.0), baseline))
    return row_of(name, turns, "hand-written SQL", 1.5)


def _parse(effort: Effort) -> Row:
    times = [min(seconds(lambda: parse(text), 5) for _ in range(effort.of(15, 5))) for text in TEXTS]  # noqa: B023
    median = TEXTS[sorted(range(len(TEXTS)), key=times.__getitem__)[len(TEXTS) // 2]]
    return compare("SOQL parsed, median text", lambda: parse(median), cal, "cal", runs=effort.of(101, 21), most=0.5)


def _warm(effort: Effort, database: Database) -> Row:
    """A shape that is known, with new literals: what it costs more than its SQL."""
    numbers = iter(range(10_000_000))
    sql = 'SELECT Id, Name FROM Account WHERE "Name~" = ? AND IsDeleted = 0 ORDER BY Id'
    turns = []
    for _ in range(effort.of(101, 21)):
        ours = seconds(lambda: database.ask(f"SELECT Id, Name FROM Account WHERE Name = 'x{next(numbers)}'"), 10)
        with database.store.read() as reader:
            plain = seconds(lambda: _fetch(reader._cursor, sql, f"X{next(numbers)}"), 10)
        turns.append((ours - plain, min(seconds(cal) for _ in range(3))))
    return row_of("a known shape with new literals, less its SQL", turns, "cal", 0.25)


_FIELDS = "Id, Name, Industry, AnnualRevenue, NumberOfEmployees, SystemModstamp"
PAGE = f"SELECT {_FIELDS} FROM Account LIMIT 2000"
PAGE_SQL = f"""
SELECT json_group_array(json_object('Id', Id, 'Name', Name, 'Industry', Industry, 'AnnualRevenue', AnnualRevenue,
    'NumberOfEmployees', NumberOfEmployees, 'SystemModstamp', SystemModstamp))
FROM (SELECT {_FIELDS} FROM Account WHERE IsDeleted = 0 ORDER BY Id LIMIT 2000)
"""


def _page(effort: Effort, database: Database) -> Row:
    """Give a page as the bytes of REST's answer; the database's own array has neither attributes nor urls."""
    writers = RecordWriters()
    root = f"/services/data/v{VERSION}.0"

    def ours() -> bytes:
        bound = database.compiler.compile(PAGE, VERSION)
        with database.store.read() as reader:
            rows = reader.query(bound.plan, bound.parameters(MOMENT))
        return writers.of(bound.plan.shape, root).records(rows).encode()

    def plain() -> bytes:
        with database.store.read() as reader:
            return _fetch(reader._cursor, PAGE_SQL)[0][0].encode()

    return compare("2,000 rows of 6 fields as JSON", ours, plain, "json_group_array", runs=effort.of(31, 11), most=2)
