"""Names of a plan as SQL: which table stands in which slot, and what a field or an aggregate is called there.

No condition and no whole statement is made here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field
from mockorg_server.soql.plan import (
    Aggregate,
    AggregateRef,
    DatePart,
    DistanceTo,
    Expression,
    Grouping,
    Join,
    Label,
    Plan,
    Ref,
    TypeName,
)
from mockorg_server.store.dialect import SqliteDialect
from mockorg_server.store.error import StoreCapacityError
from mockorg_server.store.fold import fold
from mockorg_server.store.function import date_part
from mockorg_server.store.table import Table, qualified

Parameters = Sequence[object]
Reading = Callable[[Parameters], object]


@dataclass(slots=True)
class ParameterList:
    """The parameters of a statement while it is being written.

    The text is not written front to back, so each mention is a mark until ``settle`` replaces the marks by the
    dialect's placeholder and gives the readings in the order of the text.
    """

    dialect: SqliteDialect
    readings: list[Reading] = field(default_factory=list)

    def add(self, index: int, folded: bool = False) -> str:
        """Mention parameter number ``index``."""
        return self._mark(_read_folded(index) if folded else itemgetter(index))

    def add_list(self, indexes: Sequence[int], folded: bool = False) -> str:
        """Mention several parameters as one list, see ``member`` of the dialect."""
        encode = self.dialect.encode_list
        if folded:
            return self._mark(lambda parameters: encode([fold(str(parameters[index])) for index in indexes]))
        return self._mark(lambda parameters: encode([parameters[index] for index in indexes]))

    def settle(self, sql: str) -> tuple[str, tuple[Reading, ...]]:
        """Give the text with placeholders, and how to read their values from the parameters of a call."""
        pieces = sql.split("\x00")
        order = [self.readings[int(mark)] for mark in pieces[1::2]]
        pieces[1::2] = [self.dialect.placeholder] * len(order)
        return "".join(pieces), tuple(order)

    def _mark(self, reading: Reading) -> str:
        self.readings.append(reading)
        return f"\x00{len(self.readings) - 1}\x00"


def _read_folded(index: int) -> Reading:
    return lambda parameters: fold(str(parameters[index]))


@dataclass(frozen=True, slots=True)
class Source:
    """A table under an alias in a FROM clause, or, with a ``key``, one that is looked up by that Id for each value."""

    table: Table
    alias: str
    key: str | None = None

    @property
    def id(self) -> str:
        """The column of the record's Id."""
        return self.sql(self.table.column("Id").raw)

    def sql(self, column: str) -> str:
        """Give a quoted column of this table."""
        value = qualified(column, self.alias)
        if self.key is None:
            return value
        test = f"{self.alias}.{self.table.column('Id').raw} = {self.key}"
        return f"(SELECT {value} FROM {self.table.quoted} AS {self.alias} WHERE {test})"


@dataclass(frozen=True, slots=True)
class Operand:
    """An expression as conditions and sorting see it. ``folded``: what it is compared with must be folded.

    A ``boolean`` is never null, a missing one being false.
    """

    sql: str
    folded: bool = False
    boolean: bool = False


