"""The spyne service and application of the contract: every operation of the WSDL as a spyne method.

How a wire plugs in. ``build_application(contract, in_protocol, out_protocol, handle)`` returns a
``spyne.Application``; a ``spyne.server.ServerBase`` (not ``WsgiApplication``) drives it, call by call, over one
``spyne.MethodContext`` (``ctx``). In the order in which they happen:

1.  The server sets ``ctx.in_string`` and calls ``generate_contexts(ctx)``. That is ``in_protocol``'s
    ``create_in_document(ctx, charset)``, which sets ``ctx.in_document``, then ``decompose_incoming_envelope(ctx,
    message)``, which sets ``ctx.in_header_doc``, ``ctx.in_body_doc`` and ``ctx.method_request_string``. The last is how
    spyne dispatches: ``"{urn:partner.soap.sforce.com}query"``, or the bare ``"query"``. Of what it answers, take the
    first context; its ``ctx.descriptor`` is the method. An operation outside the contract is spyne's
    ``ResourceNotFoundError``, left in ``ctx.in_error``.
2.  ``get_in_object(ctx)`` is ``in_protocol.deserialize(ctx, message)``, which sets ``ctx.in_object`` (the arguments)
    and ``ctx.in_header``. Both may be whatever the protocol and ``handle`` agree on: nothing here looks at them.
    ``ctx.descriptor.in_message`` and ``.in_header`` are the spyne models of what may arrive, and
    ``ctx.descriptor.udd.operation`` is the ``OperationContract``.
3.  ``get_out_object(ctx)`` calls ``handle(operation_name, ctx)`` and leaves ``[its result]`` in ``ctx.out_object``, as
    spyne does for every response of at most one member, which all responses of the contract are. ``handle`` may set
    ``ctx.out_header``. A ``spyne.Fault`` that it raises ends in ``ctx.out_error``; so does, as a ``Server`` fault,
    every other exception. spyne logs both, with traceback, to ``spyne.application`` and its children; to answer a
    fault that is no bug without that, ``handle`` sets ``ctx.out_error`` itself and returns None.
4.  ``get_out_string(ctx)`` is ``out_protocol.serialize(ctx, message)``, which sets ``ctx.out_document``, and
    ``create_out_string(ctx)``, which sets ``ctx.out_string``, an iterable of bytes. A protocol that writes bytes itself
    does so in the latter and leaves the former empty.

spyne's own WSDL is switched off: the shipped document is the contract (``wsdl_document.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from spyne.application import Application
from spyne.decorator import rpc
from spyne.interface import InterfaceDocumentsBase
from spyne.service import Service, ServiceMeta
from spyne.util.appreg import unregister_application

from mockorg_server.soap.contract import Contract, OperationContract
from mockorg_server.soap.model import Models

Handle = Callable[[str, Any], Any]
"""``handle(operation_name, ctx)``: answers the operation; its result becomes ``ctx.out_object[0]``."""

APPLICATION_NAME = "SforceService"


def build_application(
    contract: Contract, in_protocol: Any, out_protocol: Any, handle: Handle, models: Models | None = None
) -> Application:
    """Build the application; about 0.2 s, so once per process. ``models`` saves building them a second time.

    spyne lets a protocol object belong to one application: pass new ones each time.
    """
    models = models or Models(contract)
    application = Application(
        [build_service(contract, models, handle)],
        tns=contract.target_namespace,
        name=APPLICATION_NAME,
        in_protocol=in_protocol,
        out_protocol=out_protocol,
        classes=[models.type(name) for name in contract.types],
        documents_container=_no_documents,
    )
    # spyne keeps a global list of applications by name, which would keep this one alive and warn about the next.
    with suppress(KeyError):  # another thread that builds one has taken the name off already
        unregister_application(application)
    return application


def build_service(contract: Contract, models: Models, handle: Handle) -> Any:
    """Build the service class: one spyne method per operation, in contract order, named as on the wire."""
    methods = {operation.name: _method(operation, models, handle) for operation in contract.operations.values()}
    return ServiceMeta("PartnerService", (_ContractService,), {"__module__": __name__, **methods})


class _ContractService(Service):  # type: ignore[misc]  # spyne has no types
    """Calls the user function with the context alone: its arguments are between the protocol and ``handle``."""

    @classmethod
    def call_wrapper(cls, ctx: Any, args: Any = None) -> Any:
        return ctx.function(ctx)


def _method(operation: OperationContract, models: Models, handle: Handle) -> Any:
    """Declare one operation to spyne in its wrapped style: the body's element is the operation's name."""
    name = operation.name

    def call(ctx: Any) -> Any:
        return handle(name, ctx)

    call.__name__ = call.__qualname__ = name
    arguments = models.members(f"tns:{name}", operation.input)
    results = models.members(f"tns:{name}Response", operation.output)
    returned = {"_returns": list(results.values()), "_out_variable_names": list(results)} if results else {}
    declare = rpc(
        *arguments.values(),
        _args=list(arguments),
        _body_style="wrapped",
        _in_header=models.headers(operation.headers_in),
        _out_header=models.headers(operation.headers_out),
        _udd={"operation": operation},
        **returned,
    )
    return declare(call)


def _no_documents(interface: Any) -> InterfaceDocumentsBase:
    return InterfaceDocumentsBase(interface, wsdl11=None)
