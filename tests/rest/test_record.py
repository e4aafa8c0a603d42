"""Records by Id and by external id over REST."""

import pytest

from mockorg_server.core.host import Host
from mockorg_server.core.seed import SeedRecord

from .conftest import RestClient


def test_a_record_is_made_read_changed_and_deleted(rest: RestClient) -> None:
    made = rest("POST /sobjects/account/", {"name": "Acme & Söhne", "AnnualRevenue": 1e8, "BillingCity": "Oslo"})
    record_id = made.value["id"]
    assert (made.status, made.value) == (201, {"id": record_id, "success": True, "errors": []})
    assert made.headers["Location"] == f"/services/data/v60.0/sobjects/Account/{record_id}"

    read = rest(f"GET /sobjects/Account/{record_id[:15]}").value
    assert read["attributes"] == {"type": "Account", "url": f"/services/data/v60.0/sobjects/Account/{record_id}"}
    assert (read["Id"], read["Name"], read["IsDeleted"]) == (record_id, "Acme & Söhne", False)
    assert read["CreatedDate"] == "2026-01-31T12:00:30.000+0000"
    assert read["BillingAddress"]["city"] == "Oslo"
    assert (read["ShippingAddress"], read["Phone"]) == (None, None)

    changed = rest(f"PATCH /sobjects/Account/{record_id}", {"Name": "Acme", "BillingCity": None})
    assert (changed.status, changed.body) == (204, b"")
    assert "Content-Type" not in changed.headers
    assert rest(f"GET /sobjects/Account/{record_id}?fields=name,billingcity").value == {
        "attributes": read["attributes"],
        "Name": "Acme",
        "BillingCity": None,
    }
    assert rest(f"DELETE /sobjects/Account/{record_id}").status == 204
    assert rest(f"GET /sobjects/Account/{record_id}").status == 404


def test_numbers_dates_and_booleans_to_the_byte(rest: RestClient) -> None:
    record_id = rest.make(
        "Opportunity", Name="o", StageName="Prospecting", CloseDate="2026-02-01", Amount=1234567.5, IsPrivate=True
    )
    body = rest(f"GET /sobjects/Opportunity/{record_id}?fields=Amount,CloseDate,IsPrivate,Probability").body
    assert body.endswith(b'"Amount":1234567.5,"CloseDate":"2026-02-01","IsPrivate":true,"Probability":10.0}')


def test_texts_stand_for_numbers_and_booleans(rest: RestClient) -> None:
    record_id = rest.make("Account", Name="a", NumberOfEmployees="7", AnnualRevenue="1.5e3")
    read = rest(f"GET /sobjects/Account/{record_id}?fields=NumberOfEmployees,AnnualRevenue").value
    assert (read["NumberOfEmployees"], read["AnnualRevenue"]) == (7, 1500.0)


@pytest.mark.parametrize(("version", "first", "second"), [("60.0", 201, 200), ("46.0", 201, 200), ("45.0", 201, 204)])
def test_upsert_by_a_key(host: Host, version: str, first: int, second: int) -> None:
    rest = RestClient(host, version)
    made = rest("PATCH /sobjects/Contact/Email/ada%40example.com", {"LastName": "Lovelace"})
    again = rest("PATCH /sobjects/Contact/email/ada@example.com", {"FirstName": "Ada"})
    assert (made.status, again.status) == (first, second)
    assert made.value.get("created") == (True if version != "45.0" else None)
    if second == 200:
        assert again.value == {"id": made.value["id"], "success": True, "errors": [], "created": False}
    [contact] = rest.query("SELECT Name, Email FROM Contact")
    assert (contact["Name"], contact["Email"]) == ("Ada Lovelace", "ada@example.com")
    assert rest("GET /sobjects/Contact/Email/ada@example.com").value["LastName"] == "Lovelace"
    assert rest("DELETE /sobjects/Contact/Email/ada@example.com").status == 204
    assert rest("GET /sobjects/Contact/Email/ada@example.com").status == 404


def test_a_key_that_finds_several(rest: RestClient) -> None:
    ids = [rest.make("Contact", LastName=name, Email="x@example.com") for name in ("a", "b")]
    reply = rest("PATCH /sobjects/Contact/Email/x@example.com", {"FirstName": "x"})
    assert (reply.status, reply.value) == (300, [f"/services/data/v60.0/sobjects/Contact/{each}" for each in ids])


def test_update_only_makes_nothing(rest: RestClient) -> None:
    assert rest("PATCH /sobjects/Contact/Email/x@example.com?updateOnly=true", {"LastName": "x"}).status == 404
    assert rest.query("SELECT Id FROM Contact") == []


def test_post_may_stand_for_patch(rest: RestClient) -> None:
    record_id = rest.make("Account", Name="a")
    assert rest(f"POST /sobjects/Account/{record_id}?_HttpMethod=PATCH", {"Name": "b"}).status == 204
    assert rest.query("SELECT Name FROM Account")[0]["Name"] == "b"


def test_parents_by_external_id(rest: RestClient, host: Host) -> None:
    rest.make("Contact", LastName="Boss", Email="boss@example.com")
    made = rest("POST /sobjects/Contact", {"LastName": "x", "ReportsTo": {"Email": "boss@example.com"}})
    assert made.status == 201, made.value
    [record] = rest.query("SELECT ReportsTo.LastName FROM Contact WHERE LastName = 'x'")
    assert record["ReportsTo"]["LastName"] == "Boss"
    assert record["ReportsTo"]["attributes"]["type"] == "Contact"


def test_relationships_are_followed(rest: RestClient) -> None:
    account = rest.make("Account", Name="Acme")
    contact = rest.make("Contact", LastName="Ada", AccountId=account)
    assert rest(f"GET /sobjects/Contact/{contact}/Account?fields=Name").value["Name"] == "Acme"
    page = rest(f"GET /sobjects/Account/{account}/Contacts?fields=LastName").value
    assert (page["totalSize"], page["done"], page["records"][0]["LastName"]) == (1, True, "Ada")
    assert rest(f"GET /sobjects/Contact/{contact}/ReportsTo").status == 404
    assert rest(f"GET /sobjects/Contact/{contact}/Nothing").status == 404


def test_the_content_of_a_blob(rest: RestClient, host: Host) -> None:
    host.default.seed([SeedRecord("Account", {"Name": "a"}, "a")])
    parent = rest.query("SELECT Id FROM Account")[0]["Id"]
    body = {"Name": "a.txt", "ParentId": parent, "Body": "aGVsbG8=", "ContentType": "text/plain"}
    record_id = rest.make("Attachment", **body)
    url = rest(f"GET /sobjects/Attachment/{record_id}?fields=Body").value["Body"]
    assert url == f"/services/data/v60.0/sobjects/Attachment/{record_id}/Body"
    reply = rest(f"GET {url}")
    assert (reply.status, reply.body, reply.headers["Content-Type"]) == (200, b"hello", "text/plain")
