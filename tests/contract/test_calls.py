"""The calls, as a user of the SDK meets them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import mockorg
from mockorg_server.core.seed import SeedRecord

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)
SEED_OBJECT = "ConvMessageSendRequest"


def seeded(target: Any) -> dict[str, str]:
    return target.org.seed(
        [
            SeedRecord(
                SEED_OBJECT,
                {
                    "Name": f"MSJ-0000000{n}",
                    "RequestStatus": status,
                    "TotalMessageCount": n,
                    "ShouldEnforceChannelConsent": n == 1,
                    "CompletedDate": completed,
                    "CreatedDate": f"2026-01-31T0{n}:00:00Z",
                },
                status,
            )
            for n, status, completed in [
                (1, "Completed", "2026-01-31T09:30:00Z"),
                (2, "In Progress", None),
                (3, "Pending", None),
            ]
        ]
        + [SeedRecord(SEED_OBJECT, {"IsDeleted": True, "SystemModstamp": "2026-01-31T11:30:05Z"}, "Deleted")]
    )


def test_describe(target: Any) -> None:
    (described,) = target.client.describe_sobjects(["convmessagesendrequest"])
    assert (described.name, described.key_prefix, len(described.fields)) == (SEED_OBJECT, "1sr", 35)
    assert not described.createable
    assert described.queryable


@pytest.mark.parametrize(("version", "fields"), [("60.0", 23), ("62.0", 26), ("64.0", 27), ("65.0", 35)])
def test_describe_by_version(target: Any, version: str, fields: int) -> None:
    client = target.connect(access_token=target.client.access_token, api_version=version)
    assert len(client.describe_sobject(SEED_OBJECT).fields) == fields


def test_describe_below_the_first_version(target: Any) -> None:
    client = target.connect(access_token=target.client.access_token, api_version="59.0")
    with pytest.raises(mockorg.CallError) as caught:
        client.describe_sobjects([SEED_OBJECT])
    assert caught.value.code == "INVALID_TYPE"
    names = {sobject.name for sobject in client.describe_global().sobjects}
    assert "Account" in names
    assert SEED_OBJECT not in names


def test_query_gives_typed_values(target: Any) -> None:
    ids = seeded(target)
    result = target.client.query(
        "SELECT Id, Name, TotalMessageCount, ShouldEnforceChannelConsent, CompletedDate "
        f"FROM {SEED_OBJECT} WHERE RequestStatus != 'Pending' ORDER BY Name"
    )
    assert [dict(record) for record in result] == [
        {
            "Id": ids["Completed"],
            "Name": "MSJ-00000001",
            "TotalMessageCount": 1,
            "ShouldEnforceChannelConsent": True,
            "CompletedDate": datetime(2026, 1, 31, 9, 30, tzinfo=UTC),
        },
        {
            "Id": ids["In Progress"],
            "Name": "MSJ-00000002",
            "TotalMessageCount": 2,
            "ShouldEnforceChannelConsent": False,
            "CompletedDate": None,
        },
    ]


def test_query_all_sees_the_deleted(target: Any) -> None:
    seeded(target)
    soql = f"SELECT Id FROM {SEED_OBJECT}"
    assert target.client.query(soql).size == 3
    assert target.client.query_all(soql).size == 4


def test_parents_children_and_aggregates(target: Any) -> None:
    target.org.seed(
        [
            SeedRecord("Account", {"Name": "Acme", "AnnualRevenue": 12.5}, "acme"),
            SeedRecord("Account", {"Name": "Bare"}),
            SeedRecord("Contact", {"LastName": "Ada", "AccountId": "@acme"}),
            SeedRecord("Contact", {"LastName": "Bob", "AccountId": "@acme"}),
            SeedRecord("Contact", {"LastName": "Cid"}),
        ]
    )
    contacts = target.client.query("SELECT LastName, Account.Name FROM Contact ORDER BY LastName")
    assert [record["Account"] and record["Account"]["Name"] for record in contacts] == ["Acme", "Acme", None]
    accounts = target.client.query(
        "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account ORDER BY Name"
    )
    assert [[child["LastName"] for child in record["Contacts"]] for record in accounts] == [["Ada", "Bob"], []]
    (row,) = target.client.query("SELECT COUNT(Id) people, COUNT(AccountId) FROM Contact")
    assert dict(row) == {"people": 3, "expr0": 2}


def test_retrieve_in_order_with_gaps(target: Any) -> None:
    ids = seeded(target)
    found = target.client.retrieve(
        SEED_OBJECT, [ids["Pending"], ids["Deleted"], ids["Completed"][:15]], fields=["Name", "CompletedDate"]
    )
    assert [record and record["Name"] for record in found] == ["MSJ-00000003", None, "MSJ-00000001"]


def test_replication(target: Any) -> None:
    ids = seeded(target)
    window = (datetime(2026, 1, 31, 2, tzinfo=UTC), datetime(2026, 1, 31, 12, tzinfo=UTC))
    updated = target.client.get_updated(SEED_OBJECT, *window)
    assert list(updated.ids) == [ids["In Progress"], ids["Pending"]]
    assert updated.latest_date_covered == window[1]
    deleted = target.client.get_deleted(SEED_OBJECT, *window)
    assert [(record.id, record.deleted_date) for record in deleted.deleted_records] == [
        (ids["Deleted"], datetime(2026, 1, 31, 11, 30, 5, tzinfo=UTC))
    ]


@pytest.mark.parametrize("call", ["get_updated", "get_deleted"])
def test_a_window_that_reaches_too_far_back(target: Any, call: str) -> None:
    with pytest.raises(mockorg.CallError) as caught:
        getattr(target.client, call)(SEED_OBJECT, NOW - timedelta(days=31), NOW)
    assert (caught.value.code, caught.value.message) == (
        "INVALID_REPLICATION_DATE",
        "startDate cannot be more than 30 days ago.",
    )


def test_the_life_of_an_account(target: Any) -> None:
    client = target.client
    created, failed = client.create("Account", [{"Name": "Ünïcode & <Co>", "NumberOfEmployees": 7}, {"Website": "x"}])
    assert created.success
    assert [(error.code, error.message, list(error.fields)) for error in failed.errors] == [
        ("REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]", ["Name"])
    ]
    (updated,) = client.update("Account", [{"Id": created.id, "NumberOfEmployees": None, "AnnualRevenue": 1e6}])
    assert updated.success
    (record,) = client.retrieve("Account", [created.id], fields=["Name", "NumberOfEmployees", "AnnualRevenue"])
    assert dict(record) == {"Name": "Ünïcode & <Co>", "NumberOfEmployees": None, "AnnualRevenue": 1e6}
    (deleted,) = client.delete("Account", [created.id])
    assert deleted.success
    assert client.retrieve("Account", [created.id], fields=["Id"]) == [None]


def test_upsert(target: Any) -> None:
    contact = {"Email": "ada@example.com", "LastName": "Lovelace"}
    (first,) = target.client.upsert("Contact", "Email", [contact])
    (second,) = target.client.upsert("Contact", "Email", [contact | {"FirstName": "Ada"}])
    assert (first.created, second.created, first.id == second.id) == (True, False, True)
    (record,) = target.client.query("SELECT Name FROM Contact")
    assert record["Name"] == "Ada Lovelace"


@pytest.mark.parametrize(
    ("soql", "code", "row", "column"),
    [
        (f"SELECT Nope FROM {SEED_OBJECT}", "INVALID_FIELD", 1, 8),
        ("SELECT Id FROM Nope", "INVALID_TYPE", 1, 16),
        (f"SELECT Id FROM {SEED_OBJECT} WHERE FailedMessageErrorReasons = 'x'", "INVALID_FIELD", 1, 45),
    ],
)
def test_a_refused_query(target: Any, soql: str, code: str, row: int, column: int) -> None:
    with pytest.raises(mockorg.CallError) as caught:
        target.client.query(soql)
    assert (caught.value.code, caught.value.row, caught.value.column) == (code, row, column)


def test_pages(target: Any) -> None:
    for start in (0, 200):
        target.client.create("Account", [{"Name": f"A{start + n:03}"} for n in range(200)])
    result = target.client.query("SELECT Name FROM Account ORDER BY Name", batch_size=200)
    assert (len(result.records), result.size, result.done) == (200, 400, False)
    assert [record["Name"] for record in result] == [f"A{n:03}" for n in range(400)]


def test_a_session_opens_and_ends(target: Any) -> None:
    client = target.connect(username="other@example.com", password="x")
    assert client.get_user_info().user_name == "other@example.com"
    assert client.get_server_timestamp() == NOW
    client.logout()
    with pytest.raises(mockorg.CallError) as caught:
        client.get_user_info()
    assert caught.value.code == "INVALID_SESSION_ID"


def test_a_login_that_is_refused(target: Any) -> None:
    with pytest.raises(mockorg.CallError) as caught:
        target.connect(username="user@example.com", password="")
    assert caught.value.code == "INVALID_LOGIN"
