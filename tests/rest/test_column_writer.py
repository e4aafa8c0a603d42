"""A page written field by field is the same text as its rows written one by one."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockorg_server.rest.record_writer import RecordWriter
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import (
    ChildrenMember,
    ChildRows,
    CompoundMember,
    FieldMember,
    ParentMember,
    RecordShape,
)

ROOT = "/services/data/v62.0"
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, 1.5, 1e7, 9_999_999.5, 1e-3, -2.0])
VALUES: dict[FieldType, Any] = {
    FieldType.STRING: st.text(),
    FieldType.PICKLIST: st.sampled_from(["a", 'q"', "50%", "\n", "é"]),
    FieldType.DOUBLE: NUMBERS,
    FieldType.CURRENCY: st.floats(0.5, 1e6),
    FieldType.INT: st.integers(-(2**31), 2**31),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.DATE: st.just("2026-01-31"),
    FieldType.DATETIME: st.just("2026-01-31T12:00:30.000Z"),
    FieldType.REFERENCE: st.just("001000000000001AAA"),
}


def shape_of(kinds: list[FieldType]) -> RecordShape:
    members = tuple(FieldMember(f"F{index}", kind, index) for index, kind in enumerate(kinds, start=1))
    return RecordShape("Account", members)


@st.composite
def pages(draw: Any) -> tuple[RecordShape, list[tuple[Any, ...]]]:
    kinds = draw(st.lists(st.sampled_from(list(VALUES)), min_size=1, max_size=4))
    cells = [VALUES[kind] if draw(st.booleans()) else st.none() | VALUES[kind] for kind in kinds]
    rows = draw(st.lists(st.tuples(st.just("001000000000001AAA"), *cells), min_size=9, max_size=14))
    return shape_of(kinds), rows


@settings(max_examples=150, deadline=None, derandomize=True)
@given(page=pages())
def test_a_page_is_its_rows(page: tuple[RecordShape, list[tuple[Any, ...]]]) -> None:
    shape, rows = page
    writer = RecordWriter(shape, ROOT)
    text = writer.records(rows)
    assert text == f"[{','.join(map(writer.record, rows))}]"
    assert len(json.loads(text)) == len(rows)


COMPOUND = (FieldType.ADDRESS, FieldType.LOCATION, FieldType.COMPLEXVALUE)  # without a value of their own


@pytest.mark.parametrize("kind", [kind for kind in FieldType if kind not in COMPOUND])
def test_every_type_of_field(kind: FieldType) -> None:
    text = kind not in VALUES or kind in (FieldType.STRING, FieldType.PICKLIST)
    numbers = {FieldType.LONG: 5, FieldType.PERCENT: 12.5, FieldType.INT: 5, FieldType.DOUBLE: 2.25}
    known = {FieldType.BOOLEAN: True, FieldType.CURRENCY: 3.5, **numbers}
    value = known.get(kind, "2026-01-31T12:00:30.000Z" if not text or kind is FieldType.TIME else 'a"b')
    rows = [("001000000000001AAA", value if index % 3 else None) for index in range(12)]
    for chosen in (rows, [row for row in rows if row[1] is not None] * 2):
        writer = RecordWriter(shape_of([kind]), ROOT)
        assert writer.records(chosen) == f"[{','.join(map(writer.record, chosen))}]"


def test_members_that_are_no_fields() -> None:
    city = CompoundMember("Place", FieldType.LOCATION, (FieldMember("latitude", FieldType.DOUBLE, 1),))
    parent = ParentMember("Owner", RecordShape("User", (FieldMember("Name", FieldType.STRING, 3),), 2), 2)
    child = RecordShape("Contact", (FieldMember("LastName", FieldType.STRING, 1),))
    shape = RecordShape("Account", (city, parent, ChildrenMember("Contacts", child, 4)))
    children = ChildRows([(f"003{number:012}AAA", "100%") for number in range(10)], 10)
    rows = [("001000000000001AAA", 1.5, "005000000000001AAA", "50%", children)] * 9
    rows += [("001000000000002AAA", None, None, None, None)]
    writer = RecordWriter(shape, ROOT)
    assert writer.records(rows) == f"[{','.join(map(writer.record, rows))}]"
    assert json.loads(writer.records(rows))[0]["Contacts"]["records"][9]["LastName"] == "100%"
