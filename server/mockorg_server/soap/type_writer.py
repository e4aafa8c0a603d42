"""Values to the members of a contract type: order, occurrence and nillability come from the contract alone.

A writer is given a table ``member name -> how to get it from the value``; the contract says in which order the members
stand, which may be left out and which are nil when there is nothing to say. For records see ``record_writer.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from mockorg_server.core.clock import text_of
from mockorg_server.soap.contract import Contract, Member
from mockorg_server.soap.member_version import is_shown
from mockorg_server.soap.text import boolean_text, escaped

Getter = Callable[[Any], object]
Getters = Mapping[str, Getter]


class Elements(str):
    """Elements that are written already, their own tags included."""

    __slots__ = ()


def absent(_value: object) -> None:
    """Get nothing: the member is left out, or nil where the contract requires it."""


class TypeWriter:
    """Writes values of one contract type as one API version has it.

    ``getters`` must name every member of the type. A getter gives None for nothing, a truth value, a number, a text,
    an aware instant, a tuple of such for a member that repeats, or ``Elements``.
    Raises ``KeyError`` at once when the table and the contract do not fit.
    """

    def __init__(self, contract: Contract, type_name: str, getters: Getters, version: int) -> None:
        members = contract.all_members(type_name)
        unknown = getters.keys() - {member.name for member in members}
        if unknown:
            raise KeyError(f"{type_name} has no {', '.join(sorted(unknown))}")
        self._members = [
            (_Slot(member), getters[member.name])
            for member in members
            if is_shown(type_name, member.name, version) and (member.min_occurs or getters[member.name] is not absent)
        ]

    def content(self, value: object) -> str:
        """Write the members of a value, without a tag around them."""
        return "".join([slot.write(getter(value)) for slot, getter in self._members])

    def element(self, name: str, value: object) -> Elements:
        """Write a value as an element."""
        return Elements(f"<{name}>{self.content(value)}</{name}>")

    def elements(self, name: str, values: object) -> Elements:
        """Write values as elements of one name; none gives ''."""
        return Elements("".join([self.element(name, value) for value in values]))  # type: ignore[attr-defined]


class _Slot:
    """The place of one member: its tags, and what stands there when there is nothing to say."""

    __slots__ = ("_end", "_nothing", "_start")

    def __init__(self, member: Member) -> None:
        self._start, self._end = f"<{member.name}>", f"</{member.name}>"
        self._nothing: str | None = None
        if member.min_occurs == 0:
            self._nothing = ""
        elif member.nillable:
            self._nothing = f'<{member.name} xsi:nil="true"/>'

    def write(self, value: object) -> str:
        if value is None:
            if self._nothing is None:
                raise ValueError(f"{self._start} is required by the contract, and there is no value for it")
            return self._nothing
        if isinstance(value, Elements):
            return value
        if isinstance(value, tuple):
            return "".join([self.write(item) for item in value])
        return self._start + simple_text(value) + self._end


def simple_text(value: object) -> str:
    """Write a simple value as text."""
    if isinstance(value, bool):
        return boolean_text(value)
    if isinstance(value, datetime):
        return text_of(value)
    return escaped(str(value))
