"""The rules of saving a record, in the order in which they are asked.

Each rule looks at a draft and gives the errors it finds; the first rule that finds any ends the row. Later rules may
rely on what earlier ones have made sure of. Between ``ENTRIES`` and ``CHECKS`` the save hooks of the user run.

Sources of the texts: recorded from real orgs unless a line says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.default import ON_INSERT, draw_for_update, fill_defaults, system_values
from mockorg_server.core.dml.default_formula import fill_default_formulas
from mockorg_server.core.dml.derivation import derived_values_follow
from mockorg_server.core.dml.draft import Change, Draft, whole
from mockorg_server.core.dml.duplicate_rule import duplicate_errors
from mockorg_server.core.dml.given import NOTHING_GIVEN, Given, given_of
from mockorg_server.core.dml.lookup_filter import lookup_errors
from mockorg_server.core.dml.profile import SaveProfile
from mockorg_server.core.dml.record_type import fill_picklists, picklist_errors
from mockorg_server.core.dml.reference_rule import record_type_is_filled, references_fit
from mockorg_server.core.dml.uniqueness import unique_errors
from mockorg_server.core.dml.validation import rule_errors
from mockorg_server.core.dml.value_rule import Refused
from mockorg_server.core.error import RowError
from mockorg_server.schema.identifier import SHORT, normalise_id
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value

if TYPE_CHECKING:
    from mockorg_server.core.org import Org

Ask = Callable[[CallContext, Draft], Iterable[RowError]]


def _always(_org: Org, _profile: SaveProfile, _draft: Draft) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it finds in a draft, and whether there is anything to ask about such drafts in an org.

    Drafts are such when they are alike in sObject, change and ``given``, in having references and errors at all, and in
    ``by_platform``: ``concerns`` may look at nothing else.
    """

    ask: Ask
    concerns: Callable[[Org, SaveProfile, Draft], bool] = _always


def entity_not_writable(sobject: SObject, verb: str) -> RowError:
    """Make the refusal of a write on an sObject that clients cannot write; it speaks of the label, not the name."""
    return RowError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be {verb}: {sobject.label}")


def write_refusal(context: CallContext, sobject: SObject, verb: str) -> RowError:
    """Make the refusal of a write on an sObject: it is not for clients to write, or not for this one."""
    whole = context.org.save_profiles.of(sobject).latest
    if context.permitted is not None and context.permitted.forbids(whole, verb):
        return RowError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
    return entity_not_writable(sobject, verb)


