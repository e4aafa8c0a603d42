"""From definitions to values of the schema: what ``Additions`` holds, with every relationship told on both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from mockorg_server.metadata.companion import attached_children, change_event_of, companions_of
from mockorg_server.metadata.custom_field import KINDS as FIELD_KINDS
from mockorg_server.metadata.custom_field import FieldParts, Relationship, read_field, read_roll_up
from mockorg_server.metadata.custom_metadata import metadata_record, record_type_row
from mockorg_server.metadata.custom_object import KINDS, kind_of, record_type_field
from mockorg_server.metadata.definition import Definitions, ObjectDefinition
from mockorg_server.metadata.facts import Facts
from mockorg_server.metadata.key_prefix import KeyPrefixes
from mockorg_server.metadata.note import Notes
from mockorg_server.metadata.picklist import ValueSets, controlled_by, fill_picklist, state_dependency, with_default
from mockorg_server.metadata.record_part import read_record_type, read_validation_rule
from mockorg_server.metadata.reference import referring_fields
from mockorg_server.schema.schema import AddedRecord, Additions, Schema
from mockorg_server.schema.sobject import ChildRelationship, Field, RecordType, SObject, ValidationRule

_SUMMARY = "Summary"


class Builder:
    """Builds the additions of one org. ``schema`` is the standard one, of the org's features."""

    def __init__(
        self, schema: Schema, definitions: Definitions, sets: ValueSets, notes: Notes, prefixes: Mapping[str, str]
    ) -> None:
        self._schema = schema
        self._definitions = definitions
        self._sets = sets
        self._notes = notes
        taken = {
            each.described.name: each.described.key_prefix
            for each in definitions.all()
            if each.described is not None and each.described.key_prefix
        }
        standard = {outline.name: outline.id_prefix for outline in schema.outlines.values()}
        self._prefixes = KeyPrefixes({**standard, **taken, **prefixes})
        self._children: defaultdict[str, list[ChildRelationship]] = defaultdict(list)
        self._reading: set[tuple[str, str]] = set()
        self._own: list[SObject] = []
        self._replacements: list[SObject] = []
        self._fields_of: dict[str, dict[str, Field]] = {}
        self._record_types: dict[str, tuple[RecordType, ...]] = {}
        self._rules: dict[str, tuple[ValidationRule, ...]] = {}

    def build(self) -> Additions:
        """Make everything."""
        for definition in self._definitions.all():
            standard = self._schema.outlines.get(definition.name.lower())
            if definition.described is not None:
                self._note_missing_children(definition.described)
            self._relate(definition)
            self._children[standard.name if standard else definition.name] += definition.children
            if standard is None:
                self._build_own(definition)
            else:
                self._build_standard(definition, standard.name)
        own = [self._with_children(sobject) for sobject in self._own]
        replaced = {sobject.name for sobject in self._replacements}
        for name, fields in referring_fields(self._schema, own, replaced).items():
            self._fields_of.setdefault(name, {}).update(fields)
        self._note_twins(own)
        return Additions(
            sobjects=tuple(own),
            replacements=tuple(self._replacements),
            fields={name: tuple(fields.values()) for name, fields in self._fields_of.items()},
            child_relationships={name: items for name, items in self._standard_children() if items},
            record_types=self._record_types,
            validation_rules=self._rules,
            records=tuple(self._records(own)),
        )

    def _standard_children(self) -> Iterator[tuple[str, tuple[ChildRelationship, ...]]]:
        """Give what standard objects gain; a describe of the parent has the last word on what it tells."""
        told = {sobject.name: {(each.child_sobject, each.field) for each in sobject.child_relationships}
                for sobject in self._replacements}  # fmt: skip
        for outline in self._schema.outlines.values():
            known = told.get(outline.name, set())
            items = _once(self._children.get(outline.name, ()))
            yield outline.name, tuple(each for each in items if (each.child_sobject, each.field) not in known)

    def _note_missing_children(self, described: SObject) -> None:
        """Tell of children that are not there: nothing can be asked through such a relationship."""
        for child in described.child_relationships:
            name = child.child_sobject
            if name.lower() not in self._schema.outlines and self._definitions.find(name) is None:
                place = f"{described.name}.{child.relationship_name or child.field}"
                self._notes.add(place, "children of an object that this org does not have are left out")

    def _relate(self, definition: ObjectDefinition) -> None:
        """Put references that are told in full on their parents; they do not tell what the children are called."""
        described = definition.described.fields if definition.described else ()
        for field in (*described, *definition.fields.values()):
            if field.custom and field.reference_to:
                flags = (field.cascade_delete, field.restricted_delete)
                self._add_relationship(Relationship(field.reference_to, definition.name, field.name, None, *flags))

    def _build_own(self, definition: ObjectDefinition) -> None:
        found = tuple(self._fields(definition))
        sobject = self._own_object(definition, found, self._kinds_of(definition, definition.name))
        if sobject is None:
            return
        sobject = replace(sobject, validation_rules=_rules_of(definition))
        if definition.facts is not None and sobject.layoutable and definition.described is None:
            self._children[sobject.name] += attached_children(self._schema, definition.facts, sobject)
            for companion, child in companions_of(self._schema, definition.facts, sobject):
                if self._definitions.find(companion.name) is None:
                    self._own.append(companion)
                    self._children[sobject.name].append(child)
        self._own.append(sobject)
        if definition.has_change_events:
            self._own.append(change_event_of(sobject))

    def _build_standard(self, definition: ObjectDefinition, name: str) -> None:
        found = tuple(self._fields(definition))
        kinds = self._kinds_of(definition, name)
        if definition.described is not None:
            self._replacements.append(self._standing_in(definition.described, name))
        elif kinds:
            found = self._with_record_type(name, found)
        if found:
            self._fields_of[name] = {each.name.lower(): each for each in found}
        if kinds:
            self._record_types[name] = kinds
        if rules := _rules_of(definition):
            self._rules[name] = rules

    def _kinds_of(self, definition: ObjectDefinition, name: str) -> tuple[RecordType, ...]:
        default = definition.default_record_type
        kinds = (read_record_type(facts, name) for facts in definition.record_types.values())
        return tuple(replace(kind, is_default=kind.developer_name == default) for kind in kinds)

    def _records(self, own: list[SObject]) -> Iterator[AddedRecord]:
        """Give the rows that belong to the schema."""
        by_name = {sobject.name.lower(): sobject for sobject in own}
        prefixes = {name: sobject.id_prefix for name, sobject in by_name.items()}
        kinds = {sobject.name: sobject.record_types for sobject in (*own, *self._replacements)}
        for name, items in {**kinds, **self._record_types}.items():
            yield from (record_type_row(name, item) for item in items if not item.is_master)
        for definition in self._definitions.all():
            sobject = by_name.get(definition.name.lower())
            for name, facts in definition.records.values():
                if sobject is not None:
                    yield metadata_record(facts, sobject, name, prefixes, self._notes)

    def _note_twins(self, own: list[SObject]) -> None:
        """Tell of child relationships that have one name on one parent: only one of them can be asked for."""
        mine = {sobject.name: sobject.child_relationships for sobject in own}
        for name, children in {**self._children, **mine}.items():
            standard = self._schema.sobject(name)
            known = {child.relationship_name: child for child in (standard.child_relationships if standard else ())}
            for child in children:
                other = known.setdefault(child.relationship_name, child)
                if child.relationship_name and (other.child_sobject, other.field) != (child.child_sobject, child.field):
                    text = f"the child relationship {name}.{child.relationship_name} exists twice"
                    self._notes.add(f"{child.child_sobject}.{child.field}", text)

    def _standing_in(self, described: SObject, name: str) -> SObject:
        """Give the describe of a standard object with what no describe tells: since when its parts exist."""
        standard = self._schema.sobject(name)
        if standard is None:
            raise LookupError(name)
        fields = tuple(
            replace(each, min_api_version=known.min_api_version, auto_number_format=known.auto_number_format)
            if (known := standard.field(each.name))
            else each
            for each in described.fields
        )
        return replace(
            described,
            name=name,
            fields=fields,
            id_prefix=described.key_prefix or standard.id_prefix,
            min_api_version=standard.min_api_version,
        )

    def _with_record_type(self, name: str, found: tuple[Field, ...]) -> tuple[Field, ...]:
        """Give a standard object its RecordTypeId: an org has it with the first record type."""
        standard = self._schema.sobject(name)
        known = standard.field("RecordTypeId") if standard else None
        if any(each.name == "RecordTypeId" for each in found):
            return found
        return (*found, replace(known, feature=None) if known else record_type_field())

    def _own_object(
        self, definition: ObjectDefinition, found: tuple[Field, ...], kinds: tuple[RecordType, ...]
    ) -> SObject | None:
        name, described = definition.name, definition.described
        kind = kind_of(name, definition.facts)
        if described is not None:
            letter = KINDS[kind][0] if kind else "a"
            prefix = described.key_prefix or self._prefixes.of(name, letter)
            merged = {each.name.lower(): each for each in (*described.fields, *found)}
            return replace(described, key_prefix=prefix if kind else described.key_prefix, id_prefix=prefix,
                fields=tuple(merged.values()), record_types=(*described.record_types, *kinds))  # fmt: skip
        if kind is None:
            self._notes.add(name, "this org has no such standard object: it and its fields are left out")
            return None
        if definition.facts is None:
            self._notes.add(name, "only parts of the object are among the sources: the rest is at its defaults")
        return self._custom_object(definition, kind, found, kinds)

    def _custom_object(
        self, definition: ObjectDefinition, kind: str, found: tuple[Field, ...], kinds: tuple[RecordType, ...]
    ) -> SObject:
        facts, name = definition.facts, definition.name
        label = (facts.text("label") if facts else None) or name.rpartition("__")[0].replace("_", " ")
        letter, flags, standard_fields = KINDS[kind]
        is_detail = any(each.relationship_order is not None for each in found)
        prefix = self._prefixes.of(name, letter)
        fields = standard_fields(facts, label, is_detail, bool(kinds))
        merged = {each.name.lower(): each for each in (*fields, *found)}
        for each in fields:
            for target in each.reference_to:
                self._children[target].append(ChildRelationship(child_sobject=name, field=each.name))
        return SObject(
            name=name,
            label=label,
            label_plural=(facts.text("pluralLabel") if facts else None) or f"{label}s",
            key_prefix=prefix,
            id_prefix=prefix,
            custom=True,
            **flags,  # type: ignore[arg-type]  # one table of flags for all kinds
            feed_enabled=facts is not None and facts.flag("enableFeeds"),
            searchable=facts is not None and facts.flag("enableSearch"),
            custom_setting=facts is not None and facts.text("customSettingsType") is not None,
            custom_setting_type=facts.text("customSettingsType") if facts else None,
            sharing_model=facts.text("sharingModel") if facts else None,
            fields=tuple(merged.values()),
            record_types=kinds,
        )

    def _with_children(self, sobject: SObject) -> SObject:
        merged = _once((*self._children.get(sobject.name, ()), *sobject.child_relationships))
        return replace(sobject, child_relationships=merged) if merged else sobject

    # --- fields ------------------------------------------------------------------------------------------------------

    def _fields(self, definition: ObjectDefinition) -> Iterator[Field]:
        yield from definition.fields.values()
        yield from self._standard_picklists(definition)
        for name, facts in definition.field_facts.values():
            parts = self._parts(definition, name, facts)
            for field in parts.fields:
                yield self._with_picklist(definition, field, facts) if _has_values(facts) else field
            if parts.relationship is not None:
                self._add_relationship(parts.relationship)

    def _standard_picklists(self, definition: ObjectDefinition) -> Iterator[Field]:
        """Give standard picklists with the values of their standard value sets."""
        sobject = definition.described or self._schema.sobject(definition.name)
        for name, values in definition.value_sets.items():
            field = sobject.field(name) if sobject else None
            if field is not None:
                yield with_default(replace(field, picklist_values=values, default_value=None))

    def _parts(self, definition: ObjectDefinition, name: str, facts: Facts) -> FieldParts:
        wire_type = facts.text("type")
        place = f"{definition.name}.{name}"
        if not name.endswith("__c"):
            return FieldParts(self._overridden(definition, name, facts))
        if wire_type == _SUMMARY:
            return self._roll_up(definition, name, facts)
        kind = FIELD_KINDS.get(wire_type or "")
        if kind is None:
            self._notes.add(place, f"the field type {wire_type} is not supported: the field is left out")
            return FieldParts(())
        return read_field(facts, definition.name, name, self._notes, kind)

    def _overridden(self, definition: ObjectDefinition, name: str, facts: Facts) -> tuple[Field, ...]:
        """Give a standard field as a definition says it otherwise."""
        standard = self._schema.sobject(definition.name)
        known = standard.field(name) if standard else None
        if known is None:
            if standard is not None:
                self._notes.add(f"{definition.name}.{name}", "this org has no such standard field: it is left out")
            return ()
        label, help_text = facts.text("label"), facts.text("inlineHelpText")
        changed = replace(known, label=label or known.label, inline_help_text=help_text or known.inline_help_text)
        return (
            () if changed == known and facts.one("valueSet") is None and facts.one("picklist") is None else (changed,)
        )

    def _with_picklist(self, definition: ObjectDefinition, field: Field, facts: Facts) -> Field:
        place = f"{definition.name}.{field.name}"
        filled = fill_picklist(field, facts, self._sets, place, self._notes)
        controller, allowed = controlled_by(facts)
        if controller is None:
            return filled
        return state_dependency(filled, allowed, self._controller(definition, controller, place))

    def _controller(self, definition: ObjectDefinition, name: str, place: str) -> Field | None:
        known = definition.field_facts.get(name.lower())
        if known is not None and name.endswith("__c"):
            kind = FIELD_KINDS.get(known[1].text("type") or "")
            if kind is not None:
                made = read_field(known[1], definition.name, name, self._notes, kind).fields[0]
                return fill_picklist(made, known[1], self._sets, place, self._notes)
        standard = definition.described or self._schema.sobject(definition.name)
        found = definition.fields.get(name.lower()) or (standard.field(name) if standard else None)
        if found is None:
            self._notes.add(place, f"the controlling field {name} is not known: any value is accepted")
        return found

    def _roll_up(self, definition: ObjectDefinition, name: str, facts: Facts) -> FieldParts:
        place = f"{definition.name}.{name}"
        path = facts.text("summarizedField")
        summed = self._summed(path) if path else None
        if path and summed is None:
            self._notes.add(place, f"it sums up {path}, which is not known: the roll-up is left out")
            return FieldParts(())
        return read_roll_up(facts, definition.name, name, summed, self._notes)

    def _summed(self, path: str) -> Field | None:
        sobject_name, _, name = path.rpartition(".")
        definition = self._definitions.find(sobject_name)
        if definition is not None:
            told = definition.fields.get(name.lower())
            if told is not None:
                return told
            known = definition.field_facts.get(name.lower())
            key = (sobject_name, name)
            if known is not None and key not in self._reading:
                self._reading.add(key)  # roll-ups may sum up roll-ups, but no circle has an end
                try:
                    return next(iter(self._parts(definition, known[0], known[1]).fields), None)
                finally:
                    self._reading.discard(key)
        standard = (definition.described if definition else None) or self._schema.sobject(sobject_name)
        return standard.field(name) if standard else None

    def _add_relationship(self, relationship: Relationship) -> None:
        for target in relationship.targets:
            outline = self._schema.outlines.get(target.lower())
            definition = self._definitions.find(target)
            parent = outline.name if outline else definition.name if definition else None
            if parent is None:
                place = f"{relationship.child_sobject}.{relationship.field}"
                self._notes.add(place, f"it points at {target}, which this org does not have")
                continue
            self._children[parent].append(
                ChildRelationship(
                    child_sobject=relationship.child_sobject,
                    field=relationship.field,
                    relationship_name=relationship.name,
                    cascade_delete=relationship.cascade_delete,
                    restricted_delete=relationship.restricted_delete,
                )
            )


def _rules_of(definition: ObjectDefinition) -> tuple[ValidationRule, ...]:
    return tuple(read_validation_rule(facts) for facts in definition.validation_rules.values())


def _once(children: Iterable[ChildRelationship]) -> tuple[ChildRelationship, ...]:
    """Give each child relationship once: the last one told, but rather one with a name."""
    found: dict[tuple[str, str], ChildRelationship] = {}
    for child in children:
        key = (child.child_sobject, child.field)
        if child.relationship_name is not None or key not in found:
            found[key] = child
    return tuple(found.values())


def _has_values(facts: Facts) -> bool:
    """Tell whether a field's definition holds values of a picklist."""
    return facts.has("valueSet") or facts.has("picklist")
