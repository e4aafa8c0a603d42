"""A bound part of a formula: its kind, and the closure that gives its value for a record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mockorg_server.formula.environment import Environment
from mockorg_server.formula.kind import Kind
from mockorg_server.schema.sobject import Field
from mockorg_server.schema.value import Value

Run = Callable[[Sequence[Value], Environment], Any]
"""Takes the neutral values of the formula's leaves, in their order, and the surroundings."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: a reference field, and the sObject that its record is taken to be."""

    reference: Field
    target: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that a formula takes from outside: a field of the record, or of a parent along ``path``.

    ``root`` is '' for the record, or names where the path begins: ``$User``, ``$Profile``, ``$UserRole``,
    ``$Organization``, ``$Api``, ``$Setup.Settings__c``, ``$CustomMetadata.Type__mdt.Record``, ``$Permission.Name``.
    ``sobject`` names the object that has the field. ``prior``: as the record was before the save.
    """

    path: tuple[Step, ...]
    sobject: str
    field: Field
    root: str = ""
    prior: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A bound node. ``constant`` is the literal's value where ``is_constant``; ``leaf`` is set for a plain field."""

    kind: Kind
    run: Run
    position: int
    constant: Any = None
    is_constant: bool = False
    leaf: Leaf | None = None
    text: str = ""
