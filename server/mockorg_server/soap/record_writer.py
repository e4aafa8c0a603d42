"""Rows to records: one compiled writer per record shape, one pass from row tuples to text, no object per row.

Form of the partner API, recorded from real orgs unless a line says otherwise:

- ``sf:type``, then the slot ``sf:Id``, which is nil when Id was not selected, then the members in SELECT order: a
  selected Id stands twice. Values carry no type; a null one is ``xsi:nil``.
- A parent is a record of its own; a null parent is nil.
- A compound field is a value of the contract's type ``address`` or ``location``, its members without prefix (recorded
  for an address with all its members; null ones are nil because the contract asks for every member).
- Aggregates are records of type AggregateResult whose values carry their ``xsi:type`` (recorded for xsd:int).
- Children are a ``QueryResult`` inside the record; no children are nil (inferred: the form, not the rule).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

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
from mockorg_server.schema.value import Value
from mockorg_server.soap.text import boolean_text, double_text, escaped

ValueWriter = Callable[[Value], str]
MemberWriter = Callable[[Row], str]

AGGREGATE_RESULT = "AggregateResult"
NIL_ID = '<sf:Id xsi:nil="true"/>'


def _text(value: Value) -> str:
    return escaped(str(value))


def _plain(value: Value) -> str:
    return str(value)


def _int(value: Value) -> str:
    return str(int(value or 0))


def _no_value(value: Value) -> str:
    raise TypeError(f"a compound field has no value of its own, so {value!r} cannot be written")


VALUE_WRITERS: Mapping[FieldType, ValueWriter] = {
    FieldType.ADDRESS: _no_value,
    FieldType.ANYTYPE: _text,
    FieldType.BASE64: _text,
    FieldType.BOOLEAN: boolean_text,
    FieldType.COMBOBOX: _text,
    FieldType.COMPLEXVALUE: _no_value,
    FieldType.CURRENCY: double_text,
    FieldType.DATACATEGORYGROUPREFERENCE: _text,
    FieldType.DATE: _plain,
    FieldType.DATETIME: _plain,
    FieldType.DOUBLE: double_text,
    FieldType.EMAIL: _text,
    FieldType.ENCRYPTEDSTRING: _text,
    FieldType.ID: _plain,
    FieldType.INT: _int,
    FieldType.JSON: _text,
    FieldType.LOCATION: _no_value,
    FieldType.LONG: _int,
    FieldType.MULTIPICKLIST: _text,
    FieldType.PERCENT: double_text,
    FieldType.PHONE: _text,
    FieldType.PICKLIST: _text,
    FieldType.REFERENCE: _plain,
    FieldType.STRING: _text,
    FieldType.TEXTAREA: _text,
    FieldType.TIME: _plain,
    FieldType.URL: _text,
}
"""How a value that is not null is written, by field type. Ids, dates and times hold nothing that must be escaped."""

_XSD_STRING = "xsd:string"
XSD_TYPES: Mapping[FieldType, str] = {
    **dict.fromkeys(FieldType, _XSD_STRING),
    FieldType.BASE64: "xsd:base64Binary",
    FieldType.BOOLEAN: "xsd:boolean",
    FieldType.CURRENCY: "xsd:double",
    FieldType.DATE: "xsd:date",
    FieldType.DATETIME: "xsd:dateTime",
    FieldType.DOUBLE: "xsd:double",
    FieldType.INT: "xsd:int",
    FieldType.LONG: "xsd:long",
    FieldType.PERCENT: "xsd:double",
    FieldType.TIME: "xsd:time",
}
"""XML Schema type of an aggregate's value by field type (xsd:int recorded, the others inferred; ids as strings)."""


class RecordWriter:
    """Writes the rows of one shape. ``content`` of a row stands between the tags of ``records`` or ``result``."""

    def __init__(self, shape: RecordShape) -> None:
        """Compile the shape. ``shape`` is kept, so that its identity stays its own while it keys a cache."""
        self.shape = shape
        self._start = f"<sf:type>{shape.sobject_name}</sf:type>" if shape.type_index is None else ""
        typed = shape.sobject_name == AGGREGATE_RESULT
        key = None if typed else _place_of_id(shape)
        if key is None:
            self._start += NIL_ID
        self._key = key
        self._members = [
            _field_writer(member, typed=True) if isinstance(member, FieldMember) and typed else _member_writer(member)
            for member in shape.members
        ]

    def content(self, row: Row) -> str:
        """Write one row without the tags around it, and without its type where that varies by row."""
        key = self._key
        parts = [writer(row) for writer in self._members]
        if key is None:
            return self._start + "".join(parts)
        return f"{self._start}{_id(row[key])}{''.join(parts)}"

    def records(self, rows: Sequence[Row]) -> str:
        """Write rows as the ``records`` of a query result."""
        if not rows:
            return ""
        between = '</records><records xsi:type="sf:sObject">'
        return f'<records xsi:type="sf:sObject">{between.join(map(self.content, rows))}</records>'


