"""Records in SOAP: the element ``sObject`` of the partner API, written and read.

Partner records carry untyped texts, so reading needs to know the sObject (``RecordTypes``). What it meets and does not
know it collects in ``unknown`` and gives as text; the client then learns the type and reads the answer again. The
forms are those of real answers: the slot ``Id`` first, twice when Id was selected and nil when not; null members and
null parents ``xsi:nil``; children a ``QueryResult``; values of aggregate rows with an ``xsi:type``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from lxml import etree

from mockorg._call import InputRecord
from mockorg._protocol.shape import UnreadableError, build
from mockorg._protocol.soap_envelope import SOBJECT, child_text, is_nil, local_name, xsi_type
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

XSD_CONVERTERS: Mapping[str, Converter] = MappingProxyType(
    {
        "base64Binary": bytes_of,
        "boolean": boolean_of,
        "date": date_of,
        "dateTime": datetime_of,
        "decimal": number_of,
        "double": number_of,
        "float": number_of,
        "int": whole_number_of,
        "integer": whole_number_of,
        "long": whole_number_of,
        "time": time_of,
    }
)
"""By the local part of ``xsi:type``; all others are texts."""

_COMPOUNDS: Mapping[str, type[Address] | type[Location]] = MappingProxyType({"address": Address, "location": Location})

Fetch = Callable[[str], QueryResult]


def write_record(parent: etree._Element, tag: str, record: InputRecord) -> None:
    """Add a record as an element ``tag``, in contract order: type, fieldsToNull, Id, fields."""
    element = etree.SubElement(parent, tag)
    _write_member(element, "type", record.sobject)
    for name in record.nulls:
        _write_member(element, "fieldsToNull", name)
    if record.id is not None:
        _write_member(element, "Id", record.id)
    for name, text in record.values.items():
        _write_member(element, name, text)
    for name, reference in record.references.items():
        write_record(element, f"{{{SOBJECT}}}{name}", reference)


def _write_member(element: etree._Element, name: str, text: str) -> None:
    etree.SubElement(element, f"{{{SOBJECT}}}{name}").text = text


class RecordReader:
    """Reads the records of one answer. ``unknown`` fills with the members whose type is not known."""

    def __init__(self, types: RecordTypes, fetch: Fetch | None) -> None:
        self.unknown: set[UnknownMember] = set()
        self._types = types
        self._fetch = fetch
        self._names: dict[str, str] = {}
        self._members: dict[str, Mapping[str, Member]] = {}

    def page(self, element: etree._Element) -> QueryResult:
        """Read a ``QueryResult``, of a query or of a child relationship."""
        records = tuple(self.record(each) for each in element if local_name(each.tag) == "records")
        size = child_text(element, "size")
        done = child_text(element, "done")
        if size is None or done is None:
            raise UnreadableError("the answer's QueryResult has no size, or no done")
        return QueryResult(
            size=int(size),
            done=boolean_of(done),
            query_locator=child_text(element, "queryLocator") or None,
            records=records,
            _fetch=self._fetch,
        )

    def record(self, element: etree._Element) -> Record:
        """Read an ``sObject``."""
        children = iter(element)
        slot = next(children, None)
        if slot is None or local_name(slot.tag) != "type" or not slot.text:
            raise UnreadableError("a record of the answer does not tell its type")
        sobject = slot.text
        known = self._known(sobject)
        members: dict[str, RecordValue] = {}
        for child in children:
            name = self._names.get(child.tag) or self._name(child.tag)
            if name == "Id":
                _take_id(members, child.text)
            else:
                members[name] = self._value(sobject, known, name, child)
        return Record(sobject, members)

    def _value(self, sobject: str, known: Mapping[str, Member], name: str, element: etree._Element) -> RecordValue:
        if len(element):
            return self._nested(name, element)
        typed = xsi_type(element)
        if typed is not None:
            member = Member(XSD_CONVERTERS.get(typed, str), None)
        else:
            member = known.get(name) or self._unknown(sobject, name)
        text = element.text
        if text is None:
            return member.null if is_nil(element) else ""
        return convert(member.convert, text)

    def _nested(self, name: str, element: etree._Element) -> RecordValue:
        typed = xsi_type(element)
        compound = _COMPOUNDS.get(typed or "")
        if compound is not None:
            parts = {local_name(part.tag): part.text for part in element}
            return build(compound, parts, {float: number_of})
        names = {local_name(child.tag) for child in element}
        if typed == "QueryResult" or {"done", "size"} <= names:
            return self.page(element)
        if "type" in names:
            return self.record(element)
        raise UnreadableError(f"the member {name} of a record is of a form this package does not know: {typed}")

    def _known(self, sobject: str) -> Mapping[str, Member]:
        known = self._members.get(sobject)
        if known is None:
            known = self._members[sobject] = self._types.members(sobject)
        return known

    def _unknown(self, sobject: str, name: str) -> Member:
        if needs_describe(sobject):
            self.unknown.add(UnknownMember(sobject, name))
        return TEXT

    def _name(self, tag: str) -> str:
        name = self._names.get(tag)
        if name is None:
            name = self._names[tag] = local_name(tag)
        return name


def _take_id(members: dict[str, RecordValue], text: str | None) -> None:
    """Keep an Id where the query has it: of two, the second stands in SELECT order; a nil one was not selected."""
    if text:
        members.pop("Id", None)
        members["Id"] = text
