"""getUpdated and getDeleted: the window's rules and what lies in it. The clock stands at 2026-01-31 12:00:30."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mockorg_server.core.calls.operation import Delete, GetDeleted, GetUpdated
from mockorg_server.core.error import OrgError
from mockorg_server.core.org import Org
from mockorg_server.core.seed import SeedRecord
from mockorg_server.core.session import Caller

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)
SEED_OBJECT = "ConvMessageSendRequest"
BOTH = pytest.mark.parametrize("call", [GetUpdated, GetDeleted])


def seed(org: Org, stamps: list[str], **more: object) -> list[str]:
    records = [
        SeedRecord(SEED_OBJECT, {"CreatedDate": stamp, "SystemModstamp": stamp, **more}, f"r{n}")
        for n, stamp in enumerate(stamps)
    ]
    return list(org.seed(records).values())


def refusal(run: Callable[..., Any], operation: Any) -> tuple[str, str]:
    with pytest.raises(OrgError) as caught:
        run(operation)
    return caught.value.code, caught.value.message


def test_what_changed_in_the_window_comes_back(org: Org, run: Callable[..., Any]) -> None:
    _, inside, _ = seed(org, ["2026-01-31T09:59:59Z", "2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z"])
    start, end = datetime(2026, 1, 31, 10, tzinfo=UTC), datetime(2026, 1, 31, 11, tzinfo=UTC)

    result = run(GetUpdated(SEED_OBJECT, start, end))

    assert result.ids == (inside,)
    assert result.latest_date_covered == end


def test_seconds_are_cut_off_both_ends(org: Org, run: Callable[..., Any]) -> None:
    first, _ = seed(org, ["2026-01-31T10:00:05Z", "2026-01-31T11:00:05Z"])

    result = run(
        GetUpdated(
            SEED_OBJECT, datetime(2026, 1, 31, 10, 0, 15, tzinfo=UTC), datetime(2026, 1, 31, 11, 0, 59, tzinfo=UTC)
        )
    )

    assert result.ids == (first,)
    assert result.latest_date_covered == datetime(2026, 1, 31, 11, tzinfo=UTC)


def test_an_end_in_the_future_covers_no_more_than_now(org: Org, run: Callable[..., Any]) -> None:
    (just_now,) = seed(org, ["2026-01-31T12:00:20Z"])
    result = run(GetUpdated(SEED_OBJECT, NOW - timedelta(hours=1), NOW + timedelta(hours=1)))
    assert result.ids == (just_now,)
    assert result.latest_date_covered == datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_deleted_records_are_in_the_one_and_not_in_the_other(org: Org, run: Callable[..., Any]) -> None:
    (gone,) = seed(org, ["2026-01-31T10:00:07Z"], IsDeleted=True)
    window = (NOW - timedelta(hours=4), NOW)

    assert run(GetUpdated(SEED_OBJECT, *window)).ids == ()
    result = run(GetDeleted(SEED_OBJECT, *window))

    assert [(record.id, record.deleted_date) for record in result.deleted_records] == [
        (gone, datetime(2026, 1, 31, 10, 0, 7, tzinfo=UTC))
    ]
    assert result.earliest_date_available <= window[0]
    assert result.earliest_date_available.second == 0
    assert result.latest_date_covered == datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_a_delete_call_is_seen(org: Org, run: Callable[..., Any]) -> None:
    acme = org.seed([SeedRecord("Account", {"Name": "Acme", "CreatedDate": "2026-01-01T00:00:00Z"}, "acme")])["acme"]
    run(Delete((acme,)))
    org.clock.advance(60)
    result = run(GetDeleted("account", NOW - timedelta(minutes=5), NOW + timedelta(minutes=1)))
    assert [record.id for record in result.deleted_records] == [acme]
    assert result.deleted_records[0].deleted_date == NOW


def test_deletions_of_more_than_15_days_ago_are_left_out(org: Org, run: Callable[..., Any]) -> None:
    _, late = seed(org, ["2026-01-10T00:00:00Z", "2026-01-20T00:00:00Z"], IsDeleted=True)
    result = run(GetDeleted(SEED_OBJECT, NOW - timedelta(days=29), NOW))
    assert [record.id for record in result.deleted_records] == [late]


@BOTH
@pytest.mark.parametrize("later_seconds", [0, 20, -60])
def test_the_start_must_precede_the_end(call: Any, later_seconds: int, run: Callable[..., Any]) -> None:
    start = NOW - timedelta(hours=1)
    code, _ = refusal(run, call(SEED_OBJECT, start, start + timedelta(seconds=later_seconds)))
    assert code == "INVALID_REPLICATION_DATE"


def test_get_deleted_wants_more_than_a_minute_and_get_updated_does_not(run: Callable[..., Any]) -> None:
    start = datetime(2026, 1, 31, 10, tzinfo=UTC)
    window = (start, start + timedelta(minutes=1))
    assert run(GetUpdated(SEED_OBJECT, *window)).ids == ()
    assert refusal(run, GetDeleted(SEED_OBJECT, *window))[0] == "INVALID_REPLICATION_DATE"
    assert run(GetDeleted(SEED_OBJECT, start, start + timedelta(minutes=2))).deleted_records == ()


@BOTH
def test_30_days_is_as_far_back_as_it_goes(call: Any, run: Callable[..., Any]) -> None:
    assert run(call(SEED_OBJECT, NOW - timedelta(days=30), NOW)) is not None
    assert refusal(run, call(SEED_OBJECT, NOW - timedelta(days=30, minutes=1), NOW)) == (
        "INVALID_REPLICATION_DATE",
        "startDate cannot be more than 30 days ago.",
    )


@BOTH
def test_an_unknown_or_unreplicateable_sobject_is_refused(call: Any, run: Callable[..., Any]) -> None:
    window = (NOW - timedelta(hours=1), NOW)
    assert refusal(run, call("Nope", *window))[0] == "INVALID_TYPE"
    assert refusal(run, call("AggregateResult", *window))[0] in ("INVALID_TYPE", "INVALID_TYPE_FOR_OPERATION")


@BOTH
def test_an_older_version_does_not_know_the_seed_object(call: Any, org: Org) -> None:
    with pytest.raises(OrgError) as caught:
        org.run(call(SEED_OBJECT, NOW - timedelta(hours=1), NOW), Caller(org.token, 59))
    assert caught.value.code == "INVALID_TYPE"
