"""The strict reader sees what it is there to see: each of these mutations of a good reply breaks a real client."""

import pytest

from mockorg_server.core.error import OrgError, RowError
from mockorg_server.core.record import QueryResult, SaveResult
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import FieldMember, RecordShape

from .strict_reader import StrictReader, Wrong
from .wire_client import WireClient, contract, envelope

READER = StrictReader(60, contract())
SHAPE = RecordShape("Account", (FieldMember("Id", FieldType.ID, 0), FieldMember("Name", FieldType.STRING, 1)))
ROWS = [("001000000000001AAA", "Acme"), ("001000000000002AAA", None)]
SAVED = [SaveResult(None, (RowError("REQUIRED_FIELD_MISSING", "m", ("Name",)),)), SaveResult("001000000000001AAA")]


def query_reply() -> str:
    result = QueryResult(SHAPE, ROWS, 2, done=True)
    return WireClient(result).post(envelope("<query><queryString>x</queryString></query>")).text


def save_reply() -> str:
    return WireClient(SAVED).post(envelope("<create/>")).text


def fault_reply() -> str:
    return WireClient(OrgError("INVALID_FIELD", "m", 1, 8)).post(envelope("<create/>")).text


def test_good_replies_are_accepted() -> None:
    assert len(READER.read(save_reply().encode()).results) == 2
    assert READER.read(query_reply().encode()).usage == (22092, 64000)
    fault = READER.read(fault_reply().encode()).fault
    assert fault is not None
    assert (fault.element, fault.row, fault.column) == ("InvalidFieldFault", 1, 8)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<?xml version="1.0" encoding="UTF-8"?>', ""),
        ("soapenv:", "soap11env:"),
        ("<done>true</done>", ""),
        ("<done>true</done>", "<done>True</done>"),
        ("<size>2</size>", ""),
        ("<size>2</size>", "<size>two</size>"),
        ("<size>2</size>", "<size>2</size><more/>"),
        ('<done>true</done><queryLocator xsi:nil="true"/>', '<queryLocator xsi:nil="true"/><done>true</done>'),
        ('<queryLocator xsi:nil="true"/>', "<queryLocator/>"),
        ("<size>2</size>", '<size xsi:nil="true"/>'),
        ('<result xsi:type="QueryResult">', '<result xsi:type="sf:QueryResult">'),
        ('<records xsi:type="sf:sObject">', "<records>"),
        ("<sf:type>Account</sf:type>", ""),
        ("<sf:Id>001000000000001AAA</sf:Id><sf:Id>001000000000001AAA</sf:Id>", ""),
        ("<sf:Id>001000000000001AAA</sf:Id>", "<sf:Id>001</sf:Id>"),
        ('<sf:Name xsi:nil="true"/>', "<sf:Name/>"),
        ("<sf:Name>Acme</sf:Name>", "<Name>Acme</Name>"),
        ("<sf:Name>Acme</sf:Name>", "<sf:Name><sf:x/></sf:Name>"),
        ("<current>22092</current><limit>64000</limit>", "<limit>64000</limit><current>22092</current>"),
        ("API REQUESTS", "REQUESTS"),
        ("queryResponse>", "createResponse>"),
    ],
)
def test_a_mutated_query_is_refused(before: str, after: str) -> None:
    text = query_reply()
    assert before in text

    with pytest.raises(Wrong):
        READER.read(text.replace(before, after).encode())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<success>true</success>", ""),
        ('<id xsi:nil="true"/><success>false</success>', '<success>false</success><id xsi:nil="true"/>'),
        ("<id>001000000000001AAA</id>", "<id>001000000000001</id>"),
        ("<message>m</message>", ""),
        ("<statusCode>REQUIRED_FIELD_MISSING</statusCode>", "<statusCode>SOMETHING</statusCode>"),
        ("<fields>Name</fields><message>m</message>", "<message>m</message><fields>Name</fields>"),
        ("<result><id>", "<tns:result xmlns:tns='urn:partner.soap.sforce.com'><id>"),
    ],
)
def test_a_mutated_save_is_refused(before: str, after: str) -> None:
    text = save_reply()
    assert before in text
    mutated = text.replace(before, after)
    if "tns:result" in after:
        mutated = mutated.replace("</result></createResponse>", "</tns:result></createResponse>")

    with pytest.raises(Wrong):
        READER.read(mutated.encode())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<faultcode>sf:INVALID_FIELD</faultcode>", "<faultcode>INVALID_FIELD</faultcode>"),
        ("<faultcode>sf:INVALID_FIELD</faultcode>", "<faultcode>sf:INVALID_TYPE</faultcode>"),
        (' xsi:type="sf:InvalidFieldFault"', ""),
        ("<sf:row>1</sf:row>", ""),
        ("<sf:row>1</sf:row><sf:column>8</sf:column>", "<sf:column>8</sf:column><sf:row>1</sf:row>"),
        ("urn:fault.partner", "urn:fault.enterprise"),
        ("<soapenv:Body>", "<soapenv:Header/><soapenv:Body>"),
        ("<sf:exceptionMessage>m<", "<sf:exceptionMessage>n<"),
        ("INVALID_FIELD", "NOT_A_CODE"),
    ],
)
def test_a_mutated_fault_is_refused(before: str, after: str) -> None:
    text = fault_reply()
    assert before in text

    with pytest.raises(Wrong):
        READER.read(text.replace(before, after).encode())


def test_members_of_newer_versions_are_refused_at_older_ones() -> None:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv='
        '"http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com"><soapenv:Body>'
        "<describeSObjectResponse><result><activateable>false</activateable><associateEntityType/></result>"
        "</describeSObjectResponse></soapenv:Body></soapenv:Envelope>"
    )

    with pytest.raises(Wrong, match=r"childRelationships|compactLayoutable"):
        StrictReader(50, contract()).read(text.encode())
