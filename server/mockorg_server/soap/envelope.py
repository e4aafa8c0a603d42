"""The envelope of a request: from the root element to the headers and the one body element.

Names are matched by their local part only, because real clients disagree about namespaces.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from mockorg_server.soap.fault import SOAP_NAMESPACE, XSI_NAMESPACE, ClientFault

XSI_NIL = f"{{{XSI_NAMESPACE}}}nil"
XSI_TYPE = f"{{{XSI_NAMESPACE}}}type"
MUST_UNDERSTAND = f"{{{SOAP_NAMESPACE}}}mustUnderstand"

_MAX_HEADERS = 1_000


@dataclass(frozen=True, slots=True)
class Envelope:
    """A parsed request: header elements in order, and the body's only child, which names the operation."""

    headers: tuple[etree._Element, ...]
    body: etree._Element


def read_envelope(root: etree._Element) -> Envelope:
    """Read a request from its root element.

    Raises ClientFault for everything that is not an envelope with one operation. The texts are inferred.
    """
    if local_name(root) != "Envelope":
        raise ClientFault(f"The request is not a SOAP envelope: its root element is {root.tag}")
    if root.tag != f"{{{SOAP_NAMESPACE}}}Envelope":
        raise ClientFault(f"The envelope is not one of SOAP 1.1: its root element is {root.tag}")
    headers: list[etree._Element] = []
    bodies = []
    for part in root:
        name = local_name(part)
        if name == "Header":
            if len(part) + len(headers) > _MAX_HEADERS:
                raise ClientFault(f"The envelope has more than {_MAX_HEADERS} headers")
            headers += part
        elif name == "Body":
            bodies.append(part)
    if len(bodies) != 1:
        raise ClientFault(f"The envelope must have one Body, not {len(bodies)}")
    if len(bodies[0]) != 1:
        raise ClientFault(f"The Body must hold one operation, not {len(bodies[0])}")
    return Envelope(tuple(headers), bodies[0][0])


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
