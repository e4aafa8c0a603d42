"""What a reader of schema sources has to say: notes on what was not understood, and the error that ends the reading.

Nothing is dropped silently: what a source says and the org does not follow is a ``Note``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_SHOWN_PLACES = 3


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that the org does not follow. ``place`` names the object, field or file, ``text`` says what."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


class SchemaSourceError(Exception):
    """A source that cannot be read; the message names the file, the line where one is known, and what is wrong."""

    def __init__(self, path: Path | str, line: int | None, message: str) -> None:
        super().__init__(f"{path}{f' line {line}' if line else ''}: {message}")


class Notes:
    """Collects notes in the order of their finding; the same note is kept once."""

    def __init__(self) -> None:
        self._notes: dict[Note, None] = {}

    def add(self, place: str, text: str) -> None:
        """Keep a note."""
        self._notes[Note(place, text)] = None

    def all(self) -> tuple[Note, ...]:
        """Give every note."""
        return tuple(self._notes)


def summarise(notes: Iterable[Note]) -> list[str]:
    """Give one line per thing not followed, with how often and the first places: for people at a terminal."""
    places: dict[str, list[str]] = {}
    for note in notes:
        places.setdefault(note.text, []).append(note.place)
    return [_line(text, found) for text, found in sorted(places.items())]


def _line(text: str, places: list[str]) -> str:
    if len(places) == 1:
        return f"{places[0]}: {text}"
    shown = ", ".join(places[:_SHOWN_PLACES])
    more = ", …" if len(places) > _SHOWN_PLACES else ""
    return f"{text}: {len(places)} times ({shown}{more})"
