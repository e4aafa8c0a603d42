"""Date functions, time zones, distances and lists: SQL's answers against plain calendar and trigonometry."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockorg_server.soql.moment import Moment
from mockorg_server.soql.plan import DateFunction
from mockorg_server.store.dialect import SQLITE
from mockorg_server.store.function import date_part
from mockorg_server.store.sqlite_function import central_angle, includes, local_time, register

INSTANTS = st.datetimes(datetime(1700, 1, 2), datetime(4000, 12, 30), timezones=st.just(UTC))
ZONES = ["UTC", "GMT", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati"]


@pytest.fixture(scope="module")
def connection() -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(":memory:")
    register(opened)
    yield opened
    opened.close()


def value_of(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def expected(function: DateFunction, instant: datetime, start_month: int, named_by_start: bool) -> int | str:
    """Say in plain words what each function means (SOQL reference, date functions)."""
    day = instant.date()
    day_of_year = (day - date(day.year, 1, 1)).days + 1
    fiscal_month = (day.month - start_month) % 12 + 1
    began_last_year = day.month < start_month
    fiscal_year = day.year - began_last_year + (0 if named_by_start or start_month == 1 else 1)
    answers: dict[DateFunction, int | str] = {
        DateFunction.CALENDAR_MONTH: day.month,
        DateFunction.CALENDAR_QUARTER: (1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4)[day.month - 1],
        DateFunction.CALENDAR_YEAR: day.year,
        DateFunction.DAY_IN_MONTH: day.day,
        DateFunction.DAY_IN_WEEK: day.isoweekday() % 7 + 1,
        DateFunction.DAY_IN_YEAR: day_of_year,
        DateFunction.DAY_ONLY: day.isoformat(),
        DateFunction.FISCAL_MONTH: fiscal_month,
        DateFunction.FISCAL_QUARTER: (1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4)[fiscal_month - 1],
        DateFunction.FISCAL_YEAR: fiscal_year,
        DateFunction.HOUR_IN_DAY: instant.hour,
        DateFunction.WEEK_IN_MONTH: next(week for week in range(1, 6) if day.day <= week * 7),
        DateFunction.WEEK_IN_YEAR: next(week for week in range(1, 54) if day_of_year <= week * 7),
    }
    return answers[function]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(instant=INSTANTS, zone=st.sampled_from(ZONES), start_month=st.integers(1, 12), named_by_start=st.booleans())
def test_date_functions(
    instant: datetime, zone: str, start_month: int, named_by_start: bool, connection: sqlite3.Connection
) -> None:
    moment = Moment(instant, fiscal_year_start_month=start_month, fiscal_year_named_by_start=named_by_start)
    local = instant.astimezone(ZoneInfo(zone))
    for function in DateFunction:
        shift = str(moment.fiscal_shift) if function.startswith("FISCAL") else None
        sql = date_part(SQLITE, function, SQLITE.local_time("?1", "?2"), shift)
        (answer,) = connection.execute(f"SELECT {sql}", [value_of(instant), zone]).fetchone()
        assert answer == expected(function, local, start_month, named_by_start), function


@pytest.mark.parametrize("function", DateFunction)
def test_date_functions_of_null_are_null(function: DateFunction, connection: sqlite3.Connection) -> None:
    shift = "2" if function.startswith("FISCAL") else None
    for text in ("NULL", SQLITE.local_time("NULL", "'Asia/Kolkata'")):
        assert connection.execute(f"SELECT {date_part(SQLITE, function, text, shift)}").fetchone() == (None,)


@pytest.mark.parametrize(
    ("start_month", "named_by_start", "day", "year"),
    [  # object reference, Organization.UsesStartDateAsFiscalYearName: a year that begins in February 2006
        (2, True, "2006-02-01", 2006),
        (2, False, "2006-02-01", 2007),
        (2, False, "2007-01-31", 2007),
        (1, False, "2006-02-01", 2006),
    ],
)
def test_fiscal_years_are_named(
    start_month: int, named_by_start: bool, day: str, year: int, connection: sqlite3.Connection
) -> None:
    moment = Moment(datetime.now(UTC), fiscal_year_start_month=start_month, fiscal_year_named_by_start=named_by_start)
    sql = date_part(SQLITE, DateFunction.FISCAL_YEAR, "?1", "?2")
    assert connection.execute(f"SELECT {sql}", [day, moment.fiscal_shift]).fetchone() == (year,)


@pytest.mark.parametrize("zone", ZONES)
def test_local_time_around_a_change_of_clocks(zone: str) -> None:
    for begin in (
        datetime(2024, 4, 6, 14, tzinfo=UTC),
        datetime(2024, 11, 3, 8, tzinfo=UTC),
        datetime(1900, 1, 1, tzinfo=UTC),
    ):
        for minutes in range(0, 180, 5):
            instant = begin + timedelta(minutes=minutes)
            assert local_time(value_of(instant), zone) == instant.astimezone(ZoneInfo(zone)).isoformat()[:19]


@pytest.mark.parametrize(
    ("place", "other", "kilometres"),
    [
        ((0.0, 0.0), (0.0, 0.0), 0.0),
        ((0.0, 0.0), (0.0, 180.0), 20_015.1),
        ((90.0, 0.0), (-90.0, 77.0), 20_015.1),
        ((0.0, 179.5), (0.0, -179.5), 111.2),
        ((37.775, -122.418), (34.052, -118.244), 559.0),  # San Francisco to Los Angeles
        ((51.5074, -0.1278), (48.8566, 2.3522), 343.6),  # London to Paris
    ],
)
def test_distances(place: tuple[float, float], other: tuple[float, float], kilometres: float) -> None:
    angle = central_angle(*place, *other)
    assert angle is not None
    assert angle * 6371.0088 == pytest.approx(kilometres, abs=0.5)
    assert central_angle(*other, *place) == pytest.approx(angle)


@pytest.mark.parametrize("place", [(None, 1.0), (1.0, None), (None, None), (90.1, 0.0), (0.0, -180.5)])
def test_a_place_that_is_not_whole_has_no_distance(place: tuple[float | None, float | None]) -> None:
    assert central_angle(*place, 1.0, 2.0) is None


@pytest.mark.parametrize(
    ("text", "wanted", "answer"),
    [
        (None, '["A"]', False),
        ("A", '["A"]', True),
        ("AB", '["A"]', False),
        ("A;B;C", '["C;A"]', True),
        ("A;B", '["A;C"]', False),
        ("A;B", '["A;C","B"]', True),
        ("A;B", '["A;;B;"]', True),
    ],
)
def test_lists(text: str | None, wanted: str, answer: bool) -> None:
    assert includes(text, wanted) is answer
