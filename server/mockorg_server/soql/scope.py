"""Names against the schema: one query's objects, its parent relationships as slots, and the fields in them.

The only place that looks a name up, and so the only one that raises INVALID_FIELD for an unknown one and INVALID_TYPE
for an unknown object.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn, Protocol

from mockorg_server.schema.record_shape import Member
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.excerpt import positioned, unsupported
from mockorg_server.soql.plan import Join, Ref, TypeName
from mockorg_server.soql.syntax import FieldPath, Source

MAX_LEVELS = 5  # parent relationships in one path (SOQL reference)
MAX_RELATIONSHIPS = 55  # parent relationships in one query (SOQL reference)
NAME = "Name"  # the pseudo-entity whose fields a polymorphic relationship shows
# What a polymorphic relationship's Type says of records where it is not their sObject's name: the values that describe
# lists for Name.Type have Queue and no Group.
TYPE_NAMES = {"Group": "Queue"}

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

    ``members``, ``id_index`` and ``type_index`` belong to the select list: what was selected of these records, in
    order, and where a row has their Id and, if that varies, the name of their sObject.
    """

    slot: int
    sobject: SObject
    targets: tuple[SObject, ...]
    relationship: str = ""
    level: int = 0
    polymorphic: bool = False
    parents: dict[str, Node] = field(default_factory=dict)
    members: list[Member | Node | Branches] = field(default_factory=list)
    id_index: int = 0
    type_index: int | None = None

    @property
    def id_ref(self) -> Ref:
        """The records' own Id."""
        return Ref(self.slot, _required(self.sobject, "Id"))


@dataclass(frozen=True, slots=True)
class Branch:
    """What TYPEOF selects of one type of parent; ``type_name`` is there where the type varies (ELSE)."""

    node: Node
    paths: tuple[FieldPath, ...]
    type_name: TypeName | None = None


