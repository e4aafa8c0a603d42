"""How delivery is simulated in one org: when it moves, and what the documentation leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from math import isfinite
from typing import Final

SESSION_GATES: Final = ("defer", "fail")
LONGEVITIES: Final = ("KeepSessionOpen", "EndSession", "KeepSessionOpenOrAppend")


@dataclass(frozen=True, slots=True)
class MessagingSettings:
    """The settings of one org.

    ``batch_seconds``: how much of the org's clock a batch takes; 0 = requests are completed within the call that makes
    them; None = nothing moves but by ``step``. ``session_gate``: what becomes of a message that the recipient's session
    holds up: ``defer`` keeps it pending until the session allows it (action reference, Flow help), ``fail`` never sends
    it (object reference). ``channel_capacity``: how many messages of one channel are in progress at most, over all
    requests; None = no limit. ``session_longevity`` is meant where a request has no preference.
    """

    batch_seconds: float | None = 1.0
    session_gate: str = "defer"
    channel_capacity: int | None = None
    session_longevity: str = "KeepSessionOpen"

    def changed(self, document: Mapping[str, object]) -> MessagingSettings:
        """Give these settings with some of them changed. Raises ValueError with what is wrong."""
        unknown = next((key for key in document if key not in asdict(self)), None)
        if unknown is not None:
            raise ValueError(f"unknown key {unknown!r} in the messaging settings; known: {', '.join(asdict(self))}")
        settings = replace(self, **document)  # type: ignore[arg-type]
        settings.check()
        return settings

    def check(self) -> None:
        """Raise ValueError when a value is out of its range."""
        seconds = self.batch_seconds
        if seconds is not None and (not _is_number(seconds) or not isfinite(seconds) or seconds < 0):
            raise ValueError(f"batch_seconds must be null or a number from 0, not {seconds!r}")
        capacity = self.channel_capacity
        if capacity is not None and (not isinstance(capacity, int) or isinstance(capacity, bool) or capacity < 1):
            raise ValueError(f"channel_capacity must be null or a whole number from 1, not {capacity!r}")
        if self.session_gate not in SESSION_GATES:
            raise ValueError(f"session_gate must be one of {', '.join(SESSION_GATES)}, not {self.session_gate!r}")
        if self.session_longevity not in LONGEVITIES:
            raise ValueError(f"session_longevity must be one of {', '.join(LONGEVITIES)}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
