"""Describes: as recorded where the schema has the facts, and held to the contract for every sObject and version."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from mockorg_server.core.calls.result import DescribeGlobalResult
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.soap.describe_writer import SOAP_TYPES

from .strict_reader import API, XSI
from .wire_client import WireClient, contract, envelope, schema

RECORDED = Path(__file__).parents[1] / "recorded" / "describe" / "lead_soap_partner.xml"
DESCRIBE = "<describeSObjects/>"
GENERATIONS = [31, 38, 43, 47, 51, 60, 68]


def describe(sobject: SObject, version: int) -> etree._Element:
    reply = WireClient((sobject,)).call(DESCRIBE, version=version)
    assert len(reply.results) == 1
    return reply.results[0]


def member_names(element: etree._Element) -> list[str]:
    return list(dict.fromkeys(child.tag.removeprefix(API) for child in element))


def form(element: etree._Element) -> str:
    """The member as text: name, attributes, value."""
    return f"{element.tag.removeprefix(API)} {dict(element.attrib)} {element.text}"


@pytest.fixture(scope="module")
def recorded() -> etree._Element:
    found = etree.parse(RECORDED, etree.XMLParser(remove_blank_text=True)).find(f".//{API}result")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def lead() -> etree._Element:
    sobject = schema().view(43).sobject("Lead")
    assert sobject is not None
    return describe(sobject, 43)


def test_the_members_of_a_describe_are_the_recorded_ones(recorded: etree._Element, lead: etree._Element) -> None:
    """supportedScopes is the one member that this org has no facts for."""
    assert member_names(lead) == [name for name in member_names(recorded) if name != "supportedScopes"]


def test_plain_members_say_what_was_recorded(recorded: etree._Element, lead: etree._Element) -> None:
    url = re.compile("https://na59.salesforce.com|http://localhost:8800")
    plain = [[url.sub("", form(child)) for child in root if len(child) == 0] for root in (recorded, lead)]

    assert plain[1] == plain[0]


def test_the_record_type_is_the_recorded_one(recorded: etree._Element, lead: etree._Element) -> None:
    forms = [[form(child) for child in root.find(f"{API}recordTypeInfos")] for root in (recorded, lead)]  # type: ignore[union-attr]

    assert forms[1] == forms[0]


def fields_of(root: etree._Element) -> dict[str, list[str]]:
    return {
        field.findtext(f"{API}name") or "": [form(child) for child in field if len(child) == 0]
        for field in root.iterfind(f"{API}fields")
    }


def test_fields_have_the_members_that_were_recorded(recorded: etree._Element, lead: etree._Element) -> None:
    """Values differ here and there: the schema's facts are those of newer orgs. Members and their order do not."""
    ours, theirs = fields_of(lead), fields_of(recorded)
    shared = ours.keys() & theirs.keys()
    assert len(shared) > 45

    optional = {"defaultValue", "compoundFieldName", "extraTypeInfo", "referenceTo", "relationshipName"}
    for name in shared:
        members = [[line.partition(" ")[0] for line in fields[name]] for fields in (ours, theirs)]
        plain = [[member for member in names if member not in optional] for names in members]
        assert plain[0] == plain[1], name
    assert sum(ours[name] == theirs[name] for name in shared) > 20


def test_a_default_carries_its_type(lead: etree._Element) -> None:
    defaults = {
        (child.get(f"{XSI}type"), child.text)
        for field in lead.iterfind(f"{API}fields")
        for child in field.iterfind(f"{API}defaultValue")
    }

    assert ("xsd:boolean", "false") in defaults


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, 'xsi:type="xsd:boolean">true<'),
        (5, 'xsi:type="xsd:int">5<'),
        (1.5, 'xsi:type="xsd:double">1.5<'),
        ("A & B", 'xsi:type="xsd:string">A &amp; B<'),
    ],
)
def test_defaults_of_each_type(value: object, text: str) -> None:
    account = schema().latest.sobject("Account")
    assert account is not None
    field: Field = replace(account.fields[0], default_value=value)  # type: ignore[arg-type]

    content = WireClient((replace(account, fields=(field,)),)).post(envelope(DESCRIBE)).text

    assert f"<defaultValue {text}/defaultValue>" in content


@pytest.mark.parametrize("version", GENERATIONS)
def test_describes_hold_to_the_contract_of_each_version(version: int) -> None:
    """The reader checks order, occurrence and values; here some sObjects, a spread of all is below."""
    view = schema().view(version)
    for name in ["Account", "Task", "ConvMessageSendRequest", "AccountShare", "PermissionSet"]:
        sobject = view.sobject(name)
        if sobject is not None:
            assert len(list(describe(sobject, version).iterfind(f"{API}fields"))) == len(sobject.fields)


def test_every_soap_type_of_the_schema_is_one_of_the_contract() -> None:
    view = schema().latest
    sobjects = [view.sobject(name) for name in view.names]
    types = {field.soap_type for sobject in sobjects if sobject is not None for field in sobject.fields}

    assert len(types) > 10
    assert {SOAP_TYPES.get(name, name) for name in types} <= set(contract().enums["tns:soapType"])


def test_a_spread_of_all_sobjects_can_be_described() -> None:
    view = schema().latest
    for first in range(0, len(view.names), 97):
        sobject = view.sobject(view.names[first])
        assert sobject is not None
        assert describe(sobject, 68).findtext(f"{API}name") == sobject.name


@pytest.mark.parametrize("version", GENERATIONS)
def test_the_global_describe_lists_every_sobject(version: int) -> None:
    outlines = schema().view(version).outlines

    reply = WireClient(DescribeGlobalResult(outlines)).call("<describeGlobal/>", version=version)  # type: ignore[arg-type]

    result = reply.results[0]
    assert [result[0].text, result[1].text] == ["UTF-8", "200"]
    names = [element.findtext(f"{API}name") for element in result.iterfind(f"{API}sobjects")]
    assert names == [outline.name for outline in outlines]
    assert len(names) > 500


def test_describes_are_answered_in_the_order_asked_for() -> None:
    view = schema().latest
    sobjects = tuple(view.sobject(name) for name in ["Contact", "Account", "Contact"])

    reply = WireClient(sobjects).call(DESCRIBE, version=68)

    assert [result.findtext(f"{API}name") for result in reply.results] == ["Contact", "Account", "Contact"]


def test_what_is_kept_does_not_keep_the_callers_address() -> None:
    wire = WireClient((schema().latest.sobject("Account"),))

    texts = [wire.post(envelope(DESCRIBE), HTTP_HOST=host).text for host in ("a.example", "b.example:99", "a.example")]

    assert "<urlDetail>http://a.example/{ID}</urlDetail>" in texts[0]
    assert "<urlNew>http://b.example:99/001/e</urlNew>" in texts[1]
    assert texts[2] == texts[0]


def test_what_has_no_page_has_no_address() -> None:
    sobject = schema().latest.sobject("AccountShare")
    assert sobject is not None

    result = describe(sobject, 68)

    assert [child.get(f"{XSI}nil") for child in result[-3:]] == ["true", "true", "true"]
    assert result.find(f"{API}recordTypeInfos") is None
