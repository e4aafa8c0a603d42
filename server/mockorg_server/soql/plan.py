"""The bound query: every name resolved against the schema, every rule of SOQL applied, and no SQL text in it.

A ``Plan`` belongs to a *shape*, the query without its literals, so it is made once and run many times: literals are
numbered parameters that ``soql.literal`` turns into values per call. The store turns a plan into SQL, also once.
Each node says what it means in terms of rows, with SOQL's two-valued logic spelt out, so that the SQL builder needs
to know no rule of SOQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from mockorg_server.schema.record_shape import RecordShape
from mockorg_server.schema.sobject import Field, SObject


@dataclass(frozen=True, slots=True)
class Join:
    """One step to a parent record, always an outer join. Slot 0 is the root; join number i makes slot i + 1.

    ``field`` is the reference field on the record of ``source_slot``. ``targets`` holds the parent's sObject, or every
    candidate when the reference is polymorphic; a ``Ref`` into such a slot means "the field of whichever it is".
    """

    source_slot: int
    field: Field
    targets: tuple[SObject, ...]


@dataclass(frozen=True, slots=True)
class Ref:
    """A field of the record in a slot.

    In a polymorphic slot ``field`` is looked up by its name in each target; a target without the field gives null; the
    pseudo field ``Type`` gives the target's own sObject name.
    """

    slot: int
    field: Field


class Aggregate(StrEnum):
    """The aggregate functions. COUNT with no argument counts rows."""

    COUNT = "COUNT"
    COUNT_DISTINCT = "COUNT_DISTINCT"
    SUM = "SUM"
    AVG = "AVG"
    MIN = "MIN"
    MAX = "MAX"


@dataclass(frozen=True, slots=True)
class AggregateRef:
    """An aggregate over the rows of a group; ``ref`` None counts rows."""

    function: Aggregate
    ref: Ref | None


Expression = Ref | AggregateRef


class Operator(Enum):
    """How a value compares. NE keeps null rows; the orderings and EQ never match null."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


@dataclass(frozen=True, slots=True)
class Compare:
    """``expression operator value``, the value being parameter number ``parameter`` (never null: see IsNull).

    Text compares case-insensitively for all of Unicode unless the field is case sensitive. A boolean of a missing
    parent counts as false.
    """

    expression: Expression
    operator: Operator
    parameter: int


@dataclass(frozen=True, slots=True)
class IsNull:
    """True where the expression is null (also because its parent is missing); ``negated`` for the opposite."""

    expression: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True)
class InList:
    """True where the value is among the parameters, or is null and ``with_null``; ``negated`` for the exact opposite.

    So NOT IN over non-null values keeps null rows.
    """

    expression: Expression
    parameters: tuple[int, ...]
    with_null: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Like:
    r"""Pattern match, case-insensitive; ``%`` and ``_`` are wild, ``\`` escapes them and itself. Null never matches."""

    expression: Expression
    parameter: int


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Plain negation: conditions are two-valued, so it is true exactly where the other is not."""

    condition: Condition


Condition = Compare | IsNull | InList | Like | And | Or | Not


@dataclass(frozen=True, slots=True)
class OrderBy:
    """One sort key. Text sorts case-insensitively, picklists by definition order."""

    expression: Expression
    descending: bool = False
    nulls_first: bool = True


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """A child subquery: the plan over the child sObject and the reference field that points at the parent's Id.

    ``index`` is the place in the parent's row. The plan's LIMIT, OFFSET and ORDER BY apply per parent. Child rows are
    laid out by the child plan's own ``columns``; the reference to the parent is not among them.
    """

    field: Field
    plan: Plan
    index: int


@dataclass(frozen=True, eq=False)
class Plan:
    """A bound query. Compared and hashed by identity, so that the store can keep its SQL beside it.

    ``columns`` are the flat outputs of a row, one per place: an expression, or None where a ChildPlan's rows go.
    ``shape`` reads such a row as a record. Column 0 is the root's Id unless the query is aggregate.
    ``count_only`` is ``SELECT COUNT()``: the answer is a size without rows, and ``columns`` is empty.
    ``limit`` and ``offset`` are parameter numbers, None when absent.
    Parameters are numbered over the whole query, child plans included: every plan reads the same parameter tuple, and
    the root plan's ``parameter_count`` is its length.
    ``include_deleted`` (queryAll) is not part of the plan: it is told to the store per call.
    """

    sobject: SObject
    joins: tuple[Join, ...]
    columns: tuple[Expression | None, ...]
    shape: RecordShape
    children: tuple[ChildPlan, ...] = ()
    where: Condition | None = None
    group_by: tuple[Ref, ...] = ()
    having: Condition | None = None
    order_by: tuple[OrderBy, ...] = ()
    limit: int | None = None
    offset: int | None = None
    count_only: bool = False
    aggregate: bool = False
    parameter_count: int = 0
