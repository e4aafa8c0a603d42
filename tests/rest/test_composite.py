"""Several requests in one: composite, graph, batch, collections, trees."""

from typing import Any

import pytest

from .conftest import RestClient

V = "/services/data/v60.0"


def part(reference: str, method: str, url: str, body: Any = None) -> dict[str, Any]:
    request = {"referenceId": reference, "method": method, "url": f"{V}{url}"}
    return request if body is None else request | {"body": body}


def test_later_requests_refer_to_earlier_ones(rest: RestClient) -> None:
    parts = [
        part("acme", "POST", "/sobjects/Account", {"Name": "Acme"}),
        part("ada", "POST", "/sobjects/Contact", {"LastName": "Ada", "AccountId": "@{acme.id}"}),
        part("all", "GET", "/query?q=SELECT+Id,Name+FROM+Account"),
        part("one", "GET", "/sobjects/Account/@{all.records[0].Id}?fields=Name"),
        part("gone", "DELETE", "/sobjects/Contact/@{ada.id}"),
    ]
    answers = rest("POST /composite", {"allOrNone": True, "compositeRequest": parts}).value["compositeResponse"]
    assert [each["httpStatusCode"] for each in answers] == [201, 201, 200, 200, 204]
    assert [each["referenceId"] for each in answers] == ["acme", "ada", "all", "one", "gone"]
    assert answers[0]["httpHeaders"] == {"Location": f"{V}/sobjects/Account/{answers[0]['body']['id']}"}
    assert (answers[3]["body"]["Name"], answers[4]["body"]) == ("Acme", None)


def test_all_or_none(rest: RestClient) -> None:
    parts = [
        part("a", "POST", "/sobjects/Account", {"Name": "a"}),
        part("b", "POST", "/sobjects/Account", {}),
        part("c", "POST", "/sobjects/Account", {"Name": "c"}),
    ]
    answers = rest("POST /composite", {"allOrNone": True, "compositeRequest": parts}).value["compositeResponse"]
    halted = "The transaction was rolled back since another operation in the same transaction failed."
    assert [each["httpStatusCode"] for each in answers] == [400, 400, 400]
    assert [each["body"][0]["errorCode"] for each in answers] == [
        "PROCESSING_HALTED",
        "REQUIRED_FIELD_MISSING",
        "PROCESSING_HALTED",
    ]
    assert answers[0]["body"] == [{"errorCode": "PROCESSING_HALTED", "message": halted}]
    assert rest.query("SELECT Id FROM Account") == []


def test_without_it_each_is_for_itself(rest: RestClient) -> None:
    parts = [
        part("a", "POST", "/sobjects/Account", {}),
        part("b", "POST", "/sobjects/Contact", {"LastName": "b", "AccountId": "@{a.id}"}),
        part("c", "POST", "/sobjects/Account", {"Name": "c"}),
    ]
    answers = rest("POST /composite", {"compositeRequest": parts}).value["compositeResponse"]
    assert [each["httpStatusCode"] for each in answers] == [400, 400, 201]
    assert answers[1]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert (
        "No value for a.id found in a. Errors: Required fields are missing: [Name]" in answers[1]["body"][0]["message"]
    )


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([part(f"r{n}", "GET", "/limits") for n in range(26)], "LIMIT_EXCEEDED"),
        ([part(f"r{n}", "GET", "/query?q=SELECT+Id+FROM+Account") for n in range(6)], "LIMIT_EXCEEDED"),
        ([part("a", "GET", "/limits"), part("a", "GET", "/limits")], "INVALID_INPUT"),
        ([part("a b", "GET", "/limits")], "INVALID_INPUT"),
        ([part("a", "FETCH", "/limits")], "JSON_PARSER_ERROR"),
        ([], "JSON_PARSER_ERROR"),
        ("x", "JSON_PARSER_ERROR"),
    ],
)
def test_composites_that_are_none(rest: RestClient, parts: Any, code: str) -> None:
    reply = rest("POST /composite", {"compositeRequest": parts})
    assert (reply.status, reply.value[0]["errorCode"]) == (400, code)


def test_graphs_are_all_or_none_each(rest: RestClient) -> None:
    good = {"graphId": "1", "compositeRequest": [part("a", "POST", "/sobjects/Account", {"Name": "a"})]}
    bad = {
        "graphId": "2",
        "compositeRequest": [
            part("b", "POST", "/sobjects/Account", {"Name": "b"}),
            part("c", "POST", "/sobjects/Account", {}),
        ],
    }
    graphs = rest("POST /composite/graph", {"graphs": [good, bad]}).value["graphs"]
    assert [(each["graphId"], each["isSuccessful"]) for each in graphs] == [("1", True), ("2", False)]
    assert [each["Name"] for each in rest.query("SELECT Name FROM Account")] == ["a"]


