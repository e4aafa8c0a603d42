"""Seeding: any field of any object, references, and nothing half-loaded."""

from collections.abc import Callable
from typing import Any

import pytest

from mockorg_server.core.calls.operation import Query, Retrieve
from mockorg_server.core.org import Org
from mockorg_server.core.seed import SEED_VALUES, SeedError, SeedRecord
from mockorg_server.schema.field_type import FieldType


def count(run: Callable[..., Any], sobject: str) -> int:
    return int(run(Query(f"SELECT COUNT() FROM {sobject}")).size)


def test_every_field_type_has_a_form() -> None:
    assert set(SEED_VALUES) == set(FieldType)


def test_a_seed_writes_what_no_client_can(org: Org, run: Callable[..., Any]) -> None:
    values = {
        "Name": "MSJ-00000042",
        "RequestStatus": "In Progress",
        "TotalMessageCount": 7,
        "CompletedDate": "2026-01-30T08:00:00+02:00",
        "ShouldEnforceChannelConsent": True,
        "CreatedDate": "2026-01-30T05:00:00Z",
    }
    request = org.seed([SeedRecord("ConvMessageSendRequest", values, "r")])["r"]
    fields = (
        "Name",
        "RequestStatus",
        "TotalMessageCount",
        "CompletedDate",
        "ShouldEnforceChannelConsent",
        "SystemModstamp",
    )
    row = run(Retrieve("ConvMessageSendRequest", fields, (request,))).rows[0]
    assert row[1:] == ("MSJ-00000042", "In Progress", 7, "2026-01-30T06:00:00.000Z", 1, "2026-01-30T05:00:00.000Z")


def test_what_follows_from_a_record_alone_is_filled_in(org: Org, run: Callable[..., Any]) -> None:
    deal = {"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-05-01", "Amount": 50}
    meeting = {"StartDateTime": "2026-02-03T10:00:00Z", "DurationInMinutes": 30}
    org.seed(
        [
            SeedRecord("Opportunity", deal),
            SeedRecord("Opportunity", {**deal, "ExpectedRevenue": 1, "Fiscal": "1999 1"}),
            SeedRecord("Event", meeting),
            SeedRecord("Event", {"Subject": "unknown when"}),
        ]
    )
    deals = run(Query("SELECT ExpectedRevenue, Fiscal, FiscalYear FROM Opportunity ORDER BY ExpectedRevenue DESC")).rows
    assert [row[1:] for row in deals] == [(5.0, "2026 2", 2026), (1.0, "1999 1", 2026)]
    events = run(Query("SELECT EndDateTime, ActivityDate FROM Event ORDER BY EndDateTime NULLS LAST")).rows
    assert [row[1:] for row in events] == [("2026-02-03T10:30:00.000Z", "2026-02-03"), (None, None)]


def test_a_request_without_a_name_gets_the_next_number(org: Org, run: Callable[..., Any]) -> None:
    ids = org.seed([SeedRecord("ConvMessageSendRequest", {}, str(n)) for n in range(2)])
    rows = run(Retrieve("ConvMessageSendRequest", ("Name",), tuple(ids.values()))).rows
    assert [row[1] for row in rows] == ["MSJ-00000001", "MSJ-00000002"]


def test_references_reach_forward_and_back(org: Org, run: Callable[..., Any]) -> None:
    ids = org.seed(
        [
            SeedRecord("Contact", {"LastName": "Ada", "AccountId": "@acme"}, "ada"),
            SeedRecord("Account", {"Name": "Acme"}, "acme"),
            SeedRecord("Account", {"Name": "Sub", "ParentId": "@acme"}, "sub"),
        ]
    )
    assert run(Retrieve("Contact", ("AccountId",), (ids["ada"],))).rows[0][1] == ids["acme"]
    assert run(Retrieve("Account", ("ParentId",), (ids["sub"],))).rows[0][1] == ids["acme"]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (SeedRecord("Nope", {}, source="f.json record 2"), "f.json record 2: there is no sObject 'Nope' in this org"),
        (SeedRecord("Account", {"Nope": 1}), "Account has no field 'Nope'"),
        (SeedRecord("Account", {"NumberOfEmployees": "many"}), "NumberOfEmployees: 'many' is not a int"),
        (SeedRecord("Account", {"ParentId": "@nobody"}), "ParentId: nothing in the seed has the referenceId 'nobody'"),
        (SeedRecord("Account", {"ParentId": "12"}), "ParentId: '12' is not a reference"),
        (
            SeedRecord("Account", {"Id": "003000000000001"}),
            "'003000000000001' is not an Id of Account, which begins 001",
        ),
        (SeedRecord("Account", {"IsDeleted": "maybe"}), "IsDeleted: 'maybe' is not a boolean"),
        (SeedRecord("Account", {"CreatedDate": "yesterday"}), "CreatedDate: 'yesterday' is not a datetime"),
        (SeedRecord("Account", {"Name": "b"}, "a"), "referenceId 'a' stands twice"),
    ],
)
def test_a_bad_record_is_named_and_nothing_is_written(
    record: SeedRecord, message: str, org: Org, run: Callable[..., Any]
) -> None:
    with pytest.raises(SeedError) as caught:
        org.seed([SeedRecord("Account", {"Name": "good"}, "a"), record])
    assert str(caught.value) == message
    assert count(run, "Account") == 0


def test_a_given_id_is_kept_and_not_given_out_again(org: Org, run: Callable[..., Any]) -> None:
    org.seed([SeedRecord("Account", {"Id": "001000000000001AAA", "Name": "first"})])
    ids = org.seed([SeedRecord("Account", {"Name": "second"}, "b")])
    assert ids["b"] == "001000000000002AAA"
    with pytest.raises(SeedError, match="already"):
        org.seed([SeedRecord("Account", {"Id": "001000000000001", "Name": "again"})])


def test_reset_goes_back_to_the_start(org: Org, run: Callable[..., Any]) -> None:
    first = org.seed([SeedRecord("Account", {"Name": "a"}, "a")])
    org.clock.advance(1000)
    org.reset()
    assert count(run, "Account") == 0
    assert org.seed([SeedRecord("Account", {"Name": "a"}, "a")]) == first
