"""What a user may see and do: grants of profiles and permission sets, and a schema narrowed to them.

A user has the sum of the grants of the profile and of all permission sets (Salesforce Help, user permissions). Who has
which is not told here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from mockorg_server.schema.api_version import NEWEST
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.outline import Outline
from mockorg_server.schema.schema import Schema, SchemaView
from mockorg_server.schema.sobject import ChildRelationship, Field, SObject

PERMISSIONED_FILE: Final = Path(__file__).parent / "permissioned_object.json"
_COMPOUND: Final = frozenset({FieldType.ADDRESS, FieldType.LOCATION})


@dataclass(frozen=True, slots=True)
class ObjectPermission:
    """What may be done with records of an object."""

    create: bool = False
    read: bool = False
    edit: bool = False
    delete: bool = False

    def __or__(self, other: ObjectPermission) -> ObjectPermission:
        return ObjectPermission(
            self.create or other.create, self.read or other.read, self.edit or other.edit, self.delete or other.delete
        )


@dataclass(frozen=True, slots=True)
class FieldPermission:
    """What may be done with a field; one that may be edited may be read."""

    readable: bool = False
    editable: bool = False

    def __or__(self, other: FieldPermission) -> FieldPermission:
        return FieldPermission(self.readable or other.readable, self.editable or other.editable)


EVERYTHING: Final = ObjectPermission(True, True, True, True)

_RECORD_TYPE: Final = ("RecordType",)
"""Record types have assignments of their own (inferred: a reference to one is open to everybody)."""


def _nothing() -> Mapping[str, ObjectPermission]:
    return MappingProxyType({})


def _no_fields() -> Mapping[str, FieldPermission]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Grant:
    """A profile or a permission set (``is_profile``) by its API name.

    ``objects`` are by name and ``fields`` by ``Object.Field``, both in lower case. ``views_all`` and ``modifies_all``
    are the permissions to view or modify all data.
    """

    name: str
    is_profile: bool
    objects: Mapping[str, ObjectPermission] = field(default_factory=_nothing)
    fields: Mapping[str, FieldPermission] = field(default_factory=_no_fields)
    views_all: bool = False
    modifies_all: bool = False


@cache
def permissioned_objects() -> frozenset[str]:
    """Give the standard objects, in lower case, that object permissions are about: a function of shipped data."""
    return frozenset(name.lower() for name in json.loads(PERMISSIONED_FILE.read_bytes()))


def is_permissioned(sobject: str) -> bool:
    """Tell whether object permissions are about an sObject: the rest, such as users and profiles, everyone may see."""
    return sobject.lower().endswith("__c") or sobject.lower() in permissioned_objects()


def is_permissionable(known: Field) -> bool:
    """Tell whether field permissions apply (inferred: agrees with 117 of 122 fields of recorded describes)."""
    if known.permissionable is not None:
        return known.permissionable
    if known.custom and not known.compound_field_name:
        return known.nillable or known.calculated or known.type is FieldType.BOOLEAN
    if known.type in _COMPOUND:
        return True
    return known.nillable and (known.createable or known.updateable) and known.compound_field_name != "Name"


class Access:
    """The sum of some grants over a schema. Safe under threads, which may at worst make a view twice."""

    def __init__(self, schema: Schema, grants: Iterable[Grant]) -> None:
        self._schema = schema
        self._grants = tuple(grants)
        self._views: dict[int, PermittedView] = {}

    def view(self, version: int) -> PermittedView:
        """Give the schema as an API version shows it to such a user; the same view each time."""
        known = self._views.get(version)
        return known or self._views.setdefault(version, PermittedView(self._schema, version, self))

    @property
    def latest(self) -> PermittedView:
        """The view of the newest API version."""
        return self.view(NEWEST)

    def object(self, name: str) -> ObjectPermission:
        """Give what may be done with an object's records."""
        if not is_permissioned(name):
            return EVERYTHING
        found = ObjectPermission()
        for grant in self._grants:
            found |= grant.objects.get(name.lower(), ObjectPermission())
            found |= EVERYTHING if grant.modifies_all else ObjectPermission(read=grant.views_all)
        return found

    def field(self, sobject: SObject, known: Field) -> FieldPermission:
        """Give what may be done with a field; a part of a compound field goes with the whole."""
        whole = sobject.field(known.compound_field_name) if known.compound_field_name else None
        asked = whole if whole is not None and whole.name != "Name" else known
        if not is_permissioned(sobject.name) or not is_permissionable(asked) or asked.reference_to == _RECORD_TYPE:
            return FieldPermission(True, True)
        found = FieldPermission()
        for grant in self._grants:
            found |= grant.fields.get(f"{sobject.name}.{asked.name}".lower(), FieldPermission())
        return found

    def narrow(self, sobject: SObject) -> SObject:
        """Give an sObject without the fields that may not be read, and with the flags of what may be done."""
        allowed = self.object(sobject.name)
        fields = []
        for known in sobject.fields:
            permission = self.field(sobject, known)
            if not (permission.readable or permission.editable):
                continue
            writable = permission.editable
            fields.append(
                replace(known, createable=known.createable and writable, updateable=known.updateable and writable)
            )
        return replace(
            sobject,
            fields=tuple(fields),
            createable=sobject.createable and allowed.create,
            updateable=sobject.updateable and allowed.edit,
            deletable=sobject.deletable and allowed.delete,
            undeletable=sobject.undeletable and allowed.delete,
            mergeable=sobject.mergeable and allowed.delete,
        )


class PermittedView(SchemaView):
    """A schema at one API version as some grants let it be seen."""

    def __init__(self, schema: Schema, version: int, access: Access) -> None:
        super().__init__(schema, version)
        self._access = access

    def _is_shown(self, thing: Outline | Field | ChildRelationship) -> bool:
        if isinstance(thing, Outline) and not self._access.object(thing.name).read:
            return False
        return super()._is_shown(thing)

    def _narrow(self, whole: SObject) -> SObject:
        return self._access.narrow(super()._narrow(whole))

    @property
    def shown_outlines(self) -> tuple[Outline, ...]:
        """The outlines with the flags of what may be done."""
        return tuple(self._permitted(outline) for outline in self.outlines)

    def _permitted(self, outline: Outline) -> Outline:
        allowed = self._access.object(outline.name)
        return outline._replace(
            createable=outline.createable and allowed.create,
            updateable=outline.updateable and allowed.edit,
            deletable=outline.deletable and allowed.delete,
            undeletable=outline.undeletable and allowed.delete,
        )
