"""Writing rows, inside the one transaction that writes at a time.

No rule of DML is here: what a record must hold, which ids it gets and what its deletion takes along is the core's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy.pool import PoolProxiedConnection

from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value
from mockorg_server.store.error import StoreError
from mockorg_server.store.fold import fold
from mockorg_server.store.holding import Holding
from mockorg_server.store.layout import Layout, SaveText
from mockorg_server.store.read import Reader
from mockorg_server.store.table import Table

Change = tuple[str, Sequence[object]]
"""A statement that changed the database, and its parameters."""


class Writer(Reader):
    """A Reader that also writes, and sees what it has written. Others see it when the Store has committed.

    Every method raises StoreError when the database cannot be written; the transaction may be lost then, and the
    Writer refuses all further work. What it has changed is added to ``changes``, where those are wanted. Inserts wait
    for one another and go to the database together, before the next statement of another kind; so a later method may
    raise the error of one.
    """

    SMALL_ROW_COUNT: Final = 50

    def __init__(
        self, connection: PoolProxiedConnection, layout: Layout, holding: Holding, changes: list[Change] | None = None
    ) -> None:
        super().__init__(connection, layout, holding)
        self._changes = changes
        self._depth = 0
        self._table: Table | None = None  # whose inserts wait
        self._text: SaveText | None = None
        self._waiting: list[Sequence[Value]] = []

    @property
    def holding(self) -> Holding:
        """The tables with what this Writer has made."""
        self._flush()
        return self._holding

    def insert(self, sobject: SObject, values: Mapping[str, Value]) -> None:
        """Add a record. ``values`` maps field names to neutral values, the Id among them.

        A boolean that is absent or null is false. Raises ValueError for a name that is not a field with a value.
        """
        table = self._ensure(sobject)
        text = self._layout.insert_text(table, tuple(values))
        if text is not self._text:
            self._flush()
            self._table, self._text = table, text
        self._waiting.append(_bound(text, values))

    def update(self, sobject: SObject, id: str, values: Mapping[str, Value]) -> None:  # noqa: A002
        """Set some fields of a record. Raises KeyError when there is no record of that Id."""
        table = self._ensure(sobject)
        text = self._layout.update_text(table, tuple(values))
        self._change(text.sql, [*_bound(text, values), id])
        if self._cursor.rowcount != 1:
            raise KeyError(id)

    def purge(self, sobject: SObject, id: str) -> None:  # noqa: A002
        """Remove a record for good. Raises KeyError when there is no record of that Id."""
        table = self._ensure(sobject)
        mark = self._dialect.placeholder
        self._change(f"DELETE FROM {table.quoted} WHERE {table.column('Id').raw} = {mark}", [id])
        if self._cursor.rowcount != 1:
            raise KeyError(id)

    def make_searchable(self, sobject: SObject) -> None:
        """Make the text index of an sObject that has records, unless it is there."""
        if not self.is_searchable(sobject):
            for ddl in self._layout.text_index(sobject.name).ddl:
                self._change(ddl, ())
            self._holding = self._holding.with_text_index(sobject.name)

    def make_tables(self, names: Iterable[str]) -> None:
        """Make the tables of some sObjects, unless they are there."""
        for name in sorted(names):
            if name not in self._holding.tables:
                self._make(self._layout.table(name))

    def set_state(self, key: str, value: str) -> None:
        """Keep a small text of the org under a key."""
        self._change(self._dialect.set_state, [key, value])

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo, when the block raises, what was written in it; the exception goes on."""
        holding = self._holding
        change_count = len(self._changes) if self._changes is not None else 0
        name = f"s{self._depth}"
        self._run(f"SAVEPOINT {name}", ())
        self._depth += 1
        try:
            yield
        except BaseException:
            self._waiting.clear()  # all of them are of this block: its first statement has sent those before
            self._holding = holding
            if self._changes is not None:
                del self._changes[change_count:]
            if self._dialect.is_in_transaction(self._connection):
                self._run(f"ROLLBACK TO SAVEPOINT {name}", ())
                self._run(f"RELEASE SAVEPOINT {name}", ())
            raise
        else:
            self._run(f"RELEASE SAVEPOINT {name}", ())
        finally:
            self._depth -= 1

    def commit(self, statement: str | None = None) -> None:
        """End the transaction and keep it; ``statement`` ends one that is part of a larger one. For the Store alone."""
        self._run(statement or self._dialect.commit, ())

    def _ensure(self, sobject: SObject) -> Table:
        table = self._layout.table(sobject.name)
        if table.name not in self._holding.tables:
            self._make(table)
        return table

    def _make(self, table: Table) -> None:
        self._change(table.ddl, ())
        self._holding = self._holding.with_table(table.name)
        for companion in self._layout.companions(table):
            if companion.name not in self._holding.tables:
                self._make(companion)

    def _index(self, table: Table) -> None:
        for ddl in table.index_ddl:
            self._change(ddl, ())
        self._holding = self._holding.with_indexes(table.name)

    def _change(self, sql: str, values: Sequence[object]) -> None:
        self._run(sql, values)
        if self._changes is not None:
            self._changes.append((sql, values))

    def _flush(self) -> None:
        """Send the inserts that wait."""
        if not self._waiting or self._table is None or self._text is None:
            return
        table, sql, rows = self._table, self._text.sql, self._waiting
        self._waiting, self._text = [], None
        self._send(lambda: self._cursor.executemany(sql, rows))
        if self._changes is not None:
            self._changes.extend((sql, row) for row in rows)
        if table.name not in self._holding.indexed:
            [(last,)] = self._rows(f"SELECT max(rowid) FROM {table.quoted}", ())
            if last > self.SMALL_ROW_COUNT:
                self._index(table)

    def _rows(self, sql: str, values: Iterable[object]) -> list[tuple[Any, ...]]:
        self._flush()
        return super()._rows(sql, values)

    def _run(self, sql: str, values: Sequence[object]) -> None:
        self._flush()
        self._send(lambda: self._cursor.execute(sql, values))

    def _send(self, execute: Callable[[], object]) -> None:
        # A full disk may end the transaction by itself; without this every later statement would commit alone.
        if not self._dialect.is_in_transaction(self._connection):
            raise StoreError("the transaction was lost to an earlier error")
        try:
            execute()
        except self._dialect.driver_errors as error:
            raise self._dialect.refusal(error) from error


def _bound(text: SaveText, values: Mapping[str, Value]) -> list[Value]:
    bound = list(values.values())
    for index in text.booleans:
        bound[index] = bool(bound[index])
    for index in text.folded:
        value = bound[index]
        bound.append(None if value is None else fold(str(value)))
    return bound
