"""Objects that the platform only answers about when the query filters by certain fields (recorded refusals).

The filter must be ``=`` or ``IN`` on one of the fields, alone in WHERE or one of its ANDed terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.syntax import Comparison, Condition, Conjunction, FieldPath, Membership


@dataclass(frozen=True, slots=True)
class Restriction:
    """The paths (in lower case) one of which must be filtered by, and what the platform says otherwise."""

    paths: frozenset[str]
    message: str


def _reified(name: str) -> Restriction:
    message = f"{name}: a filter on a reified column is required [EntityDefinitionId,DurableId]"
    return Restriction(frozenset({"entitydefinitionid", "durableid", "entitydefinition.qualifiedapiname"}), message)


RESTRICTIONS: Mapping[str, Restriction] = {
    "ContentDocumentLink": Restriction(
        frozenset({"contentdocumentid", "linkedentityid"}),
        "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or "
        "LinkedEntityId using the equals operator or multiple Id's using the IN operator.",
    ),
    "FieldDefinition": _reified("FieldDefinition"),
    "EntityParticle": _reified("EntityParticle"),
}


def check_restriction(sobject_name: str, where: Condition | None) -> None:
    """Refuse a query that lacks the filter its object asks for."""
    restriction = RESTRICTIONS.get(sobject_name)
    if restriction and not _filters(where, restriction.paths):
        raise SoqlError("MALFORMED_QUERY", restriction.message)


def _filters(where: Condition | None, paths: frozenset[str]) -> bool:
    match where:
        case Comparison(FieldPath(names), "=", _) | Membership(FieldPath(names), False, _):
            return ".".join(names).lower() in paths
        case Conjunction(conditions):
            return any(_filters(condition, paths) for condition in conditions)
    return False
