"""Reading a team's schema: paths in, ``Additions`` and notes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from mockorg_server.metadata.builder import Builder
from mockorg_server.metadata.custom_metadata import split_name
from mockorg_server.metadata.definition import Definitions
from mockorg_server.metadata.describe_document import read_describes
from mockorg_server.metadata.duplicate import DuplicateParts
from mockorg_server.metadata.enterprise_wsdl import WsdlObject, named_children, own_fields, own_object, read_wsdl
from mockorg_server.metadata.facts import Facts, FactsReader
from mockorg_server.metadata.note import Note, Notes, SchemaSourceError
from mockorg_server.metadata.object_member import FOLLOWED, PARTS, UNSEEN
from mockorg_server.metadata.permission import read_grant, row_of
from mockorg_server.metadata.picklist import STANDARD_VALUE_SETS, ValueSets, values_of
from mockorg_server.metadata.source import (
    ADMINISTRATOR,
    CUSTOM_METADATA,
    KINDS,
    NOT_MADE,
    NOT_RUN,
    PRESENTATION,
    SourceFiles,
    find_files,
    name_of,
    object_of,
)
from mockorg_server.schema.feature import DEFAULT_FEATURES
from mockorg_server.schema.permission import Grant
from mockorg_server.schema.schema import AddedRecord, Additions, Holder, load_schema
from mockorg_server.schema.sobject import ChildRelationship

__all__ = ["Note", "SchemaReading", "SchemaSourceError", "read_schema"]

_ACTIVITY: Final = "Activity"
_ACTIVITIES: Final = ("Task", "Event")
"""Fields of Activity, which is no sObject of its own, are fields of both of these."""


@dataclass(frozen=True, slots=True)
class SchemaReading:
    """What the sources say: the additions of an org, and what of them is not followed."""

    additions: Additions
    notes: tuple[Note, ...]


def read_schema(
    paths: Iterable[Path | str],
    features: frozenset[str] = DEFAULT_FEATURES,
    *,
    key_prefixes: Mapping[str, str] | None = None,
) -> SchemaReading:
    """Read sources in their order, later ones having the last word; see ``docs/schema.md`` for their forms.

    ``features`` are those of the org, ``key_prefixes`` those that its objects have already. Raises SchemaSourceError.
    """
    reader = _Reader()
    for path in paths:
        reader.read(Path(path))
    reader.read_wsdls()
    builder = Builder(load_schema(features), reader.definitions, reader.sets, reader.notes, key_prefixes or {})
    additions = builder.build()
    grants = reader.grants.values()
    additions = replace(
        additions,
        grants=tuple(grant for grant, _ in grants),
        labels=reader.labels,
        matching_rules=tuple(reader.duplicates.matching_rules.values()),
        custom_permissions={name: frozenset(held) for name, held in reader.custom_permissions.items()},
        duplicate_rules=tuple(reader.duplicates.duplicate_rules.values()),
        records=(*additions.records, *(row for _, row in grants)),
    )
    return SchemaReading(additions, reader.notes.all())


class _Reader:
    def __init__(self) -> None:
        self.definitions = Definitions()
        self.sets = ValueSets()
        self.notes = Notes()
        self.grants: dict[tuple[bool, str], tuple[Grant, AddedRecord]] = {}
        self.labels: dict[str, str] = {}
        self.duplicates = DuplicateParts()
        self.custom_permissions: dict[str, set[Holder]] = {}
        self._facts = FactsReader()
        self._wsdls: list[Path] = []
        self._unused: Counter[str] = Counter()
        self._takers: dict[str, Callable[[str, Facts], None]] = {
            "object": self._take_object,
            "field": self._take_field,
            "recordType": self._take_record_type,
            "validationRule": self._take_validation_rule,
            "standardValueSet": self._take_standard_value_set,
            "platformEventChannelMember": self._take_channel_member,
            "profile": self._take_profile,
            "permissionset": self._take_permission_set,
            "labels": self._take_labels,
            "matchingRule": self._take_matching_rules,
            "customPermission": lambda path, _facts: self._permit(name_of(path)),
            "duplicateRule": self._take_duplicate_rule,
            CUSTOM_METADATA: self._take_record,
            "globalValueSet": lambda path, facts: self.sets.add_global(name_of(path), facts),
        }

    def read(self, path: Path) -> None:
        files = find_files(path, self.notes)
        self._unused = files.unused
        for kind, take in self._takers.items():
            root = KINDS.get(kind, "CustomMetadata")
            for file in files.metadata.get(kind, ()):
                take(file, self._facts.read(file, root))
        for describe in files.describes:
            self._take_describes(describe)
        self._wsdls += files.wsdls
        self._note_unused(files)

    def read_wsdls(self) -> None:
        """Read the WSDLs, after everything else: they tell least of a field, and nothing of those that are known."""
        for file in self._wsdls:
            self._take_wsdl(file)

    def _note_unused(self, files: SourceFiles) -> None:
        for kinds, what in ((PRESENTATION, "not used"), (NOT_RUN, "not run"), (NOT_MADE, "no records are made of")):
            told = [f"{number} {kinds[ending]}" for ending, number in sorted(files.unused.items()) if ending in kinds]
            if told:
                self.notes.add(str(files.root), f"{what}: {', '.join(told)}")

    def _take_describes(self, file: Path) -> None:
        for sobject, is_whole in read_describes(file, self.notes):
            definition = self.definitions.of(sobject.name)
            if is_whole:
                definition.describe(sobject)
                continue
            for field in sobject.fields:
                definition.add_field(field)

    def _take_wsdl(self, file: Path) -> None:
        objects = read_wsdl(file)
        children = dict[str, list[ChildRelationship]]()
        for parent, child in named_children(objects, self.notes):
            children.setdefault(parent, []).append(child)
        for each in objects:
            self._take_wsdl_object(each, children.get(each.name, []))
        self.notes.add(str(file), "a WSDL tells no labels, lengths, picklists and external ids: any value is accepted")

    def _take_wsdl_object(self, wsdl: WsdlObject, children: list[ChildRelationship]) -> None:
        definition = self.definitions.of(wsdl.name)
        is_known = definition.described is not None or definition.facts is not None
        sobject = None if is_known else own_object(wsdl, self.notes)
        if sobject is not None:
            definition.describe(replace(sobject, child_relationships=tuple(children)))
            return
        definition.children += children
        for field in own_fields(wsdl, self.notes):
            if not definition.knows(field.name):
                definition.add_field(field)

    def _take_object(self, file: str, facts: Facts) -> None:
        name = name_of(file)
        definition = self.definitions.of(name)
        if definition.facts is None or any(True for _ in facts.names()):
            definition.facts = facts
        self._note_members(name, facts)
        for each in facts.all("fields"):
            self._define(name, each)
        for each in facts.all("recordTypes"):
            definition.record_types[each.required("fullName").lower()] = each
        for each in facts.all("validationRules"):
            definition.validation_rules[each.required("fullName").lower()] = each

    def _note_members(self, name: str, facts: Facts) -> None:
        for member in facts.names():
            if member in PARTS:
                self._unused[PARTS[member]] += len(facts.all(member))
            elif member not in FOLLOWED and member not in UNSEEN:
                self.notes.add(name, f"<{member}> of an object is not understood")

    def _take_field(self, file: str, facts: Facts) -> None:
        self._define(object_of(file), facts)

    def _define(self, sobject: str, facts: Facts) -> None:
        name = facts.required("fullName")
        for each in _ACTIVITIES if sobject == _ACTIVITY else (sobject,):
            self.definitions.of(each).define_field(name, facts)

    def _take_record_type(self, file: str, facts: Facts) -> None:
        definition = self.definitions.of(object_of(file))
        definition.record_types[facts.required("fullName").lower()] = facts

    def _take_validation_rule(self, file: str, facts: Facts) -> None:
        definition = self.definitions.of(object_of(file))
        definition.validation_rules[facts.required("fullName").lower()] = facts

    def _take_standard_value_set(self, file: str, facts: Facts) -> None:
        name = name_of(file)
        fields = STANDARD_VALUE_SETS.get(name)
        if fields is None:
            self.notes.add(name, "this standard value set is not known: its values are not used")
            return
        items = facts.all("standardValue")
        for path in fields:
            sobject, _, field = path.partition(".")
            self.definitions.of(sobject).value_sets[field] = values_of(items)

    def _take_channel_member(self, _file: str, facts: Facts) -> None:
        selected = facts.required("selectedEntity")
        stem, is_custom, _ = selected.rpartition("__ChangeEvent")
        if is_custom:
            self.definitions.of(f"{stem}__c").has_change_events = True

    def _take_labels(self, _file: str, facts: Facts) -> None:
        for each in facts.all("labels"):
            self.labels[each.required("fullName").lower()] = each.text("value") or ""

    def _take_matching_rules(self, file: str, facts: Facts) -> None:
        self.duplicates.add_matching_rules(name_of(file), facts, self.notes)

    def _take_duplicate_rule(self, file: str, facts: Facts) -> None:
        self.duplicates.add_duplicate_rule(name_of(file), facts, self.notes)

    def _permit(self, permission: str, *holders: Holder) -> None:
        self.custom_permissions.setdefault(permission.lower(), set()).update(holders)

    def _take_custom_permissions(self, grant: Grant, facts: Facts) -> None:
        for each in facts.all("customPermissions"):
            holders = [Holder(grant.is_profile, grant.name.lower())] if each.flag("enabled") else []
            self._permit(each.required("name"), *holders)

    def _take_permission_set(self, file: str, facts: Facts) -> None:
        grant = read_grant(facts, name_of(file), is_profile=False)
        self._take_custom_permissions(grant, facts)
        self._grant(grant, facts.text("label"))

    def _grant(self, grant: Grant, label: str | None) -> None:
        self.grants[grant.is_profile, grant.name.lower()] = (grant, row_of(grant, label))

    def _take_profile(self, file: str, facts: Facts) -> None:
        grant = read_grant(facts, name_of(file), is_profile=True)
        self._take_custom_permissions(grant, facts)
        if name_of(file) != ADMINISTRATOR:
            self._grant(grant, None)
            return
        for each in facts.all("recordTypeVisibilities"):
            if each.flag("default"):
                sobject, _, name = each.required("recordType").partition(".")
                self.definitions.of(sobject).default_record_type = name

    def _take_record(self, file: str, facts: Facts) -> None:
        type_name, name = split_name(name_of(file))
        self.definitions.of(type_name).records[name.lower()] = (name, facts)
