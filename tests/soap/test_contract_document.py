"""The WSDL as a document: valid XML Schema, read by real SOAP toolkits, served with the server's own address."""

import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import suds.client
import zeep
from lxml import etree

from mockorg_server import shipped as shipped_module
from mockorg_server.shipped import shipped
from mockorg_server.soap.contract import (
    API_NAMESPACE,
    FAULT_NAMESPACE,
    SOBJECT_NAMESPACE,
    XSD_NAMESPACE,
    load_contract,
)
from mockorg_server.soap.wsdl_document import wsdl_for

WSDL = shipped("wsdl/partner.wsdl")
FILES = {API_NAMESPACE: "api.xsd", SOBJECT_NAMESPACE: "sobject.xsd", FAULT_NAMESPACE: "fault.xsd"}
XSD = f"{{{XSD_NAMESPACE}}}"
WSDL_TAG = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP_TAG = "{http://schemas.xmlsoap.org/wsdl/soap/}"


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    """The embedded schemas as files that import each other, loaded from the one that reaches all."""
    folder = tmp_path_factory.mktemp("schemas")
    for node in etree.parse(WSDL).getroot().iter(f"{XSD}schema"):
        for imported in node.iterfind(f"{XSD}import"):
            imported.set("schemaLocation", FILES[str(imported.get("namespace"))])
        (folder / FILES[str(node.get("targetNamespace"))]).write_bytes(etree.tostring(node))
    return etree.XMLSchema(etree.parse(folder / FILES[FAULT_NAMESPACE]))


def reply(body: str) -> etree._Element:
    return etree.fromstring(
        f'<e xmlns="{API_NAMESPACE}" xmlns:sf="{SOBJECT_NAMESPACE}" xmlns:f="{FAULT_NAMESPACE}" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{body}</e>'
    )[0]


VALID = [
    "<createResponse><result><id>001000000000001AAA</id><success>true</success></result></createResponse>",
    "<queryResponse><result><done>true</done><queryLocator xsi:nil='true'/><records><sf:type>Account</sf:type>"
    "<sf:Id>001000000000001AAA</sf:Id><sf:Name>A</sf:Name></records><size>1</size></result></queryResponse>",
    "<f:InvalidFieldFault><f:exceptionCode>INVALID_FIELD</f:exceptionCode><f:exceptionMessage>m</f:exceptionMessage>"
    "<f:row>1</f:row><f:column>8</f:column></f:InvalidFieldFault>",
    "<SessionHeader><sessionId>x</sessionId></SessionHeader>",
]
INVALID = {
    "members out of order": "<createResponse><result><success>true</success><id>001000000000001AAA</id></result>"
    "</createResponse>",
    "a member missing": "<queryResponse><result><done>true</done><queryLocator xsi:nil='true'/></result>"
    "</queryResponse>",
    "an unknown code": "<f:LoginFault><f:exceptionCode>NO_SUCH</f:exceptionCode><f:exceptionMessage/></f:LoginFault>",
}


@pytest.mark.parametrize("body", VALID)
def test_true_messages_are_valid(schema: etree.XMLSchema, body: str) -> None:
    schema.assertValid(reply(body))


@pytest.mark.parametrize("body", INVALID.values(), ids=INVALID.keys())
def test_untrue_messages_are_not(schema: etree.XMLSchema, body: str) -> None:
    assert not schema.validate(reply(body))


def test_the_binding_is_soap_11_document_literal() -> None:
    root = etree.parse(WSDL).getroot()
    binding = root.find(f"{WSDL_TAG}binding")
    assert binding is not None
    assert (binding.get("name"), binding.get("type")) == ("SoapBinding", "tns:Soap")
    soap = binding.find(f"{SOAP_TAG}binding")
    assert soap is not None
    assert dict(soap.attrib) == {"style": "document", "transport": "http://schemas.xmlsoap.org/soap/http"}
    actions = [node.get("soapAction") for node in binding.iter(f"{SOAP_TAG}operation")]
    assert actions == [""] * 63
    headers = list(binding.iter(f"{SOAP_TAG}header"))
    assert {(node.get("message"), node.get("use")) for node in headers} == {("tns:Header", "literal")}
    assert len(headers) == 353
    assert [node.get("name") for node in root.iterfind(f"{WSDL_TAG}service/{WSDL_TAG}port")] == ["Soap"]
    assert [node.get("name") for node in root.iterfind(f"{WSDL_TAG}service")] == ["SforceService"]


