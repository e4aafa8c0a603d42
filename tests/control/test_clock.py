"""GET and PUT /_mockorg/clock: where the org's clock stands, and moving it."""

from datetime import UTC, datetime, timedelta

import pytest

from mockorg_server.control.instant import parse_instant
from mockorg_server.core.host import Host

CLOCK = "/_mockorg/clock"


def test_the_clock_is_shown_as_it_started(control) -> None:
    assert control(f"GET {CLOCK}").value == {"now": "2026-01-31T12:00:30.000Z", "frozen": True}


def test_the_clock_is_put_and_frozen(control, host: Host) -> None:
    reply = control(f"PUT {CLOCK}", {"now": "2027-02-03T04:05:06.789+01:00", "frozen": True})

    assert reply.value == {"now": "2027-02-03T03:05:06.789Z", "frozen": True}
    assert host.default.clock.now() == datetime(2027, 2, 3, 3, 5, 6, 789000, UTC)


def test_without_frozen_a_frozen_clock_stays_frozen(control) -> None:
    assert control(f"PUT {CLOCK}", {"now": "2027-01-01T00:00:00Z"}).value["frozen"] is True


def test_a_clock_runs_on_from_where_it_is_put(control, host: Host) -> None:
    reply = control(f"PUT {CLOCK}", {"now": "2027-01-01T00:00:00Z", "frozen": False})

    assert reply.value["frozen"] is False
    assert timedelta(0) <= host.default.clock.now() - datetime(2027, 1, 1, tzinfo=UTC) < timedelta(minutes=1)


def test_a_clock_is_frozen_where_it_stands(control, host: Host) -> None:
    control(f"PUT {CLOCK}", {"frozen": False})
    control(f"PUT {CLOCK}", {"frozen": True})

    assert host.default.clock.now() == host.default.clock.now()


@pytest.mark.parametrize(
    ("seconds", "now"),
    [(3600, "2026-01-31T13:00:30.000Z"), (0.5, "2026-01-31T12:00:30.500Z"), (-30, "2026-01-31T12:00:00.000Z")],
)
def test_a_frozen_clock_is_advanced(control, seconds: float, now: str) -> None:
    assert control(f"PUT {CLOCK}", {"advance_seconds": seconds}).value == {"now": now, "frozen": True}


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({}, "advance_seconds"),
        ([], "advance_seconds"),
        ("2026-01-31T12:00:00Z", "advance_seconds"),
        ({"now": "yesterday"}, "'yesterday'"),
        ({"now": "2026-01-31T12:00:00"}, "no time zone"),
        ({"now": "2026-01-31"}, "no time zone"),
        ({"now": "0001-01-01T00:00:00+14:00"}, "outside the years"),
        ({"now": "1699-12-31T23:59:59Z"}, "outside the years"),
        ({"now": 1769860800}, "must be a string"),
        ({"now": None}, "must be a string"),
        ({"frozen": "yes"}, "true or false"),
        ({"frozen": 1}, "true or false"),
        ({"freeze": True}, "'freeze'"),
        ({"advance_seconds": "3600"}, "must be a number"),
        ({"advance_seconds": True}, "must be a number"),
        ({"advance_seconds": 1e300}, "out of the calendar"),
        ({"advance_seconds": 1e11}, "outside the years"),
        ({"advance_seconds": 1, "frozen": True}, "stands alone"),
    ],
)
def test_a_wrong_clock_is_refused_and_nothing_moves(control, document: object, complaint: str) -> None:
    before = control(f"GET {CLOCK}").value
    reply = control(f"PUT {CLOCK}", document)

    assert reply.status == 400
    assert complaint in reply.error
    assert control(f"GET {CLOCK}").value == before


def test_an_instant_is_read_in_utc() -> None:
    assert parse_instant(" 2026-01-31T12:00:00-02:30 ") == datetime(2026, 1, 31, 14, 30, tzinfo=UTC)
