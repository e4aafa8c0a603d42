"""query, queryAll, queryMore, retrieve and the describes through the org's door."""

from collections.abc import Callable
from typing import Any

import pytest

from mockorg_server.core.calls.operation import (
    DescribeGlobal,
    DescribeSObjects,
    Login,
    Query,
    QueryAll,
    QueryMore,
    Retrieve,
)
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.seed import SeedRecord
from mockorg_server.core.session import Caller


def refusal(run: Callable[..., Any], operation: Any, version: int = 66) -> tuple[str, str]:
    with pytest.raises(OrgError) as caught:
        run(operation, version)
    return caught.value.code, caught.value.message


def accounts(org: Org, count: int) -> list[str]:
    return list(org.seed([SeedRecord("Account", {"Name": f"A{n:04}"}, str(n)) for n in range(count)]).values())


def test_deleted_records_are_only_in_query_all(org: Org, run: Callable[..., Any]) -> None:
    org.seed([SeedRecord("Account", {"Name": "here"}), SeedRecord("Account", {"Name": "gone", "IsDeleted": True})])
    soql = "SELECT Name FROM Account ORDER BY Name"
    assert [row[1] for row in run(Query(soql)).rows] == ["here"]
    assert [row[1] for row in run(QueryAll(soql)).rows] == ["gone", "here"]


def test_a_result_longer_than_its_page_comes_in_pages(org: Org, run: Callable[..., Any]) -> None:
    accounts(org, 450)
    first = run(Query("SELECT Name FROM Account ORDER BY Name", batch_size=200))
    assert (len(first.rows), first.size, first.done) == (200, 450, False)
    assert first.query_locator.startswith("0r8")
    assert first.query_locator.endswith("-200")
    second = run(QueryMore(first.query_locator, batch_size=200))
    third = run(QueryMore(second.query_locator, batch_size=200))
    assert (third.size, third.done, third.query_locator) == (450, True, None)
    names = [row[1] for page in (first, second, third) for row in page.rows]
    assert names == [f"A{n:04}" for n in range(450)]


@pytest.mark.parametrize(("asked", "given"), [(None, 450), (1, 200), (199, 200), (300, 300), (5000, 450)])
def test_a_batch_size_is_a_hint_between_200_and_2000(org: Org, run: Callable[..., Any], asked: int, given: int) -> None:
    accounts(org, 450)
    assert len(run(Query("SELECT Id FROM Account", batch_size=asked)).rows) == given


def test_a_locator_lives_two_days_and_belongs_to_its_user(org: Org, run: Callable[..., Any]) -> None:
    accounts(org, 201)
    locator = run(Query("SELECT Id FROM Account", batch_size=200)).query_locator
    other = org.run(Login("other@x.example", "p"), Caller(None, 60)).session_id
    with pytest.raises(OrgError, match="invalid query locator"):
        org.run(QueryMore(locator), Caller(other, 60))
    org.clock.advance(3600)
    assert run(QueryMore(locator)).done
    org.sessions.keep_only(org._token_session)
    org.clock.advance(7000)
    assert run(QueryMore(locator)).done


@pytest.mark.parametrize(
    "locator", ["", "nonsense", "0r8000000000001AAA", "0r8000000000001AAA-x", "0r8000000000001AAA--5"]
)
def test_a_locator_that_is_none_is_refused(run: Callable[..., Any], locator: str) -> None:
    assert refusal(run, QueryMore(locator)) == ("INVALID_QUERY_LOCATOR", "invalid query locator")


def test_count_gives_a_size_and_no_records(org: Org, run: Callable[..., Any]) -> None:
    accounts(org, 3)
    result = run(Query("SELECT COUNT() FROM Account"))
    assert (result.size, list(result.rows), result.done) == (3, [], True)


