"""The spyne models say what the contract says: names, namespaces, order, occurrence, nillability, base types."""

from decimal import Decimal
from typing import Any

import pytest
from spyne.model.primitive import Unicode

from mockorg_server.shipped import shipped
from mockorg_server.soap.contract import (
    NAMESPACE_OF_PREFIX,
    ContractError,
    Member,
    load_contract,
)
from mockorg_server.soap.model import XSD_MODELS, Models

CONTRACT = load_contract(shipped("wsdl/partner.wsdl"))
MODELS = Models(CONTRACT)


def name_of(model: Any) -> str:
    prefixes = {namespace: prefix for prefix, namespace in NAMESPACE_OF_PREFIX.items()}
    return f"{prefixes[model.get_namespace()]}:{model.get_type_name()}"


def said(name: str, model: Any) -> Member:
    """What a member class says, in the words of the contract."""
    attributes = model.Attributes
    most = None if attributes.max_occurs == Decimal("inf") else int(attributes.max_occurs)
    return Member(name, name_of(model), attributes.min_occurs, most, attributes.nillable)


@pytest.mark.parametrize("name", CONTRACT.types)
def test_a_type_has_its_members_in_contract_order(name: str) -> None:
    model, complex_type = MODELS.type(name), CONTRACT.types[name]
    assert name_of(model) == name
    assert tuple(said(key, value) for key, value in model._type_info.items()) == complex_type.members
    assert list(model.get_flat_type_info(model)) == [member.name for member in CONTRACT.all_members(name)]


@pytest.mark.parametrize("name", [name for name, kind in CONTRACT.types.items() if kind.extends])
def test_a_type_extends_its_base(name: str) -> None:
    base = CONTRACT.types[name].extends
    assert base is not None
    assert MODELS.type(name).__extends__ is MODELS.type(base)
    assert issubclass(MODELS.type(name), MODELS.type(base))


def test_a_type_that_contains_itself() -> None:
    category = MODELS.type("tns:DataCategory")
    assert said("childCategories", category._type_info["childCategories"]) == Member(
        "childCategories", "tns:DataCategory", 0, None, False
    )
    assert list(category._type_info["childCategories"]._type_info) == ["childCategories", "label", "name"]


@pytest.mark.parametrize("name", CONTRACT.enums)
def test_an_enumeration_has_its_values_in_order(name: str) -> None:
    model = MODELS.type(name)
    assert name_of(model) == name
    assert tuple(model.Attributes.values) == CONTRACT.enums[name]


def test_simple_types() -> None:
    identifier = MODELS.type("tns:ID")
    assert (identifier.Attributes.min_len, identifier.Attributes.max_len) == (18, 18)
    assert identifier.Attributes.pattern == "[a-zA-Z0-9]{18}"
    assert [name_of(MODELS.type(name)) for name in CONTRACT.simple_types] == list(CONTRACT.simple_types)
    assert issubclass(MODELS.type("tns:QueryLocator"), Unicode)


@pytest.mark.parametrize("name", CONTRACT.headers)
def test_a_header_has_its_members(name: str) -> None:
    (model,) = MODELS.headers([name])
    assert name_of(model) == f"tns:{name}"
    assert tuple(said(key, value) for key, value in model._type_info.items()) == CONTRACT.headers[name]


def test_every_xml_schema_type_of_the_contract_has_a_model() -> None:
    used = {member.type for kind in CONTRACT.types.values() for member in kind.members}
    assert {name for name in used if name.startswith("xsd:")} == set(XSD_MODELS)
    assert [name_of(model) for model in XSD_MODELS.values()] == list(XSD_MODELS)


def test_a_class_is_built_once() -> None:
    assert MODELS.type("tns:QueryResult") is MODELS.type("tns:QueryResult")
    assert MODELS.headers(["CallOptions"]) == MODELS.headers(["CallOptions"])


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ContractError, match="xsd:duration is not a type of the contract"):
        MODELS.type("xsd:duration")


def test_a_type_that_contains_itself_through_another_is_refused() -> None:
    text = shipped("wsdl/partner.wsdl").read_text(encoding="utf-8")
    edited = text.replace(
        '<xsd:element name="done" type="xsd:boolean"/>', '<xsd:element name="a" type="tns:LoginResult"/>'
    )
    edited = edited.replace(
        '<xsd:element name="userInfo" type="tns:GetUserInfoResult"', '<xsd:element name="b" type="tns:QueryResult"'
    )
    assert edited.count("tns:LoginResult") == 3
    with pytest.raises(ContractError, match="tns:LoginResult contains itself through another type"):
        Models(load_contract(edited.encode())).type("tns:LoginResult")
