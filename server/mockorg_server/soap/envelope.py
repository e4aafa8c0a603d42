"""The envelope of a request: bytes to header elements and the one body element, safely.

Names are matched by their local part only, because real clients disagree about namespaces. Document types are refused
outright, so that no entity is ever declared; depth and size stay under libxml2's own limits.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from mockorg_server.soap.fault import SOAP_NAMESPACE, XSI_NAMESPACE, ClientFault

XSI_NIL = f"{{{XSI_NAMESPACE}}}nil"
XSI_TYPE = f"{{{XSI_NAMESPACE}}}type"
MUST_UNDERSTAND = f"{{{SOAP_NAMESPACE}}}mustUnderstand"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A parsed request: header elements in order, and the body's only child, which names the operation."""

    headers: tuple[etree._Element, ...]
    body: etree._Element


def read_envelope(content: bytes, charset: str | None = None) -> Envelope:
    """Parse a request. ``charset`` is that of the Content-Type, which the XML declaration may leave out.

    Raises ClientFault for everything that is not an envelope with one operation. The texts are inferred.
    """
    root = _parse(content, charset)
    if local_name(root) != "Envelope":
        raise ClientFault(f"The request is not a SOAP envelope: its root element is {root.tag}")
    if root.tag != f"{{{SOAP_NAMESPACE}}}Envelope":
        raise ClientFault(f"The envelope is not one of SOAP 1.1: its root element is {root.tag}")
    headers: tuple[etree._Element, ...] = ()
    bodies = []
    for part in root:
        name = local_name(part)
        if name == "Header":
            headers += tuple(part)
        elif name == "Body":
            bodies.append(part)
    if len(bodies) != 1:
        raise ClientFault(f"The envelope must have one Body, not {len(bodies)}")
    if len(bodies[0]) != 1:
        raise ClientFault(f"The Body must hold one operation, not {len(bodies[0])}")
    return Envelope(headers, bodies[0][0])


def local_name(element: etree._Element) -> str:
    """Give the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def text_of(element: etree._Element) -> str:
    """Give the text of a simple element, '' when it is empty or nil."""
    return element.text or ""


def is_nil(element: etree._Element) -> bool:
    """Tell whether an element says ``xsi:nil``."""
    return (element.get(XSI_NIL) or "").strip() in {"true", "1"}


def xsi_type_of(element: etree._Element) -> str | None:
    """Give the local part of an element's ``xsi:type``, or None."""
    declared = element.get(XSI_TYPE)
    return None if declared is None else declared.strip().rpartition(":")[2]


def _parse(content: bytes, charset: str | None) -> etree._Element:
    if not content.strip():
        raise ClientFault("The request has no body: a SOAP envelope was expected")
    parser = _parser(charset)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ClientFault(f"The request is not well-formed XML: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ClientFault("The request has a document type declaration (DOCTYPE), which SOAP does not allow")
    return root


def _parser(charset: str | None) -> etree.XMLParser:
    # One parser per request: lxml lets only one thread at a time through a shared one.
    try:
        return etree.XMLParser(
            encoding=charset,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
    except (LookupError, ValueError):
        raise ClientFault(f"The charset {charset} of the Content-Type is not known") from None


def charset_of(content_type: str) -> str | None:
    """Give the charset of a Content-Type header, None when it is UTF-8 or not told."""
    for part in content_type.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip("\"'")
            return None if charset.lower() in {"", "utf-8", "utf8"} else charset
    return None
