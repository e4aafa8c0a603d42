"""Database files: whose they are, who serves them, what a crash leaves, and disks that fail."""

import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.schema.field_type import FieldType
from mockorg_server.store.dialect import FORMAT_VERSION
from mockorg_server.store.error import StoreError
from mockorg_server.store.store import Store


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "org.db")


def run_sql(path: str, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_rows_and_state_outlive_the_store(schema: Any, path: str, fill: Any) -> None:
    with Store(schema, path) as store:
        fill(store, "Account", {"Id": "001A", "Name": "Émile", "Active": True})
        with store.write() as writer:
            writer.set_state("k", "v")
    with Store(schema, path) as store, store.read() as reader:
        assert reader.get(schema.sobject("Account"), ["001A"], ["Name", "Active"]) == {"001A": ("Émile", 1)}
        assert reader.find(schema.sobject("Account"), "Name", "éMILE") == ["001A"]
        assert reader.state("k") == "v"


def test_a_file_of_another_application_is_refused_and_left_alone(schema: Any, path: str) -> None:
    run_sql(path, "CREATE TABLE theirs (x)")
    before = Path(path).read_bytes()
    with pytest.raises(StoreError, match=f"cannot open {path}: the file is not a mockorg database"):
        Store(schema, path)
    assert Path(path).read_bytes() == before


def test_a_file_that_is_no_database_is_refused(schema: Any, path: str) -> None:
    Path(path).write_text("plain text, and long enough to be taken for a header of a database file" * 20)
    with pytest.raises(StoreError, match="the file is not a mockorg database"):
        Store(schema, path)


def test_a_file_of_another_format_is_refused(schema: Any, path: str) -> None:
    Store(schema, path).close()
    run_sql(path, f"PRAGMA user_version = {FORMAT_VERSION + 1}")
    with pytest.raises(
        StoreError, match=f"format {FORMAT_VERSION + 1}, and this mockorg reads format {FORMAT_VERSION}"
    ):
        Store(schema, path)


@pytest.mark.parametrize("place", ["missing/org.db", "."])
def test_a_path_that_cannot_be_a_file_is_refused(schema: Any, tmp_path: Path, place: str) -> None:
    with pytest.raises(StoreError, match=r"cannot (open|create)"):
        Store(schema, str(tmp_path / place))


def test_a_second_server_is_refused_until_the_first_has_gone(schema: Any, path: str) -> None:
    with Store(schema, path), pytest.raises(StoreError, match=f"cannot open {path}: another server is using it"):
        Store(schema, path)
    Store(schema, path).close()


def test_a_refused_file_is_not_kept_locked(schema: Any, path: str) -> None:
    run_sql(path, "CREATE TABLE theirs (x)")
    for _ in range(2):
        with pytest.raises(StoreError, match="not a mockorg database"):
            Store(schema, path)


def test_fields_that_the_schema_gains_get_their_columns(schema: Any, build: Any, path: str, fill: Any) -> None:
    with Store(schema, path) as store:
        fill(store, "Account", {"Id": "001A", "Name": "a", "Description": "Lang"})
    gained = [build.field("Flag__c", FieldType.BOOLEAN), build.field("Text__c", external_id=True)]
    wider = schema.with_fields("Account", *gained)
    account = wider.sobject("Account")
    with Store(wider, path) as store, store.write() as writer:
        assert writer.get(account, ["001A"], ["Flag__c", "Text__c"]) == {"001A": (0, None)}
        writer.update(account, "001A", {"Text__c": "x"})
        assert writer.find(account, "Text__c", "X") == ["001A"]
    with Store(schema, path) as store, store.read() as reader:  # and back: the columns are simply not looked at
        assert reader.row_counts() == {"Account": 1}


def test_a_field_that_becomes_comparable_is_folded_for_old_rows(build: Any, path: str) -> None:
    never = dict.fromkeys(("filterable", "groupable", "sortable", "aggregatable"), False)
    old, new = (
        build.sobject("T", "a00", build.field("Text__c", FieldType.TEXTAREA, **attributes))
        for attributes in (never, {})
    )
    with Store(build.schema([old]), path) as store, store.write() as writer:
        writer.insert(old, {"Id": "a1", "Text__c": "é"})
        writer.insert(old, {"Id": "a2"})
    with Store(build.schema([new]), path) as store, store.read() as reader:
        assert reader.find(new, "Text__c", "É") == ["a1"]


def test_tables_of_a_feature_that_is_off_are_kept(schema: Any, build: Any, path: str, fill: Any) -> None:
    with Store(schema, path) as store:
        fill(store, "Account", {"Id": "001A"})
        fill(store, "Contact", {"Id": "003A"})
    with Store(build.schema([schema.sobject("Contact")]), path) as store, store.read() as reader:
        assert reader.row_counts() == {"Contact": 1}
    with Store(schema, path) as store, store.read() as reader:
        assert reader.row_counts() == {"Account": 1, "Contact": 1}


# --- disks that fail


def test_a_full_disk_is_told_and_survived(schema: Any, path: str, fill: Any) -> None:
    with Store(schema, path) as store:
        fill(store, "Account", {"Id": "001A", "Name": "first"})
        pages = store._database._own.cursor()
        pages.execute("PRAGMA max_page_count = 40")
        records = [{"Id": f"001{number:05}", "Description": "x" * 900} for number in range(2_000)]
        with pytest.raises(StoreError, match="the database or the disk is full"):
            fill(store, "Account", *records)
        with store.read() as reader:
            assert reader.row_counts() == {"Account": 1}
        pages.execute("PRAGMA max_page_count = 100000")
        fill(store, "Account", {"Id": "001B"})
        with store.read() as reader:
            assert reader.row_counts() == {"Account": 2}


def test_work_after_a_lost_transaction_is_refused(schema: Any, path: str) -> None:
    with Store(schema, path) as store:
        account = schema.sobject("Account")
        with pytest.raises(StoreError, match="lost to an earlier"), store.write() as writer:  # noqa: PT012
            store._database._own.cursor().execute("ROLLBACK")  # as SQLite does by itself when a disk is full
            writer.insert(account, {"Id": "001A"})
        with pytest.raises(StoreError, match="lost to an earlier error"), store.write():
            store._database._own.cursor().execute("ROLLBACK")
        with store.read() as reader:
            assert reader.row_counts() == {}


def test_a_read_only_database_is_told_and_survived(schema: Any, path: str, fill: Any) -> None:
    with Store(schema, path) as store:
        fill(store, "Account", {"Id": "001A"})
        pragma = store._database._own.cursor()
        pragma.execute("PRAGMA query_only = ON")
        with pytest.raises(StoreError, match="the database is read-only"):
            fill(store, "Account", {"Id": "001B"})
        with store.read() as reader:
            assert reader.row_counts() == {"Account": 1}
        pragma.execute("PRAGMA query_only = OFF")
        fill(store, "Account", {"Id": "001B"})


# --- sudden death

WRITING = """
    import sys
    from types import SimpleNamespace
    from mockorg_server.schema.field_type import FieldType
    from mockorg_server.schema.sobject import Field, SObject
    from mockorg_server.store.store import Store

    field = Field(name="Id", label="Id", type=FieldType.ID, soap_type="tns:ID")
    thing = SObject(name="Thing", label="", label_plural="", key_prefix=None, id_prefix="a00", fields=(field,))
    schema = type("Schema", (), {"latest": SimpleNamespace(sobject={"Thing": thing}.get), "additions": SimpleNamespace(matching_rules=())})()
    store = Store(schema, sys.argv[1])
    for number in range(1_000_000):
        with store.write() as writer:
            writer.insert(thing, {"Id": f"a00{number}"})
        print(number, flush=True)
"""


def test_a_killed_process_loses_nothing_that_it_acknowledged(build: Any, path: str) -> None:
    command = [sys.executable, "-c", textwrap.dedent(WRITING), path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": ":".join(sys.path)}) as child:
        assert child.stdout is not None
        acknowledged = [int(child.stdout.readline()) for _ in range(50)]
        child.kill()  # SIGKILL: no handler, no farewell
        acknowledged += [int(line) for line in child.stdout if line.endswith("\n")]
    thing = build.sobject("Thing", "a00", deletable=False)
    with Store(build.schema([thing]), path) as store, store.read() as reader:
        found = reader.get(thing, [f"a00{number}" for number in acknowledged], [])
        assert len(found) == len(acknowledged) >= 50
        assert reader.row_counts()["Thing"] - len(acknowledged) in (0, 1)  # one may be kept and not yet told
