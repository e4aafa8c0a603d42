"""Reading rows: queries, records by Id, records by key, replication windows, and the org's small state.

A Reader sees one state of the database for as long as it is open. Rows come as plain tuples.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.pool import PoolProxiedConnection

from mockorg_server.formula.environment import Environment
from mockorg_server.schema.record_shape import ChildRows, Row
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value
from mockorg_server.soql.plan import ChildPlan, Plan, RowStep
from mockorg_server.soql.sosl_syntax import Find
from mockorg_server.store.error import StoreCapacityError
from mockorg_server.store.evaluator import FUNCTION
from mockorg_server.store.fold import fold
from mockorg_server.store.holding import Holding
from mockorg_server.store.layout import Layout, alive, bare
from mockorg_server.store.table import Table
from mockorg_server.store.text_index import TextIndex, match_text

_MAX_WORDS: Final = 1_000  # that one wildcard may stand for
_LAST: Final = "\U0010ffff"


class Reader:
    """Reads from one connection, inside a transaction that the Store has begun.

    ``surroundings`` tells what formulas depend on beside the records; whoever opens a Reader for a call sets it.
    ``holding`` names the tables that are in the database; every other sObject has no rows. Every method raises
    StoreError when the database cannot be read.
    """

    def __init__(self, connection: PoolProxiedConnection, layout: Layout, holding: Holding) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._layout = layout
        self._dialect = layout.dialect
        self._holding = holding
        self.surroundings: Callable[[Reader], Environment] = _plain_surroundings
        self._environment: Environment | None = None

    @property
    def holding(self) -> Holding:
        """The tables as this Reader sees them: an sObject without one has no records, and asking that costs nothing."""
        return self._holding

    def query(self, plan: Plan, parameters: Sequence[Value], include_deleted: bool = False) -> list[Row]:
        """Give the rows of a plan, laid out as its ``columns``, with ``ChildRows`` (or None) in their places."""
        statement = self._layout.statement(plan, include_deleted, self._holding.tables)
        rows = self._rows(statement.sql, statement.bind(parameters))
        return self._with_children(plan, rows, parameters, include_deleted)

    def count(self, plan: Plan, parameters: Sequence[Value], include_deleted: bool = False) -> int:
        """Give the size that a ``count_only`` plan asks for."""
        if not plan.count_only:
            raise ValueError("count() takes the plan of SELECT COUNT() only")
        statement = self._layout.statement(plan, include_deleted, self._holding.tables)
        return int(self._rows(statement.sql, statement.bind(parameters))[0][0])

    def get(
        self, sobject: SObject, ids: Sequence[str], fields: Sequence[str], include_deleted: bool = False
    ) -> dict[str, tuple[Value, ...]]:
        """Give the values of ``fields``, in that order, of each record that is there, by its Id."""
        table = self._find(sobject)
        if table is None or not ids:
            return {}
        single = len(ids) == 1
        sql = self._layout.get_text(table, tuple(fields), include_deleted, single)
        rows = self._rows(sql, [ids[0] if single else self._dialect.encode_list(ids)])
        return {row[0]: row[1:] for row in rows}

    def find(
        self, sobject: SObject, field: str, value: Value, include_deleted: bool = False, limit: int = 3
    ) -> list[str]:
        """Give the Ids, at most ``limit``, of records whose field equals the value, which is not null.

        Text matches without regard to case unless the field is case sensitive. Raises ValueError for a field that
        compares not at all.
        """
        if value is None:
            raise ValueError(f"{sobject.name}.{field} cannot be looked up by null")
        column = self._layout.table(sobject.name).column(field)
        if column.compared is None:
            raise ValueError(f"field {sobject.name}.{field} cannot be compared")
        mark = self._dialect.placeholder
        key = fold(str(value)) if column.folded else value
        compared = bare(self._layout.table(sobject.name), column.compared)
        return self._ids(sobject, f"{compared} = {mark}", [key], include_deleted, limit)

    def all_ids(self, sobject: SObject) -> list[str]:
        """Give the Ids of all living records, in their order."""
        return self._ids(sobject, self._dialect.always, [], False, None)

    def is_searchable(self, sobject: SObject) -> bool:
        """Tell whether ``matching`` can answer: the sObject has its text index, or no records."""
        name = sobject.name
        return name in self._holding.searchable or name not in self._holding.tables

    def matching(self, sobject: SObject, find: Find, fields: Sequence[str], limit: int | None = None) -> list[str]:
        """Give the Ids, in their order, of living records in whose ``fields`` something is found.

        Raises ValueError for an sObject that ``is_searchable`` denies.
        """
        if not self.is_searchable(sobject):
            raise ValueError(f"{sobject.name} has no text index")
        if self._find(sobject) is None:
            return []
        index = self._layout.text_index(sobject.name)
        columns = [index.columns[name] for name in fields if name in index.columns]
        text = match_text(find, columns, lambda pattern: self._words_like(index, pattern))
        if text is None:
            return []
        mark = self._dialect.placeholder
        test = f"rowid IN (SELECT rowid FROM {index.quoted} WHERE {index.quoted} MATCH {mark})"
        return self._ids(sobject, test, [text], False, limit)

    def query_among(self, plan: Plan, parameters: Sequence[Value], ids: Sequence[str]) -> list[Row]:
        """Give the rows of a plan for the records of some Ids only, in the plan's order.

        The plan has neither children nor LIMIT nor OFFSET, and is given to no other method: its SQL is kept by it.
        """
        key = plan.sobject.field("Id")
        if key is None or plan.children or plan.limit is not None or plan.offset is not None:
            raise ValueError(f"not a plan for some records of {plan.sobject.name}")
        statement = self._layout.statement(plan, False, self._holding.tables, key)
        rows = self._rows(statement.sql, statement.bind((*parameters, self._dialect.encode_list(ids))))
        return self._with_children(plan, [row[1:] for row in rows], parameters, False)

    def _words_like(self, index: TextIndex, pattern: str) -> list[str]:
        literal = re.match(r"[^*?]*", pattern)
        begin = literal.group() if literal else ""
        sql = f"SELECT term FROM {index.terms} WHERE term >= ? AND term < ? AND term GLOB ? LIMIT {_MAX_WORDS + 1}"
        words = [row[0] for row in self._rows(sql, [begin, begin + _LAST, pattern])]
        if len(words) > _MAX_WORDS:
            raise StoreCapacityError(f"more than {_MAX_WORDS} words are like {pattern}")
        return words

    def changed(self, sobject: SObject, start: str, end: str) -> list[str]:
        """Give the Ids of records that live and last changed in ``start <= stamp < end`` (datetime values).

        The stamp is SystemModstamp, or what the sObject has of LastModifiedDate and CreatedDate. Raises ValueError
        for an sObject with none of them.
        """
        return self._ids(sobject, self._window(sobject), [start, end], False, None)

    def deleted(self, sobject: SObject, start: str, end: str) -> list[tuple[str, str]]:
        """Give Id and stamp of records that were deleted in ``start <= stamp < end``, the oldest first.

        An sObject without IsDeleted keeps no deleted records, so it has none.
        """
        window = self._window(sobject)
        table = self._find(sobject)
        if table is None or table.is_deleted is None:
            return []
        sql = (
            f"SELECT {table.column('Id').raw}, {table.stamp} FROM {table.quoted} "
            f"WHERE {window} AND {table.is_deleted} = 1 ORDER BY {table.stamp}, {table.column('Id').raw}"
        )
        return [(row[0], row[1]) for row in self._rows(sql, [start, end])]

    def state(self, key: str) -> str | None:
        """Give what ``Writer.set_state`` has kept under a key, or None."""
        rows = self._rows(self._dialect.get_state, [key])
        return rows[0][0] if rows else None

    def row_counts(self) -> dict[str, int]:
        """Count the rows, deleted ones included, of each sObject that has any, in name order."""
        counts = {}
        for name in sorted(self._holding.tables):
            ((count,),) = self._rows(f"SELECT COUNT(*) FROM {self._layout.table(name).quoted}", [])
            if count:
                counts[name] = int(count)
        return counts

    def indexed_fields(self, plan: Plan, parameters: Sequence[Value]) -> tuple[str, ...]:
        """Give the fields by whose index the database begins a query, none when it reads every record."""
        statement = self._layout.statement(plan, False, self._holding.tables)
        rows = self._rows(self._dialect.explain(statement.sql), statement.bind(parameters))
        leading = str(rows[0][-1]) if rows else ""
        if not leading.startswith("SEARCH"):
            return ()
        found = re.search(r"\((.*)\)", leading)
        names = re.findall(r"([A-Za-z_]\w*)~?[=<>]", found[1]) if found else []
        return tuple(dict.fromkeys("Id" if name == "rowid" else name for name in names)) or ("Id",)

    def living(self, sobject: SObject) -> int:
        """Count the records of an sObject that are not deleted."""
        table = self._find(sobject)
        if table is None:
            return 0
        ((count,),) = self._rows(f"SELECT COUNT(*) FROM {table.quoted} WHERE TRUE{alive(table, False)}", [])
        return int(count)

    def _find(self, sobject: SObject) -> Table | None:
        table = self._layout.table(sobject.name)
        return table if table.name in self._holding.tables else None

    def _ids(
        self, sobject: SObject, test: str, values: list[Value], include_deleted: bool, limit: int | None
    ) -> list[str]:
        table = self._find(sobject)
        if table is None:
            return []
        key = table.column("Id").raw
        page = self._dialect.page(None if limit is None else str(int(limit)), None)
        sql = f"SELECT {key} FROM {table.quoted} WHERE {test}{alive(table, include_deleted)} ORDER BY {key}{page}"
        return [row[0] for row in self._rows(sql, values)]

    def _window(self, sobject: SObject) -> str:
        table = self._layout.table(sobject.name)
        if table.stamp is None:
            raise ValueError(f"{sobject.name} has no field that tells when a record changed")
        mark = self._dialect.placeholder
        return f"{table.stamp} >= {mark} AND {table.stamp} < {mark}"

    def _with_children(
        self, plan: Plan, rows: list[tuple[Value, ...]], parameters: Sequence[Value], include_deleted: bool
    ) -> list[Row]:
        """Put each child subquery's rows in their places: one statement per subquery, whatever the number of rows."""
        if plan.steps:
            rows = _stepped(plan.steps, rows, parameters)
        if not plan.children or not rows:
            return list(rows)
        ids = [row[0] for row in rows]
        filled: list[list[Value | ChildRows]] = [list(row) for row in rows]
        for child in plan.children:
            children = self._children(child, ids, parameters, include_deleted)
            for row, key in zip(filled, ids, strict=True):
                row[child.index] = children.get(key)
        return [tuple(row) for row in filled]

    def _children(
        self, child: ChildPlan, ids: Sequence[Value], parameters: Sequence[Value], include_deleted: bool
    ) -> dict[Value, ChildRows]:
        statement = self._layout.statement(child.plan, include_deleted, self._holding.tables, child.field)
        rows = self._rows(statement.sql, statement.bind((*parameters, self._dialect.encode_list(ids))))
        bodies = self._with_children(child.plan, [row[1:] for row in rows], parameters, include_deleted)
        groups: dict[Value, list[Row]] = {}
        for row, body in zip(rows, bodies, strict=True):
            groups.setdefault(row[0], []).append(body)
        return {key: ChildRows(group, len(group)) for key, group in groups.items()}

    def _surround(self, sql: str) -> None:
        """Give the formulas of a statement, if it has any, what they depend on beside the records."""
        evaluator = self._dialect.evaluator(self._connection, self._layout.computations.registered)
        environment = self._environment
        if environment is None:
            environment = self._environment = self.surroundings(self)
        for leaf in self._layout.computations.used(sql):
            environment.values.get(leaf)  # read now: not while the statement runs
        evaluator.environment = environment

    def _rows(self, sql: str, values: Iterable[object]) -> list[tuple[Any, ...]]:
        if FUNCTION in sql:
            self._surround(sql)
        try:
            self._cursor.execute(sql, tuple(values))
            return list(self._cursor.fetchall())
        except self._dialect.driver_errors as error:
            raise self._dialect.refusal(error) from error


def _plain_surroundings(_reader: Reader) -> Environment:
    return Environment(datetime.now(UTC), UTC)


def _stepped(
    steps: Sequence[RowStep], rows: Iterable[tuple[Value, ...]], parameters: Sequence[Value]
) -> list[tuple[Value, ...]]:
    """Apply the steps of a plan to its rows; null stays null."""
    done = []
    for row in rows:
        cells = list(row)
        for step in steps:
            value = cells[step.index]
            if value is not None:
                cells[step.index] = step.convert(value, parameters)
        done.append(tuple(cells))
    return done
