"""The clock as JSON: ``{"now": instant, "frozen": bool}``, or ``{"advance_seconds": number}`` to move it."""

from __future__ import annotations

from datetime import timedelta
from math import isfinite

from mockorg_server.control.instant import in_range, parse_instant
from mockorg_server.core.clock import Clock, text_of


def show(clock: Clock) -> dict[str, object]:
    """Tell where the clock stands and whether it is frozen."""
    return {"now": text_of(clock.now()), "frozen": clock.frozen}


def apply(document: object, clock: Clock) -> None:
    """Set or advance the clock as a document says. Raises ValueError with what is wrong with it.

    Without ``now`` the clock stops or runs on where it is; without ``frozen`` it stays frozen or running.
    """
    if not isinstance(document, dict) or not document:
        raise ValueError('a clock is {"now": "2026-01-31T12:00:00Z", "frozen": true} or {"advance_seconds": 3600}')
    unknown = next((key for key in document if key not in {"now", "frozen", "advance_seconds"}), None)
    if unknown is not None:
        raise ValueError(f"unknown key {unknown!r} in a clock; known: now, frozen, advance_seconds")
    if "advance_seconds" in document:
        if len(document) > 1:
            raise ValueError("advance_seconds stands alone, without now or frozen")
        _advance(document["advance_seconds"], clock)
        return
    frozen = document.get("frozen", clock.frozen)
    if not isinstance(frozen, bool):
        raise ValueError(f"frozen must be true or false, not {frozen!r}")
    now = document.get("now")
    if "now" in document and not isinstance(now, str):
        raise ValueError(f"now must be a string such as 2026-01-31T12:00:00Z, not {now!r}")
    clock.set(parse_instant(now) if isinstance(now, str) else clock.now(), frozen)


def _advance(seconds: object, clock: Clock) -> None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not isfinite(seconds):
        raise ValueError(f"advance_seconds must be a number, not {seconds!r}")
    try:
        in_range(clock.now() + timedelta(seconds=seconds), f"the present plus {seconds} seconds")
    except OverflowError:
        raise ValueError(f"advance_seconds {seconds!r} leads out of the calendar") from None
    clock.advance(seconds)
