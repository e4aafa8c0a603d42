"""The functions over dates, instants and times of day. A blank argument gives a blank result.

DATEVALUE of an instant is the date on the user's calendar; everything else reckons in GMT (Salesforce's tip sheet on
date formulas).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from mockorg_server.formula.environment import Environment
from mockorg_server.formula.error import EvaluationError
from mockorg_server.formula.function import C, D, Function, M, N, T
from mockorg_server.formula.kind import Kind
from mockorg_server.formula.number_function import strict

_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_INSTANT: Final = re.compile(r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}) ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})Z?")
_TIME: Final = re.compile(r"([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\.([0-9]{1,3}))?)?")
DAY: Final = timedelta(days=1)


def _date(year: Decimal, month: Decimal, day: Decimal) -> date:
    try:
        return date(int(year), int(month), int(day))
    except (ValueError, OverflowError) as error:
        raise EvaluationError("Month or Day out of range in DATE() function") from error


def _read_date(text: str) -> date:
    found = _DATE.fullmatch(text)
    if found is None:
        raise EvaluationError("DATEVALUE: not a date")
    return _date(*map(Decimal, found.groups()))


def _date_value(environment: Environment, value: Any) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.astimezone(environment.zone).date()
    return value if isinstance(value, date) else _read_date(value)


def _datetime_value(value: Any) -> datetime | None:
    if value is None or value == "" or isinstance(value, datetime):
        return value or None
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    found = _INSTANT.fullmatch(value)
    if found is None:
        raise EvaluationError("DATETIMEVALUE: not a date and time")
    hour, minute, second = map(int, found.groups()[1:])
    try:
        return datetime.combine(_read_date(found.group(1)), time(hour, minute, second), UTC)
    except ValueError as error:
        raise EvaluationError("DATETIMEVALUE: out of range") from error


def _time_value(value: Any) -> time | None:
    if value is None or value == "" or isinstance(value, time):
        return None if value == "" else value
    if isinstance(value, datetime):
        return value.time()
    found = _TIME.fullmatch(value)
    if found is None:
        raise EvaluationError("TIMEVALUE: not a time")
    hour, minute, second, fraction = found.groups()
    try:
        return time(int(hour), int(minute), int(second or 0), int((fraction or "0").ljust(3, "0")) * 1000)
    except ValueError as error:
        raise EvaluationError("TIMEVALUE: out of range") from error


def _add_months(moment: date, months: Decimal) -> date:
    """Move by months; the last day of a month goes to the last day of a month."""
    whole = moment.year * 12 + moment.month - 1 + int(months)
    year, month = whole // 12, whole % 12 + 1
    if not 1 <= year <= 9999:
        raise EvaluationError("ADDMONTHS: out of range")
    last = calendar.monthrange(year, month)[1]
    was_last = moment.day == calendar.monthrange(moment.year, moment.month)[1]
    return moment.replace(year=year, month=month, day=last if was_last else min(moment.day, last))


def _timestamp(value: Any) -> Decimal:
    if isinstance(value, time):
        return Decimal((value.hour * 60 + value.minute) * 60 + value.second)
    instant = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)
    return Decimal((instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1))


def _from_timestamp(seconds: Decimal) -> datetime:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(seconds * 1000))
    except OverflowError as error:
        raise EvaluationError("FROMUNIXTIME: out of range") from error


def _time_now(environment: Environment) -> time:
    return environment.now.astimezone(UTC).time().replace(microsecond=environment.now.microsecond // 1000 * 1000)


def _part(read: Any) -> Any:
    return strict(lambda value: Decimal(read(value)))


DATE_FUNCTIONS: Final[Mapping[str, Function]] = {
    "ADDMONTHS": Function((D | M, N), None, strict(_add_months)),
    "DATE": Function((N, N, N), Kind.DATE, strict(_date)),
    "DATETIMEVALUE": Function((T | D | M,), Kind.DATETIME, _datetime_value),
    "DATEVALUE": Function((T | D | M,), Kind.DATE, _date_value, with_environment=True),
    "DAY": Function((D,), Kind.NUMBER, _part(lambda day: day.day)),
    "DAYOFYEAR": Function((D,), Kind.NUMBER, _part(lambda day: day.timetuple().tm_yday)),
    "FROMUNIXTIME": Function((N,), Kind.DATETIME, strict(_from_timestamp)),
    "HOUR": Function((C,), Kind.NUMBER, _part(lambda moment: moment.hour)),
    "ISOWEEK": Function((D,), Kind.NUMBER, _part(lambda day: day.isocalendar()[1])),
    "ISOYEAR": Function((D,), Kind.NUMBER, _part(lambda day: day.isocalendar()[0])),
    "MILLISECOND": Function((C,), Kind.NUMBER, _part(lambda moment: moment.microsecond // 1000)),
    "MINUTE": Function((C,), Kind.NUMBER, _part(lambda moment: moment.minute)),
    "MONTH": Function((D,), Kind.NUMBER, _part(lambda day: day.month)),
    "NOW": Function((), Kind.DATETIME, lambda environment: environment.now, with_environment=True),
    "SECOND": Function((C,), Kind.NUMBER, _part(lambda moment: moment.second)),
    "TIMENOW": Function((), Kind.TIME, _time_now, with_environment=True),
    "TIMEVALUE": Function((T | M | C,), Kind.TIME, _time_value),
    "TODAY": Function((), Kind.DATE, lambda environment: environment.today, with_environment=True),
    "UNIXTIMESTAMP": Function((D | M | C,), Kind.NUMBER, strict(_timestamp)),
    "WEEKDAY": Function((D,), Kind.NUMBER, _part(lambda day: day.isoweekday() % 7 + 1)),
    "YEAR": Function((D,), Kind.NUMBER, _part(lambda day: day.year)),
}
