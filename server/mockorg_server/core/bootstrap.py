"""The records that a fresh org holds. Listed for users in ``docs/fresh-org.md``.

Only what a caller can see matters here; every field not named gets its default.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mockorg_server.core.id_sequence import IdSequence
from mockorg_server.schema.identifier import base62, to_long_id
from mockorg_server.schema.schema import SchemaView
from mockorg_server.schema.value import Value

ADMINISTRATOR = "admin@mockorg.example"
_LANGUAGE = "en_US"
_LOCALE = "en_US"
_TIME_ZONE = "GMT"


@dataclass(frozen=True, slots=True)
class FirstRecord:
    """A record to be written without rules: its sObject's name and values, Id among them."""

    sobject: str
    values: dict[str, Value]


def organization_id(number: int) -> str:
    """Give the id of the host's org of that number, counted from 1."""
    return to_long_id("00D" + base62(number, 12))


def first_records(view: SchemaView, ids: IdSequence, org_id: str, username: str, edition: str) -> Iterator[FirstRecord]:
    """Give the fresh org's records in the order of their making; ``username`` is the administrator's."""
    profile_id, role_id, user_id = ids.next_id("00e"), ids.next_id("00E"), ids.next_id("005")
    yield FirstRecord(
        "Organization",
        {
            "Id": org_id,
            "Name": "mockorg",
            "OrganizationType": f"{edition} Edition",
            "InstanceName": "MOCK1",
            "IsSandbox": False,
            "LanguageLocaleKey": _LANGUAGE,
            "DefaultLocaleSidKey": _LOCALE,
            "TimeZoneSidKey": _TIME_ZONE,
            "FiscalYearStartMonth": 1,
            "UiSkin": "Theme3",
        },
    )
    yield FirstRecord("Profile", {**_permissions(view), "Id": profile_id, "Name": "System Administrator"})
    yield FirstRecord(
        "UserRole",
        {"Id": role_id, "Name": "CEO", "DeveloperName": "CEO", "OpportunityAccessForAccountOwner": "Edit"},
    )
    yield FirstRecord("User", user_values(user_id, username, profile_id, role_id))
    yield FirstRecord(
        "Pricebook2", {"Id": ids.next_id("01s"), "Name": "Standard Price Book", "IsActive": True, "IsStandard": True}
    )
    yield FirstRecord("BusinessHours", {**_around_the_clock(), "Id": ids.next_id("01m"), "Name": "Default"})


def user_values(user_id: str, username: str, profile_id: str, role_id: str | None) -> dict[str, Value]:
    """Give the values of a user who is a system administrator."""
    local, _, _domain = username.partition("@")
    return {
        "Id": user_id,
        "Username": username,
        "FirstName": None,
        "LastName": local or username,
        "Name": local or username,
        "Email": username if "@" in username else f"{username}@mockorg.example",
        "Alias": local[:8],
        "CommunityNickname": local[:40],
        "IsActive": True,
        "UserType": "Standard",
        "ProfileId": profile_id,
        "UserRoleId": role_id,
        "TimeZoneSidKey": _TIME_ZONE,
        "LocaleSidKey": _LOCALE,
        "LanguageLocaleKey": _LANGUAGE,
        "EmailEncodingKey": "UTF-8",
    }


def _permissions(view: SchemaView) -> dict[str, Value]:
    """Give the administrator's profile every permission that the org knows."""
    profile = view.sobject("Profile")
    names = [field.name for field in profile.fields] if profile else []
    return {name: True for name in names if name.startswith("Permissions")}


def _around_the_clock() -> dict[str, Value]:
    days = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    hours: dict[str, Value] = {f"{day}{end}Time": "00:00:00.000Z" for day in days for end in ("Start", "End")}
    return hours | {"IsActive": True, "IsDefault": True, "TimeZoneSidKey": _TIME_ZONE}
