"""suds-community, unmodified, from the served WSDL."""

from datetime import UTC, datetime
from typing import Any

import pytest
from suds import WebFault
from suds.client import Client

SEED_OBJECT = "ConvMessageSendRequest"


def connected(mock_org: Any) -> Any:
    client = Client(f"{mock_org.url}/services/wsdl/partner", cache=None, timeout=30)
    client.set_options(location=f"{mock_org.url}/services/Soap/u/60.0")
    login = client.service.login("user@example.com", "password")
    header = client.factory.create("SessionHeader")
    header.sessionId = login.sessionId
    client.set_options(location=str(login.serverUrl), soapheaders={"SessionHeader": header})
    return client


def test_suds_queries_and_creates(mock_org: Any) -> None:
    client = connected(mock_org)

    found = client.service.query("SELECT Id, Name FROM ConvMessageSendRequest ORDER BY Name")
    assert (found.done, found.size) == (True, 3)
    assert [str(name) for name in found.records[0].Name] == ["MSJ-00000001"]  # suds makes a list of each extra element

    record = client.factory.create("ens:sObject")
    record.type = "Account"
    record.Id = None
    record.Name = "Suds Co"
    (created,) = client.service.create([record])
    assert created.success
    retrieved = client.service.retrieve("Name", "Account", [created.id])
    assert [str(name) for name in retrieved[0].Name] == ["Suds Co"]
    (deleted,) = client.service.delete([created.id])
    assert deleted.success


def test_suds_changes_upserts_and_describes(mock_org: Any) -> None:
    client = connected(mock_org)
    assert str(client.service.getUserInfo().userName) == "user@example.com"

    contact = client.factory.create("ens:sObject")
    contact.type, contact.Id = "Contact", None
    contact.Email, contact.LastName = "barbara@example.com", "Liskov & <Co> 東京"
    (first,) = client.service.upsert("Email", [contact])
    (second,) = client.service.upsert("Email", [contact])
    assert (first.created, second.created, str(second.id)) == (True, False, str(first.id))

    change = client.factory.create("ens:sObject")
    change.type, change.fieldsToNull, change.Id = "Contact", ["Email"], first.id
    (updated,) = client.service.update([change])
    assert updated.success
    (record,) = client.service.retrieve("LastName,Email", "Contact", [first.id])
    assert [str(name) for name in record.LastName] == ["Liskov & <Co> 東京"]
    assert record.Email == []  # how suds reads a null

    account = client.service.describeSObject("Account")
    assert (str(account.name), account.createable) == ("Account", True)
    described = client.service.describeSObjects(["Account", SEED_OBJECT])
    assert [str(each.name) for each in described] == ["Account", SEED_OBJECT]
    assert len(client.service.describeGlobal().sobjects) > 1000


def test_suds_sees_what_changed_in_a_window(mock_org: Any) -> None:
    client = connected(mock_org)
    window = (datetime(2026, 1, 31, 9, tzinfo=UTC), datetime(2026, 1, 31, 12, tzinfo=UTC))
    updated = client.service.getUpdated(SEED_OBJECT, *window)
    assert [str(each) for each in updated.ids] == [
        mock_org.ids[name] for name in ("completed", "in_progress", "pending")
    ]
    (deleted,) = client.service.getDeleted(SEED_OBJECT, *window).deletedRecords
    assert str(deleted.id) == mock_org.ids["deleted"]
    assert deleted.deletedDate == datetime(2026, 1, 31, 11, 30, 5, tzinfo=UTC)


def test_suds_sees_a_refusal(mock_org: Any) -> None:
    client = connected(mock_org)
    with pytest.raises(WebFault) as caught:
        client.service.query("SELECT Nope FROM Account")
    assert caught.value.fault.faultcode == "sf:INVALID_FIELD"
