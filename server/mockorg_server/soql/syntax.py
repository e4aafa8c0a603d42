"""The parsed query: frozen values that mirror the text and know nothing of any schema.

Positions are 0-based offsets into the text; they do not take part in comparison, so that a query equals its own
rendering parsed again. ``Literal.index`` numbers the literals of a text in order of appearance, those of
``token.skeleton``: the value itself is looked up there, never here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mockorg_server.soql.token import Kind


@dataclass(frozen=True, slots=True)
class FieldPath:
    """``Name`` or ``Account.Owner.Name``, as written."""

    names: tuple[str, ...]
    position: int = field(default=0, compare=False)

    @property
    def text(self) -> str:
        """The path with its dots."""
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, number, date or time in the text. ``sign`` is '+' or '-' where one was written."""

    kind: Kind
    text: str
    index: int
    sign: str = ""
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Constant:
    """NULL, TRUE or FALSE."""

    name: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class DateRange:
    """A date literal such as TODAY or LAST_N_DAYS:30, its name in upper case."""

    name: str
    count: Literal | None = None
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Money:
    """A currency literal such as USD5000.25."""

    text: str
    position: int = field(default=0, compare=False)


Operand = Literal | Constant | DateRange | Money


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """``NAME(argument)``; only COUNT() has no argument. The name is as written."""

    name: str
    argument: Expression | None
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Distance:
    """``DISTANCE(path, GEOLOCATION(latitude, longitude), unit)``."""

    path: FieldPath
    latitude: Literal
    longitude: Literal
    unit: Literal
    position: int = field(default=0, compare=False)


Expression = FieldPath | FunctionCall | Distance


@dataclass(frozen=True, slots=True)
class Comparison:
    """``expression operator value``; the operator is one of the operator table, LIKE included, in upper case."""

    expression: Expression
    operator: str
    value: Operand


@dataclass(frozen=True, slots=True)
class Membership:
    """``expression [NOT] IN (values)``."""

    expression: Expression
    negated: bool
    values: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Multiselect:
    """``expression INCLUDES|EXCLUDES (values)``."""

    expression: Expression
    excludes: bool
    values: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class SemiJoin:
    """``expression [NOT] IN (SELECT …)``."""

    expression: Expression
    negated: bool
    query: Query


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Conditions joined by AND."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """Conditions joined by OR."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """``NOT condition``."""

    condition: Condition


Condition = Comparison | Membership | Multiselect | SemiJoin | Conjunction | Disjunction | Negation


@dataclass(frozen=True, slots=True)
class SelectItem:
    """A selected expression with its alias, if one was written."""

    expression: Expression
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Subquery:
    """A child query in the select list."""

    query: Query
    alias: str | None = None
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class TypeOf:
    """``TYPEOF path WHEN type THEN paths … [ELSE paths] END``."""

    path: FieldPath
    cases: tuple[tuple[str, tuple[FieldPath, ...]], ...]
    otherwise: tuple[FieldPath, ...] | None = None
    position: int = field(default=0, compare=False)


Selection = SelectItem | Subquery | TypeOf


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of FROM."""

    path: FieldPath
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """``USING LOOKUP path [BIND name = value, …]``."""

    path: FieldPath
    binds: tuple[tuple[str, Operand], ...] = ()


@dataclass(frozen=True, slots=True)
class DataCategory:
    """One filter of WITH DATA CATEGORY: group, operator (AT, ABOVE …), categories."""

    group: str
    operator: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class With:
    """A WITH clause: data categories, or a name, alone, with ``= value`` or with ``(name = value, …)``."""

    name: str = ""
    value: Operand | None = None
    settings: tuple[tuple[str, Operand], ...] = ()
    categories: tuple[DataCategory, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupBy:
    """GROUP BY; ``modifier`` is '', ROLLUP or CUBE."""

    expressions: tuple[Expression, ...]
    modifier: str = ""


@dataclass(frozen=True, slots=True)
class Ordering:
    """One sort key; ``direction`` is '', ASC or DESC and ``nulls`` is '', FIRST or LAST."""

    expression: Expression
    direction: str = ""
    nulls: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query. ``select`` is empty for SELECT COUNT()."""

    select: tuple[Selection, ...]
    sources: tuple[Source, ...]
    scope: str | None = None
    lookup: Lookup | None = None
    where: Condition | None = None
    withs: tuple[With, ...] = ()
    group_by: GroupBy | None = None
    having: Condition | None = None
    order_by: tuple[Ordering, ...] = ()
    limit: Literal | None = None
    offset: Literal | None = None
    tracking: str = ""
    updates: tuple[str, ...] = ()
    position: int = field(default=0, compare=False)
