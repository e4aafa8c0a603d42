"""Everything that differs between databases: SQL spelling, column types, connections, errors, whole-database copies.

SQLite today. A second database is a second class of the same methods; no other module of the store may know which
one is in use. Expressions given to the methods are SQL text, already quoted.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, PoolProxiedConnection, QueuePool

from mockorg_server.schema.field_type import FieldType
from mockorg_server.store.error import StoreCapacityError, StoreError
from mockorg_server.store.evaluator import FUNCTION, Evaluator, Registered
from mockorg_server.store.sqlite_function import register

APPLICATION_ID: Final = 0x6D6F636B  # "mock" in the file's header
FORMAT_VERSION: Final = 2  # raise it whenever an older mockorg could misread the tables

# None: a compound field, whose parts are the columns. anyType has no affinity, so that 5 and '5' stay what they are.
COLUMN_TYPES: Final[dict[FieldType, str | None]] = {
    FieldType.ADDRESS: None,
    FieldType.ANYTYPE: "BLOB",
    FieldType.BASE64: "TEXT",
    FieldType.BOOLEAN: "INTEGER NOT NULL DEFAULT 0",
    FieldType.COMBOBOX: "TEXT",
    FieldType.COMPLEXVALUE: "TEXT",
    FieldType.CURRENCY: "REAL",
    FieldType.DATACATEGORYGROUPREFERENCE: "TEXT",
    FieldType.DATE: "TEXT",
    FieldType.DATETIME: "TEXT",
    FieldType.DOUBLE: "REAL",
    FieldType.EMAIL: "TEXT",
    FieldType.ENCRYPTEDSTRING: "TEXT",
    FieldType.ID: "TEXT",
    FieldType.INT: "INTEGER",
    FieldType.JSON: "TEXT",
    FieldType.LOCATION: None,
    FieldType.LONG: "INTEGER",
    FieldType.MULTIPICKLIST: "TEXT",
    FieldType.PERCENT: "REAL",
    FieldType.PHONE: "TEXT",
    FieldType.PICKLIST: "TEXT",
    FieldType.REFERENCE: "TEXT",
    FieldType.STRING: "TEXT",
    FieldType.TEXTAREA: "TEXT",
    FieldType.TIME: "TEXT",
    FieldType.URL: "TEXT",
}

# Primary result codes that say something about the machine or the file. Every other error is a bug and stays itself.
_REFUSALS: Final[dict[int, str]] = {
    sqlite3.SQLITE_BUSY: "the database is in use by another program",
    sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged",
    sqlite3.SQLITE_FULL: "the database or the disk is full",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
    sqlite3.SQLITE_NOMEM: "the database is out of memory",
    sqlite3.SQLITE_NOTADB: "the file is not a mockorg database",
    sqlite3.SQLITE_PERM: "the database file may not be accessed",
    sqlite3.SQLITE_READONLY: "the database is read-only",
}

# Units of sums, and by how much of itself a double that is a whole number of them may be off: its last bits.
_UNITS: Final = (("1e2", "1e-13"), ("1e8", "1e-7"))

# How SQLite begins to say, under the code of any mistake in a statement, that one is too deep or too wide for it.
_CAPACITY_MESSAGES: Final = (
    "parser stack overflow",
    "fts5: parser stack overflow",
    "too many ",
    "Expression tree is too large",
)

# LIKE gets folded text, so it must not fold once more by its own rule (which knows ASCII only).
_PRAGMAS: Final = ("PRAGMA case_sensitive_like = ON", "PRAGMA temp_store = MEMORY")
# NORMAL in WAL: a commit survives the death of the process; loss of power may take the last ones (ADR 003).
_FILE_PRAGMAS: Final = ("PRAGMA synchronous = NORMAL", "PRAGMA cache_size = -16000", "PRAGMA busy_timeout = 5000")


class SqliteDialect:
    """SQLite's way of everything. Stateless."""

    placeholder: Final = "?"
    always: Final = "1"
    never: Final = "0"
    max_tables_in_join: Final = 64
    max_list_parameters: Final = 500
    driver_errors: Final = (sqlite3.Error, OverflowError, UnicodeEncodeError)

    begin_read: Final = ("BEGIN", "SELECT 1 FROM sqlite_master LIMIT 1")  # the snapshot is taken by the first read
    begin_write: Final = "BEGIN IMMEDIATE"
    commit: Final = "COMMIT"
    rollback: Final = "ROLLBACK"

    state_ddl: Final = 'CREATE TABLE "~state" (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID'
    get_state: Final = 'SELECT value FROM "~state" WHERE key = ?'
    set_state: Final = (
        'INSERT INTO "~state" (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value'
    )

    # --- names and literals

    def quote(self, name: str) -> str:
        """Give a table or column name as an SQL identifier."""
        return f'"{name}"'

    def text(self, literal: str) -> str:
        """Give text of the schema (a picklist value, an sObject name) as an SQL literal."""
        return "'" + literal.replace("'", "''") + "'"

    # --- sums

    def sum_of_decimals(self, expression: str) -> str:
        """Add doubles as the decimals that people wrote, 1.1 and 2.2 to 3.3; null over no values.

        Whole numbers of hundredths, or of the eighth decimal, are added without error as long as doubles can hold
        them; what has more digits is added as doubles are.
        """
        sums = [f"SUM(ROUND({expression} * {unit})) / {unit}" for unit, _ in _UNITS]
        off = [
            f"ABS({expression} * {unit} - ROUND({expression} * {unit})) > {slip} * ABS({expression})"
            for unit, slip in _UNITS
        ]
        precision = f"MAX(CASE WHEN {off[0]} THEN 1 + ({off[1]}) ELSE 0 END)"
        return f"CASE {precision} WHEN 0 THEN {sums[0]} WHEN 1 THEN {sums[1]} ELSE SUM({expression}) END"

    # --- conditions

    def like(self, expression: str, pattern: str, negated: bool = False) -> str:
        r"""Match text with ``%`` and ``_``, escaped by ``\``; both sides are folded already or case sensitive."""
        return f"{expression} {'NOT ' if negated else ''}LIKE {pattern} ESCAPE '\\'"

    def member(self, expression: str, listed: str, negated: bool = False) -> str:
        """Test membership in a list that is one parameter, see ``encode_list``."""
        return f"{expression} {'NOT ' if negated else ''}IN (SELECT value FROM json_each({listed}))"

    def encode_list(self, values: Iterable[object]) -> str:
        """Give the parameter for ``member``."""
        return json.dumps(list(values))

    def includes(self, expression: str, listed: str, negated: bool = False) -> str:
        """Test whether a list ``'A;B'`` holds all values of any of the lists in one parameter, see ``encode_list``.

        Null holds nothing. Both sides are folded already.
        """
        return f"{'NOT ' if negated else ''}mockorg_includes({expression}, {listed})"

    # --- numbers of dates and places

    def integer(self, text: str) -> str:
        """Give text of digits as a number."""
        return f"CAST({text} AS INTEGER)"

    def day_of_week(self, date: str) -> str:
        """Give the day in the week of a date as text, Sunday being 1."""
        number = self.integer(f"strftime('%w', {date})")
        return f"({number} + 1)"

    def day_of_year(self, date: str) -> str:
        """Give the day in the year of a date as text."""
        return self.integer(f"strftime('%j', {date})")

    def local_time(self, instant: str, zone: str) -> str:
        """Give a datetime value as the clocks of a time zone show it."""
        return f"mockorg_local({instant}, {zone})"

    def central_angle(self, latitude: str, longitude: str, other_latitude: str, other_longitude: str) -> str:
        """Give the angle (in radians) between two places in degrees, null for no valid place."""
        return f"mockorg_angle({latitude}, {longitude}, {other_latitude}, {other_longitude})"

    # --- order

    def order(self, expression: str, descending: bool, nulls_first: bool) -> str:
        """Give one sort key."""
        return f"{expression} {'DESC' if descending else 'ASC'} NULLS {'FIRST' if nulls_first else 'LAST'}"

    def unindexed(self, expression: str) -> str:
        """Give a sort key that no index is to be read for."""
        return f"+{expression}"

    def page(self, limit: str | None, offset: str | None) -> str:
        """Give the end of a SELECT that cuts its rows; '' when nothing is cut."""
        if limit is None and offset is None:
            return ""
        return f" LIMIT {limit or '-1'}" + (f" OFFSET {offset}" if offset else "")

    # --- text inside MIN and MAX

    def sort_key(self, parts: Iterable[str], raw: str) -> str:
        """Join folded parts and the raw text into one text that sorts by the parts; null when the raw text is."""
        return "||".join((*parts, "char(1)", raw))

    def raw_of_key(self, key: str) -> str:
        """Give the raw text back from a ``sort_key``."""
        return f"substr({key}, instr({key}, char(1)) + 1)"

    @staticmethod
    def explain(sql: str) -> str:
        """Give the statement that tells how the database answers another."""
        return f"EXPLAIN QUERY PLAN {sql}"

    # --- definition

    def create_index(self, name: str, table: str, column: str, sparse: bool) -> str:
        """Give the DDL of an index, over the rows that have a value only when ``sparse``."""
        where = f" WHERE {column} IS NOT NULL" if sparse else ""
        return f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({column}){where}"

    def create_compound_index(self, name: str, table: str, columns: Sequence[str]) -> str:
        """Give the DDL of an index over several columns, in order."""
        return f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({', '.join(columns)})"

    def table_names(self, cursor: DBAPICursor) -> list[str]:
        """List the tables of the database, without the system's and our own (those have ``~`` in front)."""
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '[~]*' ORDER BY name")
        return [name for (name,) in cursor.fetchall() if not name.startswith("sqlite_")]

    def table_definition(self, cursor: DBAPICursor, table: str) -> str | None:
        """Give the statement that made a table, None when it is not there."""
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", [table])
        row = cursor.fetchone()
        return None if row is None else str(row[0])

    def column_names(self, cursor: DBAPICursor, table: str) -> set[str]:
        """Give the columns that a table has."""
        cursor.execute(f"PRAGMA table_info({self.quote(table)})")
        return {row[1] for row in cursor.fetchall()}

    def fill_folded(self, connection: PoolProxiedConnection, table: str, raw: str, folded: str) -> None:
        """Compute a folded column that was added to a table with rows."""
        cursor = connection.cursor()
        cursor.execute(f"UPDATE {table} SET {folded} = mockorg_fold({raw})")

    # --- connections

    def evaluator(self, connection: PoolProxiedConnection, registered: Sequence[Registered]) -> Evaluator:
        """Give the function by which a connection evaluates the formulas of a schema."""
        evaluator: Evaluator | None = connection.info.get(FUNCTION)
        if evaluator is None or evaluator.registered is not registered:
            evaluator = connection.info[FUNCTION] = Evaluator(registered)
            _driver(connection).create_function(FUNCTION, -1, evaluator, deterministic=True)
        return evaluator

    def memory_engine(self) -> Engine:
        """Make the engine of databases that live in this process: every connection is a database of its own."""
        return create_engine("sqlite://", creator=_connect_memory, poolclass=NullPool)

    def file_engine(self, path: str) -> Engine:
        """Make the engine of a database file that is there; every checkout is a connection of its own."""
        address = f"{Path(path).absolute().as_uri()}?mode=rw"  # never make it: an empty file would be an empty org

        def connect() -> sqlite3.Connection:
            return _connect(address, (*_PRAGMAS, *_FILE_PRAGMAS))

        return create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=16, max_overflow=-1)

    def prepare_file(self, connection: PoolProxiedConnection) -> None:
        """Check that the file is ours or empty, before anything in it is changed; then make it ready for many readers.

        Raises StoreError for a file of another application or another format.
        """
        cursor = connection.cursor()
        application, version, tables = (_single(cursor, sql) for sql in _IDENTITY)
        if not (application or version or tables):
            cursor.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            cursor.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
        elif application != APPLICATION_ID:
            raise StoreError("the file is not a mockorg database")
        elif version != FORMAT_VERSION:
            raise StoreError(f"the file has format {version}, and this mockorg reads format {FORMAT_VERSION} only")
        if _single(cursor, "PRAGMA journal_mode = WAL") != "wal":
            raise StoreError("the file lies where SQLite cannot keep a write-ahead log (a network drive?)")

    def has_state(self, cursor: DBAPICursor) -> bool:
        """Tell whether the state table is there."""
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = '~state'")
        return cursor.fetchone() is not None

    def is_in_transaction(self, connection: PoolProxiedConnection) -> bool:
        """Tell whether a transaction is open; a full disk may have ended it."""
        return _driver(connection).in_transaction

    def refusal(self, error: BaseException) -> StoreError:
        """Turn a driver's error into StoreError, or raise it again when it is a bug of ours."""
        if isinstance(error, DBAPIError) and error.orig is not None:
            error = error.orig
        if isinstance(error, OverflowError | UnicodeEncodeError):
            return StoreCapacityError(f"a value is out of the database's range: {error}")
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_TOOBIG:
            return StoreCapacityError("a value is too large for the database")
        if code == sqlite3.SQLITE_ERROR and str(error).startswith(_CAPACITY_MESSAGES):
            return StoreCapacityError(f"the statement is too large for the database: {error}")
        reason = _REFUSALS.get(code)
        if reason is None:
            raise error
        return StoreError(f"{reason} ({getattr(error, 'sqlite_errorname', '')})")

    # --- whole-database copies

    def image(self, connection: PoolProxiedConnection) -> bytes:
        """Give the whole database as bytes."""
        image = bytearray(_driver(connection).serialize())
        image[18:20] = b"\x01\x01"  # the header of a file in WAL mode says so; an image in memory has no such log
        image[60:64] = FORMAT_VERSION.to_bytes(4, "big")  # a database in memory has no need of these two itself
        image[68:72] = APPLICATION_ID.to_bytes(4, "big")
        return bytes(image)

    def replace(self, connection: PoolProxiedConnection, image: bytes) -> None:
        """Put an image in the place of the whole database, in one transaction."""
        source = sqlite3.connect(":memory:")
        try:
            source.deserialize(image)
            source.backup(_driver(connection))
        finally:
            source.close()

    def copy(self, source: PoolProxiedConnection, target: PoolProxiedConnection) -> None:
        """Put the whole of one database in the place of another, in one transaction."""
        _driver(source).backup(_driver(target))


SQLITE: Final = SqliteDialect()

_IDENTITY: Final = ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")


def _connect_memory() -> sqlite3.Connection:
    return _connect(":memory:", _PRAGMAS)


def _connect(path: str, pragmas: Iterable[str]) -> sqlite3.Connection:
    # Transactions are begun and ended by the store's own statements, hence no isolation level of the driver's.
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=512, uri=path.startswith("file:")
    )
    try:
        register(connection)
        for pragma in pragmas:
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    return connection


def _driver(connection: PoolProxiedConnection) -> sqlite3.Connection:
    driver = connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError(f"not a connection of SQLite: {driver!r}")
    return driver


def _single(cursor: DBAPICursor, sql: str) -> object:
    cursor.execute(sql)
    row = cursor.fetchone()
    return None if row is None else row[0]