def _place_of_id(shape: RecordShape) -> int | None:
    return next(
        (member.index for member in shape.members if isinstance(member, FieldMember) and member.name == "Id"), None
    )


def _id(value: object) -> str:
    return NIL_ID if value is None else f"<sf:Id>{value}</sf:Id>"


def _field_writer(member: FieldMember, typed: bool = False, prefix: str = "sf:") -> MemberWriter:
    index = member.index
    tag = prefix + member.name
    nil = f'<{tag} xsi:nil="true"/>'
    start = f'<{tag} xsi:type="{XSD_TYPES[member.type]}">' if typed else f"<{tag}>"
    end = f"</{tag}>"
    value_writer = VALUE_WRITERS[member.type]

    def write(row: Row) -> str:
        value = row[index]
        return nil if value is None else start + value_writer(value) + end  # type: ignore[arg-type]

    def write_plain(row: Row) -> str:
        value = row[index]
        return nil if value is None else f"{start}{value}{end}"

    return write_plain if value_writer is _plain else write


def _compound_writer(member: CompoundMember) -> MemberWriter:
    parts = {part.name: part for part in member.parts}
    places = [part.index for part in member.parts]
    writers = [_part_writer(name, parts.get(name)) for name in MEMBERS[member.type]]
    nil = f'<sf:{member.name} xsi:nil="true"/>'
    start, end = f'<sf:{member.name} xsi:type="{member.type}">', f"</sf:{member.name}>"

    def write(row: Row) -> str:
        if all(row[place] is None for place in places):
            return nil
        return start + "".join([writer(row) for writer in writers]) + end

    return write


def _part_writer(name: str, part: FieldMember | None) -> MemberWriter:
    """Give the writer of one member of a compound value; it is nil where the sObject has no field for it."""
    if part is None:
        nil = f'<{name} xsi:nil="true"/>'
        return lambda _row: nil
    return _field_writer(part, prefix="")


def _parent_writer(member: ParentMember) -> MemberWriter:
    index = member.id_index
    nil = f'<sf:{member.name} xsi:nil="true"/>'
    start, end = f'<sf:{member.name} xsi:type="sf:sObject">', f"</sf:{member.name}>"
    content = _parent_content(member.shape)

    def write(row: Row) -> str:
        return nil if row[index] is None else start + content(row) + end

    return write


def _parent_content(shape: RecordShape) -> MemberWriter:
    content, place = RecordWriter(shape).content, shape.type_index
    if place is None:
        return content
    return lambda row: f"<sf:type>{row[place]}</sf:type>{content(row)}"


def _typeof_writer(member: TypeofMember) -> MemberWriter:
    branches = [(branch.id_index, _parent_writer(branch)) for branch in member.branches]
    nil = f'<sf:{member.name} xsi:nil="true"/>'

    def write(row: Row) -> str:
        for place, writer in branches:
            if row[place] is not None:
                return writer(row)
        return nil

    return write


def _children_writer(member: ChildrenMember) -> MemberWriter:
    index = member.index
    nil = f'<sf:{member.name} xsi:nil="true"/>'
    start, end = f'<sf:{member.name} xsi:type="QueryResult">', f"</sf:{member.name}>"
    records = RecordWriter(member.shape).records

    def write(row: Row) -> str:
        children = row[index]
        if not isinstance(children, ChildRows):
            return nil
        page = query_result(children.done, children.query_locator, records(children.rows), children.size)
        return start + page + end

    return write


_MEMBER_WRITERS: Mapping[type, Callable[[Any], MemberWriter]] = {
    ChildrenMember: _children_writer,
    CompoundMember: _compound_writer,
    FieldMember: _field_writer,
    ParentMember: _parent_writer,
    TypeofMember: _typeof_writer,
}


def _member_writer(member: object) -> MemberWriter:
    return _MEMBER_WRITERS[type(member)](member)


def query_result(done: bool, query_locator: str | None, records: str, size: int) -> str:
    """Write the members of a ``QueryResult``; ``records`` is written already."""
    locator = '<queryLocator xsi:nil="true"/>' if query_locator is None else _locator(query_locator)
    return f"<done>{boolean_text(done)}</done>{locator}{records}<size>{size}</size>"


def _locator(query_locator: str) -> str:
    return f"<queryLocator>{escaped(query_locator)}</queryLocator>"


class RecordWriters:
    """The compiled writers of shapes that are used again: a query's shape is one object per query and version."""

    def __init__(self, max_writers: int = 500) -> None:
        self._max_writers = max_writers
        self._writers: dict[int, RecordWriter] = {}

    def of(self, shape: RecordShape) -> RecordWriter:
        """Give the writer of a shape, compiled once per shape object. Safe under threads."""
        writer = self._writers.get(id(shape))
        if writer is None:  # a writer keeps its shape alive, so no other shape can get the same id() meanwhile
            writer = RecordWriter(shape)
            if len(self._writers) >= self._max_writers:
                self._writers = {}
            self._writers[id(shape)] = writer
        return writer
