"""What exists in one org, as callers of each API version see it.

``Schema`` = catalogue + the org's features + what the org added. ``SchemaView`` is that schema at one API version.
Rules of visibility (``docs/schema.md`` has the reasons):

- An object, field or child relationship is there when its feature is on and its first version has come.
- A reference all of whose targets a feature has switched off is not there either.
- ``reference_to`` names objects that are there. When a version hides every target, the reference stays (its data does)
  with no targets and no relationship name.
- A child relationship is there when its child object is.

Not here: what calls do with objects. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from mockorg_server.schema.api_version import NEWEST
from mockorg_server.schema.catalog import Catalog, shipped_catalog
from mockorg_server.schema.duplicate import DuplicateRule, MatchingRule
from mockorg_server.schema.feature import DEFAULT_FEATURES, check_features
from mockorg_server.schema.outline import Outline
from mockorg_server.schema.sobject import ChildRelationship, Field, RecordType, SObject, ValidationRule
from mockorg_server.schema.value import Value

if TYPE_CHECKING:
    from mockorg_server.schema.permission import Grant

_T = TypeVar("_T")


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True)
class AddedRecord:
    """A row that belongs to the schema (a record type, custom metadata): its sObject and values, Id among them."""

    sobject: str
    values: Mapping[str, Value]


class Holder(NamedTuple):
    """Who has a custom permission: a profile or a permission set, by its API name in lower case."""

    is_profile: bool
    name: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Additions:
    """What an org adds to the standard objects, or says otherwise of them. Compared by identity.

    Names in the mappings are sObject names in API case. ``sobjects`` are objects of the org's own, which must not bear
    a standard object's name; ``replacements`` stand in the place of standard ones whole. A field in ``fields`` replaces
    one of its name, in any case, or else stands after the others; child relationships likewise, by child and field.
    ``labels`` are the texts of custom labels by name in lower case; ``custom_permissions`` tell who has each, likewise.
    """

    sobjects: tuple[SObject, ...] = ()
    replacements: tuple[SObject, ...] = ()
    fields: Mapping[str, tuple[Field, ...]] = field(default_factory=_nothing)
    child_relationships: Mapping[str, tuple[ChildRelationship, ...]] = field(default_factory=_nothing)
    record_types: Mapping[str, tuple[RecordType, ...]] = field(default_factory=_nothing)
    validation_rules: Mapping[str, tuple[ValidationRule, ...]] = field(default_factory=_nothing)
    records: tuple[AddedRecord, ...] = ()
    grants: tuple[Grant, ...] = ()
    labels: Mapping[str, str] = field(default_factory=_nothing)
    custom_permissions: Mapping[str, frozenset[Holder]] = field(default_factory=_nothing)
    matching_rules: tuple[MatchingRule, ...] = ()
    duplicate_rules: tuple[DuplicateRule, ...] = ()


class Schema:
    """The objects of one org, over all API versions."""

    def __init__(self, catalog: Catalog, features: frozenset[str], additions: Additions | None = None) -> None:
        """Take the parts as they are; see ``load_schema``."""
        self.catalog = catalog
        self.features = features
        self.additions = additions or Additions()
        self._views: dict[int, SchemaView] = {}
        self._additional = {sobject.name.lower(): sobject for sobject in self.additions.sobjects}
        self._replacing = {sobject.name.lower(): sobject for sobject in self.additions.replacements}

    def view(self, version: int) -> SchemaView:
        """Give the schema as API version ``version`` (a whole number, e.g. 62) shows it; the same view each time."""
        view = self._views.get(version)
        if view is None:
            view = self._views.setdefault(version, SchemaView(self, version))
        return view

    @property
    def latest(self) -> SchemaView:
        """The view of the newest API version, which shows every version's objects and fields."""
        return self.view(NEWEST)

    @cached_property
    def outlines(self) -> Mapping[str, Outline]:
        """The outline of every object that the org's features leave, in any version, by name in lower case."""
        shipped = {name: outline for name, outline in self.catalog.outlines.items() if self.has(outline.feature)}
        shipped |= {name: outline_of(sobject) for name, sobject in self._replacing.items()}
        added = {name: outline_of(sobject) for name, sobject in self._additional.items()}
        twice = sorted(shipped.keys() & added.keys())
        if twice:
            raise ValueError(f"an added object bears a standard object's name: {', '.join(twice)}")
        return dict(sorted({**shipped, **added}.items(), key=lambda item: item[1].name))

    def has(self, feature: str | None) -> bool:
        """Tell whether what is marked with the feature exists in this org; None = every org has it."""
        return feature is None or feature in self.features

    def is_switched_off(self, targets: Iterable[str]) -> bool:
        """Tell whether each of these objects (at least one) is one that the org's features take away."""
        outlines = [self.catalog.outlines.get(name.lower()) for name in targets]
        return bool(outlines) and all(item is not None and not self.has(item.feature) for item in outlines)

    def sobject(self, name: str) -> SObject | None:
        """Give the object as the catalogue or the org defines it, before features and versions, or None."""
        key = name.lower()
        found = self._additional.get(key) or self._replacing.get(key) or self.catalog.sobject(name)
        return None if found is None else self._extend(found)

    def _extend(self, found: SObject) -> SObject:
        """Give a standard object with what the org adds to it: the very same value where that is nothing."""
        additions, name = self.additions, found.name
        changes: dict[str, Any] = {}
        if fields := additions.fields.get(name):
            changes["fields"] = _merged(found.fields, fields, lambda item: item.name.lower())
        if children := additions.child_relationships.get(name):
            changes["child_relationships"] = _merged(found.child_relationships, children, _child_key)
        if record_types := additions.record_types.get(name):
            changes["record_types"] = _merged(
                found.record_types, record_types, lambda item: (item.namespace, item.developer_name.lower())
            )
        if rules := additions.validation_rules.get(name):
            changes["validation_rules"] = _merged(found.validation_rules, rules, lambda item: item.name.lower())
        return replace(found, **changes) if changes else found