class Scope:
    """The slots of one plan and their tables, of which only the ``present`` ones are in the database.

    A table that is not there has no rows: as a parent it is left out and its fields are NULL.
    """

    def __init__(
        self,
        plan: Plan,
        tables: Mapping[str, Table],
        present: frozenset[str],
        parameters: ParameterList,
        prefix: str = "t",
    ) -> None:
        """Raise StoreCapacityError for a plan that is too wide for the database; ``prefix`` begins every alias."""
        self.parameters = parameters
        self.dialect = parameters.dialect
        self._joins = plan.joins
        self._tables = tables
        self._present = present
        root = tables[plan.sobject.name]
        self._slots: list[list[Source]] = [[Source(root, f"{prefix}0")] if root.name in present else []]
        held = [[tables[target.name] for target in join.targets if target.name in present] for join in plan.joins]
        for slot, (join, here) in enumerate(zip(plan.joins, held, strict=True), start=1):
            looked_up = self._is_polymorphic(slot) and sum(map(len, held)) >= self.dialect.max_tables_in_join
            key = self._key(join) if looked_up else None
            self._slots.append([Source(table, f"{prefix}{slot}_{number}", key) for number, table in enumerate(here)])
        if sum(source.key is None for sources in self._slots for source in sources) > self.dialect.max_tables_in_join:
            raise StoreCapacityError(
                f"the query on {plan.sobject.name} joins more tables than the {self.dialect.max_tables_in_join} "
                "that the database takes"
            )

    @property
    def root(self) -> Source | None:
        """The root's table, None when it is not in the database."""
        return next(iter(self._slots[0]), None)

    def inner(self, plan: Plan, prefix: str) -> Scope:
        """Give the scope of a plan inside this one's statement."""
        return Scope(plan, self._tables, self._present, self.parameters, prefix)

    def from_clause(self) -> str:
        """Give FROM with every join, always outer joins by the parent's Id."""
        root = self.root
        pieces = [f"{root.table.quoted} AS {root.alias}" if root else f"(SELECT 1 WHERE {self.dialect.never}) AS t0"]
        for join, sources in zip(self._joins, self._slots[1:], strict=True):
            key = self._key(join)
            for source in sources:
                if source.key is None:
                    pieces.append(f"LEFT JOIN {source.table.quoted} AS {source.alias} ON {source.id} = {key}")
        return "FROM " + " ".join(pieces)

    def raw(self, expression: Expression) -> str:
        """Give the value of an expression as it is answered."""
        if isinstance(expression, AggregateRef):
            return _AGGREGATES[expression.function](self, expression)
        if isinstance(expression, DatePart):
            return self._date_part(expression)
        if isinstance(expression, DistanceTo):
            return self._distance(expression)
        if isinstance(expression, TypeName):
            return self._choose([(source, source.table.name) for source in self._slots[expression.slot]])
        if isinstance(expression, Label | Grouping):
            raise TypeError(f"{expression} has no value in a row")
        if self._is_type_of_target(expression):
            return self._type_name(expression, folded=False)
        return self._coalesce([s.sql(s.table.column(name).raw) for s, name in self._occurrences(expression)])

    def operand(self, expression: Expression) -> Operand:
        """Give an expression as it is compared. Raises ValueError for a field that compares not at all."""
        if isinstance(expression, AggregateRef):
            return self._aggregate_operand(expression)
        if isinstance(expression, Label):
            return self._label(expression)
        if not isinstance(expression, Ref):
            return Operand(self.raw(expression))
        if self._is_type_of_target(expression):
            return Operand(self._type_name(expression, folded=True), folded=True)
        found = [(source, source.table.column(name)) for source, name in self._occurrences(expression)]
        if any(column.compared is None for _, column in found) or len({column.folded for _, column in found}) > 1:
            raise ValueError(f"field {expression.field.name} cannot be compared")
        sql = self._coalesce([source.sql(column.compared or "") for source, column in found])
        if expression.field.type is not FieldType.BOOLEAN:
            return Operand(sql, folded=any(column.folded for _, column in found))
        return Operand(sql if expression.slot == 0 and found else f"COALESCE({sql}, 0)", boolean=True)

    def sort_terms(self, expression: Expression) -> list[str]:
        """Give the keys that sort an expression, nulls being null in the first of them."""
        if isinstance(expression, AggregateRef):
            return [self._extreme_key(expression) or self.operand(expression).sql]
        if not isinstance(expression, Ref):
            return [self.operand(expression).sql]
        operand = self.operand(expression)
        rank = self._rank(expression.field, operand)
        return [operand.sql] if rank is None else [rank, operand.sql]

    def _label(self, label: Label) -> Operand:
        """Give a picklist's label as it is compared: the value's own text wherever the two differ in case at most."""
        operand = self.operand(label.ref)
        labels = {fold(entry.value): fold(entry.label or entry.value) for entry in label.ref.field.picklist_values}
        text = self.dialect.text
        cases = [f"WHEN {text(value)} THEN {text(shown)}" for value, shown in labels.items() if value != shown]
        if not cases:
            return operand
        return Operand(f"CASE {operand.sql} {' '.join(cases)} ELSE {operand.sql} END", folded=operand.folded)

    def _date_part(self, part: DatePart) -> str:
        text = self.raw(part.ref)
        if part.zone is not None:
            text = self.dialect.local_time(text, self.parameters.add(part.zone))
        shift = None if part.shift is None else self.parameters.add(part.shift)
        return date_part(self.dialect, part.function, text, shift)

    def _distance(self, distance: DistanceTo) -> str:
        here = self.raw(distance.latitude_ref), self.raw(distance.longitude_ref)
        there = self.parameters.add(distance.latitude), self.parameters.add(distance.longitude)
        return f"{self.dialect.central_angle(*here, *there)} * {self.parameters.add(distance.radius)}"

    def _key(self, join: Join) -> str:
        """Give the Id that a join looks for."""
        return self._coalesce([s.sql(s.table.column(join.field.name).raw) for s in self._holders(join)])

    def _holders(self, join: Join) -> list[Source]:
        name = join.field.name.lower()
        return [source for source in self._slots[join.source_slot] if name in source.table.columns]

    def _occurrences(self, ref: Ref) -> list[tuple[Source, str]]:
        """List where a field is: once, or in each target of a polymorphic slot that has it.

        ``Name`` of a target without such a field is its name field, as a case is named by its number (inferred).
        """
        sources = self._slots[ref.slot]
        name = ref.field.name
        if not self._is_polymorphic(ref.slot):
            return [(source, name) for source in sources]
        found = [(source, name) for source in sources if source.table.has(name.lower())]
        if name == "Name":
            found += [(s, s.table.name_field) for s in sources if not s.table.has("name") and s.table.name_field]
        return found

    def _is_polymorphic(self, slot: int) -> bool:
        """Tell whether a slot is polymorphic; by nature it stays so when the org has but one of the targets."""
        if slot == 0:
            return False
        join = self._joins[slot - 1]
        if join.narrowed:
            return False
        return join.field.polymorphic_foreign_key or join.field.name_pointing or len(join.targets) > 1

    def _is_type_of_target(self, ref: Ref) -> bool:
        return ref.field.name == "Type" and self._is_polymorphic(ref.slot)

    def _type_name(self, ref: Ref, folded: bool) -> str:
        join = self._joins[ref.slot - 1]
        shown = {target.name: name for target, name in zip(join.targets, join.type_names, strict=False)}
        found = [(s, shown.get(s.table.name, s.table.name)) for s in self._slots[ref.slot]]
        return self._choose([(s, fold(name) if folded else name) for s, name in found])

    def _choose(self, texts: list[tuple[Source, str]]) -> str:
        """Give the text beside the one source that has a record, null when none has."""
        cases = (f"WHEN {source.id} IS NOT NULL THEN {self.dialect.text(text)}" for source, text in texts)
        return f"CASE {' '.join(cases)} END" if texts else "NULL"

    def _coalesce(self, found: list[str]) -> str:
        if not found:
            return "NULL"
        while len(found) > _MAX_ARGUMENTS:
            found = [*found[:-_MAX_ARGUMENTS], f"COALESCE({', '.join(found[-_MAX_ARGUMENTS:])})"]
        return found[0] if len(found) == 1 else f"COALESCE({', '.join(found)})"

    def _rank(self, of: Field, operand: Operand) -> str | None:
        """Give the place of a picklist's value in the definition; values that are not in it come after all others."""
        ranks = {fold(entry.value): number for number, entry in reversed(list(enumerate(of.picklist_values)))}
        if of.type is not FieldType.PICKLIST or not ranks or operand.sql == "NULL":
            return None
        text = self.dialect.text
        by_number = sorted(ranks.items(), key=itemgetter(1))
        cases = " ".join(f"WHEN {text(value)} THEN {_RANK_BASE + number}" for value, number in by_number)
        last = _RANK_BASE + len(of.picklist_values)
        return f"CASE WHEN {operand.sql} IS NOT NULL THEN CASE {operand.sql} {cases} ELSE {last} END END"

    def _aggregate_operand(self, aggregate: AggregateRef) -> Operand:
        if aggregate.ref is None or self._extreme_key(aggregate) is None:
            return Operand(self.raw(aggregate))
        operand = self.operand(aggregate.ref)
        ranked = self._ranked(aggregate.ref, operand)
        extreme = f"{aggregate.function}({'||'.join([*ranked, operand.sql])})"
        return Operand(f"substr({extreme}, {_RANK_DIGITS + 1})" if ranked else extreme, folded=True)

    def _extreme_key(self, aggregate: AggregateRef) -> str | None:
        """Give MIN or MAX over texts as the sort key of the text to be found; None for every other aggregate."""
        if aggregate.ref is None or aggregate.function not in (Aggregate.MIN, Aggregate.MAX):
            return None
        operand = self.operand(aggregate.ref)
        if not operand.folded:
            return None
        key = self.dialect.sort_key([*self._ranked(aggregate.ref, operand), operand.sql], self.raw(aggregate.ref))
        return f"{aggregate.function}({key})"

    def _ranked(self, ref: Ref, operand: Operand) -> list[str]:
        rank = self._rank(ref.field, operand)
        return [] if rank is None else [f"({rank})"]

    def count(self, aggregate: AggregateRef) -> str:
        """Count rows, or those of them that have a value."""
        return "COUNT(*)" if aggregate.ref is None else f"COUNT({self.raw(aggregate.ref)})"

    def count_distinct(self, aggregate: AggregateRef) -> str:
        """Count values that differ in more than case."""
        return f"COUNT(DISTINCT {self.operand(_argument(aggregate)).sql})"

    def total(self, aggregate: AggregateRef) -> str:
        """Give SUM (an int of ints) or AVG; null over no values.

        The platform adds decimals, where doubles would drift: 1.1 and 2.2 are 3.3 (inferred).
        """
        argument = _argument(aggregate)
        raw = self.raw(argument)
        if argument.field.type not in _DECIMALS:
            return f"{aggregate.function}({raw})"
        total = self.dialect.sum_of_decimals(raw)
        return total if aggregate.function is Aggregate.SUM else f"{total} / COUNT({raw})"

    def extreme(self, aggregate: AggregateRef) -> str:
        """Give MIN or MAX; of texts the one that sorts first or last without regard to case."""
        key = self._extreme_key(aggregate)
        return self.dialect.raw_of_key(key) if key else f"{aggregate.function}({self.raw(_argument(aggregate))})"


_DECIMALS: Final = frozenset({FieldType.CURRENCY, FieldType.DOUBLE, FieldType.PERCENT})
_MAX_ARGUMENTS: Final = 100  # of one function; SQLite takes at least 127
_RANK_DIGITS: Final = 5
_RANK_BASE: Final = 10_000  # so that all ranks have five digits and sort as text too


def _argument(aggregate: AggregateRef) -> Ref:
    if aggregate.ref is None:
        raise ValueError(f"{aggregate.function} needs a field")
    return aggregate.ref


_AGGREGATES: Final[dict[Aggregate, Callable[[Scope, AggregateRef], str]]] = {
    Aggregate.COUNT: Scope.count,
    Aggregate.COUNT_DISTINCT: Scope.count_distinct,
    Aggregate.SUM: Scope.total,
    Aggregate.AVG: Scope.total,
    Aggregate.MIN: Scope.extreme,
    Aggregate.MAX: Scope.extreme,
}
