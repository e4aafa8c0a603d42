"""Date literals as ranges of days, and their edges as instants in the user's time zone."""

from datetime import UTC, date, datetime

import pytest

from mockorg_server.soql.date_literal import DATE_RANGES
from mockorg_server.soql.moment import Moment


def _moment(case):
    settings = {key: case[key] for key in ("timezone", "week_starts_on", "fiscal_year_start_month") if key in case}
    return Moment(datetime.fromisoformat(case.get("now", "2024-06-12T15:30:00+00:00")), **settings)


def test_first_and_last_days(read_cases):
    cases = read_cases("date_literals.jsonl")
    assert {case["literal"].partition(":")[0] for case in cases} == set(DATE_RANGES)
    for case in cases:
        name, _, count = case["literal"].partition(":")
        assert DATE_RANGES[name].counted is bool(count)
        days = DATE_RANGES[name].days(_moment(case), int(count or 0))
        assert [day.isoformat() for day in days] == [case["first"], case["last"]], case


@pytest.mark.parametrize(
    ("timezone", "day", "instant"),
    [
        ("UTC", date(2024, 6, 12), "2024-06-12T00:00:00.000Z"),
        ("GMT", date(2024, 6, 12), "2024-06-12T00:00:00.000Z"),
        ("America/Los_Angeles", date(2024, 6, 12), "2024-06-12T07:00:00.000Z"),
        ("America/Los_Angeles", date(2024, 1, 12), "2024-01-12T08:00:00.000Z"),
        ("Asia/Kolkata", date(2024, 6, 12), "2024-06-11T18:30:00.000Z"),
        ("America/Los_Angeles", date(1700, 1, 1), "1700-01-01T07:52:58.000Z"),
    ],
)
def test_a_day_begins_at_the_users_midnight(timezone, day, instant):
    assert Moment(datetime(2024, 6, 12, tzinfo=UTC), timezone).midnight(day) == instant


def test_the_edges_of_a_datetime_filter_follow_the_zone(compiler):
    bound = compiler.compile("SELECT Id FROM Account WHERE CreatedDate = TODAY", 62)
    now = datetime(2024, 3, 10, 12, tzinfo=UTC)  # the day of 23 hours in Los Angeles
    assert bound.parameters(Moment(now, "America/Los_Angeles")) == (
        "2024-03-10T08:00:00.000Z",
        "2024-03-11T07:00:00.000Z",
    )


def test_one_bound_query_serves_every_moment(compiler):
    bound = compiler.compile("SELECT Id FROM Opportunity WHERE CloseDate >= LAST_N_DAYS:2 AND Name = 'x'", 62)
    first = bound.parameters(Moment(datetime(2024, 6, 12, tzinfo=UTC)))
    assert first == ("2024-06-10", "x")
    assert bound.parameters(Moment(datetime(2024, 6, 13, tzinfo=UTC))) == ("2024-06-11", "x")
