"""The SDK sends the header of duplicate rules over both wires, and reads what a rule has found where it is told."""

import pytest

import mockorg
from mockorg.testing import mock_org

ANN = {"LastName": "Ann", "FirstName": "Lee", "Email": "ann@x.example"}
INSIST = mockorg.DuplicateRuleHeader(allow_save=True)


@pytest.fixture(params=["soap", "rest"])
def client(request):
    with mock_org(standard_duplicate_rules=True) as org:
        yield mockorg.connect(org.url, access_token=org.token, api=request.param, session=org.session())


def test_a_duplicate_is_refused_unless_the_caller_insists(client):
    client.create("Contact", [ANN])
    (refused,) = client.create("Contact", [ANN])
    (error,) = refused.errors
    assert (error.code, error.message, error.fields) == ("DUPLICATES_DETECTED", "Use one of these records?", ())
    (saved,) = client.create("Contact", [ANN], duplicate_rule=INSIST)
    assert saved.success
    (updated,) = client.update("Contact", [{"Id": saved.id, "Email": "ann@x.example"}], duplicate_rule=INSIST)
    (upserted,) = client.upsert("Contact", "Id", [ANN], duplicate_rule=INSIST)
    assert [updated.success, upserted.success] == [True, True]


def test_soap_tells_what_was_found():
    with mock_org(standard_duplicate_rules=True) as org:
        client = mockorg.connect(org.url, access_token=org.token, api="soap", session=org.session())
        (there,) = client.create("Contact", [ANN])
        header = mockorg.DuplicateRuleHeader(include_record_details=True)
        (refused,) = client.create("Contact", [{**ANN, "FirstName": "L"}], duplicate_rule=header)
        found = refused.errors[0].duplicate_result
        assert (found.allow_save, found.duplicate_rule) == (True, "Standard_Contact_Duplicate_Rule")
        assert (found.duplicate_rule_entity_type, found.error_message) == ("Contact", "Use one of these records?")
        (match,) = found.match_results
        assert (match.entity_type, match.match_engine, match.rule, match.size, match.success) == (
            "Contact", "FuzzyMatchEngine", "Standard_Contact_Match_Rule_v1_1", 1, True,
        )  # fmt: skip
        (record,) = match.match_records
        assert (record.record.type, record.record.id, record.record["Email"]) == ("Contact", there.id, "ann@x.example")
        assert record.match_confidence == 100.0
        diffs = {diff.name: diff.difference for diff in record.field_diffs}
        assert (diffs["Email"], diffs["FirstName"], diffs["Title"]) == ("SAME", "DIFFERENT", "NULL")


def test_lead_conversion_takes_the_header_too():
    with mock_org(standard_duplicate_rules=True) as org:
        client = mockorg.connect(org.url, access_token=org.token, api="soap", session=org.session())
        client.create("Contact", [ANN])
        (lead,) = client.create("Lead", [{**ANN, "Company": "Acme"}])
        refused = client.convert_lead(lead.id, "Closed - Converted")
        assert refused.errors[0].duplicate_result.match_results[0].entity_type == "Contact"
        assert client.convert_lead(lead.id, "Closed - Converted", duplicate_rule=INSIST).success
