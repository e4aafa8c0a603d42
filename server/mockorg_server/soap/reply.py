"""The envelope of replies: what stands around the content of a response element.

Recorded from real orgs: the prefix is ``soapenv``, the API's namespace is the default one, the other namespaces are
declared on the envelope when the reply uses them, nothing stands between elements, and every authenticated call
carries the org's API usage.
"""

from __future__ import annotations

from mockorg_server.soap.contract import API_NAMESPACE, SOBJECT_NAMESPACE, XSD_NAMESPACE
from mockorg_server.soap.fault import SOAP_NAMESPACE, XSI_NAMESPACE

_START = (
    f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{SOAP_NAMESPACE}" xmlns="{API_NAMESPACE}"'
)
# What shows that a namespace is used. The second may stand in a text as well, which declares one too many: harmless.
_NAMESPACES = (
    ('="xsd:', f' xmlns:xsd="{XSD_NAMESPACE}"'),
    (" xsi:", f' xmlns:xsi="{XSI_NAMESPACE}"'),
    ("<sf:", f' xmlns:sf="{SOBJECT_NAMESPACE}"'),
)


def reply(operation_name: str, content: str, usage: tuple[int, int] | None) -> bytes:
    """Put the content of a response into its envelope. ``usage`` is (requests so far, daily limit), None for login."""
    response = (
        f"<{operation_name}Response>{content}</{operation_name}Response>" if content else f"<{operation_name}Response/>"
    )
    namespaces = "".join([declaration for sign, declaration in _NAMESPACES if sign in content])
    return (f"{_START}{namespaces}>{_header(usage)}<soapenv:Body>{response}</soapenv:Body></soapenv:Envelope>").encode()


def _header(usage: tuple[int, int] | None) -> str:
    if usage is None:
        return ""
    return (
        f"<soapenv:Header><LimitInfoHeader><limitInfo><current>{usage[0]}</current><limit>{usage[1]}</limit>"
        "<type>API REQUESTS</type></limitInfo></LimitInfoHeader></soapenv:Header>"
    )
