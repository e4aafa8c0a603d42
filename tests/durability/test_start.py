"""Files that a server does not take, told in one line; and the one that another server holds."""

import os
import re
import socket
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mockorg_server.core.calls.operation import Query
from mockorg_server.core.host import Host
from mockorg_server.core.seed import SeedRecord
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings

from .conftest import Refused, serving

NOBODY = 65534


def run_sql(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def make(database: Path) -> None:
    """Make an org in the file, or take up the one that is there."""
    Host.open(OrgSettings(database=str(database))).close()


FOREIGN = {
    "of another program": ["CREATE TABLE theirs (x)"],
    "of another program that numbers its files": ["CREATE TABLE theirs (x)", "PRAGMA application_id = 77"],
}


@pytest.mark.parametrize("statements", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_database_is_refused_and_left_alone(database: Path, refused: Refused, statements: list[str]) -> None:
    run_sql(database, *statements)
    before = database.read_bytes()

    assert refused(database) == (1, [f"mockorg: cannot open {database}: the file is not a mockorg database"])
    assert database.read_bytes() == before


@pytest.mark.parametrize("other", [0, 7])
def test_a_database_of_another_format_is_refused_and_left_alone(database: Path, refused: Refused, other: int) -> None:
    make(database)
    run_sql(database, f"PRAGMA user_version = {other}")
    before = database.read_bytes()

    status, [line] = refused(database)
    assert status == 1
    assert line.startswith(f"mockorg: cannot open {database}: the file has format {other}, and this mockorg reads")
    assert database.read_bytes() == before


def test_a_damaged_database_is_refused(database: Path, refused: Refused) -> None:
    make(database)
    content = bytearray(database.read_bytes())
    content[4096:12288] = b"\xff" * 8192
    database.write_bytes(content)

    status, [line] = refused(database)
    assert status == 1
    assert line.startswith(f"mockorg: cannot open {database}: the database file is damaged")


def test_a_file_that_is_no_database_is_refused(database: Path, refused: Refused) -> None:
    database.write_text("Name\nAcme\n")

    status, [line] = refused(database)
    assert status == 2
    assert "is not a database of mockorg" in line


def test_two_servers_on_one_file_are_refused_under_every_name(database: Path, refused: Refused) -> None:
    alias = database.with_name("alias.db")
    alias.symlink_to(database)
    with serving(database) as server:
        for name in (database, alias):
            assert refused(name) == (1, [f"mockorg: cannot open {name}: another server is using it"])
        with server.client() as client:
            client.create("Account", {"Name": "still well"})


def test_the_lock_goes_with_the_server(database: Path) -> None:
    with serving(database) as server:
        server.kill()
    assert database.with_name("org.db.lock").exists()
    make(database)


@contextmanager
def bound_by_file_modes() -> Iterator[None]:
    """Be somebody whom file modes bind."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="file modes are Unix's")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_file_that_may_not_be_written_is_refused(what: str, refused: Refused) -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to other users
        database = Path(folder) / "org.db"
        make(database)
        database.with_name("org.db.lock").chmod(0o666)
        database.chmod(0o444 if what == "file" else 0o666)
        Path(folder).chmod(0o777 if what == "file" else 0o555)
        with bound_by_file_modes():
            status, [line] = refused(database)
        Path(folder).chmod(0o700)
    assert status == 1
    assert line.startswith(f"mockorg: cannot open {database}: ")
    assert re.search("read-only|cannot be (opened|made)", line)


def test_a_port_that_is_taken_leaves_the_file_alone(database: Path, refused: Refused) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, [line] = refused(database, "--port", str(taken.getsockname()[1]))
    assert status == 1
    assert "cannot listen on" in line
    assert not database.exists()


def test_a_start_that_is_interrupted_leaves_a_file_that_starts(
    database: Path, tmp_path: Path, refused: Refused
) -> None:
    """A seed that is wrong undoes the fresh org with it; the next start makes it anew."""
    seed = tmp_path / "Account.csv"
    seed.write_text("Name,Nonsense\nAcme,1\n")
    status, [line] = refused(database, "--seed", str(seed))
    assert (status, "Nonsense" in line) == (2, True)

    host = Host.open(OrgSettings(database=str(database), seeds=[SeedRecord("Account", {"Name": "Acme"})]))
    org = host.default
    assert org.fresh
    sizes = [org.run(Query(f"SELECT COUNT() FROM {name}"), Caller(org.token, 60)).size for name in ("Account", "User")]
    assert sizes == [1, 1]
    host.close()
