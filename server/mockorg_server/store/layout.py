"""What the store derives from a schema, once, and shares between all orgs of that schema: tables and SQL texts.

Nothing here depends on what a database holds: which tables exist is told per call. Caches only ever repeat a pure
computation, so threads need no lock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeVar
from weakref import WeakKeyDictionary

from mockorg_server.schema.schema import Schema
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.soql.plan import Plan
from mockorg_server.store.computed import Computations
from mockorg_server.store.dialect import SQLITE, SqliteDialect
from mockorg_server.store.statement import Statement, write_statement
from mockorg_server.store.table import Table, build_table, is_computed, qualified
from mockorg_server.store.text_index import TextIndex, build_text_index

_Key = TypeVar("_Key")
_Text = TypeVar("_Text")
_SqlOf = Callable[[Table, list[str]], str]
_MAX_TEXTS: Final = 2_000  # a client may name fields in any combination; past this many texts the cache starts anew


@dataclass(frozen=True, slots=True)
class _PlanTexts:
    """The tables a plan reads and its SQL per (include_deleted, which of those tables are in the database)."""

    tables: Mapping[str, Table]
    names: frozenset[str]
    statements: dict[tuple[bool, frozenset[str]], Statement] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SaveText:
    """An INSERT or UPDATE for one set of fields: the values, then the folded texts of those at ``folded``.

    Values at ``booleans`` must not be null. An UPDATE takes the Id as its last parameter.
    """

    sql: str
    folded: tuple[int, ...]
    booleans: tuple[int, ...]


_BY_EQUAL_VALUE: Final = frozenset({"Exact", "LastName"})
"""Matching methods that find records by values that are equal but for case."""


class Layout:
    """Tables and SQL of one schema in one dialect."""

    def __init__(self, schema: Schema, dialect: SqliteDialect = SQLITE) -> None:
        self.dialect = dialect
        self._schema = schema
        self._tables: dict[str, Table | None] = {}
        self.computations = Computations(schema.latest, dialect, self.table)
        self._text_indexes: dict[str, TextIndex] = {}
        self._plans: WeakKeyDictionary[Plan, _PlanTexts] = WeakKeyDictionary()
        self._saves: dict[tuple[str, str, tuple[str, ...]], SaveText] = {}
        self._gets: dict[tuple[str, tuple[str, ...], bool, bool], str] = {}

    def find_table(self, name: str) -> Table | None:
        """Give the table of an sObject, None when the schema has no such sObject."""
        if name not in self._tables:
            sobject = self._schema.latest.sobject(name)
            self._tables[name] = None if sobject is None else self._built(sobject)
        return self._tables[name]

    def _built(self, sobject: SObject) -> Table:
        return build_table(sobject, self.dialect, self.computations.sql, self._matched(sobject.name))

    def _matched(self, name: str) -> list[str]:
        """Give the fields by whose equal values the matching rules of an sObject find records."""
        rules = [rule for rule in self._schema.additions.matching_rules if rule.sobject == name and rule.active]
        return [item.field for rule in rules for item in rule.items if item.method in _BY_EQUAL_VALUE]

    def table(self, name: str) -> Table:
        """Give the table of an sObject of the schema. Raises KeyError for any other name."""
        table = self.find_table(name)
        if table is None:
            raise KeyError(name)
        return table

    def companions(self, table: Table) -> list[Table]:
        """Give the tables that the computed fields of one read: they are made with it."""
        sobject = self._schema.latest.sobject(table.name) if table.computed else None
        return [] if sobject is None else [self.table(name) for name in self.computations.needs(sobject)]

    def text_index(self, name: str) -> TextIndex:
        """Give the text index of an sObject of the schema. Raises KeyError for any other name."""
        index = self._text_indexes.get(name)
        if index is None:
            sobject = self._schema.latest.sobject(name)
            if sobject is None:
                raise KeyError(name)
            index = self._text_indexes[name] = build_text_index(sobject, self.table(name), self.dialect)
        return index

    def statement(
        self, plan: Plan, include_deleted: bool, existing: frozenset[str], foreign_key: Field | None = None
    ) -> Statement:
        """Give a plan's SQL for a database that has the ``existing`` tables; see ``write_statement``."""
        texts = self._plans.get(plan)
        if texts is None:
            texts = self._plans[plan] = self._plan_texts(plan)
        names = texts.names
        present = names if names <= existing else names & existing
        statement = texts.statements.get((include_deleted, present))
        if statement is None:
            statement = write_statement(
                plan, texts.tables, present, self.dialect, include_deleted=include_deleted, foreign_key=foreign_key
            )
            texts.statements[include_deleted, present] = statement
        return statement

    def insert_text(self, table: Table, fields: tuple[str, ...]) -> SaveText:
        """Give the INSERT for values of these fields, in this order."""
        key = ("INSERT", table.name, fields)
        return self._saves.get(key) or self._keep(self._saves, key, self._save_text(table, fields, self._insert_sql))

    def update_text(self, table: Table, fields: tuple[str, ...]) -> SaveText:
        """Give the UPDATE by Id of these fields, in this order."""
        key = ("UPDATE", table.name, fields)
        return self._saves.get(key) or self._keep(self._saves, key, self._save_text(table, fields, self._update_sql))

    def get_text(self, table: Table, fields: tuple[str, ...], include_deleted: bool, single: bool) -> str:
        """Give the SELECT of Id and these fields by one Id, or by a list of them."""
        key = (table.name, fields, include_deleted, single)
        return self._gets.get(key) or self._keep(self._gets, key, self._get_sql(table, fields, include_deleted, single))

    def _plan_texts(self, plan: Plan) -> _PlanTexts:
        plans = [plan, *plan.semi_joins]
        sobjects = {one.sobject.name for one in plans}
        sobjects |= {target.name for one in plans for join in one.joins for target in join.targets}
        tables = {name: self.table(name) for name in sobjects}
        return _PlanTexts(tables, frozenset(tables))

    def _save_text(self, table: Table, fields: tuple[str, ...], write: _SqlOf) -> SaveText:
        columns = [table.column(name) for name in fields]
        if any(column.computed for column in columns):
            raise ValueError(f"computed fields of {table.name} are not written")
        names = [column.raw for column in columns] + [column.compared or "" for column in columns if column.folded]
        return SaveText(
            sql=write(table, names),
            folded=tuple(index for index, column in enumerate(columns) if column.folded),
            booleans=tuple(index for index, column in enumerate(columns) if column.boolean),
        )

    def _insert_sql(self, table: Table, names: list[str]) -> str:
        marks = ", ".join([self.dialect.placeholder] * len(names))
        return f"INSERT INTO {table.quoted} ({', '.join(names)}) VALUES ({marks})"

    def _update_sql(self, table: Table, names: list[str]) -> str:
        settings = ", ".join(f"{name} = {self.dialect.placeholder}" for name in names)
        return f"UPDATE {table.quoted} SET {settings} WHERE {table.column('Id').raw} = {self.dialect.placeholder}"

    def _get_sql(self, table: Table, fields: tuple[str, ...], include_deleted: bool, single: bool) -> str:
        key = table.column("Id").raw
        columns = ", ".join([key, *(bare(table, table.column(name).raw) for name in fields)])
        mark = self.dialect.placeholder
        test = f"{key} = {mark}" if single else self.dialect.member(key, mark)
        return f"SELECT {columns} FROM {table.quoted} WHERE {test}{alive(table, include_deleted)}"

    @staticmethod
    def _keep(cache: dict[_Key, _Text], key: _Key, text: _Text) -> _Text:
        if len(cache) >= _MAX_TEXTS:
            cache.clear()
        cache[key] = text
        return text


def bare(table: Table, column: str) -> str:
    """Give a column in a statement that reads its table under no alias."""
    return qualified(column, table.quoted) if is_computed(column) else column


def alive(table: Table, include_deleted: bool) -> str:
    """Give the end of a WHERE that leaves out deleted records; '' when there is nothing to leave out."""
    return "" if include_deleted or table.is_deleted is None else f" AND {table.is_deleted} = 0"


@lru_cache(maxsize=16)
def layout_of(schema: Schema) -> Layout:
    """Give the layout that all orgs of a schema share."""
    return Layout(schema)
