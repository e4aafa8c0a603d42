"""What of an org is beside its database and goes back with it: each part can be marked, and go back to its mark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class Part(Protocol):
    """A part of an org with a state of its own in memory."""

    def mark(self) -> object:
        """Give what ``go_back`` needs, which no later change touches."""

    def go_back(self, mark: Any) -> None:
        """Be as when the mark was given, as often as asked."""


class PartMarks:
    """The marks of some parts, taken at one moment."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._marks = [(part, part.mark()) for part in parts]

    def go_back(self) -> None:
        """Let each part be as it was."""
        for part, mark in self._marks:
            part.go_back(mark)
