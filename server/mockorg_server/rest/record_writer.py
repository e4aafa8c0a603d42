"""Rows to JSON: one compiled writer per record shape, one pass from row tuples to text, no object per row.

Form recorded from real orgs: ``attributes`` first, then the members in SELECT order under their describe names;
datetimes with ``+0000``; doubles as Java prints them; children as a query result, null when there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any

from mockorg_server.java_double import double_text
from mockorg_server.rest.column_writer import column, literal
from mockorg_server.schema.compound import MEMBERS
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import (
    ChildrenMember,
    ChildRows,
    CompoundMember,
    FieldMember,
    ParentMember,
    RecordShape,
    Row,
    TypeofMember,
)

MemberWriter = Callable[[Row], str]
ValueWriter = Callable[[Any], str]

AGGREGATE_RESULT = "AggregateResult"
_FEW = 8  # rows for which columns are not worth their lists


def _datetime(value: Any) -> str:
    return f'"{value[:-1]}+0000"'


def _quoted(value: Any) -> str:
    return f'"{value}"'


def _boolean(value: Any) -> str:
    return "true" if value else "false"


def _int(value: Any) -> str:
    return str(int(value))


def _no_value(value: Any) -> str:
    raise TypeError(f"a compound field has no value of its own, so {value!r} cannot be written")


VALUE_WRITERS: Mapping[FieldType, ValueWriter] = {
    **dict.fromkeys(FieldType, encode_basestring),
    FieldType.ADDRESS: _no_value,
    FieldType.BOOLEAN: _boolean,
    FieldType.COMPLEXVALUE: _no_value,
    FieldType.CURRENCY: double_text,
    FieldType.DATE: _quoted,
    FieldType.DATETIME: _datetime,
    FieldType.DOUBLE: double_text,
    FieldType.ID: _quoted,
    FieldType.INT: _int,
    FieldType.LOCATION: _no_value,
    FieldType.LONG: _int,
    FieldType.PERCENT: double_text,
    FieldType.REFERENCE: _quoted,
    FieldType.TIME: _quoted,
}
"""How a value that is not null is written, by field type: texts, unless a line says otherwise."""


class RecordWriter:
    """Writes the rows of one shape as JSON objects. ``root`` is the address of the caller's API version."""

    def __init__(self, shape: RecordShape, root: str) -> None:
        """Compile the shape; it is kept, so that its identity stays its own while it keys a cache."""
        self.shape = shape
        self._root = root
        self._key = shape.key_index if shape.sobject_name != AGGREGATE_RESULT else None
        self._type = shape.type_index
        self._start = self._attributes_start(shape.sobject_name)
        self._members = [_member_writer(member, root, shape, self._key) for member in shape.members]

    def record(self, row: Row) -> str:
        """Write one row."""
        start = self._start if self._type is None else self._attributes_start(str(row[self._type]))
        key = self._key
        end = f'{row[key]}"}}' if key is not None else "}"
        parts = [writer(row) for writer in self._members]
        return f"{start}{end}{',' if parts else ''}{','.join(parts)}}}"

    def records(self, rows: Sequence[Row]) -> str:
        """Write rows as a JSON array."""
        if len(rows) < _FEW or self._key is None or self._type is not None:
            return f"[{','.join(map(self.record, rows))}]"
        return f"[{','.join(self._by_columns(rows, self._key))}]"

    def _by_columns(self, rows: Sequence[Row], key: int) -> Iterable[str]:
        """Write rows field by field: the values of each as one column, put into one template row by row."""
        cells = tuple(zip(*rows, strict=True))
        template = [literal(self._start) + '%s"}']
        columns: list[Iterable[object]] = [cells[key]]
        for member, writer in zip(self.shape.members, self._members, strict=True):
            if isinstance(member, FieldMember) and member.type is not FieldType.BASE64:
                conversion, values = column(member.type, cells[member.index], VALUE_WRITERS[member.type])
                template.append(f'"{literal(member.name)}":{conversion}')
                columns.append(values)
            else:
                template.append("%s")
                columns.append([writer(row) for row in rows])
        return map(f"{','.join(template)}}}".__mod__, zip(*columns, strict=True))

    def _attributes_start(self, name: str) -> str:
        url = f',"url":"{self._root}/sobjects/{name}/' if self._key is not None else ""
        return f'{{"attributes":{{"type":"{name}"{url}'


