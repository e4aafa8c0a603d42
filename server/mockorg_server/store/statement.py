"""A plan as one SQL statement and the order of its parameters. Knows no rule of SOQL and runs nothing.

Child subqueries are statements of their own, see ``read.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mockorg_server.schema.sobject import Field
from mockorg_server.soql.plan import AggregateRef, Expression, Grouping, GroupKey, OrderBy, Plan, Ref
from mockorg_server.store.condition import ConditionWriter, has_indexed_range
from mockorg_server.store.dialect import SqliteDialect
from mockorg_server.store.expression import ParameterList, Reading, Scope, Source
from mockorg_server.store.subtotal import SubtotalScope
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
    and LIMIT and OFFSET count per parent. Raises StoreCapacityError for a plan that is too wide for the database.
    """
    parameters = ParameterList(dialect)
    scope = Scope(plan, tables, present, parameters)
    writer = _StatementWriter(plan, scope, parameters, include_deleted, foreign_key)
    return Statement(*parameters.settle(writer.write()))


class _StatementWriter:
    def __init__(
        self, plan: Plan, scope: Scope, parameters: ParameterList, include_deleted: bool, foreign_key: Field | None
    ) -> None:
        self._plan = plan
        self._scope = scope
        self._dialect = parameters.dialect
        self._include_deleted = include_deleted
        self._foreign_key = Ref(0, foreign_key) if foreign_key is not None else None
        self._parameters = parameters
        self._conditions = ConditionWriter(scope, plan.parameter_count)

    def write(self) -> str:
        if self._plan.count_only:
            return self._count()
        if self._plan.grouping_sets:
            return self._sets()
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
        first = "0" if self._plan.offset is None else self._parameters.add(self._plan.offset)
        tests = [f"place > {first}"]
        if self._plan.limit is not None:
            again = "0" if self._plan.offset is None else self._parameters.add(self._plan.offset)
            tests.append(f"place <= {again} + {self._parameters.add(self._plan.limit)}")
        return f"SELECT {', '.join(names)} FROM ({inner}) AS numbered WHERE {' AND '.join(tests)} ORDER BY place"

    def _sets(self) -> str:
        """Write one SELECT per grouping set. Without ORDER BY subtotals follow the rows that they sum up."""
        plan = self._plan
        keys = [*plan.order_by, *(OrderBy(each) for key in plan.group_by for each in (Grouping(key), key))]
        selects, order = [], []
        for kept in plan.grouping_sets:
            scope = SubtotalScope(self._scope, set(plan.group_by) - set(kept))
            sorted_terms = [(key, term) for key in keys for term in scope.sort_terms(key.expression)]
            order = [self._dialect.order(f"k{i}", k.descending, k.nulls_first) for i, (k, _) in enumerate(sorted_terms)]
            selects.append(self._set(scope, kept, [term for _, term in sorted_terms]))
        names = ", ".join(f"c{number}" for number in range(len(plan.columns)))
        rows = " UNION ALL ".join(selects)
        return f"SELECT {names} FROM ({rows}) AS sets WHERE shown ORDER BY {', '.join(order)}{self._page()}"

    def _set(self, scope: SubtotalScope, kept: Sequence[GroupKey], terms: Sequence[str]) -> str:
        """Write the rows of one grouping set. HAVING is a column here, for it may stand where there is no GROUP BY."""
        columns = [f"{value} AS c{number}" for number, value in enumerate(self._columns(scope))]
        columns += [f"{term} AS k{number}" for number, term in enumerate(terms)]
        having = self._plan.having
        test = "" if having is None else " AND " + ConditionWriter(scope, self._plan.parameter_count).write(having)
        columns.append(f"COUNT(*) >= 0{test} AS shown")
        by = f" GROUP BY {', '.join(self._scope.operand(key).sql for key in kept)}" if kept else ""
        return f"SELECT {', '.join(columns)} {self._scope.from_clause()}{self._where()}{by}"

    def _columns(self, scope: Scope | None = None) -> list[str]:
        scope = scope or self._scope
        if not self._plan.aggregate:
            return ["NULL" if column is None else scope.raw(column) for column in self._plan.columns]
        return ["NULL" if column is None else _grouped_value(scope, column) for column in self._plan.columns]

    def _where(self) -> str:
        tests = []
        root = self._scope.root
        if root is not None and root.table.is_deleted and not self._include_deleted:
            tests.append(f"{root.sql(root.table.is_deleted)} = 0")
        if self._foreign_key is not None:
            tests.append(self._dialect.member(self._scope.raw(self._foreign_key), self._parameters.add(PARENT_IDS)))
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
            terms += [] if root is None else [self._last_key(root)]
        else:
            keys = [OrderBy(ref) for ref in self._plan.group_by]
            terms += [term for key in keys for term in self._order_terms(key)]
        return f" ORDER BY {', '.join(terms)}" if terms else ""

    def _last_key(self, root: Source) -> str:
        """Give the Id as a sort key; where a range of an indexed field chooses the records, that index comes first."""
        if self._plan.limit is None and not self._plan.order_by and has_indexed_range(self._plan.where, root.table):
            return self._dialect.unindexed(root.id)
        return root.id

    def _order_terms(self, key: OrderBy) -> list[str]:
        terms = self._scope.sort_terms(key.expression)
        return [self._dialect.order(term, key.descending, key.nulls_first) for term in terms]

    def _page(self) -> str:
        plan = self._plan
        limit = None if plan.limit is None else self._parameters.add(plan.limit)
        offset = None if plan.offset is None else self._parameters.add(plan.offset)
        return self._dialect.page(limit, offset)


def _grouped_value(scope: Scope, column: Expression) -> str:
    """Of the texts that make one group, which differ in case only, show the first in plain order."""
    if isinstance(column, AggregateRef):
        return scope.raw(column)
    operand = scope.operand(column)
    return f"MIN({scope.raw(column)})" if operand.folded else operand.sql
