"""Requests: every one the SDK can make is valid by the schemas of the partner WSDL, and says what it should."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mockorg import _call as calls
from mockorg._call import InputRecord
from mockorg._protocol import soap

XS = "http://www.w3.org/2001/XMLSchema"
SOAP_WSDL = "http://schemas.xmlsoap.org/wsdl/soap/"
PARTNER = "{urn:partner.soap.sforce.com}"
SOBJECT = "{urn:sobject.partner.soap.sforce.com}"
ID = "001000000000001AAA"
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 31, 12, 30, tzinfo=UTC)
RECORD = InputRecord(
    "Account",
    ID,
    {"Name": "A & B", "AnnualRevenue": "12.5"},
    ("Website", "Phone"),
    {"Parent": InputRecord("Account", None, {"Ext__c": "x"})},
)

# One or more of each call.
CALLS = [
    calls.Login("u@example.org", "p<&>TOKEN"),
    calls.Logout(),
    calls.GetUserInfo(),
    calls.GetServerTimestamp(),
    calls.DescribeGlobal(),
    calls.DescribeSObject("Account"),
    calls.DescribeSObjects(("Account", "Contact")),
    calls.DescribeSObjects(()),
    calls.Query("SELECT Id FROM Account WHERE Name < 'x'"),
    calls.Query("SELECT Id FROM Account", batch_size=200),
    calls.QueryAll("SELECT Id FROM Account", batch_size=200),
    calls.QueryMore("0r8000000000001AAA-200", batch_size=200),
    calls.Search("FIND {a < b} RETURNING Account"),
    calls.Retrieve("Account", (ID,), ("Id", "Name")),
    calls.GetUpdated("Account", START, END),
    calls.GetDeleted("Account", START, END),
    calls.Create((RECORD, RECORD)),
    calls.Create((InputRecord("Account", None, {"Name": "n"}),), all_or_none=True),
    calls.Update((RECORD,), all_or_none=True),
    calls.Upsert("Ext__c", (RECORD,), all_or_none=True),
    calls.Delete((ID, ID), all_or_none=True),
    calls.Undelete(("001A0000006Vm9uIAC",), all_or_none=True),
    calls.EmptyRecycleBin(("001A0000006Vm9uIAC",)),
    calls.Merge(calls.InputRecord("Account", "001A0000006Vm9uIAC", {"Name": "x"}), ("001A0000006Vm9vIAC",)),
    calls.ConvertLead((calls.LeadConvert("00QA0000006Vm9uIAC", "Closed", opportunity_name="x"),)),
]


@pytest.fixture(scope="module")
def wsdl(wsdl_path):
    return etree.parse(wsdl_path).getroot()


@pytest.fixture(scope="module")
def schema(wsdl, tmp_path_factory):
    """The schemas inside the WSDL as one; each import is given the file that its schema is written to."""
    folder = tmp_path_factory.mktemp("schema")
    schemas = wsdl.findall(f".//{{{XS}}}schema")
    files = {each.get("targetNamespace"): folder / f"{index}.xsd" for index, each in enumerate(schemas)}
    for each in schemas:
        for target in each.findall(f"{{{XS}}}import"):
            target.set("schemaLocation", str(files[target.get("namespace")]))
        files[each.get("targetNamespace")].write_bytes(etree.tostring(each))
    imports = "".join(f'<import namespace="{name}" schemaLocation="{path}"/>' for name, path in files.items())
    return etree.XMLSchema(etree.fromstring(f'<schema xmlns="{XS}">{imports}</schema>'))


def parts(call, session_id="TOKEN"):
    envelope = etree.fromstring(soap.encode(call, session_id))
    header, body = envelope
    return list(header), body[0]


LEAD_CONVERT_MEMBERS = [
    "accountId",
    "accountRecord",
    "bypassAccountDedupeCheck",
    "bypassContactDedupeCheck",
    "contactId",
    "contactRecord",
    "convertedStatus",
    "doNotCreateOpportunity",
    "leadId",
    "opportunityId",
    "opportunityName",
    "opportunityRecord",
    "overwriteLeadSource",
    "ownerId",
    "relatedPersonAccountId",
    "relatedPersonAccountRecord",
    "sendNotificationEmail",
]


def problems(schema, element) -> list[str]:
    return [] if schema.validate(element) else [str(each) for each in schema.error_log]


@pytest.mark.parametrize("call", CALLS, ids=repr)
def test_a_request_is_valid_by_the_wsdl(schema, call):
    headers, operation = parts(call)

    # A reference by external id is a record without an Id. The WSDL calls for that slot, all real clients leave it out.
    for record in operation.iter(f"{PARTNER}sObjects", f"{SOBJECT}Parent"):
        if record.find(f"{SOBJECT}Id") is None:
            place = len(record.findall(f"{SOBJECT}type")) + len(record.findall(f"{SOBJECT}fieldsToNull"))
            nil = etree.Element(f"{SOBJECT}Id")
            nil.set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")
            record.insert(place, nil)
    # So it is with the members of a LeadConvert that are not given.
    for convert in operation.iter(f"{PARTNER}leadConverts"):
        given = {etree.QName(each).localname: each for each in convert}
        for name in LEAD_CONVERT_MEMBERS:
            nil = etree.Element(f"{PARTNER}{name}")
            nil.set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")
            convert.append(given.get(name, nil))
    assert problems(schema, operation) == []
    assert [problem for header in headers for problem in problems(schema, header)] == []


@pytest.mark.parametrize("call", CALLS, ids=repr)
def test_a_request_sends_no_header_that_its_operation_does_not_take(wsdl, call):
    headers, operation = parts(call, None if isinstance(call, calls.Login) else "TOKEN")
    name = etree.QName(operation).localname
    taken = wsdl.xpath(
        "//w:binding/w:operation[@name=$name]/w:input/s:header/@part",
        name=name,
        namespaces={"w": "http://schemas.xmlsoap.org/wsdl/", "s": SOAP_WSDL},
    )
    assert taken, "the operation is in the WSDL"

    assert {etree.QName(header).localname for header in headers} <= set(taken)


def test_the_list_above_has_every_call():
    defined = {each for each in vars(calls).values() if isinstance(each, type) and issubclass(each, calls.Call)}

    assert {type(call) for call in CALLS} == defined - {
        calls.Call,
        calls.SendConversationMessages,
    }  # which SOAP has not


def test_login_has_no_session_header_and_keeps_the_token_at_the_end_of_the_password():
    headers, operation = parts(calls.Login("u", "pTOKEN"), None)

    assert headers == []
    assert [each.text for each in operation] == ["u", "pTOKEN"]


def test_a_record_is_in_contract_order_type_nulls_id_fields():
    _, operation = parts(calls.Update((RECORD,)))
    (record,) = operation

    assert record.tag == f"{PARTNER}sObjects"
    assert [each.tag for each in record] == [
        f"{SOBJECT}{name}" for name in ["type", "fieldsToNull", "fieldsToNull", "Id", "Name", "AnnualRevenue", "Parent"]
    ]
    assert [each.text for each in record[-1]] == ["Account", "x"]


def test_a_request_declares_its_encoding_and_uses_the_prefix_of_real_clients():
    assert soap.encode(calls.Logout(), "T").startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<soapenv:Envelope ")


def test_windows_are_written_in_utc_to_the_millisecond():
    _, operation = parts(calls.GetUpdated("Account", START, END))

    assert [each.text for each in operation] == ["Account", "2026-01-01T00:00:00.000Z", "2026-01-31T12:30:00.000Z"]


def test_secrets_stay_out_of_the_repr_of_a_call():
    assert [each.name for each in fields(calls.Login) if not each.repr] == ["password"]
    assert "secret" not in repr(calls.Login("u", "secret"))


XML_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n\r")
)


@given(XML_TEXT)
def test_any_text_that_xml_can_hold_arrives_unchanged(text):
    _, operation = parts(calls.Query(text))

    assert (operation[0].text or "") == text
