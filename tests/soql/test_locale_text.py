"""Values as FORMAT() writes them. Those of the SOQL reference are marked; the others follow its pattern (inferred)."""

import pytest

from mockorg_server.schema.field_type import FieldType
from mockorg_server.soql.locale_text import Format


@pytest.mark.parametrize(
    ("kind", "scale", "value", "text"),
    [
        (FieldType.CURRENCY, 2, 44000.0, "$44,000.00"),  # SOQL reference
        (FieldType.CURRENCY, 0, 44000.0, "$44,000"),
        (FieldType.CURRENCY, 2, -1234.5, "-$1,234.50"),
        (FieldType.CURRENCY, 2, 0.0, "$0.00"),
        (FieldType.CURRENCY, 2, 1e15, "$1,000,000,000,000,000.00"),
        (FieldType.DOUBLE, 3, 1234.5, "1,234.500"),
        (FieldType.DOUBLE, 2, -0.25, "-0.25"),
        (FieldType.INT, 0, 1234567, "1,234,567"),
        (FieldType.LONG, 0, -1000, "-1,000"),
        (FieldType.PERCENT, 0, 60.0, "60%"),
        (FieldType.PERCENT, 2, 7.5, "7.50%"),
        (FieldType.DATE, 0, "2015-12-28", "12/28/2015"),  # SOQL reference
        (FieldType.DATE, 0, "0987-01-02", "1/2/987"),
        (FieldType.TIME, 0, "00:05:00.000Z", "12:05 AM"),
        (FieldType.TIME, 0, "12:00:00.000Z", "12:00 PM"),
        (FieldType.TIME, 0, "23:59:59.999Z", "11:59 PM"),
    ],
)
def test_en_us(kind, scale, value, text):
    assert Format(kind, scale).text(value, "UTC") == text


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("America/Los_Angeles", "4/10/2025, 3:31 PM"),  # SOQL reference
        ("UTC", "4/10/2025, 10:31 PM"),
        ("GMT", "4/10/2025, 10:31 PM"),
        ("Asia/Kolkata", "4/11/2025, 4:01 AM"),
    ],
)
def test_datetimes_are_in_the_users_time_zone(zone, text):
    assert Format(FieldType.DATETIME).text("2025-04-10T22:31:37.000Z", zone) == text
