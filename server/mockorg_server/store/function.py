"""The functions of SOQL as SQL: date parts and distances. Text in, text out; which columns they read is ``Scope``'s."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mockorg_server.soql.plan import DateFunction
from mockorg_server.store.dialect import SqliteDialect

# Each takes the dialect and a date or datetime as ISO text; the fiscal ones also the months it is moved on.
_Part = Callable[[SqliteDialect, str], str]
_FiscalPart = Callable[[SqliteDialect, str, str], str]


def date_part(dialect: SqliteDialect, function: DateFunction, text: str, shift: str | None) -> str:
    """Give what a date function makes of ISO text; ``shift`` is the number of months for the fiscal functions."""
    if shift is not None:
        return _FISCAL[function](dialect, text, shift)
    return _PARTS[function](dialect, text)


def _year(dialect: SqliteDialect, text: str) -> str:
    return dialect.integer(f"substr({text}, 1, 4)")


def _month(dialect: SqliteDialect, text: str) -> str:
    return dialect.integer(f"substr({text}, 6, 2)")


def _quarter(dialect: SqliteDialect, text: str) -> str:
    return f"(({_month(dialect, text)} + 2) / 3)"


def _day(dialect: SqliteDialect, text: str) -> str:
    return dialect.integer(f"substr({text}, 9, 2)")


def _hour(dialect: SqliteDialect, text: str) -> str:
    return dialect.integer(f"substr({text}, 12, 2)")


def _date(_dialect: SqliteDialect, text: str) -> str:
    return f"substr({text}, 1, 10)"


def _day_of_week(dialect: SqliteDialect, text: str) -> str:
    return dialect.day_of_week(_date(dialect, text))


def _day_of_year(dialect: SqliteDialect, text: str) -> str:
    return dialect.day_of_year(_date(dialect, text))


def _week_of_month(dialect: SqliteDialect, text: str) -> str:
    return f"(({_day(dialect, text)} + 6) / 7)"


def _week_of_year(dialect: SqliteDialect, text: str) -> str:
    return f"(({_day_of_year(dialect, text)} + 6) / 7)"


def _fiscal_months(dialect: SqliteDialect, text: str, shift: str) -> str:
    return f"({_year(dialect, text)} * 12 + {_month(dialect, text)} - 1 + {shift})"


def _fiscal_year(dialect: SqliteDialect, text: str, shift: str) -> str:
    return f"({_fiscal_months(dialect, text, shift)} / 12)"


def _fiscal_quarter(dialect: SqliteDialect, text: str, shift: str) -> str:
    return f"({_fiscal_months(dialect, text, shift)} % 12 / 3 + 1)"


def _fiscal_month(dialect: SqliteDialect, text: str, shift: str) -> str:
    return f"({_fiscal_months(dialect, text, shift)} % 12 + 1)"


_PARTS: Final[dict[DateFunction, _Part]] = {
    DateFunction.CALENDAR_MONTH: _month,
    DateFunction.CALENDAR_QUARTER: _quarter,
    DateFunction.CALENDAR_YEAR: _year,
    DateFunction.DAY_IN_MONTH: _day,
    DateFunction.DAY_IN_WEEK: _day_of_week,
    DateFunction.DAY_IN_YEAR: _day_of_year,
    DateFunction.DAY_ONLY: _date,
    DateFunction.HOUR_IN_DAY: _hour,
    DateFunction.WEEK_IN_MONTH: _week_of_month,
    DateFunction.WEEK_IN_YEAR: _week_of_year,
}
_FISCAL: Final[dict[DateFunction, _FiscalPart]] = {
    DateFunction.FISCAL_MONTH: _fiscal_month,
    DateFunction.FISCAL_QUARTER: _fiscal_quarter,
    DateFunction.FISCAL_YEAR: _fiscal_year,
}
