"""Faults: the bytes of recorded ones, an element for every code, and bugs that say whose they are."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockorg_server.core.error import OrgError
from mockorg_server.soap.fault import FAULT_OF_CODE, QUERY_FAULTS, fault_of

from .strict_reader import Fault, StrictReader
from .wire_client import WireClient, contract, envelope

RECORDED = Path(__file__).parents[1] / "recorded" / "soap"
QUERY = "<query><queryString>SELECT …</queryString></query>"
NO_COLUMN = (
    "\nselect adfId, Name, Account.Name from Contact\n       ^\nERROR at Row:1:Column:8\n"
    "No such column 'adfId' on entity 'Contact'. If you are attempting to use a custom field, be sure to append the "
    "'__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names."
)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("misc/fault_INVALID_FIELD.xml", OrgError("INVALID_FIELD", NO_COLUMN, 1, 8)),
        ("misc/fault_INVALID_QUERY_LOCATOR.xml", OrgError("INVALID_QUERY_LOCATOR", "invalid query locator")),
        (
            "metaforce/login_failure.xml",
            OrgError("INVALID_LOGIN", "Invalid username, password, security token; or user locked out."),
        ),
    ],
)
def test_a_fault_is_byte_for_byte_as_recorded(name: str, error: OrgError) -> None:
    recorded = (RECORDED / name).read_text(encoding="utf-8").strip()

    answer = WireClient(error).post(envelope(QUERY))

    assert answer.status == 500
    assert answer.text == re.sub(r">\n *<", "><", recorded)


def test_a_session_fault_is_as_recorded_but_for_the_api() -> None:
    recorded = (RECORDED / "misc/fault_INVALID_SESSION_ID_enterprise.xml").read_text(encoding="utf-8").strip()
    message = re.search(r"<sf:exceptionMessage>(.*)</sf:exceptionMessage>", recorded, re.DOTALL)
    assert message is not None

    answer = WireClient(OrgError("INVALID_SESSION_ID", message[1])).post(envelope(QUERY))

    assert answer.text == recorded.replace("enterprise", "partner")


@pytest.mark.parametrize("code", contract().enums["fns:ExceptionCode"])
def test_every_code_has_a_fault_element_of_the_contract(code: str) -> None:
    fault = WireClient(OrgError(code, "why & <how>", 2, 7)).call(QUERY).fault

    assert fault is not None
    assert (fault.code, fault.text) == (f"sf:{code}", f"{code}: why & <how>")
    assert f"fns:{fault.element}" in contract().elements
    assert (fault.row, fault.column) == ((2, 7) if fault.element in QUERY_FAULTS else (None, None))


def test_the_table_names_only_codes_of_the_contract_and_every_special_fault() -> None:
    assert set(FAULT_OF_CODE) <= set(contract().enums["fns:ExceptionCode"])
    elements = {f"fns:{element}" for element in FAULT_OF_CODE.values()} | {f"fns:{fault_of('')}"}
    assert elements | {"fns:fault"} == set(contract().faults.values())


def test_faults_outside_queries_have_no_place() -> None:
    fault = WireClient(OrgError("INVALID_TYPE", "sObject type 'X' is not supported.")).call("<create/>").fault

    assert fault is not None
    assert (fault.element, fault.row, fault.column) == ("InvalidSObjectFault", -1, -1)


def test_an_unknown_operation_is_refused_in_the_platforms_words() -> None:
    for body, name in [
        ("<undo/>", "{urn:partner.soap.sforce.com}undo"),
        ('<x:describe xmlns:x="urn:enterprise.soap.sforce.com"/>', "{urn:enterprise.soap.sforce.com}describe"),
        ('<Query xmlns=""/>', "{}Query"),
    ]:
        assert WireClient().call(body).fault == Fault(
            "soapenv:Client", f"No operation available for request {name}, please check the WSDL for the service."
        )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<query/>", "The parameter queryString of query() is missing"),
        (
            "<query><queryString>a</queryString><queryString>b</queryString></query>",
            "The parameter queryString of query() is given more than once",
        ),
        ('<query><item xmlns=""/></query>', "Element {}item invalid at this location"),
        (
            "<query><queryString>a<item/></queryString></query>",
            "Element {urn:partner.soap.sforce.com}item invalid at this location",
        ),
        ("<delete><ids><ids/></ids></delete>", "Element {urn:partner.soap.sforce.com}ids invalid at this location"),
        ("<login><username>u</username></login>", "The parameter password of login() is missing"),
        (
            "<getUpdated><sObjectType>A</sObjectType><startDate>x</startDate><endDate>y</endDate></getUpdated>",
            "'x' is not a valid value for the type xsd:dateTime",
        ),
    ],
)
def test_wrong_parameters_are_refused(body: str, text: str) -> None:
    wire = WireClient()

    assert wire.call(body).fault == Fault("soapenv:Client", text)
    assert wire.org.calls == []


def test_login_is_gone_from_65() -> None:
    body = "<login><username>u</username><password>p</password></login>"
    wire = WireClient(OrgError("INVALID_LOGIN", "reached"))

    before, after = wire.call(body, version=64).fault, wire.call(body, version=65).fault

    assert before is not None
    assert after is not None
    assert before.exception_code == "INVALID_LOGIN"
    assert len(wire.org.calls) == 1
    assert after.exception_code == "INVALID_OPERATION"
    assert after.message == (
        "The SOAP Login operation is not available in the API version specified (65.0). "
        "Refer to the documentation for supported versions."
    )


@pytest.mark.logs_a_bug
class TestBugs:
    """What is raised and is no refusal is told as a bug of mockorg, with an id to find it by, and counted."""

    @pytest.fixture(autouse=True)
    def expected_in_log(self, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
        yield
        bugs = [record for record in caplog.get_records("call") if record.name == "mockorg.soap"]
        assert len(bugs) == 1
        assert bugs[0].levelno == logging.ERROR
        assert bugs[0].exc_info is not None

    @pytest.mark.parametrize(
        "result",
        [
            ZeroDivisionError("secret"),
            RecursionError("secret"),
            OrgError("REQUIRED_FIELD_MISSING", "secret"),  # a StatusCode, which is never a fault
            "secret, and no result of a query",
        ],
        ids=["raised", "deep", "not an ExceptionCode", "no result"],
    )
    def test_a_bug(self, result: object, caplog: pytest.LogCaptureFixture) -> None:
        wire = WireClient(result)
        wire.bug_expected = True
        before = wire.application.bugs

        answer = wire.post(envelope(QUERY))

        fault = StrictReader(60, contract()).read(answer.content).fault
        assert fault is not None
        assert fault.message is not None
        assert (answer.status, fault.exception_code) == (500, "UNKNOWN_EXCEPTION")
        assert fault.message.startswith("mockorg internal error: this is a bug of mockorg")
        assert "secret" not in answer.text
        assert fault.message.rpartition(" ")[2] in caplog.text
        assert wire.application.bugs == before + 1
        assert len(wire.bugs) == 1
