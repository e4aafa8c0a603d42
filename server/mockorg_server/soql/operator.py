"""The comparison operators of SOQL as a table, and what each means against a range of days."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from mockorg_server.soql.plan import Operator

# LIKE has no Operator: it becomes a node of its own. The parser reads ``<>`` as ``!=``.
OPERATORS: Mapping[str, Operator | None] = {
    "=": Operator.EQ,
    "!=": Operator.NE,
    "<>": Operator.NE,
    "<": Operator.LT,
    "<=": Operator.LE,
    ">": Operator.GT,
    ">=": Operator.GE,
    "LIKE": None,
}

ORDERINGS = frozenset({Operator.LT, Operator.LE, Operator.GT, Operator.GE})


class Edge(Enum):
    """A value made from a range of days: its first day, its last day, or the midnights at which it begins and ends."""

    FIRST_DAY = 1
    LAST_DAY = 2
    BEGIN = 3
    END = 4


RangeTest = tuple[tuple[Operator, Edge], ...]

# ``=`` is inside the range, ``>`` after its end, ``<`` before its begin (SOQL reference); ``!=`` is not ``=``.
DAY_TESTS: Mapping[Operator, RangeTest] = {
    Operator.EQ: ((Operator.GE, Edge.FIRST_DAY), (Operator.LE, Edge.LAST_DAY)),
    Operator.LT: ((Operator.LT, Edge.FIRST_DAY),),
    Operator.LE: ((Operator.LE, Edge.LAST_DAY),),
    Operator.GT: ((Operator.GT, Edge.LAST_DAY),),
    Operator.GE: ((Operator.GE, Edge.FIRST_DAY),),
}

# The same on instants: the end of a range is the midnight after its last day, which is outside.
INSTANT_TESTS: Mapping[Operator, RangeTest] = {
    Operator.EQ: ((Operator.GE, Edge.BEGIN), (Operator.LT, Edge.END)),
    Operator.LT: ((Operator.LT, Edge.BEGIN),),
    Operator.LE: ((Operator.LT, Edge.END),),
    Operator.GT: ((Operator.GE, Edge.END),),
    Operator.GE: ((Operator.GE, Edge.BEGIN),),
}
