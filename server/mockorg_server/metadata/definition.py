"""What several sources say of one object, in the order of reading, before any value of the schema is made."""

from __future__ import annotations

from dataclasses import dataclass, field

from mockorg_server.metadata.facts import Facts
from mockorg_server.schema.sobject import ChildRelationship, Field, PicklistValue, SObject


@dataclass(slots=True)
class ObjectDefinition:
    """One object by its API name.

    ``facts`` is its CustomObject, None when only parts of it were found. ``described`` is the last describe that tells
    it whole. ``field_facts`` are CustomFields and ``fields`` fields that are told in full, both by name in lower case.
    ``value_sets`` are the values of standard picklists by field, ``records`` those of a custom metadata type,
    ``children`` child relationships that are told by the parent.
    """

    name: str
    facts: Facts | None = None
    described: SObject | None = None
    fields: dict[str, Field] = field(default_factory=dict)
    field_facts: dict[str, tuple[str, Facts]] = field(default_factory=dict)
    record_types: dict[str, Facts] = field(default_factory=dict)
    validation_rules: dict[str, Facts] = field(default_factory=dict)
    value_sets: dict[str, tuple[PicklistValue, ...]] = field(default_factory=dict)
    records: dict[str, tuple[str, Facts]] = field(default_factory=dict)
    children: list[ChildRelationship] = field(default_factory=list)
    default_record_type: str | None = None
    has_change_events: bool = False

    def describe(self, sobject: SObject) -> None:
        """Take a describe that tells the object whole: what sources before it said of its fields is over."""
        self.described = sobject
        for known in sobject.fields:
            self.fields.pop(known.name.lower(), None)
            self.field_facts.pop(known.name.lower(), None)

    def add_field(self, known: Field) -> None:
        """Take a field that is told in full."""
        self.field_facts.pop(known.name.lower(), None)
        self.fields[known.name.lower()] = known

    def knows(self, name: str) -> bool:
        """Tell whether a source has told of a field."""
        key = name.lower()
        described = self.described is not None and self.described.field(name) is not None
        return described or key in self.fields or key in self.field_facts

    def define_field(self, name: str, facts: Facts) -> None:
        """Take a field's definition."""
        self.fields.pop(name.lower(), None)
        self.field_facts[name.lower()] = (name, facts)


class Definitions:
    """The objects that sources speak of, by name in any case."""

    def __init__(self) -> None:
        self._objects: dict[str, ObjectDefinition] = {}

    def of(self, name: str) -> ObjectDefinition:
        """Give the definition of that name, a new one when it was not heard of."""
        return self._objects.setdefault(name.lower(), ObjectDefinition(name))

    def find(self, name: str) -> ObjectDefinition | None:
        """Give the definition of that name, or None."""
        return self._objects.get(name.lower())

    def all(self) -> list[ObjectDefinition]:
        """Give every definition in the order of names."""
        return [self._objects[name] for name in sorted(self._objects)]
