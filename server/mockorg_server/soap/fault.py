"""SOAP faults: the refusals of this wire and of the core, as the bytes that real clients read.

Two kinds. ``ClientFault``: the request itself is wrong (broken XML, an unknown operation, a bad value), told with a
plain ``soapenv:`` code and no detail. ``OrgError``: the org refuses, told with ``sf:CODE`` and a detail element of the
contract. A bug of mockorg is a third thing: it is told as UNKNOWN_EXCEPTION with words that say whose bug it is.

Form recorded from real orgs: no Header, no default namespace, ``sf`` bound to the fault namespace, HTTP status 500;
clients take the tags ``sf:exceptionCode`` and ``faultcode`` literally.
"""

from __future__ import annotations

from collections.abc import Mapping

from mockorg_server.core.error import OrgError
from mockorg_server.soap.contract import FAULT_NAMESPACE
from mockorg_server.soap.text import escaped

SOAP_NAMESPACE = "http://schemas.xmlsoap.org/soap/envelope/"
XSI_NAMESPACE = "http://www.w3.org/2001/XMLSchema-instance"
METADATA_NAMESPACE = "http://soap.sforce.com/2006/04/metadata"

UNEXPECTED = "UnexpectedErrorFault"

_MAX_MESSAGE_LENGTH = 10_000

FAULT_OF_CODE: Mapping[str, str] = {
    "INVALID_FIELD": "InvalidFieldFault",
    "INVALID_ID_FIELD": "InvalidIdFault",
    "INVALID_LOGIN": "LoginFault",
    "INVALID_NEW_PASSWORD": "InvalidNewPasswordFault",
    "INVALID_OLD_PASSWORD": "InvalidOldPasswordFault",
    "INVALID_QUERY_LOCATOR": "InvalidQueryLocatorFault",
    "INVALID_SEARCH": "MalformedSearchFault",
    "INVALID_TYPE": "InvalidSObjectFault",
    "LOGIN_CHALLENGE_ISSUED": "LoginFault",
    "LOGIN_CHALLENGE_PENDING": "LoginFault",
    "LOGIN_DURING_RESTRICTED_DOMAIN": "LoginFault",
    "LOGIN_DURING_RESTRICTED_TIME": "LoginFault",
    "LOGIN_MUST_USE_SECURITY_TOKEN": "LoginFault",
    "MALFORMED_ID": "InvalidIdFault",
    "MALFORMED_QUERY": "MalformedQueryFault",
    "MALFORMED_SEARCH": "MalformedSearchFault",
    "PASSWORD_LOCKOUT": "LoginFault",
}
"""Fault element by ExceptionCode; every other code is an ``UnexpectedErrorFault`` (see ``fault_of``).

Recorded: INVALID_FIELD, INVALID_LOGIN, INVALID_QUERY_LOCATOR, INVALID_TYPE. SOAP API guide, "API Fault Element":
MALFORMED_QUERY, MALFORMED_SEARCH. Inferred from the names of the elements: the rest.
"""

QUERY_FAULTS = frozenset({"InvalidFieldFault", "InvalidSObjectFault", "MalformedQueryFault", "MalformedSearchFault"})
"""The faults that extend ``ApiQueryFault``: they always carry row and column, -1 outside of queries."""


class ClientFault(Exception):
    """The request is not one that this service can read. ``code`` is a SOAP 1.1 fault code without its prefix."""

    def __init__(self, message: str, code: str = "Client") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def fault_of(code: str) -> str:
    """Give the fault element of an ExceptionCode. Total: a code that is not listed is an ``UnexpectedErrorFault``."""
    return FAULT_OF_CODE.get(code, UNEXPECTED)


def no_such_operation(tag: str) -> ClientFault:
    """Refuse a body element, ``{namespace}name`` (text recorded from a real org)."""
    name = tag if tag.startswith("{") else "{}" + tag
    return ClientFault(f"No operation available for request {name}, please check the WSDL for the service.")


def invalid_element(tag: str) -> ClientFault:
    """Refuse an element that the operation does not have, ``{namespace}name`` (text recorded from a real org)."""
    name = tag if tag.startswith("{") else "{}" + tag
    return ClientFault(f"Element {name} invalid at this location")


def client_fault(fault: ClientFault) -> bytes:
    """Render a ``ClientFault``."""
    return _envelope(f"soapenv:{fault.code}", _shown(fault.message), FAULT_NAMESPACE, "")


def org_fault(error: OrgError, namespace: str = FAULT_NAMESPACE) -> bytes:
    """Render a refusal of the org. The metadata API has another namespace and no detail (recorded from a client)."""
    detail = "" if namespace == METADATA_NAMESPACE else _detail(error)
    return _envelope(f"sf:{error.code}", f"{error.code}: {_shown(error.message)}", namespace, detail)


def bug_fault(error_id: str) -> bytes:
    """Render what a client sees of a bug: a fault that names mockorg, and an id to find the traceback in the log."""
    return org_fault(
        OrgError(
            "UNKNOWN_EXCEPTION",
            "mockorg internal error: this is a bug of mockorg, not an answer that Salesforce would give. "
            f"Its log has the traceback under ErrorId {error_id}",
        )
    )


def _detail(error: OrgError) -> str:
    element = fault_of(error.code)
    place = f"<sf:row>{error.row}</sf:row><sf:column>{error.column}</sf:column>" if element in QUERY_FAULTS else ""
    return (
        f'<detail><sf:{element} xsi:type="sf:{element}"><sf:exceptionCode>{error.code}</sf:exceptionCode>'
        f"<sf:exceptionMessage>{escaped(_shown(error.message))}</sf:exceptionMessage>{place}</sf:{element}></detail>"
    )


def _shown(message: str) -> str:
    """Messages repeat what the caller wrote, which may be megabytes."""
    return message if len(message) <= _MAX_MESSAGE_LENGTH else message[:_MAX_MESSAGE_LENGTH] + "…"


def _envelope(code: str, text: str, namespace: str, detail: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{SOAP_NAMESPACE}"'
        f' xmlns:sf="{namespace}" xmlns:xsi="{XSI_NAMESPACE}"><soapenv:Body><soapenv:Fault>'
        f"<faultcode>{code}</faultcode><faultstring>{escaped(text)}</faultstring>{detail}"
        "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    ).encode()
