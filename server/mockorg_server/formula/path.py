"""Names in a formula against the schema: fields of the record, of its parents, and of the global objects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Protocol

from mockorg_server.formula.error import FormulaError
from mockorg_server.formula.syntax import Name
from mockorg_server.formula.term import Leaf, Step
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field, SObject

GLOBALS: Final[Mapping[str, str]] = {
    "$user": "User",
    "$profile": "Profile",
    "$userrole": "UserRole",
    "$organization": "Organization",
}
_UNSUPPORTED: Final = ("$client", "$action", "$resource", "$site", "$network")
_UNSUPPORTED_NAMES: Final = ("$user.uitheme", "$user.uithemedisplayed")  # what a person sees, and no field of User
API: Final = "$Api"
SESSION_ID: Final = "Session_ID"
_API_NAME: Final = re.compile("Session_ID|(Partner|Enterprise)_Server_URL_[1-9][0-9]{1,2}0", re.IGNORECASE)
_PERMISSION: Final = "$permission"
MAX_STEPS: Final = 10
"""Relationships in one path (Salesforce Help, tips on cross-object formulas)."""


class View(Protocol):
    """What the binder asks of a schema view."""

    @property
    def labels(self) -> Mapping[str, str]:
        """The texts of custom labels, by name in lower case."""

    @property
    def custom_permissions(self) -> Mapping[str, object]:
        """Who has each custom permission, by its name in lower case."""

    def sobject(self, name: str) -> SObject | None:
        """Give the sObject of that name in any case, or None."""


def find_leaf(view: View, root: SObject, name: Name) -> Leaf:
    """Give what a name stands for. Raises FormulaError."""
    first = name.parts[0].lower()
    if not first.startswith("$"):
        return _walk(view, root, name, name.parts, "")
    if first == "$recordtype":
        return _walk(view, root, name, ("RecordType", *name.parts[1:]), "")
    if name.text.lower() in _UNSUPPORTED_NAMES:
        raise _unsupported(name)
    if first in GLOBALS:
        return _walk(view, _required(view, GLOBALS[first], name), name, name.parts[1:], f"${GLOBALS[first]}")
    if first == "$setup" and len(name.parts) > 2:
        held = _required(view, name.parts[1], name)
        return _walk(view, held, name, name.parts[2:], f"$Setup.{held.name}")
    if first == "$custommetadata" and len(name.parts) > 3:
        held = _required(view, name.parts[1], name)
        return _walk(view, held, name, name.parts[3:], f"$CustomMetadata.{held.name}.{name.parts[2]}")
    if first == API.lower() and _API_NAME.fullmatch(".".join(name.parts[1:])):
        known = name.parts[1].lower()
        return Leaf((), "", Field(name=known, label=known, type=FieldType.STRING, soap_type="xsd:string"), API)
    if first == _PERMISSION and len(name.parts) == 2:
        return _permission(view, name)
    if first in _UNSUPPORTED:
        raise _unsupported(name)
    raise _unknown(name)


def _permission(view: View, name: Name) -> Leaf:
    """Give whether the user has a custom permission, as a field of an object that there is not."""
    permission = name.parts[1]
    if permission.lower() not in view.custom_permissions:
        message = f"mockorg does not know {name.text}: no source of the schema defines that custom permission"
        raise FormulaError(message, name.position)
    field = Field(name=permission, label=permission, type=FieldType.BOOLEAN, soap_type="xsd:boolean")
    return Leaf((), "CustomPermission", field, f"$Permission.{permission}")


def _unsupported(name: Name) -> FormulaError:
    return FormulaError(f"mockorg does not support {name.text} in formulas yet", name.position)


def _required(view: View, sobject: str, name: Name) -> SObject:
    found = view.sobject(sobject)
    if found is None:
        raise _unknown(name)
    return found


def _unknown(name: Name) -> FormulaError:
    return FormulaError(f"Field {name.text} does not exist. Check spelling.", name.position)


def _walk(view: View, sobject: SObject, name: Name, parts: tuple[str, ...], root: str) -> Leaf:
    steps: list[Step] = []
    if not parts or len(parts) > MAX_STEPS + 1:
        raise _unknown(name)
    for part in parts[:-1]:
        relationship, _, wanted = part.partition(":")
        reference = sobject.parent_field(relationship)
        if reference is None:
            raise _unknown(name)
        sobject = _target(view, reference, wanted, name)
        steps.append(Step(reference, sobject.name))
    field = sobject.field(parts[-1])
    if field is None:
        raise _unknown(name)
    return Leaf(tuple(steps), sobject.name, field, root)


def _target(view: View, reference: Field, wanted: str, name: Name) -> SObject:
    """Give the object that a step leads to: the one after the colon, or the reference's first that is there."""
    wanted = "Group" if wanted.lower() == "queue" else wanted
    for target in reference.reference_to:
        if wanted and target.lower() != wanted.lower():
            continue
        if not wanted and len(reference.reference_to) > 1 and target == "Group":
            continue  # Owner without a colon is the user
        found = view.sobject(target)
        if found is not None:
            return found
    raise _unknown(name)
