"""The date literals (TODAY, LAST_N_DAYS:n …) as a table: each is a range of whole units of the calendar.

A literal spans the units ``first`` to ``last``, counted from the one that today lies in; both are ``a + b * n`` for the
literal's number n. Days are those of the running user's time zone, weeks begin on the day of the user's locale, fiscal
units follow the org's fiscal year (SOQL reference, date formats and date literals). Where the reference gives the
LAST_N_YEARS unit two ways, the one its sibling units follow is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from mockorg_server.soql.moment import Moment

# No record lies outside (SOQL reference: dates run from 1700-01-01 to 4000-12-31), so a range may stop there.
EARLIEST = date(1700, 1, 1)
LATEST = date(4000, 12, 31)

Offset = tuple[int, int]
UnitStart = Callable[[Moment, int], int]


def _day(moment: Moment, offset: int) -> int:
    return moment.today.toordinal() + offset


def _week(moment: Moment, offset: int) -> int:
    today = moment.today
    return today.toordinal() - (today.weekday() - moment.week_starts_on) % 7 + 7 * offset


def _months(width: int, *, fiscal: bool = False) -> UnitStart:
    def start(moment: Moment, offset: int) -> int:
        shift = moment.fiscal_year_start_month - 1 if fiscal else 0
        today = moment.today
        month = today.year * 12 + today.month - 1 - shift
        month = (month // width + offset) * width + shift
        year = min(max(month // 12, EARLIEST.year - 1), LATEST.year + 1)
        return date(year, month % 12 + 1, 1).toordinal()

    return start


_UNITS: Mapping[str, UnitStart] = {
    "DAY": _day,
    "WEEK": _week,
    "MONTH": _months(1),
    "QUARTER": _months(3),
    "YEAR": _months(12),
    "FISCAL_QUARTER": _months(3, fiscal=True),
    "FISCAL_YEAR": _months(12, fiscal=True),
}


@dataclass(frozen=True, slots=True)
class Range:
    """What a date literal spans. ``counted`` literals are written with a number: ``NAME:n``."""

    unit: str
    first: Offset
    last: Offset
    counted: bool = False

    def days(self, moment: Moment, count: int = 0) -> tuple[date, date]:
        """Give the first and the last day, both inside, cut to the dates that records can have."""
        start = _UNITS[self.unit]
        first = start(moment, self.first[0] + self.first[1] * count)
        last = start(moment, self.last[0] + self.last[1] * count + 1) - 1
        return _clamp(first), _clamp(last)


def _clamp(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, EARLIEST.toordinal()), LATEST.toordinal()))


def _table() -> dict[str, Range]:
    table = {
        "YESTERDAY": Range("DAY", (-1, 0), (-1, 0)),
        "TODAY": Range("DAY", (0, 0), (0, 0)),
        "TOMORROW": Range("DAY", (1, 0), (1, 0)),
        "LAST_90_DAYS": Range("DAY", (-90, 0), (0, 0)),
        "NEXT_90_DAYS": Range("DAY", (1, 0), (90, 0)),
        "LAST_N_DAYS": Range("DAY", (0, -1), (0, 0), counted=True),
        "NEXT_N_DAYS": Range("DAY", (1, 0), (0, 1), counted=True),
        "N_DAYS_AGO": Range("DAY", (0, -1), (0, -1), counted=True),
    }
    for unit in ("WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR"):
        table[f"LAST_{unit}"] = Range(unit, (-1, 0), (-1, 0))
        table[f"THIS_{unit}"] = Range(unit, (0, 0), (0, 0))
        table[f"NEXT_{unit}"] = Range(unit, (1, 0), (1, 0))
        table[f"LAST_N_{unit}S"] = Range(unit, (0, -1), (-1, 0), counted=True)
        table[f"NEXT_N_{unit}S"] = Range(unit, (1, 0), (0, 1), counted=True)
        table[f"N_{unit}S_AGO"] = Range(unit, (0, -1), (0, -1), counted=True)
    return table


DATE_RANGES: Mapping[str, Range] = _table()
