"""References of standard objects that may point at an org's own: told by the child relationships of these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from mockorg_server.schema.schema import Schema
from mockorg_server.schema.sobject import Field, SObject


def referring_fields(schema: Schema, own: Iterable[SObject], replaced: Iterable[str]) -> dict[str, dict[str, Field]]:
    """Give, by standard object and field in lower case, the references that gain targets of the org's own.

    Objects in ``replaced`` have said themselves what their references may point at.
    """
    targets: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    leave = frozenset(replaced)
    for sobject in own:
        for child in sobject.child_relationships:
            if child.child_sobject.lower() in schema.outlines and child.child_sobject not in leave:
                targets[child.child_sobject, child.field].append(sobject.name)
    found: defaultdict[str, dict[str, Field]] = defaultdict(dict)
    for (name, field_name), names in targets.items():
        standard = schema.sobject(name)
        field = standard.field(field_name) if standard else None
        if standard is not None and field is not None:
            merged = tuple(dict.fromkeys((*field.reference_to, *names)))
            found[standard.name][field.name.lower()] = replace(
                field, reference_to=merged, name_pointing=len(merged) > 1, polymorphic_foreign_key=len(merged) > 1
            )
    return dict(found)
