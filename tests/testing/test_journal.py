"""The org's journal, injected faults and snapshots, as a test uses them; and what a failed test tells."""

import time

import pytest
import requests
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest

import mockorg
from mockorg.testing import mock_org

ROOT = "/services/data/v60.0"


def test_the_journal_tells_each_call_and_why_it_was_refused() -> None:
    with mock_org() as org:
        salesforce = Salesforce(session_id=org.token, instance_url=org.url)
        salesforce.Account.create({"Name": "Acme"})
        with pytest.raises(SalesforceMalformedRequest):
            salesforce.Account.create({})
        with pytest.raises(SalesforceMalformedRequest):
            salesforce.query("SELECT Nope FROM Account")
        calls = list(org.requests)
        assert [(each.call, each.status, each.method, each.http_status) for each in calls] == [
            ("create", "ok", "POST", 201),
            ("create", "failed", "POST", 400),
            ("query", "refused", "GET", 400),
        ]
        assert (
            str(calls[1].refusals[0]) == "record 0: REQUIRED_FIELD_MISSING: Required fields are missing: [Name] [Name]"
        )
        assert calls[2].refusals[0].code == "INVALID_FIELD"
        assert calls[0].request["records"] == [{"attributes": {"type": "Account"}, "Name": "Acme"}]
        assert org.token not in str([each.document() for each in calls])


def test_a_request_that_led_to_no_call_is_noted_too() -> None:
    with mock_org() as org:
        reply = requests.get(f"{org.url}{ROOT}/nope", headers={"Authorization": f"Bearer {org.token}"}, timeout=9)
        [entry] = org.requests
        assert (reply.status_code, entry.call, entry.status, entry.path) == (404, "", "refused", f"{ROOT}/nope")
        assert "NOT_FOUND" in entry.refusals[0].message


def test_the_control_api_tells_the_journal() -> None:
    with mock_org() as org:
        org.client.query("SELECT Id FROM Account")
        with pytest.raises(mockorg.QueryError):
            org.client.query("SELECT Nope FROM Account")
        http = org.session()
        told = http.get(f"{org.url}/_mockorg/requests?call=query&status=refused", timeout=9).json()
        [entry] = told["requests"]
        assert (entry["call"], entry["refused"][0]["code"], entry["at"][:10]) == (
            "query",
            "INVALID_FIELD",
            entry["at"][:10],
        )
        assert entry["request"] == {"soql": "SELECT Nope FROM Account", "batch_size": None}
        assert http.get(f"{org.url}/_mockorg/requests?status=strange", timeout=9).status_code == 400
        assert http.delete(f"{org.url}/_mockorg/requests", timeout=9).json() == {"status": "ok"}
        assert org.requests == ()


