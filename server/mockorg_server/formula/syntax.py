"""A formula as a tree, nothing of it looked up yet. Positions count characters from 1."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a number, TRUE, FALSE or NULL."""

    value: str | Decimal | bool | None
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    """A field or a global value: ``Account.Owner.Name`` as its parts."""

    parts: tuple[str, ...]
    position: int

    @property
    def text(self) -> str:
        """The name as it was written."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Apply:
    """A function or an operator and its arguments. ``name`` is in upper case, or the operator's sign."""

    name: str
    arguments: tuple[Node, ...]
    position: int


Node = Literal | Name | Apply
