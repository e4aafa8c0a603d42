"""An enterprise WSDL as a source: names, types and references, and nothing else."""

import re
from pathlib import Path

import pytest

from mockorg_server.metadata.reading import SchemaSourceError, read_schema
from mockorg_server.schema.schema import SchemaView, load_schema

from .conftest import Folder

HEAD = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:ens="urn:sobject.enterprise.soap.sforce.com"
 xmlns:tns="urn:enterprise.soap.sforce.com" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><types>
<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:sobject.enterprise.soap.sforce.com">
<complexType name="sObject"><sequence><element name="Id" type="tns:ID" nillable="true"/></sequence></complexType>"""
TAIL = "</schema></types></definitions>"


def kind(name: str, **elements: str) -> str:
    rows = "".join(
        f'<element name="{key}" nillable="true" minOccurs="0" type="{value}"/>' for key, value in elements.items()
    )
    return (
        f'<complexType name="{name}"><complexContent><extension base="ens:sObject"><sequence>{rows}</sequence>'
        "</extension></complexContent></complexType>"
    )


WSDL = (
    HEAD
    + kind("Account", Name="xsd:string", ExtId__c="xsd:string", Visits__r="tns:QueryResult", Contacts="tns:QueryResult")
    + kind(
        "Visit__c", Name="xsd:string", CreatedDate="xsd:dateTime", Account__c="tns:ID", Account__r="ens:Account",
        Cost__c="xsd:double", Site__c="tns:location", Site__Latitude__s="xsd:double", Site__Longitude__s="xsd:double",
    )
    + kind("Industry_Thing", Name="xsd:string")
    + TAIL
)  # fmt: skip


@pytest.fixture
def wsdl(tmp_path: Path) -> Path:
    file = tmp_path / "enterprise.wsdl"
    file.write_text(WSDL, encoding="utf-8")
    return file


def view_of(*paths: Path) -> SchemaView:
    return load_schema(additions=read_schema(paths).additions).latest


def test_objects_of_the_org_are_there_with_their_fields(wsdl: Path) -> None:
    visit = view_of(wsdl).sobject("Visit__c")

    assert visit.key_prefix == "a00"
    assert [field.name for field in visit.fields] == [
        "Id", "Name", "CreatedDate", "Account__c", "Cost__c", "Site__c", "Site__Latitude__s", "Site__Longitude__s",
    ]  # fmt: skip
    assert visit.field("Account__c").relationship_name == "Account__r"
    assert visit.field("Site__Latitude__s").compound_field_name == "Site__c"


def test_standard_objects_keep_what_is_known_and_gain_what_is_new(wsdl: Path) -> None:
    account = view_of(wsdl).sobject("Account")

    assert account.field("Name").length == 255
    assert account.field("ExtId__c").length == 131_072
    assert account.child_relationship("Visits__r").child_sobject == "Visit__c"
    assert account.child_relationship("Contacts").child_sobject == "Contact"


def test_another_source_tells_more_whatever_the_order(wsdl: Path, folder: Folder) -> None:
    folder.field("Account.ExtId__c", "<type>Text</type><length>40</length><externalId>true</externalId>")

    for paths in ((wsdl, folder.path), (folder.path, wsdl)):
        assert view_of(*paths).sobject("Account").field("ExtId__c").length == 40


def test_what_it_does_not_tell_is_told(wsdl: Path) -> None:
    assert [note.text for note in read_schema([wsdl]).notes] == [
        "a WSDL tells no labels, lengths, picklists and external ids: any value is accepted",
        "this org has no such standard object: it and its fields are left out",
    ]


@pytest.mark.parametrize(("text", "message"), [("<a>", "line 1: no XML"), ("<a/>", "no enterprise WSDL")])
def test_another_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.wsdl").write_text(text, encoding="utf-8")

    with pytest.raises(SchemaSourceError, match=re.escape(message)):
        read_schema([tmp_path / "x.wsdl"])
