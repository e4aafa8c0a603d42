"""The REST wire of the SDK: which requests a call makes, how records are typed, what refusals become."""

import json
from datetime import UTC, date, datetime

import pytest
import requests
from requests.adapters import BaseAdapter

import mockorg

ROOT = "http://org.test/services/data/v64.0"
DESCRIBES = {
    "Account": {
        "name": "Account",
        "keyPrefix": "001",
        "fields": [
            {"name": "Id", "type": "id", "soapType": "tns:ID"},
            {"name": "Name", "type": "string", "soapType": "xsd:string"},
            {"name": "AnnualRevenue", "type": "currency"},
            {"name": "NumberOfEmployees", "type": "int"},
            {"name": "CreatedDate", "type": "datetime"},
            {"name": "IsActive", "type": "boolean"},
            {"name": "BillingAddress", "type": "address", "soapType": "urn:address"},
            {"name": "ParentId", "type": "reference", "relationshipName": "Parent", "referenceTo": ["Account"]},
        ],
        "childRelationships": [{"childSObject": "Contact", "relationshipName": "Contacts"}],
        "urls": {"uiDetailTemplate": "http://org.test/{ID}"},
    },
    "Attachment": {"name": "Attachment", "keyPrefix": "00P", "fields": [{"name": "Body", "type": "base64"}]},
}


class RestWire(BaseAdapter):
    """Answers describes from ``DESCRIBES`` and the rest from a script; keeps what was sent."""

    def __init__(self):
        super().__init__()
        self.sent: list[requests.PreparedRequest] = []
        self.script: list[tuple[int, object, dict]] = []

    def answer(self, value, status=200, **headers):
        self.script.append((status, value, headers))

    def connect(self, **options):
        session = requests.Session()
        session.mount("http://", self)
        return mockorg.connect("http://org.test", access_token="TOKEN", api="rest", session=session, **options)

    def send(self, request, **_options):
        self.sent.append(request)
        name = request.url.split("/")[-2]
        if request.url.endswith("/describe") and name in DESCRIBES:
            status, value, headers = 200, DESCRIBES[name], {}
        else:
            status, value, headers = self.script.pop(0)
        response = requests.Response()
        response.status_code = status
        response._content = value if isinstance(value, bytes) else json.dumps(value).encode()
        response.headers.update({name.replace("_", "-"): text for name, text in headers.items()})
        response.request = request
        return response

    def close(self):
        """Nothing is open."""


@pytest.fixture
def wire():
    made = RestWire()
    yield made
    assert made.script == [], "answers of the script were never asked for"


def page(*records, **more):
    return {"totalSize": len(records), "done": True, "records": list(records), **more}


def record(sobject, **members):
    return {"attributes": {"type": sobject, "url": f"/services/data/v64.0/sobjects/{sobject}/x"}, **members}


def test_a_query_is_one_request_and_its_records_have_the_types_of_their_describe(wire):
    wire.answer(
        page(
            record(
                "Account",
                Name="2026-01-31",
                AnnualRevenue=12,
                NumberOfEmployees=7,
                CreatedDate="2026-01-31T12:00:00.000+0000",
                IsActive=True,
                BillingAddress={"city": "Oslo", "latitude": 59.9, "country": None},
                Parent=None,
                Contacts=None,
            )
        ),
        Sforce_Limit_Info="api-usage=18/15000",
    )
    org = wire.connect()

    (found,) = org.query("SELECT Name FROM Account", batch_size=500)

    assert dict(found) == {
        "Name": "2026-01-31",
        "AnnualRevenue": 12.0,
        "NumberOfEmployees": 7,
        "CreatedDate": datetime(2026, 1, 31, 12, tzinfo=UTC),
        "IsActive": True,
        "BillingAddress": mockorg.Address(city="Oslo", latitude=59.9),
        "Parent": None,
        "Contacts": mockorg.QueryResult(0, True, None, ()),
    }
    assert isinstance(found["AnnualRevenue"], float)
    assert [(each.method, each.url) for each in wire.sent] == [
        ("GET", f"{ROOT}/query?q=SELECT%20Name%20FROM%20Account"),
        ("GET", f"{ROOT}/sobjects/Account/describe"),
    ]
    assert wire.sent[0].headers["Authorization"] == "Bearer TOKEN"
    assert wire.sent[0].headers["Sforce-Query-Options"] == "batchSize=500"
    assert org.api_usage == mockorg.ApiUsage(18, 15000)


