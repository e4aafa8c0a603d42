"""REST over a socket that is kept: small questions beside a bare reply, pages and collections beside the engine."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from itertools import count
from urllib.parse import quote

from measure import Effort, Row, compare
from process import Server, mock_org, serving

from mockorg_server.core.calls.operation import Create, Query
from mockorg_server.core.host import Host
from mockorg_server.core.record import InputRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.rest.record_writer import RecordWriters

ROOT = "/services/data/v64.0"
SOQL = "SELECT Id, Name, Phone, NumberOfEmployees, AnnualRevenue, CreatedDate FROM Account"
HELLO = "a bare WSGI reply of the same server"


def rows(effort: Effort) -> Iterator[Row]:
    with ExitStack() as stack:
        ours = stack.enter_context(serving(*mock_org()))
        hello = stack.enter_context(serving("baseline_hello.py"))
        connection = stack.enter_context(_connected(ours))
        bare = stack.enter_context(_connected(hello))
        ask, greet = _asker(connection, ours.token), _asker(bare, "")
        ids = [_made(ask, start) for start in range(0, 2000, 200)]
        number = count()

        def one_row() -> bytes:
            soql = f"SELECT Id, Name FROM Account WHERE Name = 'Account {next(number) % 2000}'"
            return ask("GET", f"{ROOT}/query?q={quote(soql)}")

        assert json.loads(one_row())["totalSize"] == 1
        runs = effort.of(15, 5)
        for name, work in (
            ("GET of a record by id", lambda: ask("GET", f"{ROOT}/sobjects/Account/{ids[0]}?fields=Name")),
            ("query of one row, a new literal each time", one_row),
        ):
            yield compare(
                name, work, lambda: greet("GET", "/"), HELLO, runs=runs, times=100, baseline_times=100, most=1 / 0.3
            )
        yield from _beside_the_engine(ask, runs)


def _beside_the_engine(ask: Callable[..., bytes], runs: int) -> Iterator[Row]:
    host = Host.open(OrgSettings())
    org = host.default
    caller = Caller(org.token, 64)
    records = [tuple(InputRecord("Account", values) for values in _values(start)) for start in range(0, 2000, 200)]
    for each in records:
        org.run(Create(each), caller)
    writers = RecordWriters()

    def page() -> int:
        result = org.run(Query(SOQL), caller)
        return len(writers.of(result.shape, ROOT).records(result.rows).encode())

    path = f"{ROOT}/query?q={quote(SOQL)}"
    assert page() < len(ask("GET", path))
    yield compare(
        "a page of 2,000 rows and 6 fields",
        lambda: ask("GET", path),
        page,
        "the engine's JSON alone",
        runs=runs,
        most=2.5,
    )
    body = _collection(0)
    yield compare(
        "collections create of 200",
        lambda: ask("POST", f"{ROOT}/composite/sobjects", body),
        lambda: org.run(Create(records[0]), caller),
        "the same on the engine",
        runs=runs,
        most=2,
    )
    host.close()


def _connected(server: Server) -> closing[HTTPConnection]:
    return closing(HTTPConnection("127.0.0.1", server.port, timeout=30))


def _asker(connection: HTTPConnection, token: str) -> Callable[..., bytes]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(method: str, path: str, body: bytes | None = None) -> bytes:
        connection.request(method, path, body, headers)
        with connection.getresponse() as answer:
            content = answer.read()
        assert answer.status < 300, content
        return content

    return ask


def _values(start: int) -> list[dict[str, str | int | float]]:
    return [
        {"Name": f"Account {n}", "Phone": "+47 555 0100", "NumberOfEmployees": n, "AnnualRevenue": n * 1.5}
        for n in range(start, start + 200)
    ]


def _collection(start: int) -> bytes:
    records = [{"attributes": {"type": "Account"}, **values} for values in _values(start)]
    return json.dumps({"records": records}).encode()


def _made(ask: Callable[..., bytes], start: int) -> str:
    """Make 200 records; give the id of the first."""
    return str(json.loads(ask("POST", f"{ROOT}/composite/sobjects", _collection(start)))[0]["id"])
