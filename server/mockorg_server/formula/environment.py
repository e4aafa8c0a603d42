"""What a formula depends on beside its record: the moment, the user's clock, and what is being done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from mockorg_server.schema.value import Value

Lookup = Callable[[str, str, Value, str], Value]
"""VLOOKUP: sObject, field to search, value, field to give."""


def _no_lookup(_sobject: str, _field: str, _value: Value, _wanted: str) -> Value:
    return None


@dataclass(slots=True)
class Environment:
    """The surroundings of an evaluation.

    ``values`` are the global values that a formula mentions (``$User.Alias``), neutral, by leaf. ``is_new`` and
    ``is_clone`` are ISNEW() and ISCLONE().
    """

    now: datetime
    zone: tzinfo
    values: Mapping[Any, Value] = field(default_factory=dict)
    is_new: bool = False
    is_clone: bool = False
    lookup: Lookup = _no_lookup

    @property
    def today(self) -> date:
        """The date on the user's calendar."""
        return self.now.astimezone(self.zone).date()
