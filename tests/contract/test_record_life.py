"""What a save brings about, as a client meets it by either API."""

import base64
from typing import Any


def made(target: Any, sobject: str, **values: Any) -> str:
    (result,) = target.client.create(sobject, [values])
    assert result.success, result.errors
    return str(result.id)


def test_a_line_item_makes_up_the_amount(target: Any) -> None:
    (book,) = target.client.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")
    product = made(target, "Product2", Name="Lamp", IsActive=True)
    entry = made(target, "PricebookEntry", Pricebook2Id=book["Id"], Product2Id=product, UnitPrice=10, IsActive=True)
    deal = made(target, "Opportunity", Name="O", StageName="Prospecting", CloseDate="2026-03-01")
    made(target, "OpportunityLineItem", OpportunityId=deal, PricebookEntryId=entry, Quantity=3, UnitPrice=9)
    (row,) = target.client.query("SELECT Amount, ExpectedRevenue, HasOpportunityLineItem, Fiscal FROM Opportunity")
    assert [row[name] for name in ("Amount", "ExpectedRevenue", "HasOpportunityLineItem", "Fiscal")] == [
        27.0, 2.7, True, "2026 1",
    ]  # fmt: skip


def test_a_file_is_uploaded_shared_and_read(target: Any) -> None:
    account = made(target, "Account", Name="Acme")
    content = base64.b64encode(b"\x00\xffHello").decode()
    version = made(
        target, "ContentVersion", PathOnClient="plan.pdf", VersionData=content, FirstPublishLocationId=account
    )
    (row,) = target.client.query(
        "SELECT ContentDocument.Title, ContentDocument.LatestPublishedVersionId, ContentSize, FileType "
        f"FROM ContentVersion WHERE Id = '{version}'"
    )
    assert (row["ContentDocument"]["Title"], row["ContentSize"], row["FileType"]) == ("plan", 7, "PDF")
    assert row["ContentDocument"]["LatestPublishedVersionId"] == version
    links = target.client.query(f"SELECT ContentDocumentId FROM ContentDocumentLink WHERE LinkedEntityId = '{account}'")
    assert len(list(links)) == 1


def test_a_member_is_a_member_once(target: Any) -> None:
    campaign = made(target, "Campaign", Name="C")
    lead = made(target, "Lead", LastName="Hopper", Company="Navy")
    made(target, "CampaignMember", CampaignId=campaign, LeadId=lead)
    (result,) = target.client.create("CampaignMember", [{"CampaignId": campaign, "LeadId": lead}])
    (error,) = result.errors
    assert (error.code, error.message) == ("DUPLICATE_VALUE", "Already a campaign member.")
