"""Names against the schema: one query's objects, its parent relationships as slots, and the fields in them.

The only place that looks a name up, and so the only one that raises INVALID_FIELD for an unknown one and INVALID_TYPE
for an unknown object.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn, Protocol

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.soql.excerpt import positioned, unsupported
from mockorg_server.soql.plan import Join, Ref
from mockorg_server.soql.syntax import FieldPath, Source

MAX_LEVELS = 5  # parent relationships in one path (SOQL reference)
MAX_RELATIONSHIPS = 55  # parent relationships in one query (SOQL reference)
MAX_TARGETS = 8  # of a polymorphic relationship; mockorg's own bound
NAME = "Name"  # the pseudo-entity whose fields a polymorphic relationship shows

_SUFFIX_HINT = (
    "If you are attempting to use a custom {kind}, be sure to append the '{suffix}' after the {after}. "
    "Please reference your WSDL or the describe call for the appropriate names."
)
COLUMN_HINT = _SUFFIX_HINT.format(kind="field", suffix="__c", after="custom field name")
RELATIONSHIP_HINT = _SUFFIX_HINT.format(kind="relationship", suffix="__r", after="custom relationship name")
OBJECT_HINT = _SUFFIX_HINT.format(kind="object", suffix="__c", after="entity name")


class View(Protocol):
    """What the binder asks of a schema view: sObjects by name in any case, and the API version."""

    @property
    def version(self) -> int:
        """The API version, such as 62."""

    def sobject(self, name: str) -> SObject | None:
        """Give the sObject of that name in any case, or None."""


@dataclass(slots=True)
class Node:
    """The records in one slot: the root's, or a parent's. ``sobject`` is the pseudo-entity for a polymorphic parent.

    ``members`` and ``id_index`` belong to the select list: what was selected of these records, in order.
    """

    slot: int
    sobject: SObject
    targets: tuple[SObject, ...]
    relationship: str = ""
    level: int = 0
    polymorphic: bool = False
    parents: dict[str, Node] = field(default_factory=dict)
    members: list[tuple[Field, int] | Node] = field(default_factory=list)
    id_index: int = 0

    @property
    def id_ref(self) -> Ref:
        """The records' own Id."""
        return Ref(self.slot, _required(self.sobject, "Id"))


@dataclass(frozen=True, slots=True)
class Column:
    """A resolved path: the node it ends in, the field as that node shows it, and how a plan names it."""

    node: Node
    field: Field
    ref: Ref


def _required(sobject: SObject, name: str) -> Field:
    found = sobject.field(name)
    if found is None:
        raise unsupported(f"querying {sobject.name}, which has no {name},")
    return found