def test_iteration_walks_the_pages(wire):
    more = "/services/data/v64.0/query/0r8xx-1"
    wire.answer({"totalSize": 2, "done": False, "nextRecordsUrl": more, "records": [record("Account", Name="a")]})
    wire.answer({"totalSize": 2, "done": True, "records": [record("Account", Name="b")]})

    result = wire.connect().query("SELECT Name FROM Account")

    assert (result.query_locator, [each["Name"] for each in result]) == ("0r8xx-1", ["a", "b"])
    assert wire.sent[-1].url == f"{ROOT}/query/0r8xx-1"


def test_a_query_that_is_too_long_for_an_address_goes_in_a_body(wire):
    wire.answer({"compositeResponse": [{"httpStatusCode": 200, "body": page(), "referenceId": "query"}]})
    soql = f"SELECT Id FROM Account WHERE Name IN ({','.join(['0123456789'] * 2000)})"

    assert wire.connect().query(soql).size == 0

    (sent,) = wire.sent
    (sub,) = json.loads(sent.body)["compositeRequest"]
    assert (sent.method, sent.url, sub["method"]) == ("POST", f"{ROOT}/composite", "GET")
    assert sub["url"].startswith("/services/data/v64.0/query?q=SELECT%20Id")


def test_rows_of_aggregates_ask_for_types_only_where_a_text_may_be_a_date(wire):
    wire.answer(page(record("AggregateResult", total=12.5, expr0=3, name="x")))
    wire.answer(page(record("AggregateResult", day="2026-01-31", name="2026-01-31")))
    types = [{"columnName": "day", "apexType": "Date"}, {"columnName": "name", "apexType": "String"}]
    wire.answer({"columnMetadata": types})
    org = wire.connect()

    (row,) = org.query("SELECT SUM(Amount) total FROM Opportunity")
    assert dict(row) == {"total": 12.5, "expr0": 3, "name": "x"}
    (row,) = org.query("SELECT MAX(CloseDate) day FROM Opportunity")
    assert dict(row) == {"day": date(2026, 1, 31), "name": "2026-01-31"}
    assert wire.sent[-1].url.endswith("&columns=true")


def test_a_file_is_fetched_from_where_the_record_says(wire):
    address = "/services/data/v64.0/sobjects/Attachment/00Px/Body"
    wire.answer([record("Attachment", Body=address)])
    wire.answer(b"\x00content")

    (found,) = wire.connect().retrieve("Attachment", ["00Px"], ["Body"])

    assert found == mockorg.Record("Attachment", {"Body": b"\x00content"})
    assert (wire.sent[0].method, wire.sent[0].url) == ("POST", f"{ROOT}/composite/sobjects/Attachment")
    assert wire.sent[-1].url == f"http://org.test{address}"


def test_records_are_written_as_a_collection(wire):
    wire.answer(
        [
            {"id": "001A", "success": True, "errors": []},
            {"success": False, "errors": [{"statusCode": "STRING_TOO_LONG", "message": "m", "fields": ["Name"]}]},
        ]
    )

    saved, failed = wire.connect().create(
        "Account", [{"Name": "a", "AnnualRevenue": 1.5, "Phone": None, "Parent": {"Ext__c": "x"}}, {"Name": "b"}]
    )

    assert (saved.id, saved.success, saved.created) == ("001A", True, True)
    assert (failed.id, failed.created) == (None, False)
    assert failed.errors == (mockorg.RecordError("STRING_TOO_LONG", "m", ("Name",)),)
    sent = wire.sent[-1]
    assert (sent.method, sent.url) == ("POST", f"{ROOT}/composite/sobjects")
    assert json.loads(sent.body) == {
        "allOrNone": False,
        "records": [
            {
                "attributes": {"type": "Account"},
                "Phone": None,
                "Name": "a",
                "AnnualRevenue": "1.5",
                "Parent": {"attributes": {"type": "Account"}, "Ext__c": "x"},
            },
            {"attributes": {"type": "Account"}, "Name": "b"},
        ],
    }