def test_a_call_meets_an_injected_error_as_often_as_asked() -> None:
    with mock_org() as org:
        error = {"code": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access to this record"}
        fault = org.faults.add(match={"call": "create", "sobject": "Account"}, times=2, error=error)
        for _ in range(2):
            [result] = org.client.create("Account", [{"Name": "Acme"}])
            assert (result.success, result.errors[0].code) == (False, "UNABLE_TO_LOCK_ROW")
        assert org.client.create("Contact", [{"LastName": "x"}])[0].success
        assert org.client.create("Account", [{"Name": "Acme"}])[0].success
        assert fault.happened == 2


def test_a_call_meets_an_error_of_the_whole_call() -> None:
    with mock_org() as org:
        org.faults.add(match={"call": "query", "nth": 2}, error={"code": "REQUEST_LIMIT_EXCEEDED", "message": "x"})
        org.client.query("SELECT Id FROM Account")
        with pytest.raises(mockorg.LimitError):
            org.client.query("SELECT Id FROM Account")
        org.client.query("SELECT Id FROM Account")


def test_a_request_meets_an_answer_of_http() -> None:
    with mock_org() as org:
        http = {"status": 503, "body": "down", "headers": {"Retry-After": "7"}}
        org.faults.add(match={"path": f"{ROOT}/limits"}, times=1, http=http)
        headers = {"Authorization": f"Bearer {org.token}"}
        reply = requests.get(f"{org.url}{ROOT}/limits", headers=headers, timeout=9)
        assert (reply.status_code, reply.text, reply.headers["Retry-After"]) == (503, "down", "7")
        assert requests.get(f"{org.url}{ROOT}/limits", headers=headers, timeout=9).status_code == 200


def test_a_call_takes_as_long_as_it_is_told() -> None:
    with mock_org() as org:
        org.faults.add(match={"call": "query"}, delay_ms=120)
        began = time.perf_counter()
        org.client.query("SELECT Id FROM Account")
        assert time.perf_counter() - began >= 0.12


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ({}, "needs an error, http or delay_ms"),
        ({"error": {"code": "NOPE"}}, "no error code"),
        ({"error": {"message": "x"}}, "needs a code"),
        ({"http": {"status": 99}}, "from 200 to 599"),
        ({"delay_ms": -1}, "delay_ms"),
        ({"error": {"code": "UNABLE_TO_LOCK_ROW"}, "http": {"status": 503}}, "not both"),
        ({"error": {"code": "UNABLE_TO_LOCK_ROW"}, "times": 0}, "times"),
        ({"error": {"code": "UNABLE_TO_LOCK_ROW"}, "probability": 0}, "probability"),
        ({"match": {"whom": "x"}, "delay_ms": 1}, "unknown key 'whom'"),
    ],
)
def test_faults_that_are_none(fault: dict[str, object], complaint: str) -> None:
    with mock_org() as org:
        with pytest.raises(ValueError, match=complaint):
            org.faults.add(**fault)
        reply = org.session().post(f"{org.url}/_mockorg/faults", json=fault, timeout=9)
        assert (reply.status_code, complaint in reply.json()["error"]) == (400, True)
        assert org.faults.all == ()


def test_faults_over_the_control_api() -> None:
    with mock_org() as org:
        http = org.session()
        document = {"match": {"call": "query"}, "times": 1, "error": {"code": "QUERY_TIMEOUT", "message": "slow"}}
        made = http.post(f"{org.url}/_mockorg/faults", json=document, timeout=9).json()
        assert http.get(f"{org.url}/_mockorg/faults", timeout=9).json() == {"faults": [made]}
        assert http.delete(f"{org.url}/_mockorg/faults/{made['id']}", timeout=9).status_code == 200
        assert http.delete(f"{org.url}/_mockorg/faults/{made['id']}", timeout=9).status_code == 404
        assert http.delete(f"{org.url}/_mockorg/faults", timeout=9).status_code == 200


def test_snapshots() -> None:
    with mock_org(clock="2026-01-31T12:00:00Z") as org:
        org.client.create("Account", [{"Name": "before"}])
        http = org.session()
        assert http.post(f"{org.url}/_mockorg/snapshots", json={"name": "a"}, timeout=9).json() == {"name": "a"}
        for _ in range(2):
            org.client.create("Account", [{"Name": "after"}])
            org.clock.advance(60)
            assert http.put(f"{org.url}/_mockorg/snapshots/a", timeout=9).status_code == 200
            assert [each["Name"] for each in org.client.query("SELECT Name FROM Account")] == ["before"]
        listed = http.get(f"{org.url}/_mockorg/snapshots", timeout=9).json()
        assert listed == {"snapshots": [{"name": "a", "at": "2026-01-31T12:00:00.000Z"}]}
        org.snapshots.drop("a")
        assert http.put(f"{org.url}/_mockorg/snapshots/a", timeout=9).status_code == 404
        assert http.post(f"{org.url}/_mockorg/snapshots", json={"nam": "a"}, timeout=9).status_code == 400
        with pytest.raises(KeyError):
            org.snapshots.restore("a")
