"""Tabs, recent records, layouts, list views, processes, tooling objects, the User Interface API."""

import pytest

from mockorg_server.core.host import Host

from .conftest import RestClient


def test_recent_records_are_those_that_were_looked_at(rest: RestClient) -> None:
    assert rest("GET /recent").value == []
    ids = {name: rest.make("Account", Name=name) for name in ("old", "new")}
    contact = rest.make("Contact", LastName="Ada")
    rest.query(f"SELECT Id FROM Account WHERE Id = '{ids['old']}' FOR VIEW")
    rest.query("SELECT Id FROM Contact FOR VIEW")

    found = {each["Id"]: each for each in rest("GET /recent").value}

    assert found.keys() == {ids["old"], contact}
    assert found[ids["old"]]["Name"] == "old"
    assert found[ids["old"]]["attributes"] == {
        "type": "Account",
        "url": f"/services/data/v60.0/sobjects/Account/{ids['old']}",
    }
    assert len(rest("GET /recent?limit=1").value) == 1
    assert rest("GET /recent?limit=x").status == 400


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/theme", {"themeItems": []}),
        ("/appMenu/AppSwitcher", {"appMenuItems": []}),
        ("/quickActions", []),
        ("/sobjects/Account/quickActions", []),
        ("/sobjects/relevantItems", []),
        ("/process/rules", {"rules": {}}),
        ("/process/rules/Account", {"rules": {}}),
        ("/process/approvals", {"approvals": {}}),
        ("/sobjects/Account/describe/approvalLayouts", {"approvalLayouts": []}),
    ],
)
def test_what_nobody_has_set_up_is_empty(rest: RestClient, path: str, value: object) -> None:
    reply = rest(f"GET {path}")
    assert (reply.status, reply.value) == (200, value)


@pytest.mark.parametrize(
    "path",
    [
        "/quickActions/Nope",
        "/appMenu/Nope",
        "/process/rules/Nope__c",
        "/process/rules/Account/01Q000000000001",
        "/sobjects/Nope__c/listviews",
        "/sobjects/Account/listviews/00B000000000000AAA",
        "/sobjects/Account/describe/layouts/012000000000001AAA",
        "/tooling/sobjects/Account",
        "/ui-api/object-info/Nope__c",
        "/ui-api/object-info/Account/picklist-values/012000000000000AAA/Name",
        "/ui-api/records/001000000000999AAA?fields=Account.Name",
    ],
)
def test_what_is_not_there_is_not_found(rest: RestClient, path: str) -> None:
    reply = rest(f"GET {path}")
    assert (reply.status, reply.value[0]["errorCode"]) == (404, "NOT_FOUND")


def test_tabs_are_of_objects_with_pages(rest: RestClient) -> None:
    tabs = {each["name"]: each for each in rest("GET /tabs").value}
    assert (tabs["standard-Account"]["label"], tabs["standard-Account"]["sobjectName"]) == ("Accounts", "Account")


def test_a_layout_shows_the_fields_of_the_describe(rest: RestClient) -> None:
    value = rest("GET /sobjects/Account/describe/layouts").value
    items = [row["layoutItems"][0] for row in value["layouts"][0]["detailLayoutSections"][0]["layoutRows"]]
    name = next(each for each in items if each["layoutComponents"][0]["value"] == "Name")
    assert (name["label"], name["required"]) == ("Account Name", True)
    [mapping] = value["recordTypeMappings"]
    assert rest(f"GET {mapping['urls']['layout'].removeprefix('/services/data/v60.0')}").value == value["layouts"][0]
    compact = rest("GET /sobjects/Account/describe/compactLayouts").value
    assert (compact["compactLayouts"], compact["defaultCompactLayoutId"]) == ([], None)


def test_columns_of_searches(rest: RestClient) -> None:
    [columns] = rest("GET /search/layout?q=Account").value
    assert columns["searchColumns"][0]["field"] == "Account.Name"
    assert {"type": "Account", "url": "/services/data/v60.0/sobjects/Account/describe"} in rest(
        "GET /search/scopeOrder"
    ).value