def test_batches(rest: RestClient) -> None:
    requests = [
        {"method": "GET", "url": "v60.0/sobjects/Nope"},
        {"method": "POST", "url": "v60.0/sobjects/Account", "richInput": {"Name": "a"}},
        {"method": "GET", "url": "v59.0/limits"},
    ]
    value = rest("POST /composite/batch", {"batchRequests": requests}).value
    assert (value["hasErrors"], [each["statusCode"] for each in value["results"]]) == (True, [404, 201, 200])
    halted = rest("POST /composite/batch", {"batchRequests": requests, "haltOnError": True}).value["results"]
    assert [each["statusCode"] for each in halted] == [404, 412, 412]
    assert halted[1]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"


def account(**values: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Account"}, **values}


def test_collections(rest: RestClient) -> None:
    made = rest("POST /composite/sobjects", {"records": [account(Name="a"), account(), account(Name="b", foo=1)]}).value
    assert [each["success"] for each in made] == [True, False, False]
    assert made[1] == {
        "success": False,
        "errors": [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [Name]",
                "fields": ["Name"],
            }
        ],
    }
    assert made[2]["errors"][0]["statusCode"] == "INVALID_FIELD"
    first = made[0]["id"]
    assert rest("PATCH /composite/sobjects", {"records": [account(id=first, Name="c")]}).value == [
        {"id": first, "success": True, "errors": []}
    ]
    missing = "001000000000999AAA"
    read = rest(f"GET /composite/sobjects/Account?ids={first},{missing}&fields=Name").value
    assert (read[0]["Name"], read[1]) == ("c", None)
    assert rest("POST /composite/sobjects/Account", {"ids": [first], "fields": ["Name"]}).value == read[:1]
    assert rest(f"DELETE /composite/sobjects?ids={first}").value == [{"id": first, "success": True, "errors": []}]


def test_collections_all_or_none(rest: RestClient) -> None:
    body = {"allOrNone": True, "records": [account(Name="a"), account()]}
    made = rest("POST /composite/sobjects", body)
    assert (made.status, [each["errors"][0]["statusCode"] for each in made.value]) == (
        200,
        ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"],
    )
    assert "id" not in made.value[0]
    assert rest.query("SELECT Id FROM Account") == []


def test_collections_take_null_for_all_or_none_as_false(rest: RestClient) -> None:
    """django-salesforce sends it, and its tests run on real orgs."""
    made = rest("POST /composite/sobjects", {"allOrNone": None, "records": [account(Name="a"), account()]})
    assert [each["success"] for each in made.value] == [True, False]
    assert rest("POST /composite/sobjects", {"allOrNone": "true", "records": [account(Name="a")]}).status == 400


def test_collections_upsert(rest: RestClient) -> None:
    contact = {"attributes": {"type": "Contact"}, "LastName": "a", "Email": "a@example.com"}
    for created in (True, False):
        [result] = rest("PATCH /composite/sobjects/Contact/Email", {"records": [contact]}).value
        assert (result["success"], result["created"]) == (True, created)
    new = {"attributes": {"type": "Contact"}, "Id": None, "LastName": "b"}
    [result] = rest("PATCH /composite/sobjects/Contact/Id", {"records": [new]}).value
    assert (result["success"], result["created"]) == (True, True)
    reply = rest("PATCH /composite/sobjects/Contact/Nope", {"records": [contact]})
    assert (reply.status, reply.value[0]["errorCode"]) == (404, "NOT_FOUND")


def test_more_than_200_records(rest: RestClient) -> None:
    reply = rest("POST /composite/sobjects", {"records": [account(Name="a")] * 201})
    message = "record limit reached. cannot submit more than 200 records in this request"
    assert (reply.status, reply.value) == (400, [{"message": message, "errorCode": "EXCEEDED_ID_LIMIT"}])


def test_trees(rest: RestClient) -> None:
    contacts = {"records": [{"attributes": {"type": "Contact", "referenceId": "c"}, "LastName": "Ada"}]}
    records = [{"attributes": {"type": "Account", "referenceId": "a"}, "Name": "Acme", "Contacts": contacts}]
    reply = rest("POST /composite/tree/Account", {"records": records})
    assert (reply.status, reply.value["hasErrors"]) == (201, False)
    assert [each["referenceId"] for each in reply.value["results"]] == ["a", "c"]
    assert rest.query("SELECT Account.Name FROM Contact")[0]["Account"]["Name"] == "Acme"


def test_a_tree_of_which_one_record_is_bad(rest: RestClient) -> None:
    contacts = {"records": [{"attributes": {"type": "Contact", "referenceId": "c"}, "FirstName": "Ada"}]}
    records = [{"attributes": {"type": "Account", "referenceId": "a"}, "Name": "Acme", "Contacts": contacts}]
    reply = rest("POST /composite/tree/Account", {"records": records})
    error = {
        "statusCode": "REQUIRED_FIELD_MISSING",
        "message": "Required fields are missing: [LastName]",
        "fields": ["LastName"],
    }
    assert (reply.status, reply.value) == (
        400,
        {"hasErrors": True, "results": [{"referenceId": "c", "errors": [error]}]},
    )
    assert rest.query("SELECT Id FROM Account") == []
