"""A reader of replies that is stricter than any client: it holds every element to the contract.

It checks names, namespaces, prefixes, order, occurrence, nillability and the lexical form of every value, and fails
with the path of what is wrong. It shares no code with the writers beside the contract itself.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from mockorg_server.shipped import shipped
from mockorg_server.soap.contract import Contract, Member, load_contract
from mockorg_server.soap.member_version import MEMBER_SINCE

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
API = "{urn:partner.soap.sforce.com}"
SOBJECT = "{urn:sobject.partner.soap.sforce.com}"
FAULT = "{urn:fault.partner.soap.sforce.com}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'
NAMESPACES = {"soapenv": SOAP, None: API, "sf": SOBJECT, "xsi": XSI, "xsd": XSD}

DATETIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
FORMS: dict[str, Callable[[str], object]] = {
    "xsd:string": lambda text: True,
    "xsd:boolean": lambda text: text in {"true", "false"},
    "xsd:int": lambda text: re.fullmatch(r"-?[0-9]+", text) and -(2**31) <= int(text) < 2**31,
    "xsd:long": lambda text: re.fullmatch(r"-?[0-9]+", text) and -(2**63) <= int(text) < 2**63,
    "xsd:double": re.compile(r"-?[0-9]+\.[0-9]+(E-?[0-9]+)?").fullmatch,
    "xsd:date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch,
    "xsd:dateTime": DATETIME.fullmatch,
    "xsd:time": re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z").fullmatch,
    "xsd:base64Binary": re.compile(r"[0-9A-Za-z+/]*={0,2}").fullmatch,
    "tns:ID": re.compile(r"[0-9A-Za-z]{18}").fullmatch,
    "tns:QueryLocator": re.compile(r"\S+").fullmatch,
}


class Wrong(AssertionError):
    """The reply is not what the contract promises."""


@dataclass(frozen=True)
class Fault:
    """What a fault says. ``element`` is the detail's element, None without a detail."""

    code: str
    text: str
    element: str | None = None
    exception_code: str | None = None
    message: str | None = None
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Reply:
    """What a reply says: its operation, the elements of its result, its usage; or its fault."""

    operation: str | None = None
    results: Sequence[etree._Element] = ()
    usage: tuple[int, int] | None = None
    fault: Fault | None = None
    elements: int = field(default=0, compare=False)


