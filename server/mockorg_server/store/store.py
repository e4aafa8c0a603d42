"""The store of one org: opening and closing its database, transactions, and whole-database copies.

A database in memory has one connection, and whoever reads or writes holds its lock meanwhile: no call is long, and a
second connection would have to share a cache whose locks are coarser still. A database file has many connections:
readers each see a snapshot and wait for nobody, writers take turns. ADR 003 tells why.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock, RLock, get_ident
from types import TracebackType
from typing import Final, Self

from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from mockorg_server.schema.schema import Schema
from mockorg_server.store.error import StoreError
from mockorg_server.store.holding import Holding
from mockorg_server.store.layout import Layout, layout_of
from mockorg_server.store.lock import FileLock
from mockorg_server.store.read import Reader
from mockorg_server.store.write import Writer

MEMORY: Final = "memory"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of a whole database, for any store of the same schema, any number of times."""

    image: bytes
    holding: Holding
    layout: Layout


class Store:
    """The rows of one org, safe under threads. Use it as a context manager, or ``close`` it.

    ``database`` is ``"memory"`` or the path of a file, made when absent. Raises StoreError when the file cannot be
    opened, is not ours or of another format, or is served by another server.
    """

    def __init__(self, schema: Schema, database: str = MEMORY) -> None:
        self._layout = layout_of(schema)
        self._dialect = self._layout.dialect
        self._writing = RLock()
        self._writing_thread: int | None = None
        self._publishing = Lock()
        self._holding = Holding()
        self._is_file = database != MEMORY
        self._lock = FileLock(database) if self._is_file else None
        self._engine = self._dialect.file_engine(database) if self._is_file else self._dialect.memory_engine()
        self._is_closed = False
        try:
            self._own = self._connect()
            self._prepare()
        except StoreError as error:
            self._release()
            raise StoreError(f"cannot open {database}: {error}") from error
        except BaseException:
            self._release()
            raise

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Give a Reader. A thread that is writing reads through its Writer, not through this (RuntimeError)."""
        self._check()
        if not self._is_file:
            with self._writing:
                yield Reader(self._own, self._layout, self._holding)
            return
        connection = self._connect()
        try:
            yield self._begin_read(connection)
        finally:
            connection.close()  # which also ends the transaction

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """Give a Writer; commit when the block ends, roll back when it raises. Writers take turns.

        A commit that has returned survives the death of the process.
        """
        self._check()
        with self._writing:
            self._check()
            self._execute(self._dialect.begin_write)
            self._writing_thread = get_ident()
            try:
                writer = Writer(self._own, self._layout, self._holding)
                yield writer
                self._commit(writer)
            finally:
                self._writing_thread = None
                if self._dialect.is_in_transaction(self._own):
                    self._execute(self._dialect.rollback)

    def snapshot(self) -> Snapshot:
        """Copy the whole database."""
        self._check()
        with self._writing:
            self._check()
            return Snapshot(self._dialect.image(self._own), self._holding, self._layout)

    def restore(self, snapshot: Snapshot) -> None:
        """Put a copy in the place of the whole database; those who read now go on seeing the old one."""
        self._check()
        with self._writing, self._publishing:
            self._check()
            try:
                self._dialect.replace(self._own, snapshot.image)
            except self._dialect.driver_errors as error:
                raise self._dialect.refusal(error) from error
            self._holding = snapshot.holding if snapshot.layout is self._layout else self._adopt()

    def close(self) -> None:
        """Let go of the database. A second call does nothing."""
        with self._writing:
            self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check(self) -> None:
        if self._is_closed:
            raise StoreError("the store is closed")
        if self._writing_thread == get_ident():
            raise RuntimeError("this thread is writing: it must use its Writer")

    def _connect(self) -> PoolProxiedConnection:
        try:
            return self._engine.raw_connection()
        except (*self._dialect.driver_errors, DBAPIError) as error:
            raise self._dialect.refusal(error) from error

    def _prepare(self) -> None:
        try:
            if self._is_file:
                self._dialect.prepare_file(self._own)
            if not self._dialect.has_state(self._own.cursor()):
                self._execute(self._dialect.state_ddl)
            self._holding = self._adopt()
        except self._dialect.driver_errors as error:
            raise self._dialect.refusal(error) from error

    def _adopt(self) -> Holding:
        """Take over the tables of the database, adding the columns and indexes that the schema has gained since."""
        cursor = self._own.cursor()
        names = self._dialect.table_names(cursor)
        if not names:
            return Holding()
        self._execute(self._dialect.begin_write)
        try:
            known = frozenset(name for name in names if self._adopt_table(name))
            self._execute(self._dialect.commit)
        finally:
            if self._dialect.is_in_transaction(self._own):
                self._execute(self._dialect.rollback)
        return Holding(known, known)

    def _adopt_table(self, name: str) -> bool:
        table = self._layout.find_table(name)
        if table is None:  # of a feature that is off now: kept as it is
            return False
        had = self._dialect.column_names(self._own.cursor(), name)
        for column, ddl in table.column_ddl.items():
            if column not in had:
                self._execute(f"ALTER TABLE {table.quoted} ADD COLUMN {ddl}")
        for raw in table.columns.values():
            if raw.folded and raw.compared and raw.name in had and f"{raw.name}~" not in had:
                self._dialect.fill_folded(self._own, table.quoted, raw.raw, raw.compared)
        for ddl in table.index_ddl:
            self._execute(ddl)
        return True

    def _begin_read(self, connection: PoolProxiedConnection) -> Reader:
        cursor = connection.cursor()
        try:
            with self._publishing:  # so that the snapshot and the set of its tables belong together
                for statement in self._dialect.begin_read:
                    cursor.execute(statement)
                holding = self._holding
            cursor.fetchall()
        except self._dialect.driver_errors as error:
            raise self._dialect.refusal(error) from error
        return Reader(connection, self._layout, holding)

    def _commit(self, writer: Writer) -> None:
        if writer.holding is self._holding:
            writer.commit()
            return
        with self._publishing:
            writer.commit()
            self._holding = writer.holding

    def _execute(self, sql: str) -> None:
        try:
            self._own.cursor().execute(sql)
        except self._dialect.driver_errors as error:
            raise self._dialect.refusal(error) from error

    def _release(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        own = getattr(self, "_own", None)
        if own is not None:
            own.close()
        self._engine.dispose()
        if self._lock is not None:
            self._lock.release()
