"""Write ``wsdl/partner.wsdl`` and its digest from a file of facts about the published partner WSDL.

    python tools/write_partner_wsdl.py FACTS.json [--out wsdl]

FACTS.json holds the facts of API version 58.0 (operations, types, enumerations, elements, headers, faults, in the order
of the published document) and, under ``delta_58_to_60``, what version 60.0 changed. The document is this project's own
writing: one section per kind of thing, one line per element, no prose in it.

The digest states the same facts a second time, as one short hash per operation part, member, enumeration value and so
on. ``tests/soap/test_contract.py`` reads the WSDL back and compares it with the digest, so that an edit of the WSDL
that changes the contract fails and is named. The facts file is not part of the repository.

It is a command and a small library (``Facts``, ``digest``); it imports nothing of the server.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

API_VERSION = "60.0"
# Where `mockorg serve` listens when nothing else is asked for; the server writes its own address instead.
ADDRESS = f"http://127.0.0.1:8800/services/Soap/u/{API_VERSION}"

NAMESPACES = {
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "tns": "urn:partner.soap.sforce.com",
    "ens": "urn:sobject.partner.soap.sforce.com",
    "fns": "urn:fault.partner.soap.sforce.com",
}
# The schemas in order, and what each of them refers to.
SCHEMAS = {"ens": ("tns",), "tns": ("ens",), "fns": ("tns",)}

# The one enumeration that restricts something else than a string (published WSDL).
ENUM_BASES = {"fns:FaultCode": "xsd:QName"}

# Types of 60.0 that the delta only names: the type they follow, and their members (published enterprise WSDL 60.0).
TYPES_OF_60 = {
    "tns:NameValueTypeTriple": (
        "tns:NameObjectValuePair",
        [
            {"name": name, "type": "xsd:string", "minOccurs": 1, "maxOccurs": "1", "nillable": False}
            for name in ("name", "type", "value")
        ],
    ),
}

Member = Mapping[str, Any]


@dataclass(frozen=True)
class Facts:
    """The contract of one version as plain values.

    A member list holds dicts of name, type, minOccurs, maxOccurs and nillable. ``types`` maps a prefixed name to
    {"extends", "fields", "any"}; the rest are as in the facts file.
    """

    operations: list[dict[str, Any]]
    types: dict[str, dict[str, Any]]
    enums: dict[str, list[str]]
    simple_types: dict[str, dict[str, str]]
    elements: dict[str, dict[str, Any]]
    headers: list[str]
    faults: dict[str, str]


def facts_of_60(raw: dict[str, Any]) -> Facts:
    """Apply the delta of a facts file to its 58.0. Raises ``ValueError`` on a change this generator does not know."""
    delta = raw["delta_58_to_60"]
    for kind in ("ops_added", "ops_removed", "headers_added", "types_removed", "types_changed", "op_headers_changed"):
        if delta[kind]:
            raise ValueError(f"this generator does not know how to apply {kind}: {delta[kind]}")
    if delta["types_added"] != list(TYPES_OF_60):
        raise ValueError(f"members of the added types are not known: {delta['types_added']}")
    return Facts(
        operations=raw["operations"],
        types=_types_of_60(raw["types"]),
        enums={name: _changed(values, delta["enums_changed"].get(name)) for name, values in raw["enums"].items()},
        simple_types=raw["simple_types"],
        elements=raw["elements"],
        headers=list(raw["headers"]),
        faults={name: message["fault"] for name, message in raw["fault_messages"].items()},
    )


def _types_of_60(raw: dict[str, Any]) -> dict[str, dict[str, Any]]:
    types: dict[str, dict[str, Any]] = {}
    added = {after: (name, fields) for name, (after, fields) in TYPES_OF_60.items()}
    for name, described in raw.items():
        fields = described["fields"]
        members = [field for field in fields if "any" not in field]
        types[name] = {"extends": described.get("extends"), "fields": members, "any": len(members) < len(fields)}
        if name in added:
            new_name, new_fields = added[name]
            types[new_name] = {"extends": None, "fields": new_fields, "any": False}
    return types


def _changed(values: list[str], change: dict[str, list[str]] | None) -> list[str]:
    """Apply a delta; added values go to their place in the alphabet, which every enumeration that grew is in."""
    if change is None:
        return values
    kept = [value for value in values if value not in change["removed"]]
    if not change["added"]:
        return kept
    if kept != sorted(kept):
        raise ValueError("values can only be added to an enumeration in alphabetical order")
    return sorted(kept + change["added"])


# The document


def document(facts: Facts) -> str:
    """Return the whole WSDL, one element a line, indented by two spaces."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<definitions"]
    lines += [f"    targetNamespace={quoteattr(NAMESPACES['tns'])}", '    xmlns="http://schemas.xmlsoap.org/wsdl/"']
    lines += ['    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"']
    lines += [f"    xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in NAMESPACES.items()]
    lines[-1] += ">"
    lines += _indented(["<types>", *_indented(_schemas(facts)), "</types>"])
    for section in (_messages(facts), _port_type(facts), _binding(facts), _service()):
        lines += ["", *_indented(section)]
    return "\n".join([*lines, "</definitions>", ""])


def _schemas(facts: Facts) -> Iterator[str]:
    for prefix, imported in SCHEMAS.items():
        namespace = quoteattr(NAMESPACES[prefix])
        yield f'<xsd:schema targetNamespace={namespace} elementFormDefault="qualified">'
        yield from _indented(f"<xsd:import namespace={quoteattr(NAMESPACES[other])}/>" for other in imported)
        for name, simple in _of(prefix, facts.simple_types):
            yield from _indented(_simple_type(name, simple))
        for name, values in _of(prefix, facts.enums):
            base = ENUM_BASES.get(f"{prefix}:{name}", "xsd:string")
            facets = [f"<xsd:enumeration value={quoteattr(value)}/>" for value in values]
            yield from _indented(_restriction(name, base, facets))
        for name, described in _of(prefix, facts.types):
            yield from _indented(_complex_type(name, described))
        for name, element in _of(prefix, facts.elements):
            yield from _indented(_element(name, element))
        yield "</xsd:schema>"


def _of(prefix: str, named: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Entries of one schema, by local name."""
    return ((name.partition(":")[2], value) for name, value in named.items() if name.startswith(f"{prefix}:"))


def _simple_type(name: str, simple: Mapping[str, str]) -> Iterator[str]:
    facets = [f"<xsd:{facet} value={quoteattr(simple[facet])}/>" for facet in ("length", "pattern") if facet in simple]
    return _restriction(name, simple["base"], facets)


def _restriction(name: str, base: str, facets: list[str]) -> Iterator[str]:
    yield f'<xsd:simpleType name="{name}">'
    yield f'  <xsd:restriction base="{base}">' if facets else f'  <xsd:restriction base="{base}"/>'
    if facets:
        yield from _indented(_indented(facets))
        yield "  </xsd:restriction>"
    yield "</xsd:simpleType>"


def _complex_type(name: str, described: Mapping[str, Any]) -> Iterator[str]:
    yield f'<xsd:complexType name="{name}">'
    if described["extends"]:
        yield "  <xsd:complexContent>"
        yield f'    <xsd:extension base="{described["extends"]}">'
        yield from _indented(_indented(_indented(_sequence(described["fields"], described["any"]))))
        yield "    </xsd:extension>"
        yield "  </xsd:complexContent>"
    else:
        yield from _indented(_sequence(described["fields"], described["any"]))
    yield "</xsd:complexType>"


def _element(name: str, element: Mapping[str, Any]) -> Iterator[str]:
    if "type" in element:
        yield f'<xsd:element name="{name}" type="{element["type"]}"/>'
        return
    yield f'<xsd:element name="{name}">'
    yield "  <xsd:complexType>"
    yield from _indented(_indented(_sequence(element["fields"], any_follows=False)))
    yield "  </xsd:complexType>"
    yield "</xsd:element>"


def _sequence(fields: list[Member], any_follows: bool) -> Iterator[str]:
    if not fields and not any_follows:
        yield "<xsd:sequence/>"
        return
    yield "<xsd:sequence>"
    for field in fields:
        occurs = "".join(f' {key}="{field[key]}"' for key in ("minOccurs", "maxOccurs") if str(field[key]) != "1")
        nillable = ' nillable="true"' if field["nillable"] else ""
        yield f'  <xsd:element name="{field["name"]}" type="{field["type"]}"{occurs}{nillable}/>'
    if any_follows:
        yield '  <xsd:any namespace="##targetNamespace" minOccurs="0" maxOccurs="unbounded" processContents="lax"/>'
    yield "</xsd:sequence>"


def _messages(facts: Facts) -> Iterator[str]:
    yield '<message name="Header">'
    yield from (f'  <part name="{header}" element="tns:{header}"/>' for header in facts.headers)
    yield "</message>"
    for name, element in facts.faults.items():
        yield from _message(name, "fault", element)
    for operation in facts.operations:
        yield from _message(f"{operation['name']}Request", "parameters", operation["input_element"])
        yield from _message(f"{operation['name']}Response", "parameters", operation["output_element"])


def _message(name: str, part: str, element: str) -> Iterator[str]:
    yield f'<message name="{name}">'
    yield f'  <part name="{part}" element="{element}"/>'
    yield "</message>"


def _port_type(facts: Facts) -> Iterator[str]:
    yield '<portType name="Soap">'
    for operation in facts.operations:
        name = operation["name"]
        yield f'  <operation name="{name}">'
        yield f'    <input message="tns:{name}Request"/>'
        yield f'    <output message="tns:{name}Response"/>'
        yield from (f'    <fault name="{fault}" message="tns:{fault}"/>' for fault in operation["faults"])
        yield "  </operation>"
    yield "</portType>"


def _binding(facts: Facts) -> Iterator[str]:
    yield '<binding name="SoapBinding" type="tns:Soap">'
    yield '  <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>'
    for operation in facts.operations:
        yield f'  <operation name="{operation["name"]}">'
        yield f'    <soap:operation soapAction="{operation["soapAction"]}"/>'
        yield from _indented(_indented(_bound("input", operation["headers_in"], ' parts="parameters"')))
        yield from _indented(_indented(_bound("output", operation["headers_out"], "")))
        for fault in operation["faults"]:
            yield f'    <fault name="{fault}">'
            yield f'      <soap:fault name="{fault}" use="literal"/>'
            yield "    </fault>"
        yield "  </operation>"
    yield "</binding>"


def _bound(direction: str, headers: list[str], parts: str) -> Iterator[str]:
    yield f"<{direction}>"
    yield from (f'  <soap:header message="tns:Header" part="{header}" use="literal"/>' for header in headers)
    yield f'  <soap:body{parts} use="literal"/>'
    yield f"</{direction}>"


def _service() -> Iterator[str]:
    yield '<service name="SforceService">'
    yield '  <port name="Soap" binding="tns:SoapBinding">'
    yield f"    <soap:address location={quoteattr(ADDRESS)}/>"
    yield "  </port>"
    yield "</service>"


def _indented(lines: Any) -> Iterator[str]:
    return (f"  {line}" for line in lines)


# The digest


def digest(facts: Facts) -> dict[str, Any]:
    """Return one short hash per fact, keyed by its name; the order of the keys is the order of the contract."""
    return {
        "api_version": API_VERSION,
        "operations": {operation["name"]: _operation_digest(operation) for operation in facts.operations},
        "headers": facts.headers,
        "faults": facts.faults,
        "elements": {name: _element_digest(element) for name, element in facts.elements.items()},
        "types": {name: _type_digest(described) for name, described in facts.types.items()},
        "simple_types": {
            name: short_hash(simple["base"], simple.get("length"), simple.get("pattern"))
            for name, simple in facts.simple_types.items()
        },
        "enums": {name: [short_hash(value) for value in values] for name, values in facts.enums.items()},
    }


def short_hash(*parts: object) -> str:
    """Return eight hexadecimal digits of the SHA-256 of the parts."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:8]


def member_digest(fields: list[Member]) -> dict[str, str]:
    """Return a hash per member, by its name, of its type and of how often and whether empty it may occur."""
    return {
        field["name"]: short_hash(field["type"], field["minOccurs"], field["maxOccurs"], field["nillable"])
        for field in fields
    }


def _operation_digest(operation: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "input": member_digest(operation["input_fields"]),
        "output": member_digest(operation["output_fields"]),
        "headers_in": short_hash(*operation["headers_in"]),
        "headers_out": short_hash(*operation["headers_out"]),
        "faults": short_hash(*operation["faults"]),
    }


def _element_digest(element: Mapping[str, Any]) -> Any:
    return element["type"] if "type" in element else member_digest(element["fields"])


def _type_digest(described: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "extends": described["extends"],
        "members": member_digest(described["fields"]),
        "any": described["any"],
    }


def main() -> None:
    """Read the facts, write the two files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("facts", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "wsdl")
    arguments = parser.parse_args()
    facts = facts_of_60(json.loads(arguments.facts.read_text(encoding="utf-8")))
    wsdl, digest_file = arguments.out / "partner.wsdl", arguments.out / "partner.digest.json"
    wsdl.write_text(document(facts), encoding="utf-8")
    digest_file.write_text(json.dumps(digest(facts), indent=1) + "\n", encoding="utf-8")
    print(f"wrote {wsdl} ({len(facts.operations)} operations, {len(facts.types)} types) and {digest_file}")


if __name__ == "__main__":
    main()
