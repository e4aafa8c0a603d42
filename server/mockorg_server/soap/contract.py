"""The SOAP contract: what ``wsdl/partner.wsdl`` promises, as frozen values.

This is the only reader of the WSDL. The spyne models and service (``model.py``, ``service.py``) and the codecs of the
wire are built from what it returns, so that no operation, type or member order is typed a second time.

It is not a general WSDL reader: it knows the document/literal form and the handful of XML Schema constructs that the
Salesforce partner WSDL uses, and refuses every other one, so that a construct it does not know is an error at start
rather than a silent gap in the contract.

Names are prefixed with the prefixes of this project whatever the document itself uses: ``xsd:`` for XML Schema,
``tns:`` for the API, ``ens:`` for sObjects and ``fns:`` for faults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

WSDL_NAMESPACE = "http://schemas.xmlsoap.org/wsdl/"
WSDL_SOAP_NAMESPACE = "http://schemas.xmlsoap.org/wsdl/soap/"
XSD_NAMESPACE = "http://www.w3.org/2001/XMLSchema"
API_NAMESPACE = "urn:partner.soap.sforce.com"
SOBJECT_NAMESPACE = "urn:sobject.partner.soap.sforce.com"
FAULT_NAMESPACE = "urn:fault.partner.soap.sforce.com"

PREFIX_OF_NAMESPACE: Mapping[str, str] = {
    XSD_NAMESPACE: "xsd",
    API_NAMESPACE: "tns",
    SOBJECT_NAMESPACE: "ens",
    FAULT_NAMESPACE: "fns",
}
NAMESPACE_OF_PREFIX: Mapping[str, str] = {prefix: namespace for namespace, prefix in PREFIX_OF_NAMESPACE.items()}

_WSDL = f"{{{WSDL_NAMESPACE}}}"
_SOAP = f"{{{WSDL_SOAP_NAMESPACE}}}"
_XSD = f"{{{XSD_NAMESPACE}}}"


class ContractError(ValueError):
    """The document is not a WSDL of the form this module reads; the message names the place."""


@dataclass(frozen=True, slots=True)
class Member:
    """One element of a type, an operation's input or output, or a header; ``max_occurs`` None = unbounded."""

    name: str
    type: str
    min_occurs: int
    max_occurs: int | None
    nillable: bool

    @property
    def repeats(self) -> bool:
        """True when the element may occur more than once."""
        return self.max_occurs is None or self.max_occurs > 1


@dataclass(frozen=True, slots=True)
class ComplexType:
    """A type with members: its own ones, in order; those of ``extends`` come before them on the wire.

    ``any_namespace`` is the namespace whose elements may follow the members (``ens:sObject`` has its fields there).
    """

    name: str
    members: tuple[Member, ...]
    extends: str | None
    any_namespace: str | None


@dataclass(frozen=True, slots=True)
class SimpleType:
    """A named restriction of a string that is not an enumeration, such as ``tns:ID``."""

    name: str
    base: str
    length: int | None
    pattern: str | None


