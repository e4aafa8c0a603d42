"""When and for whom a query runs: what date literals, fiscal functions and USING SCOPE depend on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Moment:
    """The org's clock, and the running user with that user's calendar.

    ``now`` is an aware datetime; ``timezone`` an IANA name; ``week_starts_on`` counts from Monday = 0 (Sunday, 6, is
    the start of the week in en_US); ``fiscal_year_start_month`` is 1 to 12, and ``fiscal_year_named_by_start`` tells
    that a fiscal year bears the number of the year in which it begins, not of the one in which it ends. ``user_id`` is
    the running user's id in its 18-character form, and ``locale`` how that user writes numbers and dates.
    """

    now: datetime
    timezone: str = "UTC"
    week_starts_on: int = 6
    fiscal_year_start_month: int = 1
    fiscal_year_named_by_start: bool = False
    user_id: str = ""
    locale: str = "en_US"

    @cached_property
    def today(self) -> date:
        """The user's day."""
        return self.now.astimezone(self._zone).date()

    @property
    def fiscal_shift(self) -> int:
        """How many months a date must move on for the calendar's year and month to be the fiscal ones."""
        back = self.fiscal_year_start_month - 1
        return -back if self.fiscal_year_named_by_start else -back % 12

    def midnight(self, day: date) -> str:
        """Give the instant at which a day of the user begins, as a datetime value in UTC."""
        instant = datetime.combine(day, time(), self._zone).astimezone(UTC)
        return instant.isoformat(timespec="milliseconds")[:-6] + "Z"

    @cached_property
    def _zone(self) -> tzinfo:
        # UTC needs no zone database, which slim systems lack.
        return UTC if self.timezone in ("UTC", "GMT") else ZoneInfo(self.timezone)
