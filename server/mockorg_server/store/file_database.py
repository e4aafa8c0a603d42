"""A database in a file: every reader has a connection and a snapshot of its own and waits for nobody.

Writers take turns on one connection; the Store sees to the turns. Which process may serve the file is told in
``lock.py``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from mockorg_server.store.adoption import adopt, execute, roll_back
from mockorg_server.store.error import StoreError
from mockorg_server.store.holding import Holding
from mockorg_server.store.layout import Layout
from mockorg_server.store.lock import FileLock
from mockorg_server.store.read import Reader
from mockorg_server.store.write import Writer


class FileDatabase:
    """The database in one file, served by this process alone until ``close``. Raises StoreError when it cannot be."""

    def __init__(self, layout: Layout, path: str) -> None:
        self._layout = layout
        self._dialect = layout.dialect
        self._publishing = Lock()
        self._lock = FileLock(path)
        self._engine = self._dialect.file_engine(path)
        self._own: PoolProxiedConnection | None = None
        self._marks: list[tuple[bytes, Holding]] = []
        try:
            _make(path)
            self._own = self._connect()
            self._holding = self._prepare(self._own)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Give a Reader of the last commit."""
        connection = self._connect()
        try:
            yield self._begin_read(connection)
        finally:
            connection.close()  # which also ends the transaction

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """Give a Writer; commit at the end. One at a time, which the caller sees to."""
        own = self._writing_connection
        execute(own, self._layout, self._dialect.begin_write)
        try:
            writer = Writer(own, self._layout, self._holding)
            yield writer
            self._commit(writer)
        finally:
            roll_back(own, self._layout)

    def image(self) -> tuple[bytes, Holding]:
        """Copy the whole database. Not while somebody writes."""
        try:
            return self._dialect.image(self._writing_connection), self._holding
        except self._dialect.driver_errors as error:
            raise self._dialect.refusal(error) from error

    def replace(self, image: bytes, holding: Holding | None) -> None:
        """Put an image in the place of everything; ``holding`` None = an image of another schema. As ``write``."""
        own = self._writing_connection
        with self._publishing:
            try:
                self._dialect.replace(own, image)
            except self._dialect.driver_errors as error:
                raise self._dialect.refusal(error) from error
            self._holding = holding or adopt(own, self._layout)

    def mark(self) -> int:
        """Remember the whole database. As ``write``."""
        self._marks.append(self.image())
        return len(self._marks)

    def go_back(self, mark: int) -> None:
        """Put the remembered database in its place. As ``write``."""
        if mark <= len(self._marks):
            self.replace(*self._marks[mark - 1])
            del self._marks[mark - 1 :]

    def close(self) -> None:
        """Let go of the file."""
        if self._own is not None:
            self._own.detach()  # so that it is closed now, whatever has become of the pool it came from
            self._own.close()
            self._own = None
        self._engine.dispose()
        self._lock.release()

    @property
    def _writing_connection(self) -> PoolProxiedConnection:
        if self._own is None:
            raise StoreError("the store is closed")
        return self._own

    def _connect(self) -> PoolProxiedConnection:
        try:
            return self._engine.raw_connection()
        except (*self._dialect.driver_errors, DBAPIError) as error:
            raise self._dialect.refusal(error) from error

    def _prepare(self, own: PoolProxiedConnection) -> Holding:
        try:
            self._dialect.prepare_file(own)
        except self._dialect.driver_errors as error:
            raise self._dialect.refusal(error) from error
        return adopt(own, self._layout)

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


def _make(path: str) -> None:
    """Make the file if it is not there. Connections never do: a file that goes away is an error, not an empty org."""
    if os.path.exists(path):
        return
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o644))
    except OSError as error:
        raise StoreError(f"the file cannot be made: {error.strerror}") from error