@pytest.mark.parametrize(
    ("call", "method", "path"),
    [
        (lambda org: org.update("Account", [{"Id": "1"}]), "PATCH", "/composite/sobjects"),
        (lambda org: org.upsert("Account", "Ext__c", [{"Ext__c": "1"}]), "PATCH", "/composite/sobjects/Account/Ext__c"),
        (lambda org: org.delete(["1"], all_or_none=True), "DELETE", "/composite/sobjects?ids=1&allOrNone=true"),
    ],
)
def test_other_changes_are_collections_too(wire, call, method, path):
    wire.answer([{"id": "1", "success": True, "errors": []}])

    (result,) = call(wire.connect())

    assert result.success
    assert (wire.sent[-1].method, wire.sent[-1].url) == (method, ROOT + path)


def test_nothing_is_sent_for_nothing(wire):
    org = wire.connect()

    assert (org.create("Account", []), org.delete([]), org.retrieve("Account", [], ["Id"])) == ([], [], [])
    assert wire.sent == []


@pytest.mark.parametrize(
    ("code", "message", "kind", "place"),
    [
        (
            "INVALID_FIELD",
            "\nSELECT Nope FROM Account\n       ^\nERROR at Row:1:Column:8\nNo such",
            "QueryError",
            (1, 8),
        ),
        ("MALFORMED_QUERY", "unexpected token: 'x'", "QueryError", (None, None)),
        ("INVALID_SESSION_ID", "Session expired or invalid", "SessionError", (None, None)),
        ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", "LimitError", (None, None)),
    ],
)
def test_a_refusal_is_the_exception_of_its_code(wire, code, message, kind, place):
    wire.answer([{"message": message, "errorCode": code}], status=400)

    with pytest.raises(getattr(mockorg, kind)) as caught:
        wire.connect().query("SELECT Nope FROM Account")

    error = caught.value
    assert (error.code, error.message, (error.row, error.column), error.http_status) == (code, message, place, 400)


def test_an_sobject_that_is_not_there_is_what_it_is_over_soap(wire):
    wire.answer([{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}], status=404)

    with pytest.raises(mockorg.QueryError, match="INVALID_TYPE: sObject type 'Nope' is not supported"):
        wire.connect().describe_sobject("Nope")


@pytest.mark.parametrize("body", [b"<html>", b"", b'"x"', b"{}"], ids=repr)
def test_what_is_no_answer_of_the_api_is_a_transport_error(wire, body):
    wire.answer(body, status=502)

    with pytest.raises(mockorg.TransportError):
        wire.connect().query("SELECT Id FROM Account")


def test_an_answer_of_another_form_is_a_transport_error(wire):
    wire.answer({"records": []})

    with pytest.raises(mockorg.TransportError, match="not of the form of its call"):
        wire.connect().query("SELECT Id FROM Account")


def test_a_describe_is_told_as_over_soap(wire):
    described = wire.connect().describe_sobject("Account")

    assert described.field("BillingAddress").soap_type == "tns:address"
    assert described.url_detail == "http://org.test/{ID}"
    assert described.raw["keyPrefix"] == "001"


def test_simple_salesforce_goes_by_the_same_connections(wire):
    wire.answer(page(record("Account", Name="a")))
    org = wire.connect(api_version="62.0")

    found = org.as_simple_salesforce().query("SELECT Name FROM Account")

    assert [each["Name"] for each in found["records"]] == ["a"]
    (sent,) = wire.sent
    assert sent.url.startswith("http://org.test/services/data/v62.0/query/?q=")
    assert sent.headers["Authorization"] == "Bearer TOKEN"
