"""The SOAP wire as a WSGI application: the endpoint of the partner API and the download of its WSDL.

HTTP ends here: paths, methods, compression, statuses. What a call is, the endpoint knows.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mockorg_server.core.error import OrgError
from mockorg_server.core.host import Host
from mockorg_server.request_body import DEFAULT_MAX_BODY_BYTES
from mockorg_server.shipped import shipped
from mockorg_server.soap.address import OTHER_APIS, PARTNER, Address, address_of, api_version_of
from mockorg_server.soap.contract import load_contract
from mockorg_server.soap.document import charset_of
from mockorg_server.soap.endpoint import Answer, OnBug, PartnerEndpoint
from mockorg_server.soap.exchange import Exchange
from mockorg_server.soap.fault import ClientFault, client_fault, org_fault
from mockorg_server.soap.http_body import read_body
from mockorg_server.soap.request import not_built
from mockorg_server.soap.wsdl_document import PARTNER_WSDL, wsdl_for
from mockorg_server.web_address import base_url, host_name

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

XML = "text/xml; charset=UTF-8"
TEXT = "text/plain; charset=UTF-8"

_MIN_GZIP_BYTES = 1024
_GZIP = 16 + zlib.MAX_WBITS

PARTNER_PATHS = frozenset({"/services/wsdl/partner", "/soap/wsdl.jsp"})
OTHER_DOCUMENTS: Mapping[str, str] = {
    "/services/wsdl/apex": "the Apex WSDL",
    "/services/wsdl/enterprise": "the enterprise WSDL",
    "/services/wsdl/metadata": "the metadata WSDL",
    "/services/wsdl/tooling": "the tooling WSDL",
}
"""WSDLs that a real org offers and mockorg does not have yet."""


@dataclass(frozen=True, slots=True)
class _Response:
    status: str
    content_type: str
    content: bytes
    headers: tuple[tuple[str, str], ...] = ()


class SoapApplication:
    """The WSGI callable for ``/services/Soap``, ``/soap/wsdl.jsp`` and ``/services/wsdl``. Safe under threads.

    ``max_body_bytes`` bounds a request, as received and as inflated. ``on_bug`` is called with every exception that is
    no refusal; such a request is answered with a fault that says so, and counted in ``bugs``.
    """

    def __init__(
        self, host: Host, *, max_body_bytes: int = DEFAULT_MAX_BODY_BYTES, on_bug: OnBug | None = None
    ) -> None:
        contract = load_contract(shipped(PARTNER_WSDL))
        self._endpoint = PartnerEndpoint(contract, host, on_bug)
        self._wsdl_path = urlsplit(contract.address).path
        self._max_body_bytes = max_body_bytes

    @property
    def bugs(self) -> int:
        """How many requests met a bug of mockorg."""
        return self._endpoint.bugs

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        response = self._respond(environ)
        content = response.content
        headers = [("Content-Type", response.content_type), *response.headers]
        if len(content) > _MIN_GZIP_BYTES and _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            packer = zlib.compressobj(1, zlib.DEFLATED, _GZIP)  # the fastest level: most clients are on this machine
            content = packer.compress(content) + packer.flush()
            headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        start_response(response.status, [*headers, ("Content-Length", str(len(content)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]

    def _respond(self, environ: WSGIEnvironment) -> _Response:
        path = environ.get("PATH_INFO", "")
        address = address_of(path)
        if address is None:
            return self._document(environ, path)
        if environ["REQUEST_METHOD"] == "POST":
            return _fault_or_reply(self._call(environ, address))
        if environ["REQUEST_METHOD"] in {"GET", "HEAD"} and _asks_for_wsdl(environ) and address.api == PARTNER:
            return _wsdl(address, base_url(environ) + path.rstrip("/"))
        return _Response("405 Method Not Allowed", TEXT, b"A SOAP call is a POST.\n", (("Allow", "POST"),))

    def _call(self, environ: WSGIEnvironment, address: Address) -> Answer:
        other = OTHER_APIS.get(address.api)
        try:
            if other is not None:
                refusal = not_built(f"{other.title} (/services/Soap/{address.api})")
                return Answer(org_fault(refusal, other.fault_namespace), is_fault=True)
            if address.api != PARTNER or not address.is_known:
                return Answer(client_fault(ClientFault("There is no SOAP API at this address")), is_fault=True)
            version = api_version_of(address.version)
            charset = charset_of(environ.get("CONTENT_TYPE") or "")
            content = read_body(environ, self._max_body_bytes)
        except ClientFault as fault:
            return Answer(client_fault(fault), is_fault=True)
        except OrgError as error:
            return Answer(org_fault(error), is_fault=True)
        return self._endpoint.answer(content, _exchange(environ, version, address, charset))

    def _document(self, environ: WSGIEnvironment, path: str) -> _Response:
        path = path.rstrip("/")
        title = OTHER_DOCUMENTS.get(path)
        if path == "/soap/wsdl.jsp" and "type=" in environ.get("QUERY_STRING", ""):
            title = OTHER_DOCUMENTS["/services/wsdl/enterprise"]
        if path.startswith("/services/wsdl/class/"):
            title = "WSDLs of Apex classes"
        if title is None and path not in PARTNER_PATHS:
            return _Response("404 Not Found", TEXT, b"There is no SOAP API or WSDL at this address.\n")
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return _Response("405 Method Not Allowed", TEXT, b"A WSDL is read with GET.\n", (("Allow", "GET, HEAD"),))
        if title is not None:
            text = f"mockorg does not have {title} yet. The partner WSDL is at /soap/wsdl.jsp.\n"
            return _Response("501 Not Implemented", TEXT, text.encode())
        return _Response("200 OK", XML, wsdl_for(base_url(environ) + self._wsdl_path))


def _exchange(environ: WSGIEnvironment, version: int, address: Address, charset: str | None) -> Exchange:
    return Exchange(base_url(environ), version, address.org_id, charset, host_name=host_name(environ))


def _wsdl(address: Address, url: str) -> _Response:
    """Give the WSDL of an endpoint, unless a call to that endpoint would be refused for its address."""
    try:
        api_version_of(address.version)
    except OrgError as error:
        return _Response("404 Not Found", TEXT, f"{error.message}\n".encode())
    if not address.is_known:
        return _Response("404 Not Found", TEXT, b"There is no SOAP API at this address.\n")
    return _Response("200 OK", XML, wsdl_for(url))


def _fault_or_reply(answer: Answer) -> _Response:
    # Every fault has status 500 (recorded); clients tell faults from replies by it.
    return _Response("500 Internal Server Error" if answer.is_fault else "200 OK", XML, answer.content)


def _asks_for_wsdl(environ: WSGIEnvironment) -> bool:
    first: str = environ.get("QUERY_STRING", "").partition("&")[0]
    return first.partition("=")[0].lower() == "wsdl"


def _takes_gzip(accepted: str) -> bool:
    for item in accepted.lower().split(","):
        coding, _, parameters = item.partition(";")
        if coding.strip() in {"gzip", "x-gzip", "*"}:
            quality = parameters.replace(" ", "").removeprefix("q=")
            return quality.rstrip("0").rstrip(".") not in {"0", ""} if parameters else True
    return False
