"""GROUP BY, GROUP BY ROLLUP and GROUP BY CUBE: which sets of rows they ask for (SOQL reference)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Final

from mockorg_server.soql.plan import GroupKey

MAX_KEYS: Final = 3

Sets = tuple[tuple[GroupKey, ...], ...]


def grouping_sets(modifier: str, keys: Sequence[GroupKey]) -> Sets:
    """Give the keys of each set of rows, () for a plain GROUP BY; ``modifier`` is '', ROLLUP or CUBE."""
    return _SETS[modifier](tuple(keys))


def _plain(_keys: tuple[GroupKey, ...]) -> Sets:
    return ()


def _rollup(keys: tuple[GroupKey, ...]) -> Sets:
    """Leave out keys from the right, one more each time."""
    return tuple(keys[:count] for count in range(len(keys), -1, -1))


def _cube(keys: tuple[GroupKey, ...]) -> Sets:
    """Leave out keys in every combination."""
    return tuple(kept for count in range(len(keys), -1, -1) for kept in combinations(keys, count))


_SETS: Final[Mapping[str, Callable[[tuple[GroupKey, ...]], Sets]]] = {"": _plain, "ROLLUP": _rollup, "CUBE": _cube}
