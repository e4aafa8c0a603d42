"""The org's clock in the hands of a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockorg_server.core.clock import Clock

Instant = datetime | str


class OrgClock:
    """Every instant that the org writes or compares with follows it: stamps, date literals, sessions, locators."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __repr__(self) -> str:
        return f"<OrgClock {self.now.isoformat()}{' frozen' if self.frozen else ''}>"

    @property
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._clock.now()

    @property
    def frozen(self) -> bool:
        """True while it stands still."""
        return self._clock.frozen

    def freeze(self, at: Instant | None = None) -> None:
        """Stand still at an aware instant, or where it is."""
        self._clock.set(self.now if at is None else _instant(at), frozen=True)

    def set(self, at: Instant, *, frozen: bool | None = None) -> None:
        """Move to an aware instant; stand still or run on as before, or as ``frozen`` says. Raises ValueError."""
        self._clock.set(_instant(at), self.frozen if frozen is None else frozen)

    def advance(self, step: timedelta | float | None = None, **parts: float) -> None:
        """Move by a ``timedelta``, by seconds, or by the parts of a timedelta: ``advance(hours=3)``."""
        span = timedelta(**parts)
        if step is not None:
            span += step if isinstance(step, timedelta) else timedelta(seconds=step)
        elif not parts:
            raise TypeError("advance needs seconds, a timedelta, or such as hours=3")
        self._clock.advance(span.total_seconds())

    def run(self) -> None:
        """Run on with real time from where it is."""
        self._clock.set(self.now, frozen=False)


def _instant(at: Instant) -> datetime:
    from mockorg_server.control.instant import in_range, parse_instant  # noqa: PLC0415

    if isinstance(at, str):
        return parse_instant(at)
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone: datetime(2026, 1, 31, tzinfo=UTC)")
    return in_range(at.astimezone(UTC), at.isoformat())