@dataclass(frozen=True, slots=True)
class Branches:
    """A polymorphic parent that TYPEOF selects, by its type."""

    relationship: str
    nodes: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Relationship:
    """A resolved path to a parent: the records it starts from, the reference, and what that may point at."""

    node: Node
    reference: Field
    targets: tuple[SObject, ...]


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
        self._relationship_count = 0
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

    def column(self, path: FieldPath, unknown: str | None = None, within: Node | None = None) -> Column:
        """Resolve a path, of the root or of the records ``within`` a node.

        ``unknown`` is the message for an unknown field where it is not the usual one.
        """
        names = path.names
        node, start = (self.root, 0) if within is None else (within, 0)
        if within is None and len(names) > 1 and names[0].lower() in self._aliases:
            node, start = self._aliases[names[0].lower()], 1
        if len(names) - start > 1:
            node = self._walk(node, names[start:-1], path)
        found = node.sobject.field(names[-1])
        if found is None:
            usual = f"No such column '{names[-1]}' on entity '{node.sobject.name}'. {COLUMN_HINT}"
            raise positioned("INVALID_FIELD", unknown or usual, self.text, path.position)
        if node.polymorphic:
            return Column(node, found, self._polymorphic_ref(node, found, path))
        return Column(node, found, Ref(node.slot, found))

    def relationship(self, path: FieldPath) -> Relationship:
        """Resolve a path whose last name is a parent relationship, which counts, and join all but that parent."""
        names = path.names
        node, start = self.root, 0
        if len(names) > 1 and names[0].lower() in self._aliases:
            node, start = self._aliases[names[0].lower()], 1
        node = self._walk(node, names[start:-1], path)
        self._count_relationship(path)
        return self._related(node, names[-1], path)

    def narrow(self, parent: Relationship, sobject: SObject, path: FieldPath) -> Node:
        """Join a polymorphic parent as the one type it may be of; others are no parent then."""
        self._count_relationship(path)
        self.joins.append(Join(parent.node.slot, parent.reference, (sobject,), narrowed=True))
        return self._node(parent, sobject, (sobject,), polymorphic=False)

    def others(self, parent: Relationship, but: tuple[SObject, ...]) -> Node:
        """Join a polymorphic parent as the pseudo-entity, where it is of none of some types."""
        targets = tuple(target for target in parent.targets if target not in but)
        return self._join_polymorphic(parent, targets)

    def columns(self) -> Iterator[Column]:
        """Give every field of the root, in describe order."""
        for found in self.root.sobject.fields:
            yield Column(self.root, found, Ref(0, found))

    def _walk(self, node: Node, names: tuple[str, ...], path: FieldPath) -> Node:
        for name in names:
            node = node.parents.get(name.lower()) or self._join(node, name, path)
        return node

    def _join(self, node: Node, name: str, path: FieldPath) -> Node:
        parent = self._related(node, name, path)
        self._count_relationship(path)
        if is_polymorphic(parent.reference):
            found = self._join_polymorphic(parent, parent.targets)
        else:
            self.joins.append(Join(node.slot, parent.reference, parent.targets))
            found = self._node(parent, parent.targets[0], parent.targets, polymorphic=False)
        node.parents[found.relationship.lower()] = found
        return found

    def _related(self, node: Node, name: str, path: FieldPath) -> Relationship:
        reference = node.sobject.parent_field(name)
        targets = self._targets(reference) if reference else ()
        if reference is None or not targets:
            message = f"Didn't understand relationship '{name}' in field path. {RELATIONSHIP_HINT}"
            raise positioned("INVALID_FIELD", message, self.text, path.position)
        if node.level == MAX_LEVELS:
            message = f"SOQL relationship cannot be more than {MAX_LEVELS} levels deep: {path.text}"
            raise positioned("MALFORMED_QUERY", message, self.text, path.position)
        return Relationship(node, reference, targets)

    def _count_relationship(self, path: FieldPath) -> None:
        self._relationship_count += 1
        if self._relationship_count > MAX_RELATIONSHIPS:
            message = f"SOQL statements cannot use more than {MAX_RELATIONSHIPS} parent relationships"
            raise positioned("MALFORMED_QUERY", message, self.text, path.position)

    def _targets(self, reference: Field) -> tuple[SObject, ...]:
        found = (self.view.sobject(name) for name in reference.reference_to)
        return tuple(sobject for sobject in found if sobject is not None)

    def _join_polymorphic(self, parent: Relationship, targets: tuple[SObject, ...]) -> Node:
        shown = self.view.sobject(NAME)
        if shown is None:
            name = parent.reference.relationship_name
            raise unsupported(f"the polymorphic relationship {name} of {parent.node.sobject.name}")
        type_names = tuple(TYPE_NAMES.get(target.name, target.name) for target in targets)
        self.joins.append(Join(parent.node.slot, parent.reference, targets, type_names))
        return self._node(parent, shown, targets, polymorphic=True)

    def _node(self, parent: Relationship, shown: SObject, targets: tuple[SObject, ...], *, polymorphic: bool) -> Node:
        """Give the records of the join that was made last."""
        name = parent.reference.relationship_name or parent.reference.name
        node = Node(len(self.joins), shown, targets, name, parent.node.level + 1, polymorphic)
        self.nodes.append(node)
        return node

    def _polymorphic_ref(self, node: Node, shown: Field, path: FieldPath) -> Ref:
        """Name a field of the pseudo-entity in the plan."""
        if shown.name == "NameOrAlias":  # no source tells whose alias it gives
            raise unsupported(f"the field {path.text} of a polymorphic relationship")
        return Ref(node.slot, shown)


def driving_object(source: Source, text: str, view: View) -> SObject:
    """Give the sObject that an entry of FROM names. Raises SoqlError."""
    name = source.path.text
    sobject = view.sobject(name)
    if sobject is None:
        message = f"sObject type '{name}' is not supported. {OBJECT_HINT}"
        raise positioned("INVALID_TYPE", message, text, source.path.position)
    if not sobject.queryable:
        raise SoqlError("INVALID_TYPE_FOR_OPERATION", f"entity type {sobject.name} does not support query")
    return sobject


def is_polymorphic(reference: Field) -> bool:
    """Tell whether a reference may point at records of several sObjects."""
    return reference.name_pointing or reference.polymorphic_foreign_key or len(reference.reference_to) > 1
