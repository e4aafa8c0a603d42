"""sObjects whose rows the platform makes itself: every real org has them, and this one may not.

A query of one of them would find nothing where a real org finds rows, so it is refused, by name, unless the schema
tells the rows (``setup_row.py``). Rows that were seeded are answered as any others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.error import OrgError
from mockorg_server.core.setup_row import ENTITIES, ENTITY_FIELDS, require_setup
from mockorg_server.soql.plan import Plan
from mockorg_server.soql.reference import references

_FROM_METADATA = frozenset(
    {
        "AppDefinition",
        "AppMenuItem",
        "AppTabMember",
        "ColorDefinition",
        "DataType",
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
    }
)
_FROM_SETUP = frozenset(
    {
        "FiscalYearSettings",
        "PartnerRole",
        "Period",
        "PermissionSetLicense",
        "UserLicense",
    }
)

PLATFORM_MADE: Final = _FROM_METADATA | _FROM_SETUP
"""Names of sObjects (Object Reference: each page tells that the platform keeps the rows)."""


def require_rows(context: CallContext, plan: Plan) -> None:
    """Refuse a query of what a real org has and this one has not. Raises OrgError, or WriteNeeded to make set-up."""
    names = list(_read(plan))
    tables = context.reader.holding.tables
    for name in names:
        if name in PLATFORM_MADE and name not in tables:
            raise OrgError(
                "UNSUPPORTED_QUERY",
                f"mockorg does not support querying {name} yet: a real org has rows of its own making there, and "
                "this one has none. Rows that are seeded are answered",
            )
    if ENTITIES in names:
        _require_known(plan)
    require_setup(context, names)


def _require_known(plan: Plan) -> None:
    """Refuse the fields of EntityDefinition that are not filled. Raises OrgError."""
    for sobject, field in references(plan):
        if sobject == ENTITIES and field not in ENTITY_FIELDS:
            raise OrgError("UNSUPPORTED_QUERY", f"mockorg does not support the field {ENTITIES}.{field} yet")


def _read(plan: Plan) -> Iterator[str]:
    """Name the sObjects whose rows a plan reads for certain: any of several targets of a reference may have none."""
    yield plan.sobject.name
    yield from (join.targets[0].name for join in plan.joins if len(join.targets) == 1 and not join.narrowed)
    for inner in (*plan.semi_joins, *(child.plan for child in plan.children)):
        yield from _read(inner)