@dataclass(frozen=True, slots=True)
class Element:
    """A global element: either of a named type (``type``), or with members of its own (``type`` None)."""

    name: str
    type: str | None
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class OperationContract:
    """One operation: members of the request and response elements, and names of its headers and faults.

    The request element is ``tns:<name>`` and the response element ``tns:<name>Response``, which the reader checks.
    Headers are names in ``Contract.headers``; faults are names in ``Contract.faults``.
    """

    name: str
    input: tuple[Member, ...]
    output: tuple[Member, ...]
    headers_in: tuple[str, ...]
    headers_out: tuple[str, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Contract:
    """The whole contract. Every mapping is in the order of the document."""

    target_namespace: str
    operations: Mapping[str, OperationContract]
    types: Mapping[str, ComplexType]
    """By prefixed name: ``tns:QueryResult``."""
    enums: Mapping[str, tuple[str, ...]]
    """Values of each enumeration by its prefixed name: ``tns:StatusCode``."""
    simple_types: Mapping[str, SimpleType]
    elements: Mapping[str, Element]
    """By prefixed name, headers and fault elements included."""
    headers: Mapping[str, tuple[Member, ...]]
    """Members of each header by its bare name: ``SessionHeader``."""
    faults: Mapping[str, str]
    """Element of each fault message: ``LoginFault`` -> ``fns:LoginFault``; ``ApiFault`` -> ``fns:fault``."""
    address: str
    """The service address in the document: a placeholder."""
    _all_members: dict[str, tuple[Member, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def all_members(self, type_name: str) -> tuple[Member, ...]:
        """Members of a type as they stand on the wire: the base type's first, as XML Schema extension orders them.

        Raises ``KeyError`` for a name that is not in ``types``.
        """
        known = self._all_members.get(type_name)
        if known is None:
            complex_type = self.types[type_name]
            inherited = self.all_members(complex_type.extends) if complex_type.extends else ()
            known = self._all_members[type_name] = inherited + complex_type.members
        return known


def load_contract(source: Path | str | bytes) -> Contract:
    """Read a WSDL: a path, or the document itself as bytes. Raises ``ContractError``; never fetches anything."""
    content = source if isinstance(source, bytes) else Path(source).read_bytes()
    parser = etree.XMLParser(remove_comments=True, remove_blank_text=True, no_network=True, resolve_entities=False)
    root = etree.fromstring(content, parser)
    if root.tag != f"{_WSDL}definitions":
        raise ContractError(f"not a WSDL 1.1 document: its root is {root.tag}")
    schemas = _Schemas()
    for schema in root.iterfind(f"{_WSDL}types/{_XSD}schema"):
        schemas.read(schema)
    messages = {message.get("name", ""): message for message in root.iterfind(f"{_WSDL}message")}
    address = root.find(f"{_WSDL}service/{_WSDL}port/{_SOAP}address")
    if address is None:
        raise ContractError("the WSDL has no service with a soap:address")
    return Contract(
        target_namespace=root.get("targetNamespace", ""),
        operations=_operations(root, messages, schemas.elements),
        types=schemas.types,
        enums=schemas.enums,
        simple_types=schemas.simple_types,
        elements=schemas.elements,
        headers=_headers(messages, schemas.elements),
        faults=_faults(messages),
        address=address.get("location", ""),
    )


def local_name(prefixed: str) -> str:
    """``tns:QueryResult`` -> ``QueryResult``."""
    return prefixed.rpartition(":")[2]


class _Schemas:
    """What the embedded schemas hold; filled one schema at a time."""

    def __init__(self) -> None:
        self.types: dict[str, ComplexType] = {}
        self.enums: dict[str, tuple[str, ...]] = {}
        self.simple_types: dict[str, SimpleType] = {}
        self.elements: dict[str, Element] = {}

    def read(self, schema: etree._Element) -> None:
        namespace = schema.get("targetNamespace", "")
        if schema.get("elementFormDefault") != "qualified":
            raise ContractError(f"schema {namespace}: local elements must be qualified")
        prefix = _prefix(namespace)
        for child in _children(schema):
            if child.tag == f"{_XSD}import":
                continue
            name = f"{prefix}:{child.get('name')}"
            if child.tag == f"{_XSD}complexType":
                self.types[name] = _complex_type(name, child, namespace)
            elif child.tag == f"{_XSD}simpleType":
                self._simple_type(name, child)
            elif child.tag == f"{_XSD}element":
                self.elements[name] = _element(name, child, namespace)
            else:
                raise _unknown(child, namespace)

    def _simple_type(self, name: str, node: etree._Element) -> None:
        restriction = _only_child(node, f"{_XSD}restriction", name)
        facets = [(child.tag, child.get("value", "")) for child in _children(restriction)]
        if facets and all(tag == f"{_XSD}enumeration" for tag, _ in facets):
            self.enums[name] = tuple(value for _, value in facets)
            return
        values = dict(facets)
        length = values.pop(f"{_XSD}length", None)
        pattern = values.pop(f"{_XSD}pattern", None)
        if values:
            raise ContractError(f"{name}: facet {next(iter(values))} is not one this reader knows")
        base = _qualified(restriction, restriction.get("base", ""))
        self.simple_types[name] = SimpleType(name, base, int(length) if length else None, pattern)


def _element(name: str, node: etree._Element, namespace: str) -> Element:
    declared = node.get("type")
    if declared is not None:
        return Element(name, _qualified(node, declared), ())
    anonymous = _complex_type(name, _only_child(node, f"{_XSD}complexType", name), namespace)
    if anonymous.extends or anonymous.any_namespace:
        raise ContractError(f"element {name}: its anonymous type may only have members")
    return Element(name, None, anonymous.members)


def _complex_type(name: str, node: etree._Element, namespace: str) -> ComplexType:
    extends = None
    content = node.find(f"{_XSD}complexContent")
    if content is not None:
        node = _only_child(content, f"{_XSD}extension", name)
        extends = _qualified(node, node.get("base", ""))
    if len(node) == 0:
        return ComplexType(name, (), extends, None)
    members: list[Member] = []
    any_namespace = None
    for child in _children(_only_child(node, f"{_XSD}sequence", name)):
        if any_namespace is not None:
            raise ContractError(f"{name}: nothing may follow xsd:any")
        if child.tag == f"{_XSD}element":
            members.append(_member(child, name))
        elif child.tag == f"{_XSD}any" and child.get("namespace") == "##targetNamespace":
            any_namespace = namespace
        else:
            raise _unknown(child, name)
    return ComplexType(name, tuple(members), extends, any_namespace)


def _member(node: etree._Element, owner: str) -> Member:
    name, declared = node.get("name"), node.get("type")
    if name is None or declared is None:
        raise ContractError(f"{owner}: a member needs a name and a type")
    most = node.get("maxOccurs", "1")
    return Member(
        name=name,
        type=_qualified(node, declared),
        min_occurs=int(node.get("minOccurs", "1")),
        max_occurs=None if most == "unbounded" else int(most),
        nillable=node.get("nillable") in {"true", "1"},
    )


def _require_document_literal(root: etree._Element) -> None:
    binding = root.find(f"{_WSDL}binding/{_SOAP}binding")
    if binding is None or binding.get("style") != "document":
        raise ContractError("the binding must be a SOAP 1.1 binding of style document")
    for body in root.iterfind(f"{_WSDL}binding/{_WSDL}operation/*/{_SOAP}body"):
        if body.get("use") != "literal":
            raise ContractError("every soap:body must be literal")


def _operations(
    root: etree._Element, messages: Mapping[str, etree._Element], elements: Mapping[str, Element]
) -> dict[str, OperationContract]:
    _require_document_literal(root)
    bound = {node.get("name", ""): node for node in root.iterfind(f"{_WSDL}binding/{_WSDL}operation")}
    found: dict[str, OperationContract] = {}
    for node in root.iterfind(f"{_WSDL}portType/{_WSDL}operation"):
        name = node.get("name", "")
        binding = bound.get(name)
        if binding is None:
            raise ContractError(f"operation {name} has no binding")
        found[name] = OperationContract(
            name=name,
            input=_body_members(node, "input", messages, elements, f"tns:{name}"),
            output=_body_members(node, "output", messages, elements, f"tns:{name}Response"),
            headers_in=_bound_headers(binding, "input"),
            headers_out=_bound_headers(binding, "output"),
            faults=tuple(fault.get("name", "") for fault in node.iterfind(f"{_WSDL}fault")),
        )
    if list(found) != list(bound):
        raise ContractError("the binding does not list the operations of the port type in the same order")
    return found


def _body_members(
    operation: etree._Element,
    direction: str,
    messages: Mapping[str, etree._Element],
    elements: Mapping[str, Element],
    expected: str,
) -> tuple[Member, ...]:
    """Members of the body element of a message, which must be the one named after the operation."""
    node = operation.find(f"{_WSDL}{direction}")
    message = None if node is None else messages.get(local_name(node.get("message", "")))
    if message is None:
        raise ContractError(f"{expected}: the operation has no {direction} message")
    part = _only_child(message, f"{_WSDL}part", expected)
    element = _qualified(part, part.get("element", ""))
    if element != expected or element not in elements or elements[element].type is not None:
        raise ContractError(f"{expected}: the {direction} message carries {element}")
    return elements[element].members


def _bound_headers(binding: etree._Element, direction: str) -> tuple[str, ...]:
    return tuple(node.get("part", "") for node in binding.iterfind(f"{_WSDL}{direction}/{_SOAP}header"))


def _headers(messages: Mapping[str, etree._Element], elements: Mapping[str, Element]) -> dict[str, tuple[Member, ...]]:
    """Members by header: the parts of the message ``Header``, which every ``soap:header`` of the binding names."""
    parts = _children(messages["Header"]) if "Header" in messages else iter(())
    return {part.get("name", ""): elements[_qualified(part, part.get("element", ""))].members for part in parts}


def _faults(messages: Mapping[str, etree._Element]) -> dict[str, str]:
    found = {}
    for name, message in messages.items():
        part = message.find(f"{_WSDL}part")
        if part is not None and part.get("name") == "fault":
            found[name] = _qualified(part, part.get("element", ""))
    return found


def _children(node: etree._Element) -> Iterator[etree._Element]:
    """Child elements without documentation, which is not part of the contract."""
    return (child for child in node if child.tag not in {f"{_XSD}annotation", f"{_WSDL}documentation"})


def _only_child(node: etree._Element, tag: str, owner: str) -> etree._Element:
    children = list(_children(node))
    if len(children) != 1 or children[0].tag != tag:
        raise ContractError(f"{owner}: expected one {tag} in {node.tag}, found {[child.tag for child in children]}")
    return children[0]


def _qualified(node: etree._Element, name: str) -> str:
    """Rewrite a QName of the document with the prefix of this project."""
    prefix, _, local = name.rpartition(":")
    namespace = node.nsmap.get(prefix or None)
    if namespace is None:
        raise ContractError(f"{name}: its prefix is not declared")
    return f"{_prefix(namespace)}:{local}"


def _prefix(namespace: str) -> str:
    try:
        return PREFIX_OF_NAMESPACE[namespace]
    except KeyError:
        raise ContractError(f"{namespace} is not a namespace of the partner contract") from None


def _unknown(node: etree._Element, owner: str) -> ContractError:
    return ContractError(f"{owner}: {node.tag} is not a construct this reader knows")
