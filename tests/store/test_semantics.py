"""Set-up, query and answer from end to end of the lower rooms: SOQL text to a plan to rows, on the shipped schema.

The cases say where they come from. Records are compared by the members that a case speaks of; ``@type`` is the name of
a record's type.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import (
    ChildrenMember,
    ChildRows,
    CompoundMember,
    FieldMember,
    Member,
    ParentMember,
    RecordShape,
    TypeofMember,
)
from mockorg_server.schema.schema import Schema, load_schema
from mockorg_server.soql.compiler import QueryCompiler
from mockorg_server.soql.moment import Moment
from mockorg_server.store.store import Snapshot, Store

CASES: Final = [
    json.loads(line) for line in (Path(__file__).parent / "cases" / "semantics.jsonl").read_text("utf-8").splitlines()
]
VERSION: Final = 66
NUMBERS: Final = frozenset({FieldType.CURRENCY, FieldType.DOUBLE, FieldType.PERCENT})


@pytest.fixture(scope="module")
def shipped() -> Schema:
    return load_schema()


@pytest.fixture(scope="module")
def compiler(shipped: Schema) -> QueryCompiler:
    return QueryCompiler(shipped)


@pytest.fixture(scope="module")
def blank(shipped: Schema) -> Iterator[tuple[Store, Snapshot]]:
    with Store(shipped, "memory") as store:
        yield store, store.snapshot()


def seed(store: Store, schema: Schema, records: list[dict[str, Any]]) -> dict[str, str]:
    """Insert records as the core would leave them; gives the ids of those with a ``ref``."""
    ids: dict[str, str] = {}
    with store.write() as writer:
        for number, record in enumerate(records, start=1):
            sobject = schema.latest.sobject(record["type"])
            assert sobject is not None
            key = ids[record.get("ref", f"#{number}")] = f"{sobject.id_prefix}{number:012}AAA"
            names = {name: value for name, value in record.items() if name not in ("type", "ref")}
            values = {name: neutral(sobject.field(name).type, value, ids) for name, value in names.items()}  # type: ignore[union-attr]
            writer.insert(sobject, values | {"Id": key})
    return ids


def neutral(kind: FieldType, value: Any, ids: dict[str, str]) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.startswith("@"):
        return ids[value[1:]]
    if kind is FieldType.DATETIME:
        return value.replace("Z", ".000Z")
    return float(value) if kind in NUMBERS else value


def as_record(shape: RecordShape, row: Any) -> dict[str, Any]:
    """Read a row as the record that its shape tells."""
    kind = shape.sobject_name if shape.type_index is None else row[shape.type_index]
    return {"@type": kind, **{member.name: as_value(member, row) for member in shape.members}}


def as_value(member: Member, row: Any) -> Any:
    """Read a member of a record."""
    match member:
        case FieldMember():
            return row[member.index]
        case CompoundMember():
            parts = {part.name: row[part.index] for part in member.parts}
            return None if set(parts.values()) == {None} else parts
        case ParentMember():
            return None if row[member.id_index] is None else as_record(member.shape, row)
        case TypeofMember():
            return next((each for branch in member.branches if (each := as_value(branch, row))), None)
        case ChildrenMember():
            return as_children(member.shape, row[member.index])


def as_children(shape: RecordShape, children: ChildRows | None) -> Any:
    if children is None:
        return None
    records = [as_record(shape, row) for row in children.rows]
    return {"totalSize": children.size, "done": children.done, "records": records}


def narrowed(record: Any, expected: Any) -> Any:
    """Keep of a record what the case speaks of."""
    if isinstance(record, dict) and isinstance(expected, dict):
        return {key: narrowed(record[key], expected[key]) for key in expected}
    if isinstance(record, list) and isinstance(expected, list) and len(record) == len(expected):
        return [narrowed(one, other) for one, other in zip(record, expected, strict=True)]
    return record


@pytest.fixture
def answer(blank: tuple[Store, Snapshot], shipped: Schema, compiler: QueryCompiler) -> Callable[[dict[str, Any]], Any]:
    def run(case: dict[str, Any]) -> Any:
        store, nothing = blank
        store.restore(nothing)
        ids = seed(store, shipped, case["records"])
        soql = case["soql"]
        for ref, key in ids.items():
            soql = soql.replace(f"@{ref}:15", key[:15]).replace(f"@{ref}", key)
        moment = Moment(
            datetime.fromisoformat(case.get("now", "2024-06-12T15:30:00Z")), timezone=case.get("timezone", "UTC")
        )
        bound = compiler.compile(soql, case.get("version", VERSION))
        with store.read() as reader:
            if bound.plan.count_only:
                return {"totalSize": reader.count(bound.plan, bound.parameters(moment)), "records": []}
            rows = reader.query(bound.plan, bound.parameters(moment))
            return [as_record(bound.plan.shape, row) for row in rows]

    return run


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["tag"])
def test_query_answers(case: dict[str, Any], answer: Callable[[dict[str, Any]], Any]) -> None:
    expected, got = case["expect"], answer(case)
    if isinstance(expected, dict):
        assert got == expected
        return
    assert len(got) == len(expected), got
    if not case["ordered"]:
        keys = list(expected[0]) if expected else []
        expected, got = (
            sorted(rows, key=lambda row: json.dumps([row[key] for key in keys], default=str))
            for rows in (expected, got)
        )
    assert [narrowed(row, other) for row, other in zip(got, expected, strict=True)] == expected


def test_no_case_is_forgotten() -> None:
    tags = [case["tag"] for case in CASES]
    assert len(set(tags)) == len(tags) >= 110
    assert all(case["source"] for case in CASES)
