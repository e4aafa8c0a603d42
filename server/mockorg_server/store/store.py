"""The store of one org: opening and closing its database, transactions, and whole-database copies.

Whichever database it is (``file_database.py``, ``memory_database.py``), readers see the last commit, each one state
for as long as it reads, and never wait for a writer; writers take turns. ADR 003 tells why.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from threading import Lock, get_ident
from types import TracebackType
from typing import Final, Self

from mockorg_server.schema.schema import Schema
from mockorg_server.store.error import StoreError
from mockorg_server.store.file_database import FileDatabase
from mockorg_server.store.holding import Holding
from mockorg_server.store.layout import Layout, layout_of
from mockorg_server.store.memory_database import MemoryDatabase
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
        self._writing = Lock()
        self._writing_thread: int | None = None
        self._is_closed = False
        try:
            self._database: MemoryDatabase | FileDatabase = (
                MemoryDatabase(self._layout) if database == MEMORY else FileDatabase(self._layout, database)
            )
        except StoreError as error:
            raise StoreError(f"cannot open {database}: {error}") from error

    def read(self) -> AbstractContextManager[Reader]:
        """Give a Reader. A thread that is writing reads through its Writer, not through this (RuntimeError).

        A thread that is reading must not write to a database in memory, which could wait for that thread for good
        (RuntimeError when it would).
        """
        self._check()
        return self._database.read()

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """Give a Writer; commit when the block ends, roll back when it raises. Writers take turns.

        A commit that has returned survives the death of the process.
        """
        with self._alone(), self._database.write() as writer:
            yield writer

    def snapshot(self) -> Snapshot:
        """Copy the whole database."""
        with self._alone():
            return Snapshot(*self._database.image(), self._layout)

    def restore(self, snapshot: Snapshot) -> None:
        """Put a copy in the place of the whole database; those who read now go on seeing the old one."""
        with self._alone():
            self._database.replace(snapshot.image, snapshot.holding if snapshot.layout is self._layout else None)

    def mark(self) -> int:
        """Remember the database as it is, beside what is remembered already; give the mark for ``go_back``."""
        with self._alone():
            return self._database.mark()

    def go_back(self, mark: int) -> None:
        """Undo all that was committed since a mark, which is gone then, as are those that were made after it.

        A mark that is gone changes nothing. Nobody may read meanwhile.
        """
        with self._alone():
            self._database.go_back(mark)

    def close(self) -> None:
        """Let go of the database, when whoever writes has ended. A second call does nothing."""
        with self._writing:
            if not self._is_closed:
                self._is_closed = True
                self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Be the one who writes."""
        self._check()
        with self._writing:
            self._check()
            self._writing_thread = get_ident()
            try:
                yield
            finally:
                self._writing_thread = None

    def _check(self) -> None:
        if self._is_closed:
            raise StoreError("the store is closed")
        if self._writing_thread == get_ident():
            raise RuntimeError("this thread is writing: it must use its Writer")
