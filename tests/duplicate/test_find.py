"""findDuplicates() and findDuplicatesByIds() ask the rules without a save."""

import pytest

from mockorg_server.core.calls.operation import FindDuplicates, FindDuplicatesByIds
from mockorg_server.core.duplicate_result import DuplicateRuleHeader
from mockorg_server.core.error import OrgError
from mockorg_server.core.record import InputRecord

from .test_wire import Door

EMAIL = "ann@x.example"


def found(results):
    return [
        [(each.duplicate_rule, [record.row[0] for match in each.match_results for record in match.match_records])
         for each in result.duplicate_results]
        for result in results
    ]  # fmt: skip


def test_values_ids_and_both_are_asked_about(email_rule):
    rules = email_rule(operations="")
    ann, twin, other = (rules.make("Contact", LastName="A", Email=email) for email in (EMAIL, EMAIL, "b@x.example"))
    records = (
        InputRecord("Contact", {"Email": "ANN@x.example"}),
        InputRecord("Contact", {}, ann),
        InputRecord("Contact", {"Email": EMAIL}, other),
        InputRecord("Contact", {"LastName": "Z"}),
    )
    told = found(rules.run(FindDuplicates(records)))
    assert told == [
        [("No_Twins", [ann, twin])],
        [("No_Twins", [twin])],
        [("No_Twins", [ann, twin])],
        [("No_Twins", [])],
    ]
    by_ids = rules.run(FindDuplicatesByIds((ann, other)))
    assert found(by_ids) == [[("No_Twins", [twin])], [("No_Twins", [])]]
    assert rules.rows("SELECT Id FROM Contact WHERE LastName = 'Z'") == []


def test_details_are_told_when_they_are_asked_for(email_rule):
    rules = email_rule()
    rules.make("Contact", LastName="A", Email=EMAIL)
    header = DuplicateRuleHeader(include_record_details=True)
    (result,) = rules.run(FindDuplicates((InputRecord("Contact", {"Email": EMAIL}),), header))
    ((record,),) = (match.match_records for match in result.duplicate_results[0].match_results)
    assert "Email" in [member.name for member in record.shape.members]


def test_a_record_that_is_not_there_fails_alone(email_rule):
    rules = email_rule()
    ann = rules.make("Contact", LastName="A", Email=EMAIL)
    gone, there = rules.run(FindDuplicatesByIds(("003000000000999AAA", ann)))
    assert [error.code for error in gone.errors] == ["INVALID_CROSS_REFERENCE_KEY"]
    assert there.errors == ()


@pytest.mark.parametrize(
    ("operation", "code", "message"),
    [
        (
            FindDuplicates((InputRecord("Account", {}),)),
            "FUNCTIONALITY_NOT_ENABLED",
            "No active duplicate rules are defined for the Account object type.",
        ),
        (
            FindDuplicates((InputRecord("Account", {}), InputRecord("Contact", {}))),
            "INVALID_TYPE",
            "all records must be of one type, not Account, Contact",
        ),
        (
            FindDuplicatesByIds(("003000000000001AAA",) * 51),
            "LIMIT_EXCEEDED",
            "Configuration error: The number of records to check is greater than the permitted batch size.",
        ),
        (FindDuplicatesByIds(("x",)), "MALFORMED_ID", "malformed id x"),
    ],
)
def test_calls_that_are_refused_as_a_whole(email_rule, operation, code, message):
    rules = email_rule()
    with pytest.raises(OrgError) as refused:
        rules.run(operation)
    assert (refused.value.code, refused.value.message) == (code, message)


def test_over_soap_a_rule_that_finds_nothing_says_so(email_rule):
    door = Door(email_rule())
    content = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" '
        f'xmlns:s="urn:sobject.partner.soap.sforce.com"><e:Header><SessionHeader><sessionId>{door.token}</sessionId>'
        "</SessionHeader></e:Header><e:Body><findDuplicates><sObjects><s:type>Contact</s:type>"
        "<s:Email>ann@x.example</s:Email></sObjects></findDuplicates></e:Body></e:Envelope>"
    )
    _, text = door.send("POST", "/services/Soap/u/60.0", content.encode(), "text/xml", soapaction='""')
    assert text.partition("<result>")[2].partition("</result>")[0] == (
        "<duplicateResults><allowSave>false</allowSave><duplicateRule>No_Twins</duplicateRule>"
        '<duplicateRuleEntityType>Contact</duplicateRuleEntityType><errorMessage xsi:nil="true"/><matchResults>'
        "<entityType>Contact</entityType><matchEngine>ExactMatchEngine</matchEngine><rule>Same_Email</rule>"
        "<size>0</size><success>true</success></matchResults></duplicateResults><success>true</success>"
    )
