"""sObjects whose rows the platform makes itself: every real org has them, and mockorg makes none of them yet.

A query of one of them would find nothing where a real org finds rows, so it is refused, by name. Rows that were seeded
are answered as any others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.error import OrgError
from mockorg_server.soql.plan import Plan

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

PLATFORM_MADE: Final = _FROM_METADATA | _FROM_SETUP
"""Names of sObjects (Object Reference: each page tells that the platform keeps the rows)."""


def require_rows(context: CallContext, plan: Plan) -> None:
    """Refuse a query of rows that a real org has and this one has not. Raises OrgError."""
    tables = context.reader.holding.tables
    for name in _read(plan):
        if name in PLATFORM_MADE and name not in tables:
            raise OrgError(
                "UNSUPPORTED_QUERY",
                f"mockorg does not support querying {name} yet: a real org has rows of its own making there, and "
                "this one has none. Rows that are seeded are answered",
            )


def _read(plan: Plan) -> Iterator[str]:
    """Name the sObjects whose rows a plan reads for certain: any of several targets of a reference may have none."""
    yield plan.sobject.name
    yield from (join.targets[0].name for join in plan.joins if len(join.targets) == 1 and not join.narrowed)
    for inner in (*plan.semi_joins, *(child.plan for child in plan.children)):
        yield from _read(inner)
