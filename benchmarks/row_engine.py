"""Queries in the engine: compiling one of a known shape, and finding a record by index among few and among many."""

import random
from collections.abc import Callable, Iterator

from measure import Effort, Row, cal, compare

from mockorg_server.core.calls.operation import Query
from mockorg_server.core.host import Host
from mockorg_server.core.seed import SeedRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.schema.identifier import base62, to_long_id
from mockorg_server.schema.schema import load_schema
from mockorg_server.soql.compiler import QueryCompiler

VERSION = 60
FEW = 1_000
LOOKUPS = 200
SHAPE = "SELECT Id, Name, Owner.Name FROM Account WHERE Name LIKE 'A%' AND AnnualRevenue > 1 ORDER BY Name LIMIT 10"

# Each asks for the record of a number, which there is exactly one of. Email stands for external ids: it is the
# idLookup field of Contact, and indexed by the same rule.
QUESTIONS: dict[str, Callable[[int], str]] = {
    "Name": lambda number: f"SELECT Id, Name FROM Account WHERE Name = 'Account {number}'",
    "an idLookup field": lambda number: f"SELECT Id, Email FROM Contact WHERE Email = '{number}@example.com'",
    "Id": lambda number: f"SELECT Id, Name FROM Account WHERE Id = '{to_long_id('001' + base62(number + 1, 12))}'",
}


def rows(effort: Effort) -> Iterator[Row]:
    yield from _compile(effort)
    many = effort.of(100_000, 10_000)
    with_few, with_many = _host_of(FEW), _host_of(many)
    for field, question in QUESTIONS.items():
        yield compare(
            f"lookup by {field} among {many:,}",
            _lookups(with_many, many, question),
            _lookups(with_few, FEW, question),
            f"among {FEW:,}",
            runs=effort.of(31, 11),
            most=1.3,
        )
    with_few.close(), with_many.close()


def _compile(effort: Effort) -> Iterator[Row]:
    compiler = QueryCompiler(load_schema())
    runs = effort.of(101, 21)
    yield compare(
        "SOQL to plan, shape known", lambda: compiler.compile(SHAPE, VERSION), cal, "cal", runs=runs, times=20
    )
    fresh = lambda: QueryCompiler(load_schema()).compile(SHAPE, VERSION)  # noqa: E731
    yield compare("SOQL to plan, shape new", fresh, cal, "cal", runs=runs)


def _host_of(count: int) -> Host:
    host = Host.open(OrgSettings())
    host.default.seed([SeedRecord("Account", {"Name": f"Account {number}"}) for number in range(count)])
    contacts = ({"LastName": f"Last {number}", "Email": f"{number}@example.com"} for number in range(count))
    host.default.seed([SeedRecord("Contact", values) for values in contacts])
    return host


def _lookups(host: Host, count: int, question: Callable[[int], str]) -> Callable[[], None]:
    caller = Caller(host.default.token, VERSION)
    chance = random.Random(count)

    def work() -> None:
        for _ in range(LOOKUPS):
            found = host.default.run(Query(question(chance.randrange(count))), caller)
            assert len(found.rows) == 1

    return work
