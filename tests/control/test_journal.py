"""/_mockorg/requests and /_mockorg/faults: what an org was asked, and what it is told to get wrong."""

from typing import Any

import pytest

from mockorg_server.core.calls.operation import Create, Login, Query, Update
from mockorg_server.core.error import OrgError
from mockorg_server.core.host import Host
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord
from mockorg_server.core.session import Caller

REQUESTS, FAULTS = "/_mockorg/requests", "/_mockorg/faults"


@pytest.fixture
def org(host: Host) -> Org:
    return host.default


def run(org: Org, operation: Any) -> Any:
    return org.run(operation, Caller(org.token, 64))


def refused(org: Org, operation: Any) -> OrgError:
    with pytest.raises(OrgError) as caught:
        run(org, operation)
    return caught.value


def test_each_call_is_told_with_request_answer_and_why_it_was_refused(control, org: Org) -> None:
    run(org, Create((InputRecord("Account", {"Name": "Acme"}), InputRecord("Account", {}))))
    refused(org, Query("SELECT Nope FROM Account"))

    saved, query = control(f"GET {REQUESTS}").value["requests"]

    assert (saved["call"], saved["status"], saved["user_id"]) == ("create", "failed", org.first_user_id)
    assert saved["request"]["records"][0] == {"attributes": {"type": "Account"}, "Name": "Acme"}
    assert [each["id"] is not None for each in saved["answer"]] == [True, False]
    assert [(each["index"], each["code"]) for each in saved["refused"]] == [(1, "REQUIRED_FIELD_MISSING")]
    assert (query["call"], query["status"], query["answer"]) == ("query", "refused", None)
    assert query["request"]["soql"] == "SELECT Nope FROM Account"
    assert query["refused"][0]["code"] == "INVALID_FIELD"


@pytest.mark.parametrize(
    ("wanted", "count"), [("?call=Query", 2), ("?call=create", 0), ("?status=refused", 1), ("?call=query&status=ok", 1)]
)
def test_calls_are_chosen(control, org: Org, wanted: str, count: int) -> None:
    run(org, Query("SELECT Id FROM Account"))
    refused(org, Query("SELECT"))

    assert len(control(f"GET {REQUESTS}{wanted}").value["requests"]) == count


def test_a_status_that_is_none_is_refused(control) -> None:
    assert "status must be" in control(f"GET {REQUESTS}?status=bad").error


def test_calls_are_forgotten(control, org: Org) -> None:
    run(org, Query("SELECT Id FROM Account"))
    control(f"DELETE {REQUESTS}")
    assert control(f"GET {REQUESTS}").value == {"requests": [], "dropped": 0}


def test_no_secret_is_told(control, org: Org) -> None:
    result = org.run(Login("user@example.com", "open-sesame"), Caller(None, 64))
    told = str(control(f"GET {REQUESTS}").value)
    assert "open-sesame" not in told
    assert result.session_id not in told


def test_the_oldest_calls_make_room(control, org: Org) -> None:
    for _ in range(1_001):
        run(org, Query("SELECT Id FROM Account"))
    told = control(f"GET {REQUESTS}").value
    assert (len(told["requests"]), told["dropped"]) == (1_000, 1)


def test_an_error_happens_as_often_as_told(control, org: Org) -> None:
    fault = {
        "match": {"call": "query", "sobject": "account"},
        "times": 1,
        "error": {"code": "UNABLE_TO_LOCK_ROW", "message": "locked"},
    }
    assert control(f"POST {FAULTS}", fault).value["error"] == fault["error"]
    run(org, Query("SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account)"))
    assert refused(org, Query("SELECT Id FROM Account")).code == "UNABLE_TO_LOCK_ROW"
    run(org, Query("SELECT Id FROM Account"))
    assert control(f"GET {FAULTS}").value["faults"][0]["happened"] == 1


def test_records_that_are_saved_fail_each_and_nothing_is_written(control, org: Org) -> None:
    control(f"POST {FAULTS}", {"match": {"call": "create", "nth": 2}, "error": {"code": "UNABLE_TO_LOCK_ROW"}})
    record = InputRecord("Account", {"Name": "Acme"})
    outcomes = [run(org, Create((record,)))[0].success for _ in range(3)]
    assert outcomes == [True, False, True]
    assert run(org, Query("SELECT Id FROM Account")).size == 2


def test_faults_are_taken_back(control, org: Org) -> None:
    one = control(f"POST {FAULTS}", {"error": {"code": "SERVER_UNAVAILABLE"}}).value["id"]
    assert refused(org, Update(())).code == "SERVER_UNAVAILABLE"
    control(f"DELETE {FAULTS}/{one}")
    run(org, Query("SELECT Id FROM Account"))
    assert control(f"DELETE {FAULTS}/{one}").status == 404


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ([], "an object"),
        ({}, "needs an error, http or delay_ms"),
        ({"error": {"code": "NOPE"}}, "no error code"),
        ({"error": {"code": "INVALID_TYPE"}, "http": {"status": 503}}, "not both"),
        ({"http": {"status": 42}}, "from 200 to 599"),
        ({"delay_ms": -1}, "delay_ms"),
        ({"delay_ms": 1, "times": 0}, "at least 1"),
        ({"delay_ms": 1, "times": True}, "times cannot be True"),
        ({"delay_ms": 1, "match": {"cal": "query"}}, "unknown key 'cal'"),
        ({"delay_ms": 1, "probability": 2}, "probability"),
    ],
)
def test_a_fault_that_is_none_is_refused(control, fault: Any, complaint: str) -> None:
    reply = control(f"POST {FAULTS}", fault)
    assert reply.status == 400
    assert complaint in reply.error
