"""What formulas depend on beside their record: the moment, the caller's clock, and the global values (``$User`` …).

Formulas that stand in a record's save get the record's values from here too, parents included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from mockorg_server.core.context import CallContext
from mockorg_server.formula.environment import Environment
from mockorg_server.formula.path import API, SESSION_ID
from mockorg_server.formula.term import Leaf, Step
from mockorg_server.schema.schema import Holder
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.schema.value import Value
from mockorg_server.store.read import Reader

_ALL_ASSIGNMENTS: Final = 10_000


def environment_of(context: CallContext, reader: Reader, *, is_new: bool = False) -> Environment:
    """Give the surroundings of a call's formulas; global values are read when they are first asked for."""
    zone = _user_value(context, reader, "TimeZoneSidKey") or "GMT"
    environment = Environment(context.now, zone_of(str(zone)), GlobalValues(context, reader), is_new=is_new)
    environment.lookup = _lookup(context, reader)
    return environment


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """Give a time zone by its IANA name."""
    return UTC if name in ("UTC", "GMT") else ZoneInfo(name)


class GlobalValues(Mapping[Leaf, Value]):
    """The global values of a call by leaf, each read once. A record that is not there has null in every field."""

    def __init__(self, context: CallContext, reader: Reader) -> None:
        self._context = context
        self._reader = reader
        self._known: dict[Leaf, Value] = {}

    def __getitem__(self, leaf: Leaf) -> Value:
        if leaf not in self._known:
            self._known[leaf] = self._read(leaf)
        return self._known[leaf]

    def __iter__(self) -> Iterator[Leaf]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def _read(self, leaf: Leaf) -> Value:
        root, _, rest = leaf.root.partition(".")
        context, reader = self._context, self._reader
        if root == "$Setup":
            return self._setting(leaf, rest)
        if root == "$Permission":
            return has_custom_permission(context, reader, rest)
        if root == "$CustomMetadata":
            type_name, _, name = rest.partition(".")
            held = context.org.schema.latest.sobject(type_name)
            found = reader.find(held, "DeveloperName", name, limit=1) if held else []
            return follow(context, reader, type_name, found[0] if found else None, leaf.path, leaf.field)
        if root == API:
            return _api_value(context, leaf.field.name)
        ids: Mapping[str, Callable[[], Value]] = {
            "$User": lambda: context.user_id,
            "$Profile": lambda: _user_value(context, reader, "ProfileId"),
            "$UserRole": lambda: _user_value(context, reader, "UserRoleId"),
            "$Organization": lambda: context.org.id,
        }
        return follow(context, reader, root[1:], ids[root](), leaf.path, leaf.field)

    def _setting(self, leaf: Leaf, name: str) -> Value:
        """Read a custom setting: the user's, else the profile's, else the org's, field by field."""
        context, reader = self._context, self._reader
        held = context.org.schema.latest.sobject(name)
        if held is None or held.field("SetupOwnerId") is None:
            return None
        for owner in (context.user_id, _user_value(context, reader, "ProfileId"), context.org.id):
            found = reader.find(held, "SetupOwnerId", owner, limit=1) if owner else []
            value = follow(context, reader, name, found[0], leaf.path, leaf.field) if found else None
            if value is not None:
                return value
        return None


def _api_value(context: CallContext, name: str) -> Value:
    """Give ``$Api.Session_ID`` or the address of a SOAP API, ``_260`` for 26.0 (Salesforce's help, global variables).

    A call that came by no address, such as a save hook's, has null for it.
    """
    if name == SESSION_ID.lower():
        return context.session_id or None
    api, _, version = name.partition("_server_url_")
    letter = {"partner": "u", "enterprise": "c"}[api]
    return (
        f"{context.address}/services/Soap/{letter}/{version[:-1]}.0/{context.org.id[:15]}" if context.address else None
    )


