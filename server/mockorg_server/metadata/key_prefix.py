"""Key prefixes of an org's own objects, in a stable order: ``a00``, ``a01`` … by name, each kind with its first letter.

A database remembers which object has which prefix, since its record ids begin with it; what it remembers comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockorg_server.schema.identifier import base62


class KeyPrefixes:
    """Gives out prefixes of three characters."""

    def __init__(self, taken: Mapping[str, str]) -> None:
        """``taken`` maps objects to the prefixes that they have already; nobody else gets one of these."""
        self._by_name = dict(taken)
        self._taken = set(taken.values())
        self._free: dict[str, Iterator[str]] = {}

    def of(self, name: str, letter: str) -> str:
        """Give the object's prefix: the one it has, or the next free one that begins with the letter."""
        if name not in self._by_name:
            free = self._free.setdefault(letter, (letter + base62(number, 2) for number in range(62 * 62)))
            prefix = next((prefix for prefix in free if prefix not in self._taken), None)
            if prefix is None:
                raise ValueError(f"there is no key prefix left for {name}")
            self._by_name[name] = prefix
            self._taken.add(prefix)
        return self._by_name[name]
