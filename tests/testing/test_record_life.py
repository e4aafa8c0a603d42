"""undelete, empty_recycle_bin, merge and convert_lead of the SDK, against an org, over both wires."""

from collections.abc import Iterator

import pytest

import mockorg
from mockorg.testing import mock_org


@pytest.fixture(params=["soap", "rest"])
def client(request: pytest.FixtureRequest) -> Iterator[mockorg.Client]:
    with mock_org():
        yield mockorg.connect(
            "https://login.salesforce.com", username="user@example.com", password="password", api=request.param
        )


def make(client: mockorg.Client, sobject: str, **values: object) -> str:
    (result,) = client.create(sobject, [values])
    assert result.id is not None, result.errors
    return result.id


def test_a_record_comes_back_once(client: mockorg.Client) -> None:
    account = make(client, "Account", Name="Acme")
    contact = make(client, "Contact", LastName="Ada", AccountId=account)
    assert client.delete([account])[0].success
    assert client.undelete([account]) == [mockorg.DeleteResult(id=account, success=True)]
    assert [record["Id"] for record in client.query("SELECT Id FROM Contact")] == [contact]
    assert client.delete([account])[0].success
    assert client.empty_recycle_bin([account])[0].success
    (refused,) = client.undelete([account])
    assert (refused.success, refused.errors[0].code) == (False, "UNDELETE_FAILED")


def test_merge(client: mockorg.Client) -> None:
    master, loser = make(client, "Account", Name="A"), make(client, "Account", Name="B")
    contact = make(client, "Contact", LastName="Ada", AccountId=loser)
    result = client.merge("Account", {"Id": master, "Phone": "555"}, [loser])
    expected = mockorg.MergeResult(
        id=master, success=True, merged_record_ids=(loser,), updated_related_ids=(contact,), errors=()
    )
    assert result == expected
    refused = client.merge("Account", {"Id": master}, [loser])
    assert (refused.success, refused.errors[0].code) == (False, "ENTITY_IS_DELETED")


def test_convert_lead(client: mockorg.Client) -> None:
    lead = make(client, "Lead", LastName="Ada", Company="Engines")
    result = client.convert_lead(lead, "Closed - Converted", opportunity_name="Big & small")
    assert result.success
    (opportunity,) = client.query("SELECT Name, AccountId FROM Opportunity")
    assert (opportunity["Name"], opportunity["AccountId"]) == ("Big & small", result.account_id)
    refused = client.convert_lead(lead, "Closed - Converted")
    assert (refused.lead_id, refused.errors[0].code) == (None, "CANNOT_UPDATE_CONVERTED_LEAD")


def test_one_text_is_no_list_of_ids(client: mockorg.Client) -> None:
    with pytest.raises(TypeError, match="ids must be a list of texts"):
        client.undelete("001000000000001AAA")
