"""wsdl/partner.wsdl says what its digest says: operations, order, members, types, enumerations, headers, faults.

The digest was written from the published facts by tools/write_partner_wsdl.py, not from the WSDL, so a slip in either
one shows. A failure lists the facts that differ, by name.
"""

import importlib.util
import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mockorg_server.shipped import shipped
from mockorg_server.soap.contract import Contract, Member, load_contract

WSDL = shipped("wsdl/partner.wsdl")
DIGEST = json.loads(shipped("wsdl/partner.digest.json").read_text(encoding="utf-8"))
SECTIONS = ["operations", "headers", "faults", "elements", "types", "simple_types", "enums"]


def load_writer() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "tools" / "write_partner_wsdl.py"
    spec = importlib.util.spec_from_file_location("write_partner_wsdl", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


writer = load_writer()


def fields_of(members: tuple[Member, ...]) -> list[dict[str, Any]]:
    return [
        {
            "name": member.name,
            "type": member.type,
            "minOccurs": member.min_occurs,
            "maxOccurs": "unbounded" if member.max_occurs is None else str(member.max_occurs),
            "nillable": member.nillable,
        }
        for member in members
    ]


def digest_of(contract: Contract) -> dict[str, Any]:
    """The digest of a contract that was read from a WSDL."""
    simple = contract.simple_types.values()
    facts = writer.Facts(
        operations=[
            {
                "name": operation.name,
                "input_fields": fields_of(operation.input),
                "output_fields": fields_of(operation.output),
                "headers_in": operation.headers_in,
                "headers_out": operation.headers_out,
                "faults": operation.faults,
            }
            for operation in contract.operations.values()
        ],
        types={
            name: {"extends": kind.extends, "fields": fields_of(kind.members), "any": kind.any_namespace is not None}
            for name, kind in contract.types.items()
        },
        enums={name: list(values) for name, values in contract.enums.items()},
        simple_types={
            kind.name: {"base": kind.base}
            | ({} if kind.length is None else {"length": str(kind.length)})
            | ({} if kind.pattern is None else {"pattern": kind.pattern})
            for kind in simple
        },
        elements={
            name: {"type": element.type} if element.type else {"fields": fields_of(element.members)}
            for name, element in contract.elements.items()
        },
        headers=list(contract.headers),
        faults=dict(contract.faults),
    )
    found = writer.digest(facts)
    assert isinstance(found, dict)
    return found


def differences(expected: Any, found: Any, place: str = "") -> Iterator[str]:
    """Names of the facts in which two digests differ."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        yield from (f"{place}/{name} is missing" for name in expected if name not in found)
        yield from (f"{place}/{name} is not in the digest" for name in found if name not in expected)
        shared = [name for name in expected if name in found]
        if shared != [name for name in found if name in expected]:
            yield f"{place} is in another order"
        for name in shared:
            yield from differences(expected[name], found[name], f"{place}/{name}")
    elif expected != found:
        yield f"{place} differs"


@pytest.fixture(scope="module")
def contract() -> Contract:
    started = time.perf_counter()
    loaded = load_contract(WSDL)
    print(f"load_contract took {(time.perf_counter() - started) * 1000:.0f} ms")
    return loaded


@pytest.mark.parametrize("section", SECTIONS)
def test_the_wsdl_agrees_with_the_digest(contract: Contract, section: str) -> None:
    assert list(differences(DIGEST[section], digest_of(contract)[section], section)) == []


def test_the_digest_has_no_other_sections() -> None:
    assert set(DIGEST) == {"api_version", *SECTIONS}


def test_the_contract_has_the_published_size(contract: Contract) -> None:
    sizes = {section: len(getattr(contract, section)) for section in SECTIONS}
    assert sizes == {
        "operations": 63,
        "headers": 20,
        "faults": 11,
        "elements": 157,
        "types": 188,  # 187 of version 58.0 and NameValueTypeTriple of 60.0
        "simple_types": 3,
        "enums": 35,
    }


def test_the_digest_is_of_the_version_in_the_address(contract: Contract) -> None:
    assert contract.address.endswith(f"/services/Soap/u/{DIGEST['api_version']}")


EDITS = {
    "a member of another type": (
        '<xsd:element name="done" type="xsd:boolean"/>',
        '<xsd:element name="done" type="xsd:string"/>',
        ["types/tns:QueryResult/members/done differs"],
    ),
    "a member that may now be absent": (
        '<xsd:element name="size" type="xsd:int"/>',
        '<xsd:element name="size" type="xsd:int" minOccurs="0"/>',
        ["types/tns:QueryResult/members/size differs"],
    ),
    "members in another order": (
        '<xsd:element name="username" type="xsd:string"/>\n            '
        '<xsd:element name="password" type="xsd:string"/>',
        '<xsd:element name="password" type="xsd:string"/>\n            '
        '<xsd:element name="username" type="xsd:string"/>',
        ["operations/login/input is in another order", "elements/tns:login is in another order"],
    ),
    "a value taken from an enumeration": (
        '<xsd:enumeration value="ALL_OR_NONE_OPERATION_ROLLED_BACK"/>',
        "",
        ["enums/tns:StatusCode differs"],
    ),
    "another base type": (
        '<xsd:extension base="fns:ApiQueryFault">',
        '<xsd:extension base="fns:ApiFault">',
        ["types/fns:InvalidFieldFault/extends differs"],
    ),
    "a header less": (
        '<soap:header message="tns:Header" part="LoginScopeHeader" use="literal"/>',
        "",
        ["operations/login/headers_in differs"],
    ),
}


@pytest.mark.parametrize(("old", "new", "named"), EDITS.values(), ids=EDITS.keys())
def test_an_edit_of_the_wsdl_is_named(old: str, new: str, named: list[str]) -> None:
    text = WSDL.read_text(encoding="utf-8")
    assert old in text
    edited = text.replace(old, new, 1)
    assert list(differences(DIGEST, digest_of(load_contract(edited.encode())))) == [f"/{name}" for name in named]
