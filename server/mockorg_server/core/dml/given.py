"""The fields that a record names: what the rules ask of them, worked out once for all records that name the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from mockorg_server.core.dml.value_rule import VALUE_RULES, ValueRule
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field


@dataclass(frozen=True, slots=True)
class Given:
    """Fields, each once, in the order in which they were named; iterating gives them.

    ``names`` are their names; ``checks`` are name, field and the rule for its values; ``references`` are those that
    lead to a record; the others name those that an insert or update may not set, and those that cannot be null.
    """

    fields: tuple[Field, ...]
    names: frozenset[str]
    checks: tuple[tuple[str, Field, ValueRule], ...]
    references: tuple[Field, ...]
    not_createable: tuple[str, ...]
    not_updateable: tuple[str, ...]
    not_nillable: tuple[str, ...]

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)


def given_of(fields: Iterable[Field]) -> Given:
    """Work it out; a field that comes twice counts once."""
    known = tuple({field.name: field for field in fields}.values())
    return Given(
        fields=known,
        names=frozenset(field.name for field in known),
        checks=tuple((field.name, field, VALUE_RULES[field.type]) for field in known),
        references=tuple(field for field in known if field.type is FieldType.REFERENCE),
        not_createable=tuple(field.name for field in known if not field.createable),
        not_updateable=tuple(field.name for field in known if not field.updateable),
        not_nillable=tuple(field.name for field in known if not field.nillable),
    )


NOTHING_GIVEN: Final = given_of(())
"""Of a save that no caller asked for."""
