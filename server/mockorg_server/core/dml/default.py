"""What the platform fills in: defaults, system fields, owners, auto-numbers, the names of people.

Driven by the describe facts of each field (``profile.py``); no sObject is named here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockorg_server.core.context import CallContext
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value

NAME_PARTS = ("FirstName", "MiddleName", "LastName", "Suffix")

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
    """Give the system fields of a save, those that the sObject has."""
    names = context.org.save_profiles.of(sobject).names
    return {name: value(context) for name, value in table.items() if name in names}


def fill_defaults(context: CallContext, sobject: SObject, values: dict[str, Value]) -> None:
    """Give every field that has no value yet its default, in place: the state of a record just before its insert.

    A null that the caller asked for stays where the field can be null; elsewhere the default fills it.
    """
    profile = context.org.save_profiles.of(sobject)
    for name, default in profile.defaults.items():
        if values.get(name) is None and not (name in values and name in profile.nillable):
            values[name] = default
    for name in profile.caller_fields:
        if values.get(name) is None:
            values[name] = context.user_id
    for field in profile.auto_numbers:
        if values.get(field.name) is None:
            values[field.name] = next_auto_number(context, sobject, field)
    if profile.person_name:
        fill_person_name(values)


def next_auto_number(context: CallContext, sobject: SObject, field: Field) -> str:
    """Give the next value of an auto-number field: its display format with the number in place of ``{0…}``."""
    number = context.org.ids.next_number(f"{sobject.name}.{field.name}")
    before, _, rest = (field.auto_number_format or "{00000000}").partition("{")
    zeros, _, after = rest.partition("}")
    return f"{before}{number:0{len(zeros)}d}{after}"


def fill_person_name(values: dict[str, Value]) -> None:
    """Put a person's full name together from its parts, in place."""
    if values.get("LastName"):
        parts = (values.get(part) for part in NAME_PARTS)
        values["Name"] = " ".join(str(part) for part in parts if part)