def test_list_views_have_results(rest: RestClient) -> None:
    for name in ("a", "b"):
        rest.make("Account", Name=name)
    listed = rest("GET /sobjects/Account/listviews").value
    assert (listed["done"], listed["size"], listed["sobjectType"]) == (True, 3, "Account")
    views = {each["developerName"]: each for each in listed["listviews"]}
    assert views.keys() == {"AllAccounts", "MyAccounts", "RecentlyViewedAccounts"}
    own = views["MyAccounts"]
    assert rest(f"GET /sobjects/Account/listviews/{own['id']}").value == own

    described = rest(f"GET /sobjects/Account/listviews/{own['id']}/describe").value
    results = rest(f"GET /sobjects/Account/listviews/{own['id'][:15]}/results?limit=1&offset=1").value

    assert described["query"].startswith("SELECT Name, Owner.Alias, Id, CreatedDate")
    assert results["columns"] == described["columns"]
    assert (results["size"], results["label"]) == (1, "My Accounts")
    cells = {each["fieldNameOrPath"]: each["value"] for each in results["records"][0]["columns"]}
    assert cells["Name"] == "b"
    assert cells["CreatedDate"] == "Sat Jan 31 12:00:30 GMT 2026"
    recent = rest("GET /sobjects/Account/listviews/recent/results").value
    assert recent["records"] == []


def test_no_approval_process_takes_a_record(rest: RestClient) -> None:
    record_id = rest.make("Account", Name="a")
    reply = rest("POST /process/approvals", {"requests": [{"actionType": "Submit", "contextId": record_id}]})
    [result] = reply.value
    assert (result["success"], result["entityId"]) == (False, record_id)
    assert result["errors"][0]["statusCode"] == "NO_APPLICABLE_PROCESS"
    assert rest("POST /process/approvals", {}).status == 400


def test_tooling_objects_have_their_own_address(rest: RestClient) -> None:
    names = {each["name"]: each for each in rest("GET /tooling/sobjects").value["sobjects"]}
    assert "Account" not in names
    assert names["User"]["urls"]["describe"] == "/services/data/v60.0/tooling/sobjects/User/describe"
    described = rest("GET /tooling/sobjects/user/describe").value
    assert described["urls"]["sobject"] == "/services/data/v60.0/tooling/sobjects/User"


def test_no_password_is_over_and_none_is_set(rest: RestClient, host: Host) -> None:
    path = f"/sobjects/User/{host.default.first_user_id}/password"
    assert rest(f"GET {path}").value == {"isExpired": False}
    for method in ("POST", "DELETE"):
        reply = rest(f"{method} {path}", {"NewPassword": "x"})
        assert (reply.status, reply.value[0]["errorCode"]) == (501, "NOT_IMPLEMENTED")
    assert rest("GET /sobjects/User/005000000000999AAA/password").status == 404


def test_object_infos(rest: RestClient) -> None:
    assert rest("GET /ui-api/object-info").value["objects"]["Account"]["keyPrefix"] == "001"
    info = rest("GET /ui-api/object-info/contact").value
    assert (info["apiName"], info["nameFields"]) == ("Contact", ["FirstName", "LastName", "Name"])
    assert info["fields"]["AccountId"]["referenceToInfos"] == [{"apiName": "Account", "nameFields": ["Name"]}]
    assert info["fields"]["CreatedDate"]["dataType"] == "DateTime"
    assert info["fields"]["LastName"]["required"] is True
    assert rest("GET /ui-api/object-info/Account").status == 200


def test_picklist_values(rest: RestClient) -> None:
    path = "/ui-api/object-info/Lead/picklist-values/012000000000000AAA"
    values = rest(f"GET {path}/Status").value
    assert {
        "attributes": None,
        "label": "Working - Contacted",
        "validFor": [],
        "value": "Working - Contacted",
    } in values["values"]
    assert rest(f"GET {path}").value["picklistFieldValues"]["Status"] == values


def test_records_of_the_user_interface_api(rest: RestClient) -> None:
    account = rest.make("Account", Name="Acme")
    made = rest("POST /ui-api/records", {"apiName": "Contact", "fields": {"LastName": "Ada", "AccountId": account}})
    assert (made.status, made.value["fields"]["LastName"]) == (201, {"displayValue": None, "value": "Ada"})
    path = f"/ui-api/records/{made.value['id']}"

    assert rest(f"PATCH {path}", {"fields": {"FirstName": "A."}}).value["fields"]["FirstName"]["value"] == "A."
    found = rest(
        f"GET {path}?fields=Contact.Name,Contact.Account.Name&optionalFields=Contact.Nope__c,Contact.Email"
    ).value
    assert found["apiName"] == "Contact"
    assert found["fields"]["Name"]["value"] == "A. Ada"
    assert found["fields"]["Email"] == {"displayValue": None, "value": None}
    assert found["fields"]["Account"]["value"]["fields"]["Name"]["value"] == "Acme"
    assert found["systemModstamp"] == "2026-01-31T12:00:30.000Z"
    assert "Nope__c" not in found["fields"]
    assert rest(f"DELETE {path}").status == 204
    assert rest(f"GET {path}?fields=Contact.Name").status == 404
    refused = rest("POST /ui-api/records", {"apiName": "Account", "fields": {}})
    assert (refused.status, refused.value[0]["errorCode"]) == (400, "REQUIRED_FIELD_MISSING")
