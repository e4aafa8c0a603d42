"""The bound query: every name resolved against the schema, every rule of SOQL applied, and no SQL text in it.

A ``Plan`` belongs to a *shape*, the query without its literals, so it is made once and run many times: literals are
numbered parameters that ``soql.literal`` turns into values per call. The store turns a plan into SQL, also once.
Each node says what it means in terms of rows, with SOQL's two-valued logic spelt out, so that the SQL builder needs
to know no rule of SOQL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum

from mockorg_server.schema.record_shape import RecordShape
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value


@dataclass(frozen=True, slots=True)
class Join:
    """One step to a parent record, always an outer join. Slot 0 is the root; join number i makes slot i + 1.

    ``field`` is the reference field on the record of ``source_slot``. ``targets`` holds the parent's sObject, or every
    candidate when the reference is polymorphic; a ``Ref`` into such a slot means "the field of whichever it is".
    ``type_names`` says what the pseudo field ``Type`` gives for each target, () for the targets' own names.
    ``narrowed``: the parent counts only where it is of the one target, and its slot is that of an ordinary parent.
    """

    source_slot: int
    field: Field
    targets: tuple[SObject, ...]
    type_names: tuple[str, ...] = ()
    narrowed: bool = False


@dataclass(frozen=True, slots=True)
class Ref:
    """A field of the record in a slot.

    In a polymorphic slot ``field`` is looked up by its name in each target; a target without the field gives null; the
    pseudo field ``Type`` gives the target's type name, see ``Join``.
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


class DateFunction(StrEnum):
    """The date functions. All give numbers but DAY_ONLY, which gives a date. Weeks count from 1, days from Sunday = 1.

    WEEK_IN_MONTH and WEEK_IN_YEAR are runs of seven days from the first of the month or of January (SOQL reference).
    """

    CALENDAR_MONTH = "CALENDAR_MONTH"
    CALENDAR_QUARTER = "CALENDAR_QUARTER"
    CALENDAR_YEAR = "CALENDAR_YEAR"
    DAY_IN_MONTH = "DAY_IN_MONTH"
    DAY_IN_WEEK = "DAY_IN_WEEK"
    DAY_IN_YEAR = "DAY_IN_YEAR"
    DAY_ONLY = "DAY_ONLY"
    FISCAL_MONTH = "FISCAL_MONTH"
    FISCAL_QUARTER = "FISCAL_QUARTER"
    FISCAL_YEAR = "FISCAL_YEAR"
    HOUR_IN_DAY = "HOUR_IN_DAY"
    WEEK_IN_MONTH = "WEEK_IN_MONTH"
    WEEK_IN_YEAR = "WEEK_IN_YEAR"


@dataclass(frozen=True, slots=True)
class DatePart:
    """What a date function gives for a date or datetime field; null of null.

    A datetime is read in UTC, or in the time zone (an IANA name) that parameter ``zone`` holds. The fiscal functions
    are the calendar's, of the date moved on by the months in parameter ``shift`` (back, when negative).
    """

    function: DateFunction
    ref: Ref
    zone: int | None = None
    shift: int | None = None


@dataclass(frozen=True, slots=True)
class DistanceTo:
    """The great-circle distance between a record's place and a point; null where the record has no valid place.

    ``latitude`` and ``longitude`` are parameters in degrees, ``radius`` the Earth's in the unit that was asked for.
    """

    latitude_ref: Ref
    longitude_ref: Ref
    latitude: int
    longitude: int
    radius: int


@dataclass(frozen=True, slots=True)
class TypeName:
    """The name of the sObject that the record in a polymorphic slot belongs to; null where there is none."""

    slot: int


@dataclass(frozen=True, slots=True)
class Label:
    """The label of a picklist's value, and the value itself where the picklist has no label for it; null of null."""

    ref: Ref


GroupKey = Ref | DatePart


@dataclass(frozen=True, slots=True)
class Grouping:
    """1 in the rows that are a subtotal over all values of a key of GROUP BY, else 0."""

    key: GroupKey


Expression = Ref | AggregateRef | DatePart | DistanceTo | TypeName | Label | Grouping


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
class Includes:
    """Membership in the list that a multi-select picklist holds, without regard to case.

    Each parameter is a list ``'A;B'`` of values that must all be there; the condition is true when that holds for any
    parameter, ``negated`` when for none. Null holds no value.
    """

    expression: Ref
    parameters: tuple[int, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class SemiJoin:
    """True where the reference is among the values of ``plan``'s only column, over records that are not deleted.

    ``negated`` for the exact opposite: nulls among those values take no record away, and a null reference is kept.
    The plan has joins and a condition, and nothing else; it reads the same parameters as the whole query.
    """

    ref: Ref
    plan: Plan
    negated: bool = False


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


Condition = Compare | IsNull | InList | Like | Includes | SemiJoin | And | Or | Not


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


@dataclass(frozen=True, slots=True)
class RowStep:
    """What becomes of a cell once its row is read: ``convert`` takes the value, never null, and the parameters."""

    index: int
    convert: Callable[[Value, Sequence[Value]], Value]


class Tracking(StrEnum):
    """What FOR makes of the records that a query gives: viewed, or referred to, by the running user."""

    VIEW = "VIEW"
    REFERENCE = "REFERENCE"


@dataclass(frozen=True, eq=False)
class Plan:
    """A bound query. Compared and hashed by identity, so that the store can keep its SQL beside it.

    ``columns`` are the flat outputs of a row, one per place: an expression, or None where a ChildPlan's rows go.
    ``shape`` reads such a row as a record. Column 0 is the root's Id unless the query is aggregate.
    ``count_only`` is ``SELECT COUNT()``: the answer is a size without rows, and ``columns`` is empty.
    ``limit`` and ``offset`` are parameter numbers, None when absent. ``semi_joins`` are the plans inside ``where``.
    Parameters are numbered over the whole query, child plans included: every plan reads the same parameter tuple, and
    the root plan's ``parameter_count`` is its length.
    ``grouping_sets`` (ROLLUP and CUBE) lists the keys of ``group_by`` that each set of rows is grouped by; in its rows
    the other keys are null. () is one set of all keys. A set without keys gives one row, always.
    ``steps`` are applied to rows last; ``tracking`` is the caller's to carry out.
    ``include_deleted`` (queryAll) is not part of the plan: it is told to the store per call.
    """

    sobject: SObject
    joins: tuple[Join, ...]
    columns: tuple[Expression | None, ...]
    shape: RecordShape
    children: tuple[ChildPlan, ...] = ()
    where: Condition | None = None
    semi_joins: tuple[Plan, ...] = ()
    group_by: tuple[GroupKey, ...] = ()
    grouping_sets: tuple[tuple[GroupKey, ...], ...] = ()
    having: Condition | None = None
    order_by: tuple[OrderBy, ...] = ()
    limit: int | None = None
    offset: int | None = None
    count_only: bool = False
    aggregate: bool = False
    parameter_count: int = 0
    steps: tuple[RowStep, ...] = ()
    tracking: Tracking | None = None
