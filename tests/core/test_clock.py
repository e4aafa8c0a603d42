"""The clock: frozen, moved, running."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mockorg_server.core.clock import Clock, instant_of, text_of

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_a_frozen_clock_stands_still_until_it_is_moved() -> None:
    clock = Clock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(3600)
    assert clock.now() == NOON + timedelta(hours=1)
    clock.reset()
    assert clock.now() == NOON
    assert clock.frozen


def test_a_running_clock_goes_on_from_where_it_was_set() -> None:
    clock = Clock()
    clock.set(NOON, frozen=False)
    first = clock.now()
    assert NOON <= first < NOON + timedelta(minutes=1)
    assert not clock.frozen
    clock.advance(-60)
    assert clock.now() < first


def test_an_instant_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Clock().set(datetime(2026, 1, 1))


def test_the_text_of_an_instant_is_utc_with_milliseconds() -> None:
    berlin = datetime(2026, 1, 31, 13, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
    assert text_of(berlin) == "2026-01-31T12:00:00.123Z"
    assert instant_of("2026-01-31T12:00:00.123Z") == datetime(2026, 1, 31, 12, 0, 0, 123000, tzinfo=UTC)
