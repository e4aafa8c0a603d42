"""Fixtures of the SOQL room: the shipped schema's compiler, a fixed moment, and plans in a short notation."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.schema.schema import load_schema
from mockorg_server.soql.compiler import QueryCompiler
from mockorg_server.soql.moment import Moment
from mockorg_server.soql.plan import (
    AggregateRef,
    And,
    Compare,
    DatePart,
    DistanceTo,
    Grouping,
    Includes,
    InList,
    IsNull,
    Label,
    Like,
    Not,
    Or,
    OrderBy,
    Plan,
    Ref,
    SemiJoin,
    TypeName,
)

CASES = Path(__file__).parent / "cases"


@pytest.fixture(scope="session")
def schema():
    return load_schema()


@pytest.fixture(scope="session")
def compiler(schema) -> QueryCompiler:
    return QueryCompiler(schema)


@pytest.fixture(scope="session")
def moment() -> Moment:
    """A Wednesday."""
    return Moment(datetime(2024, 6, 12, 15, 30, tzinfo=UTC))


@pytest.fixture(scope="session")
def read_cases():
    def read(name: str) -> list[dict[str, Any]]:
        lines = (CASES / name).read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line]

    return read


@pytest.fixture(scope="session")
def show():
    """Give a plan's expression or condition as text: ``0.Name = ?1`` compares slot 0's Name with parameter 1."""
    return _show


def _show(node: Any) -> str:
    match node:
        case None:
            return "-"
        case Ref(slot, field):
            return f"{slot}.{field.name}"
        case AggregateRef(function, ref):
            return f"{function}({_show(ref)})"
        case DatePart(function, ref, zone, shift):
            zone_text = "" if zone is None else f" in ?{zone}"
            return f"{function}({_show(ref)}{zone_text}{'' if shift is None else f' shift ?{shift}'})"
        case DistanceTo():
            there = f"?{node.latitude} ?{node.longitude}"
            return f"distance({_show(node.latitude_ref)} {_show(node.longitude_ref)} {there} ?{node.radius})"
        case Label(ref):
            return f"label({_show(ref)})"
        case Grouping(key):
            return f"grouping({_show(key)})"
        case TypeName(slot):
            return f"type({slot})"
        case Compare(expression, operator, number):
            return f"{_show(expression)} {operator.value} ?{number}"
        case IsNull(expression, negated):
            return f"{_show(expression)} is {'not ' if negated else ''}null"
        case InList(expression, numbers, with_null, negated):
            members = [f"?{number}" for number in numbers] + (["null"] if with_null else [])
            return f"{_show(expression)} {'not ' if negated else ''}in [{' '.join(members)}]"
        case Like(expression, number):
            return f"{_show(expression)} like ?{number}"
        case Includes(expression, numbers, negated):
            verb = "excludes" if negated else "includes"
            return f"{_show(expression)} {verb} [{' '.join(f'?{number}' for number in numbers)}]"
        case SemiJoin(ref, plan, negated):
            where = "" if plan.where is None else f" where {_show(plan.where)}"
            return f"{_show(ref)} {'not ' if negated else ''}in ({plan.sobject.name} {_show(plan)}{where})"
        case And(conditions):
            return f"and({', '.join(map(_show, conditions))})"
        case Or(conditions):
            return f"or({', '.join(map(_show, conditions))})"
        case Not(condition):
            return f"not({_show(condition)})"
        case OrderBy(expression, descending, nulls_first):
            nulls = "first" if nulls_first else "last"
            return f"{_show(expression)} {'desc' if descending else 'asc'} nulls {nulls}"
        case Plan():
            return ", ".join(map(_show, node.columns))
    raise TypeError(node)
