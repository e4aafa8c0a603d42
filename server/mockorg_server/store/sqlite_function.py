"""Functions that SQLite lacks, in Python, for its connections to call.

Only queries use them, never an index or a stored expression: a database file stays readable to any program.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from zoneinfo import ZoneInfo

from mockorg_server.store.fold import fold

_HOUR = timedelta(hours=1)


def register(connection: sqlite3.Connection) -> None:
    """Make the functions known to a connection."""
    connection.create_function("mockorg_fold", 1, fold_or_null, deterministic=True)
    connection.create_function("mockorg_local", 2, local_time, deterministic=True)
    connection.create_function("mockorg_angle", 4, central_angle, deterministic=True)
    connection.create_function("mockorg_includes", 2, includes, deterministic=True)


def fold_or_null(text: str | None) -> str | None:
    """Give the folded text, null of null."""
    return None if text is None else fold(text)


def local_time(instant: str | None, zone: str) -> str | None:
    """Give a datetime value as the clocks of a time zone show it, to the second: ``'2026-01-31T12:00:00'``."""
    if instant is None:
        return None
    hour = _local_hour(instant[:13], zone)
    return hour + instant[13:19] if hour else _local(instant[:19], zone)


def central_angle(
    latitude: float | None, longitude: float | None, other_latitude: float, other_longitude: float
) -> float | None:
    """Give the angle (in radians) between two places in degrees, by the haversine formula; null for no valid place."""
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    north, other_north = radians(latitude), radians(other_latitude)
    half_north = sin((other_north - north) / 2)
    half_east = sin(radians(other_longitude - longitude) / 2)
    haversine = half_north * half_north + cos(north) * cos(other_north) * half_east * half_east
    return 2 * asin(min(1.0, sqrt(haversine)))


def includes(text: str | None, wanted: str) -> bool:
    """Tell whether a list ``'A;B'`` holds all of any of the ``wanted`` lists; both are folded, see ``encode_list``."""
    if text is None:
        return False
    held = set(text.split(";"))
    return any(some <= held for some in _wanted(wanted))


@lru_cache(maxsize=256)
def _wanted(encoded: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(part for part in text.split(";") if part) for text in json.loads(encoded))


@lru_cache(maxsize=16_384)
def _local_hour(hour: str, zone: str) -> str | None:
    """Give the local hour of a whole hour of UTC, None when its minutes differ or the clocks change in it."""
    start = datetime.fromisoformat(hour + ":00:00").replace(tzinfo=UTC)
    local, next_local = start.astimezone(_zone(zone)), _after(start).astimezone(_zone(zone))
    offset = local.utcoffset()
    if offset is None or offset % _HOUR or offset != next_local.utcoffset():
        return None
    return local.isoformat()[:13]


def _after(start: datetime) -> datetime:
    return start + _HOUR - datetime.resolution


def _local(instant: str, zone: str) -> str:
    return datetime.fromisoformat(instant).replace(tzinfo=UTC).astimezone(_zone(zone)).isoformat()[:19]


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    # UTC needs no zone database, which slim systems lack.
    return UTC if name in ("UTC", "GMT") else ZoneInfo(name)
