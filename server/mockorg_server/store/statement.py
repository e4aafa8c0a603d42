"""A plan as one SQL statement and the order of its parameters. Knows no rule of SOQL and runs nothing.

Child subqueries are statements of their own, see ``read.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mockorg_server.schema.sobject import Field
from mockorg_server.soql.plan import AggregateRef, Expression, OrderBy, Plan, Ref
from mockorg_server.store.condition import ConditionWriter
from mockorg_server.store.dialect import SqliteDialect
from mockorg_server.store.error import StoreError
from mockorg_server.store.expression import ParameterList, Reading, Scope
from mockorg_server.store.table import Table

PARENT_IDS: Final = -1  # the parameter that carries the parents' ids comes last


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text and how to read its parameters, in the order of the text, from those of a call."""

    sql: str
    readings: tuple[Reading, ...]

    def bind(self, parameters: Sequence[object]) -> list[object]:
        """Give the values for the text's placeholders."""
        return [reading(parameters) for reading in self.readings]


def write_statement(
    plan: Plan,
    tables: Mapping[str, Table],
    present: frozenset[str],
    dialect: SqliteDialect,
    *,
    include_deleted: bool,
    foreign_key: Field | None = None,
) -> Statement:
    """Write the SELECT of a plan.

    ``tables`` holds the tables of the plan's sObjects by name, of which ``present`` are in the database. With a
    ``foreign_key`` it is the statement of a child subquery for many parents at once: the foreign key stands before
    the plan's columns, the parents' ids are one more parameter (``PARENT_IDS``, see ``encode_list`` of the dialect),
    and LIMIT and OFFSET count per parent. Raises StoreError for a plan that is too wide for the database.
    """
    scope = Scope(plan, tables, present, dialect)
    if scope.table_count > dialect.max_tables_in_join:
        raise StoreError(
            f"the query on {plan.sobject.name} joins {scope.table_count} tables, "
            f"and the database joins at most {dialect.max_tables_in_join}"
        )
    writer = _StatementWriter(plan, scope, dialect, include_deleted, foreign_key)
    return Statement(*writer.parameters.settle(writer.write()))


class _StatementWriter:
    def __init__(
        self, plan: Plan, scope: Scope, dialect: SqliteDialect, include_deleted: bool, foreign_key: Field | None
    ) -> None:
        self._plan = plan
        self._scope = scope
        self._dialect = dialect
        self._include_deleted = include_deleted
        self._foreign_key = Ref(0, foreign_key) if foreign_key is not None else None
        self.parameters = ParameterList(dialect)
        self._conditions = ConditionWriter(scope, self.parameters)

    def write(self) -> str:
        if self._plan.count_only:
            return self._count()
        if self._foreign_key is None:
            return self._select(self._columns()) + self._order() + self._page()
        columns = [self._scope.raw(self._foreign_key), *self._columns()]
        if self._plan.limit is None and self._plan.offset is None:
            return self._select(columns) + self._order()
        return self._select_per_parent(columns, self._scope.raw(self._foreign_key))

    def _select(self, columns: Sequence[str]) -> str:
        return f"SELECT {', '.join(columns)} {self._scope.from_clause()}{self._where()}{self._group()}"

    def _count(self) -> str:
        if self._plan.limit is None and self._plan.offset is None:
            return self._select(["COUNT(*)"])
        return f"SELECT COUNT(*) FROM ({self._select(['1'])}{self._page()}) AS counted"

    def _select_per_parent(self, columns: list[str], parent: str) -> str:
        """Give numbers to each parent's rows and keep those inside LIMIT and OFFSET."""
        names = [f"c{number}" for number in range(len(columns))]
        numbered = [f"{column} AS {name}" for column, name in zip(columns, names, strict=True)]
        numbered.append(f"ROW_NUMBER() OVER (PARTITION BY {parent}{self._order()}) AS place")
        inner = self._select(numbered)
        first = "0" if self._plan.offset is None else self.parameters.add(self._plan.offset)
        tests = [f"place > {first}"]
        if self._plan.limit is not None:
            again = "0" if self._plan.offset is None else self.parameters.add(self._plan.offset)
            tests.append(f"place <= {again} + {self.parameters.add(self._plan.limit)}")
        return f"SELECT {', '.join(names)} FROM ({inner}) AS numbered WHERE {' AND '.join(tests)} ORDER BY place"

    def _columns(self) -> list[str]:
        value = self._grouped_value if self._plan.aggregate else self._scope.raw
        return ["NULL" if column is None else value(column) for column in self._plan.columns]

    def _grouped_value(self, column: Expression) -> str:
        """Of the texts that make one group, which differ in case only, show the first in plain order."""
        if isinstance(column, AggregateRef):
            return self._scope.raw(column)
        operand = self._scope.operand(column)
        return f"MIN({self._scope.raw(column)})" if operand.folded else operand.sql

    def _where(self) -> str:
        tests = []
        root = self._scope.root
        if root is not None and root.table.is_deleted and not self._include_deleted:
            tests.append(f"{root.sql(root.table.is_deleted)} = 0")
        if self._foreign_key is not None:
            tests.append(self._dialect.member(self._scope.raw(self._foreign_key), self.parameters.add(PARENT_IDS)))
        if self._plan.where is not None:
            tests.append(self._conditions.write(self._plan.where))
        return f" WHERE {' AND '.join(tests)}" if tests else ""

    def _group(self) -> str:
        having = self._plan.having
        if not self._plan.group_by:
            return "" if having is None else f" HAVING {self._conditions.write(having)}"
        keys = ", ".join(self._scope.operand(ref).sql for ref in self._plan.group_by)
        return f" GROUP BY {keys}" + ("" if having is None else f" HAVING {self._conditions.write(having)}")

    def _order(self) -> str:
        """Order by the plan's keys, then by what makes the order total: the Id, or the keys of the groups."""
        terms = [term for key in self._plan.order_by for term in self._order_terms(key)]
        if not self._plan.aggregate:
            root = self._scope.root
            terms += [] if root is None else [root.id]
        else:
            keys = [OrderBy(ref) for ref in self._plan.group_by]
            terms += [term for key in keys for term in self._order_terms(key)]
        return f" ORDER BY {', '.join(terms)}" if terms else ""

    def _order_terms(self, key: OrderBy) -> list[str]:
        terms = self._scope.sort_terms(key.expression)
        return [self._dialect.order(term, key.descending, key.nulls_first) for term in terms]

    def _page(self) -> str:
        plan = self._plan
        limit = None if plan.limit is None else self.parameters.add(plan.limit)
        offset = None if plan.offset is None else self.parameters.add(plan.offset)
        return self._dialect.page(limit, offset)
