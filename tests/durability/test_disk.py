"""Disks that fail while the server runs: every call that cannot be done says so, and all others go on."""

import io
import json
import resource
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.concurrency.soap_client import SoapFault

from mockorg_server.control.application import ControlApplication
from mockorg_server.core.calls import operation as op
from mockorg_server.core.error import OrgError
from mockorg_server.core.host import Host
from mockorg_server.core.record import InputRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.store.dialect import SqliteDialect

from .conftest import serving

LONG = "x" * 30_000


def accounts(*names: str, **more: str) -> tuple[InputRecord, ...]:
    return tuple(InputRecord("Account", {"Name": name, **more}) for name in names)


def run(host: Host, operation: op.Operation) -> Any:
    return host.default.run(operation, Caller(host.default.token, 60))


def pragma(host: Host, text: str) -> None:
    database: Any = host.default._store._database
    database._own.cursor().execute(f"PRAGMA {text}")


Failing = tuple[str, str, str]
FAILURES: list[Failing] = [
    ("max_page_count = 1", "max_page_count = 1000000", "the database or the disk is full"),
    ("query_only = ON", "query_only = OFF", "the database is read-only"),
]


@pytest.fixture
def host(database: Path) -> Iterator[Host]:
    opened = Host.open(OrgSettings(database=str(database)))
    yield opened
    opened.close()


def writing_calls(known: str) -> dict[str, op.Operation]:
    big = accounts(*map(str, range(200)), Description=LONG)
    return {
        "create": op.Create(big),
        "create, all or none": op.Create(big, all_or_none=True),
        "update": op.Update(tuple(InputRecord("Account", {"Description": LONG + str(n)}, known) for n in range(12))),
        "upsert": op.Upsert("Id", big),
    }


@pytest.mark.parametrize(("fails", "works", "reason"), FAILURES)
def test_a_call_that_cannot_be_written_says_why_and_does_nothing(
    host: Host, fails: str, works: str, reason: str
) -> None:
    known = run(host, op.Create(accounts("known")))[0].id
    pragma(host, fails)
    for name, operation in writing_calls(known).items():
        with pytest.raises(OrgError, match=reason) as caught:
            run(host, operation)
        assert caught.value.code == "SERVER_UNAVAILABLE", name
        assert caught.value.message.startswith("mockorg's database does not answer, and nothing of this call was done")
        [row] = run(host, op.Query("SELECT Id, Description FROM Account")).rows
        assert row[1] is None
    assert run(host, op.GetUserInfo()).organization_id == host.default.id

    pragma(host, works)
    saved = run(host, op.Create(accounts("after")))
    assert saved[0].id > known
    assert run(host, op.Query("SELECT COUNT() FROM Account")).size == 2


@pytest.mark.parametrize(("fails", "works", "reason"), FAILURES)
def test_what_was_written_before_is_there_after_a_restart(database: Path, fails: str, works: str, reason: str) -> None:
    host = Host.open(OrgSettings(database=str(database)))
    run(host, op.Create(accounts("known")))
    pragma(host, fails)
    with pytest.raises(OrgError, match=reason):
        run(host, op.Create(accounts(*map(str, range(200)), Description=LONG)))
    host.close()
    host = Host.open(OrgSettings(database=str(database)))
    assert [row[1] for row in run(host, op.Query("SELECT Id, Name FROM Account")).rows] == ["known"]
    host.close()


def control(host: Host, path: str, body: object = None) -> tuple[str, Any]:
    told: list[str] = []
    content = b"" if body is None else json.dumps(body).encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/_mockorg{path}",
        "CONTENT_LENGTH": str(len(content)),
        "CONTENT_TYPE": "application/json",
        "wsgi.input": io.BytesIO(content),
    }

    def start_response(status: str, _headers: Any, _error: Any = None) -> Callable[..., None]:
        told.append(status)
        return lambda _data: None

    answer = b"".join(ControlApplication(host)(environ, start_response))
    return told[0], json.loads(answer)


def test_the_control_api_says_it_too(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    run(host, op.Create(accounts("known")))
    seed = {"records": [{"attributes": {"type": "Account"}, "Name": "seeded"}]}
    pragma(host, "query_only = ON")
    status, answer = control(host, "/seed", seed)
    assert status == "503 Service Unavailable"
    assert "the database is read-only" in answer["error"]
    pragma(host, "query_only = OFF")
    with monkeypatch.context() as patch:
        patch.setattr(SqliteDialect, "replace", full)
        status, answer = control(host, "/reset")
    assert status == "503 Service Unavailable"
    assert "the database or the disk is full" in answer["error"]
    assert run(host, op.Query("SELECT COUNT() FROM Account")).size == 1

    assert control(host, "/seed", seed)[0] == "200 OK"
    assert control(host, "/reset")[0] == "200 OK"
    assert run(host, op.Query("SELECT COUNT() FROM Account")).size == 0


def full(*_: object) -> None:
    error = sqlite3.OperationalError("full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise error


@pytest.mark.skipif(sys.platform != "linux", reason="prlimit() is Linux's")
def test_a_server_whose_disk_is_full_goes_on_and_recovers(database: Path) -> None:
    """The system itself refuses to let the files grow: the same to SQLite as a disk that fails."""
    with serving(database) as server, server.client() as client:
        kept = client.create("Account", {"Name": "before"})
        size = max(path.stat().st_size for path in database.parent.iterdir())
        limits = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        told = set()
        for _ in range(5):
            with pytest.raises(SoapFault, match=r"the disk cannot be read or written|is full") as caught:
                client.create("Account", *({"Name": "more", "Description": LONG} for _ in range(200)))
            told.add(caught.value.code)
            assert client.get("Account", kept[0], "Name") == ["before"]
            assert client.size("SELECT COUNT() FROM Account") == len(kept)
        assert told == {"SERVER_UNAVAILABLE"}

        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, limits)
        kept += client.create("Account", *({"Name": "after", "Description": LONG} for _ in range(20)))
        assert client.size("SELECT COUNT() FROM Account") == len(kept) == len(set(kept))
        server.kill()
    with serving(database) as server, server.client() as client:
        assert client.size("SELECT COUNT() FROM Account") == len(kept)
        errors = server.end()
    assert errors == ""


def test_a_file_that_goes_away_is_no_empty_org(host: Host, database: Path) -> None:
    """The server goes on with what it holds open; what it cannot open is told, and never taken for an empty database."""
    run(host, op.Create(accounts("known")))
    database.rename(database.with_suffix(".moved"))
    assert run(host, op.Query("SELECT COUNT() FROM Account")).size == 1
    host.default._store._database._engine.dispose()  # type: ignore[union-attr]  # as if more readers came at once
    with pytest.raises(OrgError, match="the database file cannot be opened"):
        run(host, op.Query("SELECT COUNT() FROM Account"))
    assert not database.exists()
