"""Every operation of the contract is a spyne method; a protocol and a handler plug in as service.py tells."""

import logging
import time
from typing import Any

import pytest
from spyne import Fault, MethodContext
from spyne.descriptor import BODY_STYLE_WRAPPED
from spyne.protocol.soap import Soap11
from spyne.server import ServerBase
from spyne.util.appreg import applications

from mockorg_server.shipped import shipped
from mockorg_server.soap.contract import API_NAMESPACE, OperationContract, load_contract
from mockorg_server.soap.model import Models
from mockorg_server.soap.service import Handle, build_application

CONTRACT = load_contract(shipped("wsdl/partner.wsdl"))
MODELS = Models(CONTRACT)


class Server(ServerBase):
    transport = "test"


def application(handle: Handle) -> Any:
    return build_application(CONTRACT, Soap11(), Soap11(), handle, MODELS)


def call(handle: Handle, body: str, header: str = "") -> Any:
    """Run one request through spyne and its own SOAP protocol; the context of the call."""
    server = Server(application(handle))
    initial = MethodContext(server, MethodContext.SERVER)
    initial.in_string = [
        f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{API_NAMESPACE}">'
        f"<e:Header>{header}</e:Header><e:Body>{body}</e:Body></e:Envelope>".encode()
    ]
    ctx = server.generate_contexts(initial)[0]
    if ctx.in_error is None:
        server.get_in_object(ctx)
    if ctx.in_error is None:
        server.get_out_object(ctx)
        server.get_out_string(ctx)
    return ctx


METHODS = application(lambda name, ctx: None).interface.service_method_map


def test_every_operation_is_a_method_and_nothing_else_is() -> None:
    assert list(METHODS) == [f"{{{API_NAMESPACE}}}{name}" for name in CONTRACT.operations]
    assert len(METHODS) == 63
    assert {len(methods) for methods in METHODS.values()} == {1}


@pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=CONTRACT.operations.keys())
def test_a_method_has_the_messages_and_headers_of_its_operation(operation: OperationContract) -> None:
    (method,) = METHODS[f"{{{API_NAMESPACE}}}{operation.name}"]
    assert method.body_style is BODY_STYLE_WRAPPED
    assert method.udd.operation is operation
    for message, members, name in (
        (method.in_message, operation.input, operation.name),
        (method.out_message, operation.output, f"{operation.name}Response"),
    ):
        assert (message.get_namespace(), message.get_type_name()) == (API_NAMESPACE, name)
        assert list(message._type_info) == [member.name for member in members]
        assert [model.get_type_name() for model in message._type_info.values()] == [
            member.type.partition(":")[2] for member in members
        ]
    assert method.in_header == MODELS.headers(operation.headers_in)
    assert (method.out_header or ()) == MODELS.headers(operation.headers_out)


def test_every_type_is_in_the_interface() -> None:
    classes = application(lambda name, ctx: None).interface.classes
    for name in CONTRACT.types:
        model = MODELS.type(name)
        assert classes[f"{{{model.get_namespace()}}}{model.get_type_name()}"] is not None


def test_no_response_has_more_than_one_member() -> None:
    """What service.py says of ``ctx.out_object`` rests on it."""
    assert max(len(operation.output) for operation in CONTRACT.operations.values()) == 1


def test_the_handler_gets_the_name_and_the_context() -> None:
    seen: list[Any] = []

    def handle(name: str, ctx: Any) -> Any:
        seen.append((name, ctx.in_object.queryString, ctx.in_header[0].sessionId, ctx.descriptor.udd.operation.name))
        return None

    ctx = call(
        handle,
        "<query><queryString>SELECT Id FROM Account</queryString></query>",
        "<SessionHeader><sessionId>00D!x</sessionId></SessionHeader>",
    )
    assert (ctx.in_error, ctx.out_error) == (None, None)
    assert seen == [("query", "SELECT Id FROM Account", "00D!x", "query")]
    assert ctx.out_object == [None]


def test_the_result_goes_to_the_out_protocol() -> None:
    def handle(name: str, ctx: Any) -> Any:
        return MODELS.type("tns:QueryResult")(done=True, size=7)

    ctx = call(handle, "<queryAll><queryString>SELECT Id FROM Account</queryString></queryAll>")
    answer = b"".join(ctx.out_string)
    assert b"queryAllResponse>" in answer
    assert b"size>7<" in answer


def test_an_operation_without_arguments() -> None:
    assert call(lambda name, ctx: None, "<getServerTimestamp/>").out_error is None


def test_an_operation_outside_the_contract_is_not_found() -> None:
    ctx = call(lambda name, ctx: None, "<launchRocket/>")
    assert ctx.in_error.faultcode == "Client.ResourceNotFound"


def test_a_fault_can_be_set_without_being_logged(caplog: pytest.LogCaptureFixture) -> None:
    def handle(name: str, ctx: Any) -> Any:
        ctx.out_error = Fault("Client", "no such session")

    with caplog.at_level(logging.WARNING):
        ctx = call(handle, "<logout/>")
    assert b"no such session" in b"".join(ctx.out_string)
    assert caplog.records == []


@pytest.mark.logs_a_bug
def test_a_bug_in_the_handler_is_a_logged_server_fault(caplog: pytest.LogCaptureFixture) -> None:
    def handle(name: str, ctx: Any) -> Any:
        raise ZeroDivisionError("bug")

    with caplog.at_level(logging.CRITICAL):
        ctx = call(handle, "<logout/>")
    assert ctx.out_error.faultcode == "Server"
    assert [record.exc_info is not None for record in caplog.records] == [True]


def test_applications_are_not_kept_by_spyne(caplog: pytest.LogCaptureFixture) -> None:
    started = time.perf_counter()
    application(lambda name, ctx: None)
    application(lambda name, ctx: None)
    print(f"an application with its models at hand took {(time.perf_counter() - started) * 500:.0f} ms")
    assert not applications
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
