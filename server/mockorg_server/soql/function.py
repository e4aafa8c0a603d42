"""The functions of SOQL as tables: the aggregates, over which types and of which type, and those with places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockorg_server.schema.field_type import FieldType
from mockorg_server.soql.plan import Aggregate, DateFunction

_NUMBERS = frozenset({FieldType.INT, FieldType.LONG, FieldType.DOUBLE, FieldType.CURRENCY, FieldType.PERCENT})
# Types that no aggregate takes (SOQL reference, support for field types in aggregate functions).
_NEVER = frozenset(
    {
        FieldType.ADDRESS, FieldType.ANYTYPE, FieldType.BASE64, FieldType.BOOLEAN, FieldType.COMPLEXVALUE,
        FieldType.DATACATEGORYGROUPREFERENCE, FieldType.ENCRYPTEDSTRING, FieldType.JSON, FieldType.LOCATION,
        FieldType.MULTIPICKLIST, FieldType.TIME,
    }
)  # fmt: skip
_ANY = frozenset(FieldType) - _NEVER


@dataclass(frozen=True, slots=True)
class AggregateFunction:
    """An aggregate function: the field types it takes and the type it gives, None for the field's own."""

    aggregate: Aggregate
    types: frozenset[FieldType]
    result: FieldType | None = None


AGGREGATES: Mapping[str, AggregateFunction] = {
    "COUNT": AggregateFunction(Aggregate.COUNT, _ANY, FieldType.INT),
    "COUNT_DISTINCT": AggregateFunction(Aggregate.COUNT_DISTINCT, _ANY, FieldType.INT),
    "SUM": AggregateFunction(Aggregate.SUM, _NUMBERS),
    "AVG": AggregateFunction(Aggregate.AVG, _NUMBERS, FieldType.DOUBLE),
    "MIN": AggregateFunction(Aggregate.MIN, _ANY),
    "MAX": AggregateFunction(Aggregate.MAX, _ANY),
}

# Functions that stand in some clauses only.
PLACED = frozenset(
    {
        *DateFunction.__members__,
        "CONVERTCURRENCY",
        "CONVERTTIMEZONE",
        "DISTANCE",
        "FORMAT",
        "GEOLOCATION",
        "GROUPING",
        "TOLABEL",
    }
)
