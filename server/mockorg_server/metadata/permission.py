"""Profiles and permission sets of the Metadata API as grants, and as the rows that stand for them in an org."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

from mockorg_server.metadata.facts import Facts
from mockorg_server.schema.identifier import stable_id
from mockorg_server.schema.permission import FieldPermission, Grant, ObjectPermission
from mockorg_server.schema.schema import AddedRecord

# Standard profiles bear other names in files than in the org (Metadata API guide, Profile).
_STANDARD_PROFILES: Final = {
    "Admin": "System Administrator",
    "Standard": "Standard User",
    "ReadOnly": "Read Only",
    "SolutionManager": "Solution Manager",
    "MarketingProfile": "Marketing User",
    "ContractManager": "Contract Manager",
    "StandardAul": "Standard Platform User",
    "MinimumAccess": "Minimum Access - Salesforce",
}


def read_grant(facts: Facts, file_name: str, *, is_profile: bool) -> Grant:
    """Make a grant of a file; its name is that of the file."""
    name = unquote(file_name)
    permissions = {each.required("name") for each in facts.all("userPermissions") if each.flag("enabled")}
    return Grant(
        _STANDARD_PROFILES.get(name, name) if is_profile else name,
        is_profile,
        objects={each.required("object").lower(): _object(each) for each in facts.all("objectPermissions")},
        fields={each.required("field").lower(): _field(each) for each in facts.all("fieldPermissions")},
        views_all="ViewAllData" in permissions,
        modifies_all="ModifyAllData" in permissions,
    )


def row_of(grant: Grant, label: str | None) -> AddedRecord:
    """Give the row that stands for a grant in the org."""
    if grant.is_profile:
        return AddedRecord("Profile", {"Id": stable_id("00e", grant.name), "Name": grant.name})
    values = {"Id": stable_id("0PS", grant.name), "Name": grant.name, "Label": label or grant.name}
    return AddedRecord("PermissionSet", values)


def _object(facts: Facts) -> ObjectPermission:
    modifies = facts.flag("modifyAllRecords")
    return ObjectPermission(
        create=facts.flag("allowCreate") or modifies,
        read=facts.flag("allowRead") or facts.flag("viewAllRecords") or modifies,
        edit=facts.flag("allowEdit") or modifies,
        delete=facts.flag("allowDelete") or modifies,
    )


def _field(facts: Facts) -> FieldPermission:
    editable = facts.flag("editable")
    return FieldPermission(readable=facts.flag("readable") or editable, editable=editable)
