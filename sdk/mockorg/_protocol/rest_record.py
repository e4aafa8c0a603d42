"""Records in JSON, written and read.

JSON tells numbers and booleans from texts, but not dates from other texts, so reading needs to know the sObject
(``RecordTypes``), as over SOAP: what it meets and does not know it collects in ``unknown``; the client then learns the
type and reads the answer again. Rows of aggregates have no describe; where one holds a text that may be a date, the
query's columns are asked for their types. Files are answered as addresses and fetched from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from mockorg._call import InputRecord
from mockorg._protocol.shape import UnreadableError, build
from mockorg._record import QueryResult, Record, RecordValue
from mockorg._record_type import TEXT, Member, RecordTypes, UnknownMember, needs_describe
from mockorg._value import (
    Address,
    Converter,
    Location,
    boolean_of,
    bytes_of,
    convert,
    date_of,
    datetime_of,
    number_of,
    time_of,
    whole_number_of,
)

_LOCATION = frozenset({"latitude", "longitude"})
_MAY_BE_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?\Z|[0-9]{2}:[0-9]{2}:[0-9]{2}")
_APEX_TYPES: Mapping[str, Converter] = MappingProxyType({"Date": date_of, "Datetime": datetime_of, "Time": time_of})


Fetch = Callable[[str], QueryResult]


@dataclass(frozen=True, slots=True)
class Resources:
    """What an answer points at: a query's next page by its locator, a file by its path, the Apex types of columns."""

    page: Fetch
    content: Callable[[str], bytes]
    columns: Callable[[], Mapping[str, str]]


def write_record(record: InputRecord) -> dict[str, object]:
    """Write a record as a JSON object. Values stay texts, which the API reads by the type of their field."""
    value: dict[str, object] = {"attributes": {"type": record.sobject}}
    if record.id is not None:
        value["Id"] = record.id
    value |= dict.fromkeys(record.nulls)
    value |= record.values
    value |= {name: write_record(reference) for name, reference in record.references.items()}
    return value


class RecordReader:
    """Reads the records of one answer. ``unknown`` fills with the members whose type is not known."""

    def __init__(self, types: RecordTypes, resources: Resources) -> None:
        self.unknown: set[UnknownMember] = set()
        self._types = types
        self._resources = resources
        self._columns: Mapping[str, str] | None = None

    def page(self, value: Mapping[str, Any]) -> QueryResult:
        """Read a query result, of a query or of a child relationship."""
        following = value.get("nextRecordsUrl")
        return QueryResult(
            size=int(value["totalSize"]),
            done=bool(value["done"]),
            query_locator=str(following).rpartition("/")[2] if following else None,
            records=tuple(self.record(each) for each in value["records"]),
            _fetch=self._resources.page,
        )

    def record(self, value: Mapping[str, Any]) -> Record:
        """Read a record."""
        attributes = value.get("attributes")
        if not isinstance(attributes, dict) or not attributes.get("type"):
            raise UnreadableError("a record of the answer does not tell its type")
        sobject = str(attributes["type"])
        known = self._types.members(sobject)
        return Record(
            sobject,
            {name: self._value(sobject, known, name, each) for name, each in value.items() if name != "attributes"},
        )

    def _value(self, sobject: str, known: Mapping[str, Member], name: str, value: Any) -> RecordValue:
        if isinstance(value, dict):
            return self._nested(value)
        if not needs_describe(sobject):
            return self._aggregate(name, value)
        member = known.get(name) or self._unknown(sobject, name)
        if value is None:
            return member.null
        if isinstance(value, str):
            return self._text(member, value)
        if isinstance(value, bool):
            return value if member.convert is boolean_of else str(value).lower()
        return _number(member, value)

    def _text(self, member: Member, text: str) -> RecordValue:
        if member.convert is bytes_of and text.startswith("/services/data/"):
            return self._resources.content(text)
        return convert(member.convert, text)

    def _aggregate(self, name: str, value: Any) -> RecordValue:
        """Read what an aggregate row tells: JSON gives its type, but for texts that may be dates."""
        if not isinstance(value, str) or not _MAY_BE_DATE.match(value):
            return value  # type: ignore[no-any-return]  # of JSON: None, bool, int, float, str
        if self._columns is None:
            self._columns = self._resources.columns()
        return convert(_APEX_TYPES.get(self._columns.get(name, ""), str), value)

    def _nested(self, value: dict[str, Any]) -> RecordValue:
        if "attributes" in value:
            return self.record(value)
        if "totalSize" in value:
            return self.page(value)
        if value.keys() <= _LOCATION:
            return build(Location, value, {float: float})
        return build(Address, value, {float: float})

    def _unknown(self, sobject: str, name: str) -> Member:
        self.unknown.add(UnknownMember(sobject, name))
        return TEXT


def _number(member: Member, value: int | float) -> RecordValue:
    if member.convert is number_of:
        return float(value)
    if member.convert is whole_number_of and value == int(value):
        return int(value)
    return str(value)
