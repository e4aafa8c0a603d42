"""What a client has learned of sObjects so far: enough to give the values of their records Python types.

Filled from describes, as records come along; never asks the org itself. It belongs to one client.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mockorg._describe import DescribeSObjectResult
from mockorg._record import EMPTY, RecordValue
from mockorg._value import CONVERTERS, Converter


class Member(NamedTuple):
    """How to read one member of a record: its text, and its null."""

    convert: Converter
    null: RecordValue


class UnknownMember(NamedTuple):
    """A member that was met in a record and that nothing is known of yet."""

    sobject: str
    name: str


TEXT = Member(str, None)
_CHILDREN = Member(str, EMPTY)
_AGGREGATE = "AggregateResult"


class RecordTypes:
    """Members, parents and key prefixes by sObject, whose name may come in any case."""

    def __init__(self) -> None:
        self._members: dict[str, dict[str, Member]] = {}
        self._parents: dict[str, dict[str, tuple[str, ...]]] = {}
        self._key_prefixes: dict[str, str | None] = {}

    def knows(self, sobject: str) -> bool:
        """Tell whether a describe of that sObject was learned."""
        return sobject.lower() in self._key_prefixes

    def members(self, sobject: str) -> Mapping[str, Member]:
        """Give what is known of the sObject's members, by their names in the platform's case."""
        return self._members.get(sobject.lower(), {})

    def parents(self, sobject: str, relationship_name: str) -> tuple[str, ...]:
        """Give the sObjects that a parent relationship may point at: none when there is no such relationship."""
        return self._parents.get(sobject.lower(), {}).get(relationship_name.lower(), ())

    def key_prefix(self, sobject: str) -> str | None:
        """Give the first three characters of the sObject's ids, or None."""
        return self._key_prefixes.get(sobject.lower())

    def learn(self, describe: DescribeSObjectResult) -> None:
        """Take in a describe. What was learned of the sObject before is replaced."""
        # A custom parent and a custom child relationship may share a name; then the parent's null, None, is the
        # safer reading, so parents come after children.
        members = {
            child.relationship_name: _CHILDREN for child in describe.child_relationships if child.relationship_name
        }
        members |= {field.relationship_name: TEXT for field in describe.fields if field.relationship_name}
        members |= {field.name: Member(CONVERTERS.get(field.type, str), None) for field in describe.fields}
        key = describe.name.lower()
        self._members[key] = members
        self._parents[key] = {
            field.relationship_name.lower(): field.reference_to for field in describe.fields if field.relationship_name
        }
        self._key_prefixes[key] = describe.key_prefix

    def settle(self, unknown: Iterable[UnknownMember]) -> None:
        """Take those members that even a describe does not name, aliases that is, for texts from now on."""
        for sobject, name in unknown:
            self._members.setdefault(sobject.lower(), {}).setdefault(name, TEXT)


def needs_describe(sobject: str) -> bool:
    """Tell whether a describe can say anything of the records of that type: rows of aggregates tell their own types."""
    return sobject != _AGGREGATE