def _field_writer(member: FieldMember, _root: str) -> MemberWriter:
    index = member.index
    name = f'"{member.name}":'
    null = f"{name}null"
    value_writer = VALUE_WRITERS[member.type]

    def write(row: Row) -> str:
        value = row[index]
        return null if value is None else name + value_writer(value)

    return write


def _blob_writer(member: FieldMember, root: str, sobject_name: str, key: int) -> MemberWriter:
    """Write where the content of a base64 field is, not the content (recorded)."""
    index, name = member.index, f'"{member.name}":'

    def write(row: Row) -> str:
        if row[index] is None:
            return f"{name}null"
        return f'{name}"{root}/sobjects/{sobject_name}/{row[key]}/{member.name}"'

    return write


def _compound_writer(member: CompoundMember, root: str) -> MemberWriter:
    parts = {part.name: part for part in member.parts}
    places = [part.index for part in member.parts]
    names = [name for name in MEMBERS[member.type] if name in parts or name not in {"countryCode", "stateCode"}]
    writers = [_part_writer(name, parts.get(name), root) for name in sorted(names)]
    start = f'"{member.name}":{{'
    null = f'"{member.name}":null'

    def write(row: Row) -> str:
        if all(row[place] is None for place in places):
            return null
        return start + ",".join([writer(row) for writer in writers]) + "}"

    return write


def _part_writer(name: str, part: FieldMember | None, root: str) -> MemberWriter:
    if part is None:
        null = f'"{name}":null'
        return lambda _row: null
    return _field_writer(part, root)


def _parent_writer(member: ParentMember, root: str) -> MemberWriter:
    index, name = member.id_index, f'"{member.name}":'
    null = f"{name}null"
    writer = RecordWriter(member.shape, root)
    if writer._key is None and member.shape.sobject_name != AGGREGATE_RESULT:
        writer._key = index
        writer._start = writer._attributes_start(member.shape.sobject_name)
    record = writer.record

    def write(row: Row) -> str:
        return null if row[index] is None else name + record(row)

    return write


def _typeof_writer(member: TypeofMember, root: str) -> MemberWriter:
    branches = [(branch.id_index, _parent_writer(branch, root)) for branch in member.branches]
    null = f'"{member.name}":null'

    def write(row: Row) -> str:
        return next((writer(row) for place, writer in branches if row[place] is not None), null)

    return write


def _children_writer(member: ChildrenMember, root: str) -> MemberWriter:
    index, name = member.index, f'"{member.name}":'
    null = f"{name}null"
    records = RecordWriter(member.shape, root).records

    def write(row: Row) -> str:
        children = row[index]
        if not isinstance(children, ChildRows):
            return null
        page = query_page(children.size, children.done, children.query_locator, records(children.rows), root)
        return name + page

    return write


_MEMBER_WRITERS: Mapping[type, Callable[[Any, str], MemberWriter]] = {
    ChildrenMember: _children_writer,
    CompoundMember: _compound_writer,
    FieldMember: _field_writer,
    ParentMember: _parent_writer,
    TypeofMember: _typeof_writer,
}


def _member_writer(member: object, root: str, shape: RecordShape, key: int | None) -> MemberWriter:
    if isinstance(member, FieldMember) and member.type is FieldType.BASE64 and key is not None:
        return _blob_writer(member, root, shape.sobject_name, key)
    return _MEMBER_WRITERS[type(member)](member, root)


def query_page(size: int, done: bool, query_locator: str | None, records: str, root: str) -> str:
    """Write a query result; ``records`` is written already. A page that is the last has no nextRecordsUrl."""
    more = "" if query_locator is None else f'"nextRecordsUrl":"{root}/query/{query_locator}",'
    return f'{{"totalSize":{size},"done":{_boolean(done)},{more}"records":{records}}}'


class RecordWriters:
    """The compiled writers of shapes that are used again. Safe under threads."""

    def __init__(self, max_writers: int = 500) -> None:
        self._max_writers = max_writers
        self._writers: dict[tuple[int, str], RecordWriter] = {}

    def of(self, shape: RecordShape, root: str) -> RecordWriter:
        """Give the writer of a shape, compiled once per shape object and API version."""
        key = (id(shape), root)
        writer = self._writers.get(key)
        if writer is None:  # a writer keeps its shape alive, so no other shape can get the same id() meanwhile
            writer = RecordWriter(shape, root)
            if len(self._writers) >= self._max_writers:
                self._writers = {}
            self._writers[key] = writer
        return writer