class Scope:
    """The names one query can use. Parents become joins when they are first mentioned."""

    def __init__(self, text: str, view: View, sobject: SObject) -> None:
        self.text = text
        self.view = view
        self.root = Node(0, sobject, (sobject,))
        self.joins: list[Join] = []
        self.nodes = [self.root]
        self._aliases: dict[str, Node] = {}

    def name_sources(self, sources: tuple[Source, ...]) -> None:
        """Read the FROM list: the first entry is the root, the others are its relationships."""
        self._aliases[self.root.sobject.name.lower()] = self.root
        if sources[0].alias:
            self._aliases[sources[0].alias.lower()] = self.root
        for source in sources[1:]:
            names = source.path.names
            if len(names) < 2 or names[0].lower() not in self._aliases:
                self._unrelated(source)
            node = self._walk(self._aliases[names[0].lower()], names[1:], source.path)
            self._aliases[(source.alias or names[-1]).lower()] = node

    def is_root(self, name: str) -> bool:
        """Tell whether a name is the root's object name or alias."""
        return self._aliases.get(name.lower()) is self.root

    def _unrelated(self, source: Source) -> NoReturn:
        message = (
            "A driving SObject type has already been set, all other entity types in the FROM clause must be "
            f"relationships to the initial object.  The driving object is {self.root.sobject.name}."
        )
        raise positioned("MALFORMED_QUERY", message, self.text, source.path.position)

    def column(self, path: FieldPath, unknown: str | None = None) -> Column:
        """Resolve a path. ``unknown`` is the message for an unknown field where it is not the usual one."""
        names = path.names
        node = self.root
        start = 0
        if len(names) > 1 and names[0].lower() in self._aliases:
            node = self._aliases[names[0].lower()]
            start = 1
        if len(names) - start > 1:
            node = self._walk(node, names[start:-1], path)
        found = node.sobject.field(names[-1])
        if found is None:
            usual = f"No such column '{names[-1]}' on entity '{node.sobject.name}'. {COLUMN_HINT}"
            raise positioned("INVALID_FIELD", unknown or usual, self.text, path.position)
        if node.polymorphic:
            return Column(node, found, self._polymorphic_ref(node, found, path))
        return Column(node, found, Ref(node.slot, found))

    def columns(self) -> Iterator[Column]:
        """Give every field of the root, in describe order."""
        for found in self.root.sobject.fields:
            yield Column(self.root, found, Ref(0, found))

    def _walk(self, node: Node, names: tuple[str, ...], path: FieldPath) -> Node:
        for name in names:
            node = node.parents.get(name.lower()) or self._join(node, name, path)
        return node

    def _join(self, node: Node, name: str, path: FieldPath) -> Node:
        reference = node.sobject.parent_field(name)
        if node.polymorphic and reference is not None:
            raise unsupported(f"the path {path.text} through the polymorphic relationship {node.relationship}")
        targets = self._targets(reference) if reference else ()
        if reference is None or not targets:
            message = f"Didn't understand relationship '{name}' in field path. {RELATIONSHIP_HINT}"
            raise positioned("INVALID_FIELD", message, self.text, path.position)
        if node.level == MAX_LEVELS:
            message = f"SOQL relationship cannot be more than {MAX_LEVELS} levels deep: {path.text}"
            raise positioned("MALFORMED_QUERY", message, self.text, path.position)
        if len(self.joins) == MAX_RELATIONSHIPS:
            message = f"SOQL statements cannot use more than {MAX_RELATIONSHIPS} parent relationships"
            raise positioned("MALFORMED_QUERY", message, self.text, path.position)
        return self._add(node, reference, targets)

    def _targets(self, reference: Field) -> tuple[SObject, ...]:
        found = (self.view.sobject(name) for name in reference.reference_to)
        return tuple(sobject for sobject in found if sobject is not None)

    def _add(self, node: Node, reference: Field, targets: tuple[SObject, ...]) -> Node:
        name = reference.relationship_name or reference.name
        polymorphic = reference.name_pointing or reference.polymorphic_foreign_key or len(reference.reference_to) > 1
        shown = self.view.sobject(NAME) if polymorphic else targets[0]
        if shown is None or len(targets) > MAX_TARGETS:
            raise unsupported(f"the polymorphic relationship {name} of {node.sobject.name}")
        self.joins.append(Join(node.slot, reference, targets))
        parent = Node(len(self.joins), shown, targets, name, node.level + 1, polymorphic)
        node.parents[name.lower()] = parent
        self.nodes.append(parent)
        return parent

    def _polymorphic_ref(self, node: Node, shown: Field, path: FieldPath) -> Ref:
        """Name a field of the pseudo-entity in the plan, unless some target would answer it wrongly."""
        if shown.name == "NameOrAlias":
            raise unsupported(f"the field {path.text} of a polymorphic relationship")
        if shown.name == "Type":
            known = {value.value for value in shown.picklist_values}
            odd = [target.name for target in node.targets if target.name not in known]
            if known and odd:  # the platform has its own word for them: a group that owns records is a 'Queue'
                raise unsupported(f"the field {path.text}, because {node.relationship} can be a {odd[0]},")
            if len(node.targets) == 1 and node.targets[0].field("Type"):
                raise unsupported(f"the field {path.text}, because {node.targets[0].name} has a Type of its own,")
            return Ref(node.slot, shown)
        if len(node.targets) > 1:
            return Ref(node.slot, shown)
        own = node.targets[0].field(shown.name) or (node.targets[0].name_field if shown.name == "Name" else None)
        if own is None:
            raise unsupported(f"the field {path.text}, because {node.targets[0].name} has none,")
        return Ref(node.slot, own)


def check_selectable(column: Column, path: str) -> None:
    """Refuse a compound field: a row has no place for one yet."""
    if column.field.type in (FieldType.ADDRESS, FieldType.LOCATION):
        raise unsupported(f"selecting the compound field {path}")
