"""What an org keeps for its clients while they come and go does not grow for ever."""

from datetime import UTC, datetime

import pytest

from mockorg_server.core.clock import Clock
from mockorg_server.core.cursor import Cursors
from mockorg_server.core.error import OrgError
from mockorg_server.core.id_sequence import IdSequence
from mockorg_server.core.session import Sessions
from mockorg_server.schema.record_shape import RecordShape

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)
ROWS = [(str(number),) for number in range(600)]


def test_sessions_that_are_over_are_forgotten() -> None:
    clock = Clock(NOW)
    sessions = Sessions("00D000000000001EAA", clock)
    lasting = sessions.open("005", lasts=True)
    for _ in range(5):
        for _ in range(1_000):
            last = sessions.open("005")
        clock.advance(3_601)
    assert sessions.require(lasting.id) is lasting
    assert sessions.require(last.id) is last
    assert len(sessions._sessions) < 4_500


def test_results_that_were_read_to_their_end_are_let_go_when_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockorg_server.core.cursor.MAX_KEPT_ROWS", 10_000)
    cursors = Cursors(Clock(NOW), IdSequence())
    unread = cursors.keep(RecordShape("Account", ()), ROWS, 200, "005")
    for _ in range(100):
        locator: str | None = cursors.keep(RecordShape("Account", ()), ROWS, 200, "005")
        while locator is not None:
            last, locator = locator, cursors.next_page(locator, 200, "005").query_locator
    assert cursors.next_page(last, 200, "005").done, "the newest may be read again"
    assert cursors.next_page(unread, 200, "005").rows == ROWS[200:400]
    assert sum(len(cursor.rows) for cursor in cursors._cursors.values()) <= 10_600


def test_old_results_are_let_go_when_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockorg_server.core.cursor.MAX_KEPT_ROWS", 2_000)
    clock = Clock(NOW)
    cursors = Cursors(clock, IdSequence())
    old = [cursors.keep(RecordShape("Account", ()), ROWS, 200, "005") for _ in range(3)]
    clock.advance(3 * 86_400)
    new = [cursors.keep(RecordShape("Account", ()), ROWS, 200, "005") for _ in range(3)]
    assert len(cursors._cursors) <= 4
    for locator in new:
        assert len(cursors.next_page(locator, 200, "005").rows) == 200
    for locator in old:
        with pytest.raises(OrgError, match="invalid query locator"):
            cursors.next_page(locator, 200, "005")
