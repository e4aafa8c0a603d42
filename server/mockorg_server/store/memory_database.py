"""A database in memory, as two copies: readers use one while the writer works on the other, and a commit swaps them.

So readers never wait for a writer, however long its transaction is open, and never see what is not committed. SQLite
has nothing that does this in memory: its shared cache locks whole tables, and a write-ahead log needs a file. The copy
that was left by a swap gets the same statements once more, from a list, just before the next write. Readers take turns
on their copy's one connection.

A mark is a savepoint in a transaction that stays open on both copies: what is committed after it is committed within
that transaction, and to go back is SQLite's own undo, whose cost is that of the changes alone. Tables that were made
since are kept, empty: no answer tells them from missing ones, and to make them again costs more than a test's records.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from threading import Condition, RLock, get_ident
from typing import Final

from sqlalchemy.pool import PoolProxiedConnection

from mockorg_server.store.adoption import adopt, execute, roll_back
from mockorg_server.store.error import StoreError
from mockorg_server.store.holding import Holding
from mockorg_server.store.layout import Layout
from mockorg_server.store.read import Reader
from mockorg_server.store.write import Change, Writer

_SAVEPOINT: Final = "SAVEPOINT write"
_UNDO: Final = "ROLLBACK TO write"
_RELEASE: Final = "RELEASE write"
_MAX_CHANGES: Final = 20_000  # a list of more than this costs more than copying everything


@dataclass(slots=True, eq=False)
class _Copy:
    """One of the two. ``readers`` are the threads that read it now; ``turn`` is the reader's whose turn it is."""

    connection: PoolProxiedConnection
    holding: Holding = field(default_factory=Holding)
    turn: AbstractContextManager[bool] = field(default_factory=RLock)
    readers: list[int] = field(default_factory=list)
    marks: int = 0  # savepoints that are open on the connection


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where to go back to: both copies were the same then."""

    copies: tuple[_Copy, _Copy]
    holding: Holding


class MemoryDatabase:
    """A database that lives in this process until ``close``."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._dialect = layout.dialect
        self._engine = self._dialect.memory_engine()
        self._leaving = Condition()  # held for moments: guards what is below, and each copy's readers
        self._current: _Copy | None = self._new_copy()
        self._current.holding = adopt(self._current.connection, layout)
        self._other: _Copy | None = None
        self._missing: list[Change] | None = None  # what the other copy lacks; None = it must be copied whole
        self._marks: list[_Mark] = []

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Give a Reader of the last commit."""
        copy = self._enter()
        try:
            with copy.turn:
                yield Reader(copy.connection, self._layout, copy.holding)
        finally:
            self._leave(copy)

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """Give a Writer; commit at the end. One at a time, which the caller sees to."""
        copy = self._level_copy()
        self._begin(copy)
        try:
            changes: list[Change] = []
            writer = Writer(copy.connection, self._layout, copy.holding, changes)
            yield writer
            writer.commit(_RELEASE if copy.marks else None)
        except BaseException:
            self._roll_back(copy)
            raise
        copy.holding = writer.holding
        if changes:
            self._publish(copy, changes if copy.marks or len(changes) <= _MAX_CHANGES else None)

    def image(self) -> tuple[bytes, Holding]:
        """Copy the whole database."""
        with self._reading() as copy:
            return self._dialect.image(copy.connection), copy.holding

    def replace(self, image: bytes, holding: Holding | None) -> None:
        """Put an image in the place of everything; ``holding`` None = an image of another schema. As ``write``."""
        if self._marks and self._other is not None and self._other.marks:
            self._other = None  # both copies are left as they are, for the marks on them
        copy = self._free_copy()
        self._missing = None
        try:
            self._dialect.replace(copy.connection, image)
        except self._dialect.driver_errors as error:
            raise self._dialect.refusal(error) from error
        copy.holding = holding or adopt(copy.connection, self._layout)
        self._publish(copy, None)
        if self._other is not None and self._other.marks:
            self._other = None

    def mark(self) -> int:
        """Remember the database as it is; give the mark. As ``write``."""
        other = self._level_copy()
        with self._reading() as current:
            for copy in (current, other):
                if not copy.marks:
                    execute(copy.connection, self._layout, self._dialect.begin_write)
                copy.marks += 1
                execute(copy.connection, self._layout, f"SAVEPOINT mark{copy.marks}")
            self._marks.append(_Mark((current, other), current.holding))
        return len(self._marks)

    def go_back(self, mark: int) -> None:
        """Undo what was written since a mark; later marks are gone as well. As ``write``, and nobody reads."""
        made = frozenset[str]() if self._current is None else self._current.holding.tables
        while len(self._marks) >= mark:
            self._undo(self._marks.pop())
        if not self._marks and self._current is not None and made - self._current.holding.tables:
            with self.write() as writer:
                writer.make_tables(made)

    def _undo(self, mark: _Mark) -> None:
        with self._leaving:
            left = [copy for copy in (self._current, self._other) if copy is not None and copy not in mark.copies]
            self._current, self._other = mark.copies
            self._missing = []
        for copy in left:  # of a replacement since the mark
            self._await_readers(copy)
            copy.connection.close()
        for copy in mark.copies:
            self._await_readers(copy)
            if copy.marks > 1:
                execute(copy.connection, self._layout, f"ROLLBACK TO mark{copy.marks}")
                execute(copy.connection, self._layout, f"RELEASE mark{copy.marks}")
            else:
                roll_back(copy.connection, self._layout)
            copy.marks -= 1
            copy.holding = mark.holding

    def close(self) -> None:
        """Let go of the memory, when the last reader has left."""
        with self._leaving:
            marked = [copy for mark in self._marks for copy in mark.copies]
            copies = [copy for copy in (self._current, self._other, *marked) if copy is not None]
            self._current = self._other = None
            self._marks.clear()
        for copy in {id(copy): copy for copy in copies}.values():
            self._await_readers(copy)
            copy.connection.close()
        self._engine.dispose()

    def _begin(self, copy: _Copy) -> None:
        execute(copy.connection, self._layout, _SAVEPOINT if copy.marks else self._dialect.begin_write)

    def _roll_back(self, copy: _Copy) -> None:
        """Undo the write that is open on a copy."""
        if not copy.marks:
            roll_back(copy.connection, self._layout)
        elif self._dialect.is_in_transaction(copy.connection):
            execute(copy.connection, self._layout, _UNDO)
            execute(copy.connection, self._layout, _RELEASE)

    def _new_copy(self) -> _Copy:
        return _Copy(self._engine.raw_connection())

    def _enter(self) -> _Copy:
        with self._leaving:
            copy = self._current
            if copy is None:
                raise StoreError("the store is closed")
            copy.readers.append(get_ident())
        return copy

    def _leave(self, copy: _Copy) -> None:
        with self._leaving:
            copy.readers.remove(get_ident())
            if not copy.readers:
                self._leaving.notify_all()

    @contextmanager
    def _reading(self) -> Iterator[_Copy]:
        copy = self._enter()
        try:
            with copy.turn:
                yield copy
        finally:
            self._leave(copy)

    def _await_readers(self, copy: _Copy) -> None:
        """Wait until nobody reads a copy that is not the current one: no new reader comes to it."""
        with self._leaving:
            if get_ident() in copy.readers:
                raise RuntimeError("this thread is reading what it now would change")
            while copy.readers:
                self._leaving.wait()

    def _free_copy(self) -> _Copy:
        """Give the copy that nobody reads, whatever is in it."""
        if self._other is None:
            self._other = self._new_copy()
        self._await_readers(self._other)
        return self._other

    def _level_copy(self) -> _Copy:
        """Give the copy that nobody reads, with everything in it that the current one has."""
        copy = self._free_copy()
        missing, self._missing = self._missing, None  # when this fails midway, it must be copied whole
        try:
            if missing is None:
                with self._reading() as current:
                    self._dialect.copy(current.connection, copy.connection)
                    copy.holding = current.holding
            elif missing:
                self._repeat(copy, missing)
        except self._dialect.driver_errors as error:
            raise self._dialect.refusal(error) from error
        self._missing = []
        return copy

    def _repeat(self, copy: _Copy, changes: list[Change]) -> None:
        self._begin(copy)
        try:
            cursor = copy.connection.cursor()
            for sql, same in groupby(changes, key=itemgetter(0)):
                values = [each for _, each in same]
                if len(values) == 1:
                    cursor.execute(sql, values[0])
                else:
                    cursor.executemany(sql, values)
            cursor.execute(_RELEASE if copy.marks else self._dialect.commit)
        except BaseException:
            self._roll_back(copy)
            if copy.marks:  # it cannot be copied whole, so it is repeated once more
                self._missing = changes
            raise
        with self._leaving:
            if self._current is not None:
                copy.holding = self._current.holding

    def _publish(self, copy: _Copy, missing: list[Change] | None) -> None:
        with self._leaving:
            self._current, self._other = copy, self._current
            self._missing = missing
