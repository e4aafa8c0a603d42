"""Calls through the whole application, from the bytes of a request to those of the reply, without a socket."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import baseline_create
import baseline_query
from measure import Effort, Row, cal, compare
from soap_call import FIELDS, account, create, envelope, poster, query

from mockorg_server.app import build_app
from mockorg_server.core.calls.operation import Create, Query
from mockorg_server.core.host import Host
from mockorg_server.core.record import InputRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings

VERSION = 60
PAGE = f"SELECT Id, {', '.join(FIELDS)} FROM Account LIMIT 2000"  # six fields


def rows(effort: Effort) -> Iterator[Row]:
    host = Host.open(OrgSettings())
    yield from _create(host, effort)
    yield from _page(host, effort)
    yield from _small(host, effort)
    yield from _file(host, effort)
    host.close()


def _create(host: Host, effort: Effort) -> Iterator[Row]:
    org = host.default
    caller = Caller(org.token, VERSION)
    content = envelope(org.token, create(200))
    records = tuple(InputRecord("Account", dict(zip(FIELDS, account(n), strict=True))) for n in range(200))
    wire = poster(build_app(host), content)

    def engine() -> None:
        assert all(result.success for result in org.run(Create(records), caller))

    yield compare(
        "create of 200 over SOAP, less the engine's part",
        wire,
        lambda: baseline_create.answer(content),
        "lxml parse, dicts, string render",
        runs=effort.of(41, 9),
        most=5,
        less=engine,
    )
    org.reset()
    yield compare("create of 200 in the engine, for each", engine, cal, "cal", runs=effort.of(41, 9), parts=200)
    org.reset()


def _page(host: Host, effort: Effort) -> Iterator[Row]:
    org = host.default
    caller = Caller(org.token, VERSION)
    for start in range(0, 2000, 200):
        numbers = range(start, start + 200)
        records = tuple(InputRecord("Account", dict(zip(FIELDS, account(n), strict=True))) for n in numbers)
        org.run(Create(records), caller)
    found = org.run(Query(PAGE), caller).rows
    assert len(found) == 2000
    yield compare(
        "query page, 2,000 rows of 6 fields",
        poster(build_app(host), envelope(org.token, query(PAGE))),
        lambda: baseline_query.render(("Id", *FIELDS), found),
        "lxml render of rows in memory",
        runs=effort.of(31, 9),
        most=3,
    )


def _small(host: Host, effort: Effort) -> Iterator[Row]:
    app, token = build_app(host), host.default.token
    describe = "<describeSObjects><sObjectType>Account</sObjectType></describeSObjects>"
    login = "<login><username>a@example.com</username><password>secret</password></login>"
    one = query("SELECT Id, Name FROM Account WHERE Name = 'Account 77'")
    for name, body, times in (
        ("getServerTimestamp", "<getServerTimestamp/>", 10),
        ("query of one row by Name", one, 10),
        ("create of one record", create(1), 10),
        ("describeSObjects of Account", describe, 5),
        ("login", login, 10),
    ):
        post = poster(app, envelope(token, body))
        yield compare(name, post, cal, "cal", runs=effort.of(51, 11), times=times, baseline_times=5)


def _file(host: Host, effort: Effort) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        in_file = Host.open(OrgSettings(database=str(Path(folder) / "org.db")))
        ours, baseline = (poster(build_app(each), envelope(each.default.token, create(1))) for each in (in_file, host))
        runs = effort.of(51, 11)
        yield compare(
            "create of one record, in a file", ours, baseline, "in memory", runs=runs, times=5, baseline_times=5
        )
        in_file.close()