def errors_of_drafting(_context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Report what was found while names were resolved."""
    return draft.errors


def sobject_is_writable(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Refuse sObjects that are not createable or updateable."""
    yield write_refusal(context, draft.sobject, draft.change.value)


def _is_not_writable(_org: Org, _profile: SaveProfile, draft: Draft) -> bool:
    allowed = draft.sobject.createable if draft.change is Change.INSERT else draft.sobject.updateable
    return not (allowed or draft.by_platform)


def save_is_supported(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Refuse, by name, a save of which mockorg would leave half undone. The code is for what an org lacks."""
    rule = context.org.save_profiles.of(draft.sobject).rule
    for name, text in rule.unsupported_true.items():
        if draft.values.get(name):
            yield RowError("FUNCTIONALITY_NOT_ENABLED", f"mockorg does not support {text} yet")


def record_is_not_locked(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Refuse an update of a record that its state has closed, as that of a lead that was converted."""
    locked = context.org.save_profiles.of(draft.sobject).rule.locked
    record_id = normalise_id(draft.id) if draft.id else None
    if record_id is not None:
        row = context.reader.get(draft.sobject, [record_id], list(locked)).get(record_id, ())
        yield from (RowError(*refusal) for refusal, value in zip(locked.values(), row, strict=False) if value)


def no_id_on_insert(_context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Refuse an Id on insert."""
    if draft.id is not None:
        yield RowError("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ("Id",))


def fields_are_writable(_context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Refuse fields that are not createable or updateable, all of them in one error."""
    refused = _not_writable(draft)
    if refused:
        yield RowError(
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            f"Unable to create/update fields: {', '.join(refused)}. Please check the security settings of this field "
            "and verify that it is read/write for your profile or permission set.",
            refused,
        )


def _not_writable(draft: Draft) -> tuple[str, ...]:
    parents = given_of(field for field, _ in draft.references) if draft.references else NOTHING_GIVEN
    if draft.change is Change.INSERT:
        return draft.given.not_createable + parents.not_createable
    return draft.given.not_updateable + parents.not_updateable


def values_are_valid(_context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Check and normalise each value that the caller gave."""
    return _value_errors(draft, draft.given)


def _value_errors(draft: Draft, given: Given) -> Iterable[RowError]:
    values, allow_truncation = draft.values, draft.allow_truncation
    for name, field, check in given.checks:
        value = values[name]
        if value is not None:
            try:
                values[name] = check(field, value, allow_truncation)
            except Refused as refused:
                yield refused.error


def parents_are_known(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Turn parents named by external id into their Ids."""
    for field, reference in draft.references:
        if draft.values.get(field.name) is not None:  # text quoted from a real org
            message = f"external ID reference {field.relationship_name} and a salesforce id, {field.name}"
            yield RowError("INVALID_FIELD", f"Cannot specify both an {message}", (field.name,))
            continue
        target = context.view.sobject(reference.sobject or field.reference_to[0])
        if target is not None and target.name not in field.reference_to:  # the text is mockorg's own
            message = f"{field.relationship_name} cannot lead to {target.name}"
            yield RowError("INVALID_FIELD", message, (field.name,))
            continue
        key = target.field(reference.field) if target else None
        if target is None or key is None or not (key.external_id or key.id_lookup) or reference.value is None:
            yield RowError("INVALID_FIELD", f"Foreign key field {reference.field} is not an external id", (field.name,))
            continue
        ids = context.reader.find(target, key.name, reference.value)
        if len(ids) == 1:
            draft.values[field.name] = ids[0]
            continue
        found = "not found for" if not ids else "matches more than one record by"
        yield RowError(
            "INVALID_FIELD",
            f"Foreign key external ID: {reference.value} {found} field {key.name} in entity {target.name}",
            (),
        )


def defaults_are_filled(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """On insert, give every field that the caller left out its default. Finds no errors.

    That goes for fields too that are newer than the caller's API version: other callers read them.
    """
    sobject = context.org.save_profiles.of(draft.sobject).latest
    draft.values.update(system_values(context, sobject, ON_INSERT))
    fill_picklists(sobject, draft.values)
    fill_default_formulas(context, sobject, draft.values)
    fill_defaults(context, sobject, draft.values)
    return ()


def record_type_allows_values(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Hold restricted picklists to the values of the record's type."""
    return picklist_errors(context, draft)


def required_fields_have_values(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Refuse required fields without a value, all of them in one error."""
    if draft.change is Change.INSERT:
        needed = context.org.save_profiles.of(draft.sobject).required
    else:
        needed = draft.given.not_nillable
    missing = [name for name in needed if draft.values.get(name) is None]
    if missing:
        yield RowError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", tuple(missing))


def references_exist(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Refuse references of a wrong type, to nothing, or to a deleted record."""
    for field in draft.given.references:
        value = draft.values.get(field.name)
        if value is not None:
            yield from reference_errors(context, field, str(value))


def reference_errors(context: CallContext, field: Field, record_id: str) -> Iterable[RowError]:
    """Give what is wrong with one reference; the id is in its long form."""
    targets = [
        sobject
        for sobject in context.view.sobjects_by_prefix(record_id[:3])
        if not field.reference_to or sobject.name in field.reference_to
    ]
    if not targets:
        yield RowError("MALFORMED_ID", f"{field.label}: id value of incorrect type: {record_id}", (field.name,))
        return
    if any(context.reader.get(target, [record_id], ["Id"]) for target in targets):
        return
    if any(context.reader.get(target, [record_id], ["Id"], include_deleted=True) for target in targets):
        yield RowError("ENTITY_IS_DELETED", "entity is deleted")
        return
    yield RowError(
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        f"insufficient access rights on cross-reference id: {record_id[:SHORT]}",
    )


def unique_values_are_new(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Refuse a value of a unique field that another record has."""
    given = {field.name: draft.values.get(field.name) for field in draft.given}
    return unique_errors(context, draft.sobject, normalise_id(draft.id) if draft.id else None, given)


def take_changes(context: CallContext, draft: Draft, changes: Mapping[str, Value]) -> Iterable[RowError]:
    """Take over what before hooks have changed, checked like what a caller sends."""
    sobject = context.org.save_profiles.of(draft.sobject).latest
    changed = tuple(field for name in changes if (field := sobject.field(name)) is not None)
    draft.values.update(changes)
    draft.given = given_of((*(field for field in draft.given if field.name not in changes), *changed))
    yield from _value_errors(draft, given_of(changed))
    if draft.change is Change.UPDATE:
        yield from consequences_are_drawn(context, draft)


def consequences_are_drawn(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Set what follows from the values of an update: full names, flags of stages, sizes. Finds no errors."""
    if draft.id is not None:
        draw_for_update(context, draft, normalise_id(draft.id) or draft.id)
    return ()


def validation_rules_hold(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Ask the validation rules of the org's own schema; every one that fails gives an error."""
    record_id = normalise_id(draft.id) if draft.id else None
    return rule_errors(context, draft.sobject, record_id, whole(draft), draft.before)


def lookups_pass_their_filters(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Ask the lookup filters of the org's own schema."""
    return lookup_errors(context, draft, whole(draft))


def record_is_no_duplicate(context: CallContext, draft: Draft) -> Iterable[RowError]:
    """Ask the duplicate rules of the org's own schema."""
    return duplicate_errors(context, draft, whole(draft))


def _inserts(_org: Org, _profile: SaveProfile, draft: Draft) -> bool:
    return draft.change is Change.INSERT


def _updates(_org: Org, _profile: SaveProfile, draft: Draft) -> bool:
    return draft.change is Change.UPDATE


def _points_at_records(_org: Org, _profile: SaveProfile, draft: Draft) -> bool:
    return bool(draft.given.references or draft.references)


def _may_write_what_is_not_writable(_org: Org, _profile: SaveProfile, draft: Draft) -> bool:
    return bool(draft.references or _not_writable(draft))


ENTRIES: Final[tuple[Rule, ...]] = (
    Rule(errors_of_drafting, lambda _, __, draft: bool(draft.errors)),
    Rule(sobject_is_writable, _is_not_writable),
    Rule(save_is_supported, lambda _, profile, __: profile.rule.has_unsupported),
    Rule(record_is_not_locked, lambda _, profile, draft: draft.change is Change.UPDATE and bool(profile.rule.locked)),
    Rule(no_id_on_insert, _inserts),
    Rule(fields_are_writable, _may_write_what_is_not_writable),
    Rule(values_are_valid),
    Rule(parents_are_known, lambda _, __, draft: bool(draft.references)),
    Rule(record_type_is_filled, lambda org, profile, draft: _inserts(org, profile, draft) and profile.has_record_types),
    Rule(defaults_are_filled, _inserts),
    Rule(consequences_are_drawn, _updates),
)
"""What comes before the before hooks."""

CHECKS: Final[tuple[Rule, ...]] = (
    Rule(record_type_allows_values, lambda _, profile, __: any(each.picklists for each in profile.latest.record_types)),
    Rule(required_fields_have_values),
    Rule(references_exist, _points_at_records),
    Rule(references_fit, _points_at_records),
    Rule(lookups_pass_their_filters, lambda org, profile, _: bool(org.rules.lookups.of(profile.latest))),
    Rule(derived_values_follow, lambda _, profile, __: bool(profile.rule.derived or profile.rule.copies)),
    Rule(validation_rules_hold, lambda org, profile, _: bool(org.rules.of(profile.latest))),
    Rule(unique_values_are_new, lambda _, profile, __: bool(profile.unique_names)),
    Rule(record_is_no_duplicate, lambda org, profile, _: bool(org.rules.duplicates.of(profile.latest))),
)
"""What comes after them, right before the write."""


def errors_of(context: CallContext, draft: Draft, rules: tuple[Rule, ...]) -> tuple[RowError, ...]:
    """Ask rules in order; give the errors of the first that finds any."""
    for ask in _asked(context, draft, rules):
        errors = tuple(ask(context, draft))
        if errors:
            return errors
    return ()


def _asked(context: CallContext, draft: Draft, rules: tuple[Rule, ...]) -> tuple[Ask, ...]:
    """Give the rules that concern such drafts, worked out once for all of a call."""
    given = draft.given
    is_insert, more = draft.change is Change.INSERT, bool(draft.references or draft.errors or draft.by_platform)
    key: tuple[object, ...] = (id(given), id(draft.sobject), id(rules), is_insert)
    if more:
        key = (*key, bool(draft.references), bool(draft.errors), draft.by_platform)
    known: tuple[tuple[Ask, ...], Given] | None = context.memo.get(key)
    if known is None:
        org, profile = context.org, context.org.save_profiles.of(draft.sobject)
        asked = tuple(each.ask for each in rules if each.concerns(org, profile, draft))
        known = context.memo[key] = (asked, given)  # what is kept keeps its id()
    return known[0]
