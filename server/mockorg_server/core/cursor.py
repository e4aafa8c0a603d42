"""Query locators: the rest of a result that did not fit its page.

Ids begin with ``0r8`` and keep through a result; the locator's text adds the offset of the next row: ``0r8…-2000``
(SOAP API guide and release notes; see docs). A locator lives two days by the org's clock; their number is not limited,
but results that were read to their end are let go, the oldest first, when all together become too large.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mockorg_server.core.clock import Clock
from mockorg_server.core.error import OrgError
from mockorg_server.core.id_sequence import IdSequence
from mockorg_server.core.record import QueryResult
from mockorg_server.schema.record_shape import RecordShape, Row

LIFE = timedelta(days=2)
PREFIX = "0r8"
MAX_KEPT_ROWS = 1_000_000


@dataclass(slots=True)
class _Cursor:
    shape: RecordShape
    rows: Sequence[Row]
    user_id: str
    opened_at: datetime
    ended: bool = False


class Cursors:
    """The open cursors of one org, kept in memory. Safe under threads."""

    def __init__(self, clock: Clock, ids: IdSequence) -> None:
        self._clock = clock
        self._ids = ids
        self._lock = threading.Lock()
        self._cursors: dict[str, _Cursor] = {}
        self._kept_rows = 0

    def first_page(self, shape: RecordShape, rows: Sequence[Row], batch_size: int, user_id: str) -> QueryResult:
        """Give the first ``batch_size`` rows, and keep the rest under a new locator when there are more."""
        if len(rows) <= batch_size:
            return QueryResult(shape, rows, len(rows), done=True)
        return QueryResult(
            shape, rows[:batch_size], len(rows), done=False, query_locator=self.keep(shape, rows, batch_size, user_id)
        )

    def keep(self, shape: RecordShape, rows: Sequence[Row], offset: int, user_id: str) -> str:
        """Keep a result whose rows up to ``offset`` were given out; give the locator of the next row."""
        now = self._clock.now()
        cursor_id = self._ids.next_id(PREFIX)
        with self._lock:
            self._cursors[cursor_id] = _Cursor(shape, rows, user_id, now)
            self._kept_rows += len(rows)
            if self._kept_rows > MAX_KEPT_ROWS:
                self._make_room(now)
        return f"{cursor_id}-{offset}"

    def next_page(self, query_locator: str, batch_size: int, user_id: str) -> QueryResult:
        """Give the page a locator stands for. Raises OrgError INVALID_QUERY_LOCATOR."""
        cursor_id, _, offset_text = query_locator.partition("-")
        with self._lock:
            cursor = self._cursors.get(cursor_id)
        if cursor is None or cursor.user_id != user_id or self._clock.now() - cursor.opened_at > LIFE:
            raise _invalid_query_locator()
        if not (offset_text.isascii() and offset_text.isdigit()) or not 0 < int(offset_text) < len(cursor.rows):
            raise _invalid_query_locator()
        start = int(offset_text)
        end = start + batch_size
        done = end >= len(cursor.rows)
        cursor.ended |= done
        locator = None if done else f"{cursor_id}-{end}"
        return QueryResult(cursor.shape, cursor.rows[start:end], len(cursor.rows), done, locator)

    def mark(self) -> object:
        """Give what ``go_back`` needs."""
        with self._lock:
            return dict(self._cursors), self._kept_rows

    def go_back(self, mark: Any) -> None:
        """Forget the cursors that were made since, and know those that were let go since."""
        cursors, kept_rows = mark
        with self._lock:
            self._cursors, self._kept_rows = dict(cursors), kept_rows

    def clear(self) -> None:
        """Forget every cursor."""
        with self._lock:
            self._cursors.clear()
            self._kept_rows = 0

    def _make_room(self, now: datetime) -> None:
        for cursor_id, cursor in list(self._cursors.items()):
            if self._kept_rows <= MAX_KEPT_ROWS:
                break
            if cursor.ended or now - cursor.opened_at > LIFE:
                del self._cursors[cursor_id]
                self._kept_rows -= len(cursor.rows)


def _invalid_query_locator() -> OrgError:
    return OrgError("INVALID_QUERY_LOCATOR", "invalid query locator")
