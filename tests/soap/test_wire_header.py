"""Headers: the ones that act, the ones of no effect, the ones that are refused because they would matter."""

import pytest

from mockorg_server.core.duplicate_result import DuplicateRuleHeader
from mockorg_server.core.error import OrgError
from mockorg_server.soap.header import HEADERS

from .strict_reader import Fault
from .wire_client import WireClient, contract

CREATE = "<create><sObjects><type>Account</type></sObjects></create>"


def test_every_header_of_the_contract_is_in_the_table() -> None:
    assert set(HEADERS) == set(contract().headers)


@pytest.mark.parametrize(
    ("header", "attribute", "value"),
    [
        ("", "all_or_none", False),
        ("<AllOrNoneHeader><allOrNone>true</allOrNone></AllOrNoneHeader>", "all_or_none", True),
        ("<AllOrNoneHeader><allOrNone>0</allOrNone></AllOrNoneHeader>", "all_or_none", False),
        ('<x:AllOrNoneHeader xmlns:x="urn:x"><allOrNone>1</allOrNone></x:AllOrNoneHeader>', "all_or_none", True),
        (
            "<AllowFieldTruncationHeader><allowFieldTruncation>true</allowFieldTruncation></AllowFieldTruncationHeader>",
            "allow_field_truncation",
            True,
        ),
    ],
)
def test_headers_of_saves(header: str, attribute: str, value: bool) -> None:
    wire = WireClient([])

    wire.call(CREATE, header)

    assert getattr(wire.operation, attribute) is value


@pytest.mark.parametrize(
    ("header", "size"),
    [
        ("", None),
        ("<QueryOptions/>", None),
        ('<QueryOptions><batchSize xsi:nil="true"/></QueryOptions>', None),
        ("<QueryOptions><batchSize>200</batchSize></QueryOptions>", 200),
        ("<QueryOptions><batchSize> -1 </batchSize></QueryOptions>", -1),
    ],
)
def test_the_batch_size_is_handed_on_as_asked(header: str, size: int | None) -> None:
    for call in (
        "<query><queryString>x</queryString></query>",
        "<queryAll><queryString>x</queryString></queryAll>",
        "<queryMore><queryLocator>x</queryLocator></queryMore>",
    ):
        wire = WireClient(OrgError("MALFORMED_QUERY", "x"))
        wire.call(call, header)
        assert wire.operation.batch_size == size


def test_the_duplicate_rule_header_reaches_the_operation():
    wire = WireClient(OrgError("UNKNOWN_EXCEPTION", "x"))
    wire.call(
        "<create><sObjects xmlns:s='urn:sobject.partner.soap.sforce.com'><s:type>Account</s:type></sObjects></create>",
        "<DuplicateRuleHeader><allowSave>true</allowSave><runAsCurrentUser>1</runAsCurrentUser></DuplicateRuleHeader>",
    )
    assert wire.operation.duplicate_rule == DuplicateRuleHeader(allow_save=True, run_as_current_user=True)


HARMLESS = [
    "<AssignmentRuleHeader><useDefaultRule>true</useDefaultRule></AssignmentRuleHeader>",
    "<AssignmentRuleHeader><assignmentRuleId xsi:nil='true'/></AssignmentRuleHeader>",
    "<CallOptions><client>c</client><defaultNamespace>battle</defaultNamespace></CallOptions>",
    "<DebuggingHeader><debugLevel>None</debugLevel></DebuggingHeader>",
    "<DisableFeedTrackingHeader><disableFeedTracking>true</disableFeedTracking></DisableFeedTrackingHeader>",
    "<EmailHeader><triggerUserEmail>true</triggerUserEmail></EmailHeader>",
    "<LocaleOptions><language>en_US</language></LocaleOptions>",
    "<LocaleOptions><language>en_GB</language><localizeErrors>true</localizeErrors></LocaleOptions>",
    "<LocaleOptions/>",
    "<MruHeader><updateMru>true</updateMru></MruHeader>",
    "<OwnerChangeOptions><options><type>TransferNotesAndAttachments</type><execute>false</execute></options></OwnerChangeOptions>",
    "<PackageVersionHeader/>",
    "<UserTerritoryDeleteHeader><transferToUserId xsi:nil='true'/></UserTerritoryDeleteHeader>",
    "<Invented><x>1</x></Invented>",
    '<Invented soapenv:mustUnderstand="0"/>',
]


@pytest.mark.parametrize("header", HARMLESS)
def test_headers_of_no_effect(header: str) -> None:
    wire = WireClient([])

    assert wire.call(CREATE, header).fault is None
    assert not wire.operation.all_or_none


@pytest.mark.parametrize(
    ("header", "named"),
    [
        (
            "<AssignmentRuleHeader><assignmentRuleId>01Q000000000001</assignmentRuleId></AssignmentRuleHeader>",
            "AssignmentRuleHeader.assignmentRuleId",
        ),
        ("<LocaleOptions><language>de_DE</language></LocaleOptions>", "LocaleOptions.language de_DE"),
        ("<LoginScopeHeader><portalId>060000000000001</portalId></LoginScopeHeader>", "LoginScopeHeader.portalId"),
        (
            "<OwnerChangeOptions><options><type>KeepAccountTeam</type><execute>1</execute></options></OwnerChangeOptions>",
            "OwnerChangeOptions KeepAccountTeam",
        ),
        (
            "<UserTerritoryDeleteHeader><transferToUserId>005000000000001</transferToUserId></UserTerritoryDeleteHeader>",
            "UserTerritoryDeleteHeader.transferToUserId",
        ),
    ],
)
def test_a_header_that_would_change_the_answer_is_refused_by_name(header: str, named: str) -> None:
    wire = WireClient([])

    fault = wire.call(CREATE, header).fault

    assert wire.org.calls == []
    assert fault is not None
    assert fault.exception_code == "FUNCTIONALITY_NOT_ENABLED"
    assert fault.message is not None
    assert fault.message.startswith(f"mockorg does not support {named}")
    assert fault.message.endswith(" yet")


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (
            "<QueryOptions><batchSize>abc</batchSize></QueryOptions>",
            Fault("soapenv:Client", "'abc' is not a valid value for the type xsd:int"),
        ),
        (
            "<AllOrNoneHeader><allOrNone>maybe</allOrNone></AllOrNoneHeader>",
            Fault("soapenv:Client", "'maybe' is not valid for type xsd:boolean, should be '0', '1', 'true' or 'false'"),
        ),
        ('<Invented soapenv:mustUnderstand="1"/>', Fault("soapenv:MustUnderstand", "The header Invented is not known")),
    ],
)
def test_a_header_that_cannot_be_read_is_refused(header: str, fault: Fault) -> None:
    wire = WireClient([])

    assert wire.call(CREATE, header).fault == fault
    assert wire.org.calls == []


def test_without_a_session_the_core_decides() -> None:
    wire = WireClient(None)
    bare = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><logout/></e:Body></e:Envelope>'

    wire.post(bare)

    assert wire.org.calls[0][1].session_id is None
