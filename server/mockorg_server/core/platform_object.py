"""sObjects whose rows the platform makes itself: every real org has them, and mockorg makes none of them yet.

A query of one of them would find nothing where a real org finds rows, so it is refused, by name. Rows that were seeded
are answered as any others.
"""

from __future__ import annotations

from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.error import OrgError
from mockorg_server.schema.sobject import SObject

_FROM_METADATA = frozenset(
    {
        "AppDefinition",
        "AppMenuItem",
        "AppTabMember",
        "ColorDefinition",
        "DataType",
        "EntityDefinition",
        "EntityParticle",
        "FieldDefinition",
        "IconDefinition",
        "OwnerChangeOptionInfo",
        "PicklistValueInfo",
        "PlatformAction",
        "Publisher",
        "RelationshipDomain",
        "RelationshipInfo",
        "SearchLayout",
        "TabDefinition",
        "UserEntityAccess",
        "UserFieldAccess",
        "UserRecordAccess",
    }
)
_FROM_SETUP = frozenset(
    {
        "CaseStatus",
        "ContractStatus",
        "FiscalYearSettings",
        "LeadStatus",
        "OpportunityStage",
        "OrderStatus",
        "PartnerRole",
        "Period",
        "PermissionSetLicense",
        "SolutionStatus",
        "TaskPriority",
        "TaskStatus",
        "UserLicense",
    }
)

_FROM_USE = frozenset({"RecentlyViewed"})

PLATFORM_MADE: Final = _FROM_METADATA | _FROM_SETUP | _FROM_USE
"""Names of sObjects (Object Reference: each page tells that the platform keeps the rows)."""


def require_rows(context: CallContext, sobject: SObject) -> None:
    """Refuse a query of rows that a real org has and this one has not. Raises OrgError."""
    if sobject.name in PLATFORM_MADE and sobject.name not in context.reader.holding.tables:
        raise OrgError(
            "MALFORMED_QUERY",
            f"mockorg does not support querying {sobject.name} yet: a real org has rows of its own making there, and "
            "this one has none. Rows that are seeded are answered",
        )
