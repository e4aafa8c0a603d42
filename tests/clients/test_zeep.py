"""zeep, strict and unmodified, built from the WSDL that the server itself serves."""

from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree
from zeep import Client, Settings, xsd
from zeep.exceptions import Fault

BINDING = "{urn:partner.soap.sforce.com}SoapBinding"
PARTNER = "{urn:partner.soap.sforce.com}"
SOBJECT = "{urn:sobject.partner.soap.sforce.com}"
SEED_OBJECT = "ConvMessageSendRequest"


def result_of(reply: Any) -> Any:
    """zeep wraps a reply that has a header as well as a body."""
    return getattr(getattr(reply, "body", reply), "result", reply)


class Partner:
    """A logged-in zeep client."""

    def __init__(self, url: str, version: str = "60.0") -> None:
        self.client = Client(f"{url}/services/wsdl/partner", settings=Settings(strict=True))
        self.service = self.client.create_service(BINDING, f"{url}/services/Soap/u/{version}")
        self.login = result_of(self.service.login("user@example.com", "password"))
        self.service = self.client.create_service(BINDING, self.login.serverUrl)
        self.headers = {
            "SessionHeader": self.client.get_element(PARTNER + "SessionHeader")(sessionId=self.login.sessionId)
        }

    def call(self, name: str, *args: Any, headers: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        return result_of(self.service[name](*args, **kwargs, _soapheaders={**self.headers, **(headers or {})}))

    def record(self, type_name: str, record_id: str | None = None, **fields: str) -> Any:
        elements = []
        for name, value in fields.items():
            element = etree.Element(SOBJECT + name)
            element.text = value
            elements.append(element)
        return self.client.get_type(SOBJECT + "sObject")(
            type=type_name, Id=record_id or xsd.SkipValue, _value_1=elements
        )


def fields_of(record: Any) -> dict[str, str | None]:
    return {etree.QName(element).localname: element.text for element in record._value_1 or []}


@pytest.fixture
def partner(mock_org: Any) -> Partner:
    return Partner(mock_org.url)


def test_login_tells_where_and_who(partner: Partner, mock_org: Any) -> None:
    assert partner.login.serverUrl == f"{mock_org.url}/services/Soap/u/60.0/{mock_org.org.id[:15]}"
    assert partner.login.userInfo.organizationId == mock_org.org.id
    assert partner.login.userInfo.userName == "user@example.com"
    assert partner.call("getUserInfo").userId == partner.login.userId


def test_a_wrong_login_is_a_fault(partner: Partner) -> None:
    with pytest.raises(Fault) as caught:
        partner.service.login("user@example.com", "")
    assert caught.value.code == "sf:INVALID_LOGIN"
    assert caught.value.detail[0].tag == "{urn:fault.partner.soap.sforce.com}LoginFault"


def test_the_five_calls_on_the_seed_object(partner: Partner, mock_org: Any) -> None:
    ids = mock_org.ids
    (described,) = partner.call("describeSObjects", [SEED_OBJECT])
    assert (described.name, described.keyPrefix, len(described.fields)) == (SEED_OBJECT, "1sr", 23)
    assert not described.createable

    found = partner.call(
        "query", f"SELECT Id, Name, RequestStatus, FailedMessageCount FROM {SEED_OBJECT} ORDER BY Name"
    )
    assert (found.size, found.done, found.queryLocator) == (3, True, None)
    # The Id stands in its own slot and, being selected, once more among the fields.
    assert [(record.Id, fields_of(record)["Name"]) for record in found.records] == [
        (ids["completed"], "MSJ-00000001"),
        (ids["in_progress"], "MSJ-00000002"),
        (ids["pending"], "MSJ-00000003"),
    ]

    fields = "Id, FailedMessageErrorReasons, CompletedDate, TotalMessageCount"
    (retrieved, absent) = partner.call("retrieve", fields, SEED_OBJECT, [ids["completed"], ids["deleted"]])
    assert (absent.type, absent.Id) == (None, None)  # how zeep reads a nil result
    assert fields_of(retrieved) | {"Id": None} == {
        "Id": None,
        "FailedMessageErrorReasons": "Opted out & <gone>",
        "CompletedDate": "2026-01-31T09:30:00.000Z",
        "TotalMessageCount": "3",
    }

    window = (datetime(2026, 1, 31, 9, tzinfo=UTC), datetime(2026, 1, 31, 12, tzinfo=UTC))
    updated = partner.call("getUpdated", SEED_OBJECT, *window)
    assert updated.ids == [ids["completed"], ids["in_progress"], ids["pending"]]
    assert updated.latestDateCovered == window[1]
    deleted = partner.call("getDeleted", SEED_OBJECT, *window)
    assert [(record.id, record.deletedDate) for record in deleted.deletedRecords] == [
        (ids["deleted"], datetime(2026, 1, 31, 11, 30, 5, tzinfo=UTC))
    ]


def test_an_account_is_made_changed_and_deleted(partner: Partner) -> None:
    (created,) = partner.call("create", sObjects=[partner.record("Account", Name="Zeep & Co", Website="http://x")])
    assert created.success
    (updated,) = partner.call("update", sObjects=[partner.record("Account", created.id, Name="Zeep 2")])
    assert (updated.id, updated.success) == (created.id, True)
    (record,) = partner.call("retrieve", "Name,Website", "Account", [created.id])
    assert fields_of(record) == {"Name": "Zeep 2", "Website": "http://x"}
    (deleted,) = partner.call("delete", [created.id])
    assert deleted.success
    (again,) = partner.call("delete", [created.id])
    assert [error.statusCode for error in again.errors] == ["ENTITY_IS_DELETED"]


def test_upsert_by_a_key(partner: Partner) -> None:
    one = [partner.record("Contact", Email="ada@example.com", LastName="Lovelace")]
    (first,) = partner.call("upsert", "Email", one)
    (second,) = partner.call("upsert", "Email", one)
    assert (first.created, second.created) == (True, False)
    assert first.id == second.id


def test_the_seed_object_cannot_be_written(partner: Partner, mock_org: Any) -> None:
    request = partner.record(SEED_OBJECT, RequestType="SendNotificationMessages")
    (refused,) = partner.call("create", sObjects=[request])
    assert (refused.id, refused.success) == (None, False)
    assert [(error.statusCode, error.message) for error in refused.errors] == [
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "entity type cannot be inserted: Conversation Message Send Request")
    ]
    (undeleted,) = partner.call("delete", [mock_org.ids["pending"]])
    assert undeleted.errors[0].statusCode == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"


