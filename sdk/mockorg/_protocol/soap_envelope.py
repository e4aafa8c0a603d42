"""SOAP 1.1 envelopes of the partner API: the request's frame, and what an answer is (a reply, a fault, or neither).

Answers are read by local name alone. Requests are literal, as the partner WSDL has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml import etree

from mockorg._error import TransportError, call_error
from mockorg._result import ApiUsage

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
PARTNER = "urn:partner.soap.sforce.com"
SOBJECT = "urn:sobject.partner.soap.sforce.com"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

HTTP_HEADERS: Mapping[str, str] = MappingProxyType(
    {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""', "Accept": "text/xml", "Accept-Encoding": "gzip"}
)

_NIL = f"{{{XSI}}}nil"
_TYPE = f"{{{XSI}}}type"
_EXCERPT_LENGTH = 200


def local_name(name: str) -> str:
    """``{urn:…}result`` or ``sf:sObject`` -> the name without its namespace or prefix."""
    return name.rpartition("}")[2].rpartition(":")[2]


def child(parent: etree._Element, name: str) -> etree._Element | None:
    """Give the first child of that local name, or None."""
    return next((each for each in parent if local_name(each.tag) == name), None)


def child_text(parent: etree._Element | None, name: str) -> str | None:
    """Give the text of the first child of that local name, or None."""
    found = None if parent is None else child(parent, name)
    return None if found is None else found.text


def is_nil(element: etree._Element) -> bool:
    """Tell whether the element is ``xsi:nil``."""
    return element.get(_NIL) in ("true", "1")


def xsi_type(element: etree._Element) -> str | None:
    """Give the local part of the element's ``xsi:type``, or None."""
    name = element.get(_TYPE)
    return None if name is None else local_name(name)


class Request:
    """A request in the making: an envelope with one operation in its body."""

    def __init__(self, operation: str) -> None:
        namespaces: dict[str | None, str] = {"soapenv": ENVELOPE, None: PARTNER, "sf": SOBJECT}
        self._envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap=namespaces)  # type: ignore[arg-type]  # the stubs know no default namespace
        self._header = etree.SubElement(self._envelope, f"{{{ENVELOPE}}}Header")
        body = etree.SubElement(self._envelope, f"{{{ENVELOPE}}}Body")
        self.operation = etree.SubElement(body, f"{{{PARTNER}}}{operation}")

    def header(self, name: str, member: str, text: str) -> None:
        """Add a header of one member."""
        header = etree.SubElement(self._header, f"{{{PARTNER}}}{name}")
        etree.SubElement(header, f"{{{PARTNER}}}{member}").text = text

    def header_of(self, name: str, members: Mapping[str, str]) -> None:
        """Add a header of several members, in the order of the contract."""
        header = etree.SubElement(self._header, f"{{{PARTNER}}}{name}")
        for member, text in members.items():
            etree.SubElement(header, f"{{{PARTNER}}}{member}").text = text

    def argument(self, name: str, text: str) -> None:
        """Add an argument to the operation; ``ValueError`` for a text that XML cannot hold."""
        etree.SubElement(self.operation, f"{{{PARTNER}}}{name}").text = text

    def bytes(self) -> bytes:
        """Give the envelope in UTF-8."""
        return etree.tostring(self._envelope, encoding="UTF-8", xml_declaration=True)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a call that did not fail: the element ``…Response``, and the org's API usage where it is told."""

    response: etree._Element
    api_usage: ApiUsage | None


def read_reply(content: bytes, http_status: int, operation: str) -> Reply:
    """Read an answer. Raises the ``CallError`` of a fault, and ``TransportError`` for what is no answer to the call."""
    envelope = _envelope(content, http_status)
    body = child(envelope, "Body")
    response = next(iter(body), None) if body is not None else None
    if response is None:
        raise TransportError(
            f"the answer (HTTP {http_status}) is a SOAP envelope with nothing in it", http_status=http_status
        )
    if local_name(response.tag) == "Fault":
        _raise_fault(response, http_status)
    if http_status != 200 or local_name(response.tag) != f"{operation}Response":
        raise TransportError(
            f"the answer (HTTP {http_status}) to {operation} is a {local_name(response.tag)}", http_status=http_status
        )
    return Reply(response, _api_usage(envelope))


def _envelope(content: bytes, http_status: int) -> etree._Element:
    # Entities are not resolved and nothing is fetched; long texts (files in base64) need huge_tree.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        envelope = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        envelope = None
    if (
        envelope is None
        or local_name(envelope.tag) != "Envelope"
        or envelope.getroottree().docinfo.internalDTD is not None
    ):
        excerpt = " ".join(content[:_EXCERPT_LENGTH].decode("utf-8", "replace").split())
        raise TransportError(
            f"the answer (HTTP {http_status}) is not SOAP: {excerpt or '(empty)'}", http_status=http_status
        )
    return envelope


def _raise_fault(fault: etree._Element, http_status: int) -> None:
    details = child(fault, "detail")
    detail = next(iter(details), None) if details is not None else None
    code = child_text(detail, "exceptionCode") or local_name(child_text(fault, "faultcode") or "Fault")
    message = child_text(detail, "exceptionMessage")
    if message is None:
        message = (child_text(fault, "faultstring") or "").removeprefix(f"{code}: ")
    row, column = (_number(child_text(detail, name)) for name in ("row", "column"))
    raise call_error(code, message, row, column, http_status)


def _api_usage(envelope: etree._Element) -> ApiUsage | None:
    header = child(envelope, "Header")
    limits = child(header, "LimitInfoHeader") if header is not None else None
    for limit in limits if limits is not None else ():
        current, maximum = (_number(child_text(limit, name)) for name in ("current", "limit"))
        if child_text(limit, "type") == "API REQUESTS" and current is not None and maximum is not None:
            return ApiUsage(current, maximum)
    return None


def _number(text: str | None) -> int | None:
    try:
        return int(text) if text is not None else None
    except ValueError:
        return None
