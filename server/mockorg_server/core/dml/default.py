"""What the platform fills in: defaults, system fields, owners, auto-numbers, the names of people.

Driven by the describe facts of each field (``profile.py``); no sObject is named here.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from types import MappingProxyType

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.draft import Draft
from mockorg_server.core.dml.platform_rule import NOW
from mockorg_server.core.dml.profile import SaveProfile
from mockorg_server.schema.identifier import SHORT
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value

NAME_PARTS = ("FirstName", "MiddleName", "LastName", "Suffix")

NOTHING: Mapping[str, Value] = MappingProxyType({})

_MAX_DIGITS = 15  # of a number that auto-numbering goes on from

SystemValue = Callable[[CallContext], Value]


def _stamp(context: CallContext) -> Value:
    return context.stamp


def _user(context: CallContext) -> Value:
    return context.user_id


def _false(_context: CallContext) -> Value:
    return False


# Set by the platform on insert; the second table on every later save as well.
ON_INSERT: Mapping[str, SystemValue] = {
    "CreatedDate": _stamp,
    "CreatedById": _user,
    "LastModifiedDate": _stamp,
    "LastModifiedById": _user,
    "SystemModstamp": _stamp,
    "IsDeleted": _false,
}
ON_UPDATE: Mapping[str, SystemValue] = {
    "LastModifiedDate": _stamp,
    "LastModifiedById": _user,
    "SystemModstamp": _stamp,
}


def system_values(context: CallContext, sobject: SObject, table: Mapping[str, SystemValue]) -> dict[str, Value]:
    """Give the system fields of a save, those that the sObject has: one dict for a whole call, to be read only."""
    profile = context.org.save_profiles.of(sobject)
    key = (id(profile), id(table))  # neither goes away while the call is carried out
    values = context.memo.get(key)
    if values is None:
        values = {name: value(context) for name, value in table.items() if name in profile.names}
        context.memo[key] = values
    return values


def fill_defaults(context: CallContext, sobject: SObject, values: dict[str, Value]) -> None:
    """Give every field that has no value yet its default, in place: the state of a record just before its insert.

    A null that the caller asked for stays where the field can be null; elsewhere the default fills it.
    """
    profile = context.org.save_profiles.of(sobject)
    given = frozenset(values)
    if None in values.values():
        for name in profile.never_null:
            if name in values and values[name] is None:
                del values[name]
    values.update({**_defaults(context, profile), **values})
    for field in profile.auto_numbers:
        fill_auto_number(context, sobject, field, values)
    if profile.person_name:
        fill_person_name(values)
    draw_consequences(context, profile, values, given)
    fill_lengths(profile, values, given)


def _defaults(context: CallContext, profile: SaveProfile) -> Mapping[str, Value]:
    """Give the defaults that are the same for all records of a call."""
    key = (id(profile), "defaults")
    values: Mapping[str, Value] | None = context.memo.get(key)
    if values is None:
        callers = dict.fromkeys(profile.caller_fields, context.user_id)
        values = {**profile.defaults, **callers, **dict.fromkeys(profile.organization_fields, context.org.id)}
        context.memo[key] = values
    return values


def name_by_id(sobject: SObject, values: dict[str, Value], record_id: str) -> None:
    """Name a record of a custom object by its Id where it has no name, in place (Object Reference, Custom Object__c).

    That it is the Id of 15 characters is inferred.
    """
    known = sobject.name_field if sobject.custom else None
    if known is not None and known.nillable and known.createable and known.defaulted_on_create:
        values[known.name] = values.get(known.name) or record_id[:SHORT]


def draw_consequences(
    context: CallContext,
    profile: SaveProfile,
    values: dict[str, Value],
    given: Container[str],
    before: Mapping[str, Value] = NOTHING,
) -> None:
    """Set what follows from the values of a save, in place; see ``platform_rule.py``.

    ``given`` are the fields that the caller wrote, which stay as they are; ``before`` the record as it was.
    """
    for source in profile.rule.consequences:
        if source not in values or (source in before and values[source] == before[source]):
            continue
        for name, value in profile.consequences_of(source, values[source]).items():
            if name in profile.names and name not in given:
                values[name] = context.stamp if value == NOW else value


def fill_lengths(profile: SaveProfile, values: dict[str, Value], given: Container[str]) -> None:
    """Set the fields that tell the size of a base64 field in bytes, in place."""
    for name, source in profile.lengths.items():
        if source in values and name not in given:
            text = str(values[source] or "")
            values[name] = len(text) * 3 // 4 - text[-2:].count("=")


def fill_auto_number(context: CallContext, sobject: SObject, field: Field, values: dict[str, Value]) -> None:
    """Give a record its number, in place; one that a seed gave it is never given out again."""
    given = values.get(field.name)
    if given is None:
        values[field.name] = next_auto_number(context, sobject, field)
        return
    before, _zeros, after = _parts_of(field)
    digits = str(given).removeprefix(before).removesuffix(after)
    if digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS:
        context.org.ids.skip_number(f"{sobject.name}.{field.name}", int(digits))


def next_auto_number(context: CallContext, sobject: SObject, field: Field) -> str:
    """Give the next value of an auto-number field: its display format with the number in place of ``{0…}``."""
    number = context.org.ids.next_number(f"{sobject.name}.{field.name}")
    before, zeros, after = _parts_of(field)
    return f"{before}{number:0{len(zeros)}d}{after}"


def _parts_of(field: Field) -> tuple[str, str, str]:
    """Give what stands before the number of an auto-number field, a zero for each of its digits, and what follows."""
    before, _, rest = (field.auto_number_format or "{00000000}").partition("{")
    zeros, _, after = rest.partition("}")
    return before, zeros, after


def fill_person_name(values: dict[str, Value]) -> None:
    """Put a person's full name together from its parts, in place."""
    if values.get("LastName"):
        parts = (values.get(part) for part in NAME_PARTS)
        values["Name"] = " ".join(str(part) for part in parts if part)


def draw_for_update(context: CallContext, draft: Draft, record_id: str) -> None:
    """Set what follows from the values that an update changes, in place."""
    profile = context.org.save_profiles.of(draft.sobject)
    if profile.person_name and not draft.values.keys().isdisjoint(NAME_PARTS):
        parts = [part for part in NAME_PARTS if draft.sobject.field(part) is not None]
        before = context.reader.get(draft.sobject, [record_id], parts)[record_id]
        names = {**dict(zip(parts, before, strict=True)), **draft.values}
        fill_person_name(names)
        if "Name" in names:  # a person without a last name is refused by a later rule
            draft.values["Name"] = names["Name"]
    given = draft.given.names
    sources = [name for name in profile.rule.consequences if name in draft.values]
    if sources:
        before = context.reader.get(draft.sobject, [record_id], sources)[record_id]
        draw_consequences(context, profile, draft.values, given, dict(zip(sources, before, strict=True)))
    fill_lengths(profile, draft.values, given)