def test_a_bad_query_is_a_fault_with_its_place(partner: Partner) -> None:
    with pytest.raises(Fault) as caught:
        partner.call("query", f"SELECT Nope FROM {SEED_OBJECT}")
    detail = caught.value.detail[0]
    assert caught.value.code == "sf:INVALID_FIELD"
    assert detail.tag.endswith("InvalidFieldFault")
    assert (detail[-2].text, detail[-1].text) == ("1", "8")


def test_pages_are_walked_with_query_more(partner: Partner) -> None:
    for start in (0, 200):
        records = [partner.record("Account", Name=f"A{start + n:03}") for n in range(150)]
        assert all(result.success for result in partner.call("create", sObjects=records))
    options = {"QueryOptions": partner.client.get_element(PARTNER + "QueryOptions")(batchSize=200)}
    page = partner.call("query", "SELECT Name FROM Account ORDER BY Name", headers=options)
    assert (len(page.records), page.size, page.done) == (200, 300, False)
    rest = partner.call("queryMore", page.queryLocator, headers=options)
    assert (len(rest.records), rest.size, rest.done) == (100, 300, True)
    assert len({fields_of(record)["Name"] for record in [*page.records, *rest.records]}) == 300


def test_all_or_none(partner: Partner) -> None:
    header = {"AllOrNoneHeader": partner.client.get_element(PARTNER + "AllOrNoneHeader")(allOrNone=True)}
    good, bad = partner.record("Account", Name="x"), partner.record("Account", Website="y")
    results = partner.call("create", sObjects=[good, bad], headers=header)
    assert [result.errors[0].statusCode for result in results] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "REQUIRED_FIELD_MISSING",
    ]


def test_logout_ends_the_session(partner: Partner) -> None:
    partner.call("logout")
    with pytest.raises(Fault) as caught:
        partner.call("getServerTimestamp")
    assert caught.value.code == "sf:INVALID_SESSION_ID"


def test_describe_global_and_the_rest_of_the_describes(partner: Partner) -> None:
    everything = partner.call("describeGlobal")
    assert (everything.encoding, everything.maxBatchSize) == ("UTF-8", 200)
    names = [sobject.name for sobject in everything.sobjects]
    assert {"Account", SEED_OBJECT} <= set(names)
    account = partner.call("describeSObject", "account")
    assert account.name == "Account"
    assert {field.name for field in account.fields} >= {"Id", "Name", "OwnerId"}
    with pytest.raises(Fault) as caught:
        partner.call("describeSObject", "Nope")
    assert caught.value.code == "sf:INVALID_TYPE"


def test_what_is_not_built_says_so(partner: Partner) -> None:
    with pytest.raises(Fault, match=r"mockorg does not support describeTabs\(\) yet"):
        partner.call("describeTabs")


def test_a_search_is_read_strictly(partner: Partner, mock_org: Any) -> None:
    (account,) = partner.call("create", [partner.record("Account", Name="Zephyr Works")])

    result = partner.call("search", "FIND {zephyr} RETURNING Account(Name)")

    assert [fields_of(hit.record) for hit in result.searchRecords] == [{"Name": "Zephyr Works"}]
    assert account.success
    assert partner.call("search", "FIND {nobody here}").searchRecords == []
    with pytest.raises(Fault) as caught:
        partner.call("search", "FIND {a|b}")
    assert caught.value.code.endswith("MALFORMED_SEARCH")


def test_compound_values_and_parents_by_type_are_read_strictly(partner: Partner) -> None:
    (saved,) = partner.call("create", partner.record("Account", Name="Acme", BillingCity="Oslo"))
    partner.call("create", partner.record("Task", Subject="t", WhatId=saved.id))
    page = partner.call("query", "SELECT BillingAddress, ShippingAddress FROM Account")
    billing, shipping = page.records[0]._value_1
    assert (billing.city, billing.street, billing.latitude) == ("Oslo", None, None)
    assert len(shipping) == 0
    page = partner.call("query", "SELECT TYPEOF What WHEN Account THEN Name END FROM Task")
    (what,) = page.records[0]._value_1
    assert (what.type, what.Id, fields_of(what)) == ("Account", None, {"Name": "Acme"})
