"""Instants as users type them: in a clock request and on the command line."""

from __future__ import annotations

from datetime import UTC, datetime

# The platform's datetime range (field type reference: years 1700 to 4000).
FIRST_YEAR, LAST_YEAR = 1700, 4000


def parse_instant(text: str) -> datetime:
    """Read ``2026-01-31T12:00:00Z`` (or with an offset) as an aware instant in UTC.

    Raises ValueError with a message for the user. An instant without a time zone is refused, not guessed.
    """
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is not an instant such as 2026-01-31T12:00:00Z") from None
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone; write it with Z or an offset, as in 2026-01-31T12:00:00Z")
    try:
        instant = instant.astimezone(UTC)
    except OverflowError:
        instant = datetime.min.replace(tzinfo=UTC)
    return in_range(instant, text)


def in_range(instant: datetime, text: str) -> datetime:
    """Give the instant back, or raise ValueError when the platform has no such year."""
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise ValueError(f"{text} is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return instant