def has_custom_permission(context: CallContext, reader: Reader, permission: str) -> bool:
    """Tell whether the caller's profile, or a permission set assigned to the caller, has a custom permission."""
    schema = context.org.schema
    holders = schema.additions.custom_permissions.get(permission.lower(), frozenset())
    profile = _value(context, reader, "Profile", _user_value(context, reader, "ProfileId"), "Name")
    if Holder(True, str(profile or "").lower()) in holders:
        return True
    assignment = schema.latest.sobject("PermissionSetAssignment")
    if assignment is None or not any(not holder.is_profile for holder in holders):
        return False
    found = reader.find(assignment, "AssigneeId", context.user_id, limit=_ALL_ASSIGNMENTS)
    rows = reader.get(assignment, found, ["PermissionSetId"]).values()
    names = (_value(context, reader, "PermissionSet", row[0], "Name") for row in rows)
    return any(Holder(False, str(name or "").lower()) in holders for name in names)


def follow(  # noqa: PLR0917  # a path, and where it begins
    context: CallContext, reader: Reader, sobject: str, record_id: Value, path: Sequence[Step], field: Field
) -> Value:
    """Give a field at the end of a path that begins with a record; null where the path ends early."""
    for step in path:
        record_id = _value(context, reader, sobject, record_id, step.reference.name)
        sobject = step.target
    return _value(context, reader, sobject, record_id, field.name)


def _value(context: CallContext, reader: Reader, sobject: str, record_id: Value, field: str) -> Value:
    held = context.org.schema.latest.sobject(sobject)
    if held is None or not record_id:
        return None
    row = reader.get(held, [str(record_id)], [field], include_deleted=True).get(str(record_id))
    return None if row is None else row[0]


def _user_value(context: CallContext, reader: Reader, field: str) -> Value:
    return _value(context, reader, "User", context.user_id, field)


def _lookup(context: CallContext, reader: Reader) -> Callable[[str, str, Value, str], Value]:
    """Make VLOOKUP: the field of the first record whose key equals a value."""

    def lookup(sobject: str, key: str, value: Value, wanted: str) -> Value:
        held = context.org.schema.latest.sobject(sobject)
        found = reader.find(held, key, value, limit=1) if held and value is not None else []
        return _value(context, reader, sobject, found[0], wanted) if found else None

    return lookup


class SaveRecord:
    """A record in its save, as formulas see it: ``values`` as they will be, ``before`` as they were (None: it is new).

    ``record_id`` None = it has none yet.
    """

    def __init__(
        self,
        context: CallContext,
        sobject: SObject,
        record_id: str | None,
        values: Mapping[str, Value],
        before: Mapping[str, Value] | None,
    ) -> None:
        self._context = context
        self._sobject = sobject
        self._id = record_id
        self._values = values
        self._before = before

    def value(self, leaf: Leaf, environment: Environment) -> Value:
        """Give the value of a leaf."""
        values = self._before if leaf.prior and self._before is not None else self._values
        if not leaf.path:
            return self._own(leaf.field, values, environment)
        first, *rest = leaf.path
        key = values.get(first.reference.name)
        return follow(self._context, self._context.reader, first.target, key, rest, leaf.field)

    def field(self, field: Field) -> Value:
        """Give a field of the record itself, formulas and roll-ups too. Raises FormulaError."""
        environment = environment_of(self._context, self._context.reader, is_new=self._before is None)
        return self._own(field, self._values, environment)

    def _own(self, field: Field, values: Mapping[str, Value], environment: Environment) -> Value:
        if field.name == "Id":
            return self._id
        if field.name in values:  # also a roll-up summary of a record as it was
            return values[field.name]
        if field.calculated_formula:
            formula = self._context.org.rules.formulas.of(self._sobject, field)
            plain = SaveRecord(self._context, self._sobject, self._id, values, None)
            return formula.field_value(field, [plain.value(each, environment) for each in formula.leaves], environment)
        if field.roll_up is not None:
            if self._id is not None:
                return _value(self._context, self._context.reader, self._sobject.name, self._id, field.name)
            return 0.0 if field.roll_up.operation in ("count", "sum") else None
        return None