def _child_key(child: ChildRelationship) -> object:
    return child.child_sobject.lower(), child.field.lower()


def _merged(old: tuple[_T, ...], new: tuple[_T, ...], key_of: Callable[[_T], object]) -> tuple[_T, ...]:
    """Give the old ones, replaced by new ones of the same key, and the rest of the new ones behind them."""
    return tuple({**{key_of(item): item for item in old}, **{key_of(item): item for item in new}}.values())


class SchemaView:
    """A schema at one API version. Equal only to itself, so it can key caches of what was made from it."""

    def __init__(self, schema: Schema, version: int) -> None:
        """Belongs to ``Schema.view``."""
        self.version = version
        self._schema = schema
        self._sobjects: dict[str, SObject] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the objects that are there, sorted."""
        return tuple(outline.name for outline in self.outlines)

    @cached_property
    def outlines(self) -> tuple[Outline, ...]:
        """The objects that are there without their fields, sorted by name: what describeGlobal needs."""
        return tuple(outline for outline in self._schema.outlines.values() if self._is_shown(outline))

    @property
    def labels(self) -> Mapping[str, str]:
        """The texts of custom labels, by name in lower case."""
        return self._schema.additions.labels

    @property
    def custom_permissions(self) -> Mapping[str, frozenset[Holder]]:
        """Who has each custom permission, by its name in lower case."""
        return self._schema.additions.custom_permissions

    @property
    def shown_outlines(self) -> tuple[Outline, ...]:
        """The outlines as a caller sees them: these, unless a caller is held to permissions."""
        return self.outlines

    def sobject(self, name: str) -> SObject | None:
        """Give the object of that name in any case, or None; the same object each time."""
        key = name.lower()
        found = self._sobjects.get(key)
        if found is None and key in self._shown and (whole := self._schema.sobject(name)) is not None:
            found = self._sobjects.setdefault(key, self._narrow(whole))
        return found

    def sobjects_by_prefix(self, prefix: str) -> tuple[SObject, ...]:
        """Give the objects whose ids begin with those three characters (case counts); several may share them."""
        found = (self.sobject(name) for name in self._names_by_prefix.get(prefix, ()))
        return tuple(sobject for sobject in found if sobject is not None)

    @cached_property
    def _names_by_prefix(self) -> Mapping[str, tuple[str, ...]]:
        names: dict[str, tuple[str, ...]] = {}
        for outline in self.outlines:
            names[outline.id_prefix] = (*names.get(outline.id_prefix, ()), outline.name)
        return names

    @cached_property
    def _shown(self) -> frozenset[str]:
        return frozenset(outline.name.lower() for outline in self.outlines)

    def _is_shown(self, thing: Outline | Field | ChildRelationship) -> bool:
        if thing.min_api_version is not None and thing.min_api_version > self.version:
            return False
        return self._schema.has(thing.feature)

    def _narrow(self, whole: SObject) -> SObject:
        """Give what this view shows of an object: the very same value where that is all of it."""
        fields = tuple(self._fields(whole.fields))
        children = tuple(
            child
            for child in whole.child_relationships
            if self._is_shown(child) and child.child_sobject.lower() in self._shown
        )
        if fields == whole.fields and len(children) == len(whole.child_relationships):
            return whole
        return replace(whole, fields=fields, child_relationships=children)

    def _fields(self, fields: Iterable[Field]) -> Iterable[Field]:
        for item in fields:
            if not self._is_shown(item):
                continue
            targets = tuple(name for name in item.reference_to if name.lower() in self._shown)
            if len(targets) == len(item.reference_to):
                yield item
            elif not self._schema.is_switched_off(item.reference_to):
                name = item.relationship_name if targets else None
                yield replace(item, reference_to=targets, relationship_name=name)


def outline_of(sobject: SObject) -> Outline:
    """Give the object-level attributes of an sObject."""
    return Outline._make(getattr(sobject, attribute) for attribute in Outline._fields)


def load_schema(
    features: frozenset[str] = DEFAULT_FEATURES,
    *,
    catalog: Catalog | None = None,
    additions: Additions | None = None,
) -> Schema:
    """Give the schema of an org with those features. Cheap: files are read when their objects are first asked for.

    ``catalog`` is for a host that keeps one of its own; without it all schemas of the process share the shipped one.
    Orgs of the same features and the same additions share the whole schema: it is a pure function of them.

    Raises:
        ValueError: an unknown feature, or an added object that bears a standard object's name.
        CatalogError: the shipped data is damaged.

    """
    if catalog is None:
        return _shared_schema(check_features(features), additions)
    return _checked(Schema(catalog, check_features(features), additions))


@lru_cache(maxsize=32)
def _shared_schema(features: frozenset[str], additions: Additions | None) -> Schema:
    return _checked(Schema(shipped_catalog(), features, additions))


def _checked(schema: Schema) -> Schema:
    if schema.additions.sobjects:
        _ = schema.outlines
    return schema