def test_nothing_in_it_points_elsewhere() -> None:
    places = [value for node in etree.parse(WSDL).iter() for value in node.attrib.values() if "://" in value]
    hosts = {urlsplit(place).hostname for place in places}
    assert hosts == {"127.0.0.1", "schemas.xmlsoap.org"}
    assert not list(etree.parse(WSDL).iter(etree.Comment))


def test_zeep_builds_every_operation_from_it() -> None:
    client = zeep.Client(str(WSDL), settings=zeep.Settings(strict=True))
    operations = client.service._binding._operations
    contract = load_contract(WSDL)
    assert list(operations) == list(contract.operations)
    for operation in contract.operations.values():
        body = operations[operation.name].input.body.type
        assert [name for name, _ in body.elements] == [member.name for member in operation.input]
        headers = operations[operation.name].input.header.type
        assert [name for name, _ in headers.elements] == list(operation.headers_in)
    sobject = client.get_type(f"{{{SOBJECT_NAMESPACE}}}sObject")
    assert sobject(type="Account", fieldsToNull=["Name"], Id=None).type == "Account"
    for name in contract.types:
        prefix, _, local = name.partition(":")
        space = {"tns": API_NAMESPACE, "ens": SOBJECT_NAMESPACE, "fns": FAULT_NAMESPACE}[prefix]
        assert [n for n, _ in client.get_type(f"{{{space}}}{local}").elements if not n.startswith("_value")] == [
            member.name for member in contract.all_members(name)
        ]


@pytest.fixture
def quiet_suds() -> Iterator[None]:
    logger = logging.getLogger("suds")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(level)


@pytest.mark.usefixtures("quiet_suds")
def test_suds_builds_every_operation_from_it() -> None:
    client = suds.client.Client(WSDL.as_uri(), cache=None)
    port = client.wsdl.services[0].ports[0]
    assert set(port.methods) == set(load_contract(WSDL).operations)
    result = client.factory.create("QueryResult")
    assert [name for name, _ in result] == ["done", "queryLocator", "records", "size"]


ADDRESSES = {
    "http://localhost:9999/services/Soap/u/65.0": b"http://localhost:9999/services/Soap/u/65.0",
    'http://h/u?a=1&b="2"': b"http://h/u?a=1&amp;b=&quot;2&quot;",
}


@pytest.mark.parametrize(("address", "escaped"), ADDRESSES.items())
def test_the_server_puts_its_address_in(address: str, escaped: bytes) -> None:
    served = wsdl_for(address)
    assert load_contract(served).address == address
    assert served.replace(escaped, load_contract(WSDL).address.encode()) == WSDL.read_bytes()


def test_an_address_is_put_in_once() -> None:
    assert wsdl_for("http://a.test/u") is wsdl_for("http://a.test/u")


def test_shipped_data_in_a_wheel_and_in_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel, checkout = tmp_path / "package" / "_shipped", tmp_path / "checkout"
    monkeypatch.setattr(shipped_module, "_PLACES", (wheel, checkout))
    (checkout / "wsdl").mkdir(parents=True)
    (checkout / "wsdl" / "x").touch()
    assert shipped("wsdl/x") == checkout / "wsdl" / "x"
    (wheel / "wsdl").mkdir(parents=True)
    (wheel / "wsdl" / "x").touch()
    assert shipped("wsdl/x") == wheel / "wsdl" / "x"
    with pytest.raises(FileNotFoundError, match="mockorg ships wsdl/y"):
        shipped("wsdl/y")
