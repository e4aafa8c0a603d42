"""Forms of answers: JSON and XML, gzip, headers, versions, describes."""

import gzip
import json
from pathlib import Path

import pytest
from lxml import etree

from .conftest import RestClient

RECORDED = Path(__file__).parents[1] / "recorded/describe/account_rest_v48.json"


def test_versions_need_no_session(rest: RestClient) -> None:
    value = rest("GET /services/data/", Authorization=None).value
    assert (value[0]["version"], value[-1]["version"]) == ("31.0", "68.0")
    labels = {each["version"]: each["label"] for each in value}
    assert (labels["60.0"], labels["58.0"], labels["62.0"]) == ("Spring '24", "Summer '23", "Winter '25")


def test_what_there_is(rest: RestClient) -> None:
    value = rest("GET /").value
    assert value["sobjects"] == "/services/data/v60.0/sobjects"
    assert value["identity"].startswith("http://mock.example/id/00D000000000001EAA/005")


def test_each_reply_tells_of_the_limit(rest: RestClient) -> None:
    first = rest("GET /limits")
    assert first.headers["Sforce-Limit-Info"] == "api-usage=1/15000"
    assert rest("GET /nope").headers["Sforce-Limit-Info"] == "api-usage=1/15000"
    assert first.value["DailyApiRequests"] == {"Max": 15000, "Remaining": 14999}
    assert "DailyBulkApiBatches" in first.value


def test_record_counts(rest: RestClient) -> None:
    rest.make("Account", Name="a")
    value = rest("GET /limits/recordCount?sObjects=Account,Contact").value
    assert value == {"sObjects": [{"count": 1, "name": "Account"}]}


@pytest.mark.parametrize(("path", "accept"), [("", "application/xml"), (".xml", "application/json")])
def test_xml(rest: RestClient, path: str, accept: str) -> None:
    record_id = rest.make("Account", Name="A & B")
    reply = rest(f"GET /sobjects/Account/{record_id}{path}?fields=Name,Phone", Accept=accept)
    assert reply.headers["Content-Type"] == "application/xml;charset=UTF-8"
    root = etree.fromstring(reply.body)
    assert (root.tag, root.get("type"), root.findtext("Name")) == ("Account", "Account", "A & B")
    refused = etree.fromstring(rest("GET /nope", Accept="application/xml").body)
    assert (refused.tag, refused.findtext("Error/errorCode")) == ("Errors", "NOT_FOUND")


def test_gzip_both_ways(rest: RestClient) -> None:
    body = gzip.compress(json.dumps({"Name": "zipped"}).encode())
    assert rest("POST /sobjects/Account", body, **{"Content-Encoding": "gzip"}).status == 201
    reply = rest("GET /sobjects/Account/describe", **{"Accept-Encoding": "gzip"})
    assert reply.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(reply.body))["name"] == "Account"


def test_head_has_no_body(rest: RestClient) -> None:
    assert (rest("HEAD /limits").status, rest("HEAD /limits").body) == (200, b"")


def test_slashes_and_case_do_not_count(rest: RestClient) -> None:
    assert rest("GET //sobjects//ACCOUNT//describe/").value["name"] == "Account"


def test_pretty_printing(rest: RestClient) -> None:
    assert b'"Max" : 15000' in rest("GET /limits", **{"X-PrettyPrint": "1"}).body


def test_a_describe_has_the_members_of_the_recorded_one(at) -> None:
    recorded = json.loads(RECORDED.read_text("utf-8"))
    described = at("48.0")("GET /sobjects/Account/describe").value
    assert recorded.keys() - described.keys() == set()
    assert recorded["fields"][0].keys() == described["fields"][0].keys()
    assert recorded["childRelationships"][0].keys() == described["childRelationships"][0].keys()
    assert recorded["urls"].keys() == described["urls"].keys()
    assert recorded["recordTypeInfos"][1] == described["recordTypeInfos"][0] | {"defaultRecordTypeMapping": False}
    assert described["urls"]["uiNewRecord"] == "http://mock.example/001/e"


def test_describe_global_lists_what_can_be_described(rest: RestClient) -> None:
    value = rest("GET /sobjects").value
    assert (value["encoding"], value["maxBatchSize"]) == ("UTF-8", 200)
    account = next(each for each in value["sobjects"] if each["name"] == "Account")
    assert account["urls"]["rowTemplate"] == "/services/data/v60.0/sobjects/Account/{ID}"
    assert rest("GET /sobjects/Account").value == {"objectDescribe": account, "recentItems": []}


def test_describes_that_did_not_change(rest: RestClient) -> None:
    stamp = rest("GET /sobjects/Account/describe").headers["Last-Modified"]
    for path in ("/sobjects", "/sobjects/Account/describe"):
        assert rest(f"GET {path}", **{"If-Modified-Since": stamp}).status == 304
        assert rest(f"GET {path}", **{"If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}).status == 200
        assert rest(f"GET {path}", **{"If-Modified-Since": "yesterday"}).status == 200


def test_windows_of_replication(rest: RestClient) -> None:
    window = {"start": "2026-01-31T11:00:00+00:00", "end": "2026-01-31T13:00:00Z"}
    record_id = rest.make("Account", Name="a")
    assert rest("GET /sobjects/Account/updated", query=window).value["ids"] == [record_id]
    rest(f"DELETE /sobjects/Account/{record_id}")
    deleted = rest("GET /sobjects/Account/deleted", query=window).value
    assert deleted["deletedRecords"] == [{"deletedDate": "2026-01-31T12:00:30.000+0000", "id": record_id}]
    assert rest("GET /sobjects/Account/deleted?start=x&end=y").status == 400


def test_anonymous_apex(rest: RestClient) -> None:
    for body in ("", "System.debug('it\\'s');", "// nothing\nSystem.debug(1);"):
        assert rest("GET /tooling/executeAnonymous", query={"anonymousBody": body}).value["success"] is True
    reply = rest("GET /tooling/executeAnonymous", query={"anonymousBody": "delete [SELECT Id FROM Account];"})
    assert (reply.status, reply.value[0]["errorCode"]) == (501, "NOT_IMPLEMENTED")


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("", 201), ("application/json; charset=UTF-8", 201), ("text/plain", 415), ("application/xml", 415)],
)
def test_a_body_says_that_it_is_json_or_nothing(rest: RestClient, content_type: str, status: int) -> None:
    rest.content_type = content_type
    reply = rest("POST /sobjects/Account", {"Name": "a"})
    assert reply.status == status
    assert status == 201 or reply.value[0]["errorCode"] == "UNSUPPORTED_MEDIA_TYPE"