def test_retrieve_keeps_the_order_and_leaves_gaps(org: Org, run: Callable[..., Any]) -> None:
    first, second = accounts(org, 2)
    gone = org.seed([SeedRecord("Account", {"Name": "gone", "IsDeleted": True}, "g")])["g"]
    contact = org.seed([SeedRecord("Contact", {"LastName": "c"}, "c")])["c"]
    result = run(Retrieve("account", ("name", "ID"), (second[:15], "001zz0000000001", gone, contact, first)))
    assert [row and row[1:] for row in result.rows] == [("A0001", second), None, None, None, ("A0000", first)]
    assert [member.name for member in result.shape.members] == ["Name", "Id"]


def test_retrieve_refuses_wrong_names_and_what_is_no_id(run: Callable[..., Any]) -> None:
    assert refusal(run, Retrieve("Nope", ("Id",), ()))[0] == "INVALID_TYPE"
    code, message = refusal(run, Retrieve("Account", ("Nope",), ()))
    assert code == "INVALID_FIELD"
    assert message.startswith("No such column 'Nope' on entity 'Account'.")
    assert refusal(run, Retrieve("Account", ("Id",), ("12",))) == ("MALFORMED_ID", "malformed id 12")
    assert refusal(run, Retrieve("Account", ("Id",), ("001000000000001",) * 2001))[0] == "EXCEEDED_ID_LIMIT"


@pytest.mark.parametrize(("version", "fields"), [(60, 23), (61, 23), (62, 26), (64, 27), (65, 35), (68, 35)])
def test_the_seed_object_grows_with_the_version(run: Callable[..., Any], version: int, fields: int) -> None:
    (sobject,) = run(DescribeSObjects(("convmessagesendrequest",)), version)
    assert (sobject.name, len(sobject.fields)) == ("ConvMessageSendRequest", fields)


def test_describe_refuses_unknown_names_and_too_many(run: Callable[..., Any]) -> None:
    assert refusal(run, DescribeSObjects(("Account", "Nope")))[0] == "INVALID_TYPE"
    assert refusal(run, DescribeSObjects(("ConvMessageSendRequest",)), 59)[0] == "INVALID_TYPE"
    assert refusal(run, DescribeSObjects(("Account",) * 101))[0] == "EXCEEDED_ID_LIMIT"


def test_describe_global_lists_what_the_version_sees(run: Callable[..., Any]) -> None:
    old = {sobject.name for sobject in run(DescribeGlobal(), 59).sobjects}
    new = {sobject.name for sobject in run(DescribeGlobal(), 60).sobjects}
    assert "Account" in old
    assert "ConvMessageSendRequest" in new - old
    assert len(new) > 1500


@pytest.mark.parametrize(
    ("soql", "code", "text"),
    [
        (
            "SELECT Id FROM ConvMessageSendRequest WHERE FailedMessageErrorReasons = 'x'",
            "INVALID_FIELD",
            "field 'FailedMessageErrorReasons' can not be filtered in a query call",
        ),
        (
            "SELECT Id FROM ConvMessageSendRequest ORDER BY PendingMessageIdentifiers",
            "INVALID_FIELD",
            "field 'PendingMessageIdentifiers' can not be sorted in a query call",
        ),
        (
            "SELECT COUNT(Id) FROM ConvMessageSendRequest GROUP BY Name",
            "INVALID_FIELD",
            "field 'Name' can not be grouped in a query call",
        ),
        (
            "SELECT Nope FROM ConvMessageSendRequest",
            "INVALID_FIELD",
            "No such column 'Nope' on entity 'ConvMessageSendRequest'.",
        ),
        ("SELECT Id FROM Nope", "INVALID_TYPE", "sObject type 'Nope' is not supported."),
        ("SELECT Id FRM Account", "MALFORMED_QUERY", "unexpected token"),
    ],
)
def test_a_refused_query_says_why(run: Callable[..., Any], soql: str, code: str, text: str) -> None:
    refused_code, message = refusal(run, Query(soql))
    assert refused_code == code
    assert text in message
