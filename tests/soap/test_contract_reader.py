"""How the WSDL is read: what the values mean, and that nothing unknown is read past."""

import re

import pytest

from mockorg_server.shipped import shipped
from mockorg_server.soap.contract import (
    API_NAMESPACE,
    SOBJECT_NAMESPACE,
    Contract,
    ContractError,
    Element,
    Member,
    OperationContract,
    SimpleType,
    load_contract,
)

WSDL = shipped("wsdl/partner.wsdl")


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_contract(WSDL)


def names(members: tuple[Member, ...]) -> list[str]:
    return [member.name for member in members]


def test_an_operation(contract: Contract) -> None:
    assert contract.operations["queryMore"] == OperationContract(
        name="queryMore",
        input=(Member("queryLocator", "tns:QueryLocator", 1, 1, False),),
        output=(Member("result", "tns:QueryResult", 1, 1, False),),
        headers_in=("SessionHeader", "CallOptions", "QueryOptions"),
        headers_out=("LimitInfoHeader",),
        faults=("InvalidQueryLocatorFault", "UnexpectedErrorFault", "InvalidFieldFault", "MalformedQueryFault"),
    )


def test_operations_are_in_wsdl_order(contract: Contract) -> None:
    assert list(contract.operations)[:3] == ["login", "describeSObject", "describeSObjects"]


def test_login_answers_without_headers(contract: Contract) -> None:
    assert contract.operations["login"].headers_out == ()
    assert all(o.headers_out for name, o in contract.operations.items() if name != "login")


def test_occurrence(contract: Contract) -> None:
    records = contract.types["tns:QueryResult"].members[2]
    assert records == Member("records", "ens:sObject", 0, None, True)
    assert records.repeats
    assert not contract.types["tns:QueryResult"].members[0].repeats


def test_the_sobject_is_followed_by_fields_of_its_namespace(contract: Contract) -> None:
    sobject = contract.types["ens:sObject"]
    assert names(sobject.members) == ["type", "fieldsToNull", "Id"]
    assert sobject.any_namespace == SOBJECT_NAMESPACE
    with_any = [name for name, kind in contract.types.items() if kind.any_namespace]
    assert with_any == ["ens:sObject", "tns:ExtendedErrorDetails"]


def test_all_members_starts_with_those_of_the_base(contract: Contract) -> None:
    assert names(contract.types["fns:InvalidFieldFault"].members) == []
    assert names(contract.all_members("fns:InvalidFieldFault")) == [
        "exceptionCode",
        "exceptionMessage",
        "extendedErrorDetails",
        "row",
        "column",
    ]
    assert names(contract.all_members("tns:address"))[:3] == ["latitude", "longitude", "city"]


def test_all_members_of_a_type_that_is_not_there(contract: Contract) -> None:
    with pytest.raises(KeyError, match="tns:Nothing"):
        contract.all_members("tns:Nothing")


def test_headers_and_faults(contract: Contract) -> None:
    assert contract.headers["SessionHeader"] == (Member("sessionId", "xsd:string", 1, 1, False),)
    assert contract.faults["ApiFault"] == "fns:fault"
    assert contract.elements["fns:LoginFault"] == Element("fns:LoginFault", "fns:LoginFault", ())
    assert contract.simple_types["tns:ID"] == SimpleType("tns:ID", "xsd:string", 18, "[a-zA-Z0-9]{18}")


def test_every_type_that_is_named_exists(contract: Contract) -> None:
    known = {*contract.types, *contract.enums, *contract.simple_types}
    used = {member.type for kind in contract.types.values() for member in kind.members}
    used |= {member.type for element in contract.elements.values() for member in element.members}
    used |= {kind.extends for kind in contract.types.values() if kind.extends}
    assert len(used) > 150
    assert {name for name in used if not name.startswith("xsd:")} <= known


def test_every_header_and_fault_of_an_operation_exists(contract: Contract) -> None:
    for operation in contract.operations.values():
        assert set(operation.headers_in + operation.headers_out) <= set(contract.headers)
        assert set(operation.faults) <= set(contract.faults)


