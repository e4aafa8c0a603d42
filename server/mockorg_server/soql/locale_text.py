"""Values as people of a locale write them: what FORMAT() gives. English of the United States, and no other yet.

Evidence: the SOQL reference shows ``4/10/2025, 3:31 PM`` and ``$44,000.00``. Digits after the point are as many as the
field has, as its pages in the user interface show; negative amounts, percents and times are inferred.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.value import Value

LOCALES: Final = frozenset({"en_US"})
CURRENCY: Final = "USD"
"""The one currency of every org; amounts are in it."""
CURRENCY_SYMBOL: Final = "$"


@dataclass(frozen=True, slots=True)
class Format:
    """How the values of one field are written: ``scale`` counts the digits after the point."""

    type: FieldType
    scale: int = 0

    def text(self, value: Value, timezone: str) -> str:
        """Write a value that is not null; ``timezone`` is the IANA name of the reader's."""
        return FORMATS[self.type](self, str(value), timezone)

    def number(self, value: str, _timezone: str) -> str:
        """``1,234.50``."""
        return f"{Decimal(value):,.{self.scale}f}"

    def percent(self, value: str, _timezone: str) -> str:
        """``60%``."""
        return f"{Decimal(value):,.{self.scale}f}%"

    def currency(self, value: str, _timezone: str) -> str:
        """``$44,000.00``."""
        amount = f"{Decimal(value):,.{self.scale}f}"
        return f"-{CURRENCY_SYMBOL}{amount[1:]}" if amount.startswith("-") else CURRENCY_SYMBOL + amount

    def date(self, value: str, _timezone: str) -> str:
        """``4/10/2025``."""
        year, month, day = value.split("-")
        return f"{int(month)}/{int(day)}/{int(year)}"

    def datetime(self, value: str, timezone: str) -> str:
        """``4/10/2025, 3:31 PM``."""
        zone = UTC if timezone in ("UTC", "GMT") else ZoneInfo(timezone)
        local = datetime.fromisoformat(value).astimezone(zone)
        return f"{local.month}/{local.day}/{local.year}, {_clock(local.hour, local.minute)}"

    def time(self, value: str, _timezone: str) -> str:
        """``3:31 PM``."""
        hour, minute, _ = value.split(":")
        return _clock(int(hour), int(minute))


def _clock(hour: int, minute: int) -> str:
    return f"{hour % 12 or 12}:{minute:02} {'AM' if hour < 12 else 'PM'}"


FORMATS: Final[Mapping[FieldType, Callable[[Format, str, str], str]]] = {
    FieldType.CURRENCY: Format.currency,
    FieldType.DATE: Format.date,
    FieldType.DATETIME: Format.datetime,
    FieldType.DOUBLE: Format.number,
    FieldType.INT: Format.number,
    FieldType.LONG: Format.number,
    FieldType.PERCENT: Format.percent,
    FieldType.TIME: Format.time,
}
"""The types that FORMAT() takes: numbers, dates, times and currency (SOQL reference)."""
