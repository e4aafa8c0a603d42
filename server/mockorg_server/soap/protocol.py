"""The protocol that spyne runs the partner API with: envelopes in, typed operations; results, envelopes out.

spyne dispatches: it asks this class for the name of the method, finds the method in the service built from the
contract, and calls it. It builds no object of a record on either side; the codecs beside this module do that directly.
Why not spyne's own ``Soap11``: ``docs/adr/004-soap-wire.md``.
"""

from __future__ import annotations

from typing import Any

from spyne.model.fault import Fault
from spyne.protocol import ProtocolBase

from mockorg_server.core.calls.operation import Login
from mockorg_server.core.error import OrgError
from mockorg_server.core.host import Host
from mockorg_server.schema.api_version import LOGIN_LAST
from mockorg_server.schema.schema import SchemaView
from mockorg_server.soap.contract import API_NAMESPACE, Contract
from mockorg_server.soap.document import read_document
from mockorg_server.soap.envelope import local_name, read_envelope
from mockorg_server.soap.exchange import Exchange
from mockorg_server.soap.fault import ClientFault, client_fault, no_such_operation, org_fault
from mockorg_server.soap.header import read_headers
from mockorg_server.soap.record_reader import RecordReaders
from mockorg_server.soap.reply import reply
from mockorg_server.soap.request import decode
from mockorg_server.soap.result_writer import ResultWriters
from mockorg_server.web_address import instance_url


class Refusal(Fault):  # type: ignore[misc]  # spyne has no types
    """A refusal of the wire or of the core in the form that spyne passes on: ``cause`` is what to answer."""

    def __init__(self, cause: ClientFault | OrgError) -> None:
        super().__init__("Client", str(cause))
        self.cause = cause


class Bug(Fault):  # type: ignore[misc]  # spyne has no types
    """An exception that is no refusal, on its way past spyne, which would log and answer it by itself."""

    def __init__(self, cause: Exception) -> None:
        super().__init__("Server", str(cause))
        self.cause = cause


class PartnerProtocol(ProtocolBase):  # type: ignore[misc]  # spyne has no types
    """Reads requests and writes replies of the partner API. spyne wants one object for each direction.

    The spyne context carries the ``Exchange`` in ``udc``. See ``service.py`` for the order of the calls.
    """

    def __init__(self, contract: Contract, host: Host) -> None:
        super().__init__()
        self._contract = contract
        self._host = host
        self._codes = frozenset(contract.enums["fns:ExceptionCode"])
        self._results = ResultWriters(contract)
        self._readers: dict[SchemaView, RecordReaders] = {}

    def get_context(self, parent: Any, transport: Any) -> None:
        """Keep no state of the protocol beside a call: spyne's refers to itself and lives until it is collected."""

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:
        """Parse the request into ``ctx.in_document``."""
        try:
            ctx.in_document = read_envelope(read_document(b"".join(ctx.in_string), charset))
        except ClientFault as fault:
            raise Refusal(fault) from None

    def decompose_incoming_envelope(self, ctx: Any, message: Any = None) -> None:
        """Find the headers, the body, and the name that spyne dispatches on."""
        ctx.in_header_doc = ctx.in_document.headers
        ctx.in_body_doc = ctx.in_document.body
        ctx.method_request_string = f"{{{API_NAMESPACE}}}{local_name(ctx.in_body_doc)}"

    def get_call_handles(self, ctx: Any) -> Any:
        """Find the methods of the request, refusing in the platform's words what is not in the contract."""
        found = super().get_call_handles(ctx)
        if not found:
            raise Refusal(no_such_operation(ctx.in_body_doc.tag))
        return found

    def deserialize(self, ctx: Any, message: Any) -> None:
        """Read headers and body into the exchange. A refusal goes to ``ctx.in_error``: raised, spyne would log it."""
        try:
            self._read(ctx.udc, ctx)
        except (ClientFault, OrgError) as refusal:
            ctx.in_error = Refusal(refusal)
        ctx.in_object = []

    def serialize(self, ctx: Any, message: Any) -> None:
        """Do nothing: there is no document between a result and its bytes."""

    def create_out_string(self, ctx: Any, charset: str | None = None) -> None:
        """Write the reply, or the fault of ``ctx.out_error``."""
        ctx.out_string = [self._fault(ctx.out_error) if ctx.out_error is not None else self._reply(ctx.udc, ctx)]

    def _read(self, exchange: Exchange, ctx: Any) -> None:
        headers = exchange.headers = read_headers(ctx.in_header_doc)
        operation = ctx.descriptor.udd.operation
        if operation.name == "login":
            _require_login(exchange.version)
        named = headers.organization_id or exchange.org_id
        exchange.org = self._host.org_of(headers.session_id, named, exchange.host_name)
        view = exchange.org.schema.view(exchange.version)
        readers = self._readers.get(view)
        if readers is None:
            readers = self._readers[view] = RecordReaders(view)
        exchange.operation = decode(ctx.in_body_doc, operation, headers, readers)
        if isinstance(exchange.operation, Login):
            org = exchange.org = self._host.org_of_login(exchange.operation.username, named, exchange.host_name)
            exchange.base_url = instance_url(exchange.base_url, exchange.host_name, org.settings.my_domain)

    def _reply(self, exchange: Exchange, ctx: Any) -> bytes:
        name = ctx.descriptor.udd.operation.name
        content = self._results.of(exchange.version).content(name, ctx.out_object[0], exchange)
        assert exchange.org is not None  # noqa: S101  # a reply follows a request that was read
        # login is the only operation whose binding has no header in its output.
        usage = None if isinstance(exchange.operation, Login) else exchange.org.api_usage()
        return reply(name, content, usage)

    def _fault(self, fault: Fault) -> bytes:
        if isinstance(fault, Bug):
            raise fault.cause
        if not isinstance(fault, Refusal):
            raise TypeError(f"spyne refused by itself: {fault}")
        cause = fault.cause
        if isinstance(cause, ClientFault):
            return client_fault(cause)
        if cause.code not in self._codes:
            raise LookupError(f"{cause.code} is not an ExceptionCode of the contract") from cause
        return org_fault(cause)


def _require_login(version: int) -> None:
    """Refuse login() where it is gone (code and text recorded from a real org at 65.0)."""
    if version > LOGIN_LAST:
        raise OrgError(
            "INVALID_OPERATION",
            f"The SOAP Login operation is not available in the API version specified ({version}.0). "
            "Refer to the documentation for supported versions.",
        )