def test_prefixes_are_ours_whatever_the_document_uses(contract: Contract) -> None:
    text = WSDL.read_text(encoding="utf-8")
    for ours, theirs in (("tns", "urn1"), ("ens", "o"), ("fns", "x")):
        text = text.replace(f"xmlns:{ours}=", f"xmlns:{theirs}=")
        text = re.sub(rf'(type|base|element|message|binding)="{ours}:', rf'\1="{theirs}:', text)
    again = load_contract(text.encode())
    assert again.operations == contract.operations
    assert again.types == contract.types
    assert again.faults == contract.faults


def test_documentation_and_comments_are_not_contract(contract: Contract) -> None:
    text = WSDL.read_text(encoding="utf-8")
    text = text.replace('<portType name="Soap">', '<portType name="Soap"><documentation>x</documentation><!-- y -->')
    text = text.replace(
        "<xsd:sequence>", "<xsd:sequence><xsd:annotation><xsd:documentation>z</xsd:documentation></xsd:annotation>"
    )
    assert load_contract(text.encode()) == contract


REFUSED = {
    "a choice": ("<xsd:sequence>", "<xsd:choice>", "expected one"),
    "an attribute": (
        '<xsd:complexType name="sObject">',
        '<xsd:complexType name="sObject"><xsd:attribute name="a"/>',
        "ens:sObject: expected one",
    ),
    "a group in a sequence": (
        '<xsd:element name="done" type="xsd:boolean"/>',
        '<xsd:group ref="g"/>',
        "tns:QueryResult: .*group is not a construct",
    ),
    "a member by reference": (
        '<xsd:element name="done" type="xsd:boolean"/>',
        '<xsd:element ref="tns:done"/>',
        "tns:QueryResult: a member needs a name and a type",
    ),
    "a member after xsd:any": (
        'processContents="lax"/>',
        'processContents="lax"/><xsd:element name="late" type="xsd:int"/>',
        "ens:sObject: nothing may follow",
    ),
    "another facet": ('<xsd:length value="18"/>', '<xsd:maxLength value="18"/>', "tns:ID: facet .*maxLength"),
    "unqualified members": ('elementFormDefault="qualified"', "", "must be qualified"),
    "an unknown namespace": (SOBJECT_NAMESPACE, "urn:other", "urn:other is not a namespace"),
    "an undeclared prefix": ('type="xsd:boolean"', 'type="xs:boolean"', "xs:boolean: its prefix is not declared"),
    "rpc style": ('style="document"', 'style="rpc"', "style document"),
    "an encoded body": ('parts="parameters" use="literal"', 'parts="parameters" use="encoded"', "must be literal"),
    "an operation without binding": (
        '    <operation name="login">\n      <soap:operation',
        '    <operation name="logon">\n      <soap:operation',
        "operation login has no binding",
    ),
    "a request of another name": (
        'element="tns:login"',
        'element="tns:logout"',
        "tns:login: the input message carries tns:logout",
    ),
    "no address": ("<soap:address", "<soap:adress", "no service with a soap:address"),
}


@pytest.mark.parametrize(("old", "new", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_known_is_refused(old: str, new: str, message: str) -> None:
    text = WSDL.read_text(encoding="utf-8")
    assert old in text
    if old == "<xsd:sequence>":
        text = text.replace("</xsd:sequence>", "</xsd:choice>")
    with pytest.raises(ContractError, match=message):
        load_contract(text.replace(old, new).encode())


def test_a_document_that_is_no_wsdl_is_refused() -> None:
    with pytest.raises(ContractError, match="not a WSDL"):
        load_contract(b"<definitions/>")


def test_no_entity_is_resolved() -> None:
    text = WSDL.read_text(encoding="utf-8")
    declaration, rest = text.split("\n", 1)
    bomb = f'{declaration}<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>{rest}'
    assert load_contract(bomb.replace("<portType ", "&e;<portType ").encode()).target_namespace == API_NAMESPACE


def test_faults_have_their_own_namespace(contract: Contract) -> None:
    assert next(name for name in contract.types if name.startswith("fns:")) == "fns:ApiFault"
