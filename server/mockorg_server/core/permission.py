"""Whose grants count: users have those of their profile and of the permission sets that are assigned to them.

Asked only where permissions are enforced. A profile that the schema does not define grants everything; so does the
administrator's, whatever its file says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.schema.permission import Access
from mockorg_server.schema.schema import Schema
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value
from mockorg_server.soql.compiler import QueryCompiler
from mockorg_server.soql.sosl_compiler import SearchCompiler

_ALL_ASSIGNMENTS: Final = 10_000
_ADMINISTRATOR: Final = "system administrator"


@dataclass(frozen=True, slots=True)
class Permitted:
    """What a caller is held to: the access, and the compilers that see no more than it shows."""

    access: Access
    queries: QueryCompiler
    searches: SearchCompiler

    def forbids(self, whole: SObject, verb: str) -> bool:
        """Tell whether it is permissions that stand against a write (``inserted``, ``updated``, ``deleted``)."""
        allowed = self.access.object(whole.name)
        facts = {
            "inserted": (whole.createable, allowed.create),
            "updated": (whole.updateable, allowed.edit),
            "deleted": (whole.deletable, allowed.delete),
        }
        by_schema, by_permission = facts[verb]
        return by_schema and not by_permission


class Permissions:
    """The grants of one org's schema, and what was made of their combinations."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        grants = schema.additions.grants
        self._profiles = {grant.name.lower(): grant for grant in grants if grant.is_profile}
        self._sets = {grant.name.lower(): grant for grant in grants if not grant.is_profile}
        self._known: dict[tuple[str, frozenset[str]], Permitted] = {}

    def of(self, context: CallContext) -> Permitted | None:
        """Give what the caller is held to, None = nothing stands against anything."""
        profile_id = _value(context, "User", context.user_id, "ProfileId")
        profile = str(_value(context, "Profile", profile_id, "Name") or "").lower()
        if profile == _ADMINISTRATOR or profile not in self._profiles:
            return None
        key = (profile, frozenset(self._assigned(context)))
        known = self._known.get(key)
        if known is None:
            grants = [self._profiles[profile], *(self._sets[name] for name in sorted(key[1]))]
            access = Access(self._schema, grants)
            known = self._known[key] = Permitted(access, QueryCompiler(access), SearchCompiler(access))
        return known

    def _assigned(self, context: CallContext) -> list[str]:
        assignment = context.org.schema.latest.sobject("PermissionSetAssignment")
        if assignment is None or not self._sets:
            return []
        found = context.reader.find(assignment, "AssigneeId", context.user_id, limit=_ALL_ASSIGNMENTS)
        rows = context.reader.get(assignment, found, ["PermissionSetId"])
        names = (str(_value(context, "PermissionSet", row[0], "Name") or "").lower() for row in rows.values())
        return [name for name in names if name in self._sets]


def _value(context: CallContext, sobject: str, record_id: Value, field: str) -> Value:
    held = context.org.schema.latest.sobject(sobject)
    if held is None or not record_id:
        return None
    row = context.reader.get(held, [str(record_id)], [field]).get(str(record_id))
    return None if row is None else row[0]