class StrictReader:
    """Reads replies of one API version."""

    def __init__(self, version: int, contract: Contract | None = None) -> None:
        self.version = version
        self.contract = contract or load_contract(shipped("wsdl/partner.wsdl"))

    def read(self, content: bytes) -> Reply:
        """Check a whole reply. Raises ``Wrong``."""
        expect(content.startswith(DECLARATION + b"<soapenv:Envelope "), "the reply does not begin as real ones do")
        root = etree.fromstring(content)
        names = [child.tag for child in root]
        body = root[-1]
        expect(root.tag == f"{SOAP}Envelope" and body.tag == f"{SOAP}Body" and len(body) == 1, f"the envelope: {names}")
        if body[0].tag == f"{SOAP}Fault":
            expect(names == [f"{SOAP}Body"], "a fault has no Header")
            return Reply(fault=self._fault(body[0]))
        for prefix, namespace in root.nsmap.items():
            expect(NAMESPACES.get(prefix) == f"{{{namespace}}}", f"the prefix {prefix} is {namespace}")
        response = body[0]
        operation = self.contract.operations[response.tag.removeprefix(API).removesuffix("Response")]
        expect(response.tag == f"{API}{operation.name}Response", response.tag)
        self._members(response, operation.output, operation.name)
        usage = self._usage(root[0], operation.headers_out) if len(root) == 2 else None
        expect((usage is None) == ("LimitInfoHeader" not in operation.headers_out), "LimitInfoHeader on the wrong call")
        return Reply(operation.name, list(response), usage, elements=sum(1 for _ in response.iter()))

    def _usage(self, header: etree._Element, names: Sequence[str]) -> tuple[int, int]:
        expect(header.tag == f"{SOAP}Header", header.tag)
        for child in header:
            name = child.tag.removeprefix(API)
            expect(name in names, f"the header {child.tag}")
            self._members(child, self.contract.headers[name], name)
        info = header[0][0]
        expect(info.findtext(f"{API}type") == "API REQUESTS", "the type of the limit")
        return int(info.findtext(f"{API}current")), int(info.findtext(f"{API}limit"))

    def _shown(self, type_name: str) -> tuple[Member, ...]:
        since = MEMBER_SINCE.get(type_name, {})
        members = self.contract.all_members(type_name)
        return tuple(member for member in members if since.get(member.name, 0) <= self.version)

    def _members(self, element: etree._Element, members: Sequence[Member], path: str, namespace: str = API) -> None:
        """Check that the children are these members, in this order, as often as they may be."""
        expect(not (element.text or "").strip(), f"{path} has text: {element.text!r}")
        children = list(element)
        for member in members:
            found = list(take(children, namespace + member.name))
            most = member.max_occurs if member.max_occurs is not None else 10**9
            expect(member.min_occurs <= len(found) <= most, f"{path}/{member.name} occurs {len(found)} times")
            for child in found:
                self._value(child, member, f"{path}/{member.name}")
        expect(not children, f"{path} has {children[0].tag if children else ''} where the contract has it not")

    def _value(self, element: etree._Element, member: Member, path: str) -> None:
        expect(element.prefix is None, f"{path} has the prefix {element.prefix}")
        if is_nil(element):
            expect(member.nillable, f"{path} is nil and may not be")
            expect(len(element) == 0 and not element.text, f"{path} is nil and has content")
            return
        if member.type == "ens:sObject":
            self._record(element, path)
        elif member.type in self.contract.types:
            self._members(element, self._shown(self._type_of(element, member.type, path)), path)
        else:
            self._simple(element, member.type, path)

    def _type_of(self, element: etree._Element, type_name: str, path: str) -> str:
        """Give the type of an element: the declared one, or one that extends it and is named."""
        if element.get(f"{XSI}type") is None:
            return type_name
        told = qname_of(element)
        named = f"tns:{told.removeprefix(API)}" if told.startswith(API) else ""
        known = self.contract.types.get(named)
        expect(known is not None and type_name in (named, known.extends), f"{path} has another type")
        return named

    def _simple(self, element: etree._Element, type_name: str, path: str) -> None:
        text = element.text or ""
        expect(len(element) == 0, f"{path} has elements")
        if type_name == "xsd:anyType":
            type_name = declared_type(element, path)
        elif element.get(f"{XSI}type") is not None:
            raise Wrong(f"{path} has an xsi:type")
        if type_name in self.contract.enums:
            expect(text in self.contract.enums[type_name], f"{path}: {text} is not in {type_name}")
        else:
            expect(FORMS[type_name](text), f"{path}: {text!r} is not a {type_name}")

    def _record(self, record: etree._Element, path: str) -> None:
        """Check an sObject: type, Id, then fields, parents and children."""
        expect(qname_of(record) == f"{SOBJECT}sObject", f"{path} has not the type sf:sObject")
        children = list(record)
        expect(len(children) >= 2, f"{path} has neither type nor Id")
        kind, key = children[:2]
        expect(kind.tag == f"{SOBJECT}type" and bool(kind.text), f"{path} does not begin with its type")
        expect(key.tag == f"{SOBJECT}Id", f"{path} has no Id after its type")
        expect(is_nil(key) or FORMS["tns:ID"](key.text or ""), f"{path}/Id is {key.text!r}")
        for child in children[2:]:
            self._field(child, f"{path}/{child.tag.removeprefix(SOBJECT)}", kind.text == "AggregateResult")

    def _field(self, element: etree._Element, path: str, typed: bool) -> None:
        expect(element.prefix == "sf" and element.tag.startswith(SOBJECT), f"{path} is not in the sObject namespace")
        if is_nil(element):
            expect(len(element) == 0 and not element.text, f"{path} is nil and has content")
        elif typed:
            self._simple(element, "xsd:anyType", path)
        elif element.get(f"{XSI}type") is None:
            expect(len(element) == 0, f"{path} has elements and no type")
            expect(bool(element.text), f"{path} is empty: a null is nil, and there are no empty texts")
        elif qname_of(element) == f"{SOBJECT}sObject":
            self._record(element, path)
        else:
            kind = qname_of(element).removeprefix(API)
            expect(kind in {"QueryResult", "address", "location"}, f"{path} is a {qname_of(element)}")
            self._members(element, self.contract.all_members(f"tns:{kind}"), path)

    def _fault(self, element: etree._Element) -> Fault:
        names = [child.tag for child in element]
        expect(names[:2] == ["faultcode", "faultstring"], f"the fault has {names}")
        code, text = element[0].text or "", element[1].text or ""
        prefix, _, local = code.partition(":")
        if names == ["faultcode", "faultstring"]:
            expect(prefix == "soapenv", f"a fault without detail has the code {code}")
            return Fault(code, text)
        expect(names == ["faultcode", "faultstring", "detail"], f"the fault has {names}")
        expect(prefix == "sf" and element.nsmap["sf"] == FAULT[1:-1], f"the code {code}")
        return self._detail(element[2][0], code, local, text)

    def _detail(self, detail: etree._Element, code: str, local: str, text: str) -> Fault:
        name = detail.tag.removeprefix(FAULT)
        expect(detail.prefix == "sf" and qname_of(detail) == detail.tag, f"{name} is not typed as itself")
        self._fault_members(detail, name)
        values = {child.tag.removeprefix(FAULT): child.text or "" for child in detail}
        expect(values["exceptionCode"] == local, "the codes differ")
        expect(text == f"{local}: {values['exceptionMessage']}", "the texts differ")
        row, column = values.get("row"), values.get("column")
        return Fault(
            code,
            text,
            name,
            values["exceptionCode"],
            values["exceptionMessage"],
            None if row is None else int(row),
            None if column is None else int(column),
        )

    def _fault_members(self, detail: etree._Element, name: str) -> None:
        children = list(detail)
        for member in self.contract.all_members(f"fns:{name}"):
            found = list(take(children, FAULT + member.name))
            expect(len(found) >= member.min_occurs, f"{name} has no {member.name}")
            for child in found:
                expect(child.prefix == "sf", f"{name}/{member.name} has the prefix {child.prefix}")
                self._simple(child, member.type, f"{name}/{member.name}")
        expect(not children, f"{name} has more than the contract")


def expect(condition: object, message: str) -> None:
    if not condition:
        raise Wrong(message)


def take(children: list[etree._Element], tag: str) -> Iterator[etree._Element]:
    """Take the leading children of that tag."""
    while children and children[0].tag == tag:
        yield children.pop(0)


def is_nil(element: etree._Element) -> bool:
    value = element.get(f"{XSI}nil")
    expect(value in {None, "true"}, f"{element.tag}: xsi:nil is {value}")
    return value == "true"


def qname_of(element: etree._Element) -> str:
    """The xsi:type of an element, resolved; '' when it has none."""
    prefix, _, local = (element.get(f"{XSI}type") or "").rpartition(":")
    return f"{{{element.nsmap.get(prefix or None)}}}{local}" if local else ""


def declared_type(element: etree._Element, path: str) -> str:
    name = qname_of(element)
    expect(name.startswith(XSD), f"{path} is of any type and says {name!r}")
    return "xsd:" + name.removeprefix(XSD)
