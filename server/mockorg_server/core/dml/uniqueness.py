"""Unique fields: no value stands in two living records."""

from __future__ import annotations

from collections.abc import Mapping

from mockorg_server.core.context import CallContext
from mockorg_server.core.error import RowError
from mockorg_server.schema.identifier import SHORT
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value


def unique_errors(
    context: CallContext, sobject: SObject, own_id: str | None, values: Mapping[str, Value]
) -> tuple[RowError, ...]:
    """Refuse the values of unique fields that another record has (the text is recorded from a real org)."""
    profile = context.org.save_profiles.of(sobject)
    found = []
    for name in profile.unique_names:
        field, value = sobject.field(name), values.get(name)
        if field is None or value is None:
            continue
        holder = next((each for each in context.reader.find(sobject, name, value) if each != own_id), None)
        if holder is not None:
            found.append(_taken(profile.rule.unique, field, holder))
    return tuple(found)


def _taken(known: Mapping[str, tuple[str, str]], field: Field, holder: str) -> RowError:
    if field.name in known:
        return RowError(*known[field.name], (field.name,))
    return RowError(
        "DUPLICATE_VALUE",
        f"duplicate value found: {field.name} duplicates value on record with id: {holder[:SHORT]}",
    )
