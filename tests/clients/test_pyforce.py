"""pyforce (the Beatbox line), unmodified: gzips its requests and describes each type that it reads."""

from datetime import date, datetime
from typing import Any

import pyforce
import pytest
from pyforce import SoapFaultError


@pytest.fixture
def client(mock_org: Any) -> Any:
    connected = pyforce.PythonClient(serverUrl=f"{mock_org.url}/services/Soap/u/60.0")
    connected.login("user@example.com", "password")
    return connected


def test_a_wrong_login_is_a_fault(mock_org: Any) -> None:
    anonymous = pyforce.PythonClient(serverUrl=f"{mock_org.url}/services/Soap/u/60.0")
    with pytest.raises(SoapFaultError) as caught:
        anonymous.login("user@example.com", "")
    assert caught.value.faultCode == "INVALID_LOGIN"


def test_query_gives_typed_values(client: Any, mock_org: Any) -> None:
    rows = client.query(
        "SELECT Id, Name, TotalMessageCount, ShouldEnforceChannelConsent, CreatedDate, CompletedDate, CreatedBy.Name"
        " FROM ConvMessageSendRequest ORDER BY Name"
    )
    assert (rows["size"], rows["done"], len(rows["records"])) == (3, True, 3)
    first, second, _ = rows["records"]
    creator = first.pop("CreatedBy")
    assert (creator["type"], bool(creator["Name"])) == ("User", True)
    assert first == {
        "type": "ConvMessageSendRequest",
        "Id": mock_org.ids["completed"],
        "Name": "MSJ-00000001",
        "TotalMessageCount": 3,
        "ShouldEnforceChannelConsent": True,
        "CreatedDate": datetime(2026, 1, 31, 9, tzinfo=first["CreatedDate"].tzinfo),
        "CompletedDate": datetime(2026, 1, 31, 9, 30, tzinfo=first["CompletedDate"].tzinfo),
    }
    assert second["CompletedDate"] is None


def test_pages_are_walked_with_query_more(client: Any) -> None:
    def accounts() -> list[dict[str, str]]:
        return [{"type": "Account", "Name": "Page"} for _ in range(200)]

    for _ in range(3):
        assert all(made["success"] for made in client.create(accounts()))
    page = client.query("SELECT Id FROM Account WHERE Name = 'Page'")
    assert (page["size"], page["done"], len(page["records"])) == (600, False, 500)
    rest = client.queryMore(page["queryLocator"])
    assert (rest["size"], rest["done"], len(rest["records"])) == (600, True, 100)


def test_a_record_is_made_changed_read_and_deleted(client: Any) -> None:
    (created,) = client.create({"type": "Account", "Name": "Py & <Co> 東京", "Website": "x", "NumberOfEmployees": 3})
    assert (created["success"], created["errors"]) == (True, [])
    (updated,) = client.update({"type": "Account", "Id": created["id"], "Name": "Py 2", "Website": None})
    assert (updated["success"], updated["id"]) == (True, created["id"])
    (record,) = client.retrieve("Name, Website, NumberOfEmployees", "Account", [created["id"]])
    assert record == {
        "Name": "Py 2",
        "Website": "",
        "NumberOfEmployees": 3,
    }  # pyforce reads a null text as an empty one
    (deleted,) = client.delete([created["id"]])
    assert deleted["success"]
    (again,) = client.delete([created["id"]])
    assert [error["statusCode"] for error in again["errors"]] == ["ENTITY_IS_DELETED"]


def test_dates_and_times_come_back_as_they_were_sent(client: Any) -> None:
    reminder = datetime(2026, 2, 1, 8, 30, 15)
    task = {"type": "Task", "Subject": "Call", "ActivityDate": date(2026, 2, 1), "ReminderDateTime": reminder}
    (created,) = client.create({**task, "IsReminderSet": "true"})
    assert created["success"]
    [record] = client.query("SELECT ActivityDate, ReminderDateTime, IsReminderSet FROM Task")["records"]
    assert (record["ActivityDate"], record["IsReminderSet"]) == (date(2026, 2, 1), True)
    assert record["ReminderDateTime"].replace(tzinfo=None) == reminder


def test_upsert_by_a_key(client: Any) -> None:
    contact = {"type": "Contact", "Email": "radia@example.com", "LastName": "Perlman"}
    (first,) = client.upsert("Email", contact)
    (second,) = client.upsert("Email", contact)
    assert (first["created"], second["created"], second["id"]) == (True, False, first["id"])


def test_what_changed_in_a_window(client: Any, mock_org: Any) -> None:
    window = (datetime(2026, 1, 31, 9), datetime(2026, 1, 31, 12))
    ids = [mock_org.ids[name] for name in ("completed", "in_progress", "pending")]
    assert client.getUpdated("ConvMessageSendRequest", *window) == ids
    (deleted,) = client.getDeleted("ConvMessageSendRequest", *window)
    assert deleted["id"] == mock_org.ids["deleted"]


def test_describes(client: Any) -> None:
    (account,) = client.describeSObjects("Account")
    assert (account.name, account.keyPrefix, account.createable) == ("Account", "001", True)
    assert account.fields["Name"].length == 255
    assert "ConvMessageSendRequest" in client.describeGlobal()["types"]


def test_who_and_when(client: Any) -> None:
    assert client.getUserInfo()["userFullName"] == "user"
    assert client.getServerTimestamp() == "2026-01-31T12:00:30.000Z"


def test_a_refusal_has_its_code(client: Any) -> None:
    with pytest.raises(SoapFaultError) as caught:
        client.query("SELECT Nope FROM Account")
    assert caught.value.faultCode == "INVALID_FIELD"
    with pytest.raises(SoapFaultError, match=r"mockorg does not support describeTabs\(\) yet"):
        client.describeTabs()
