"""Objects that the platform only answers about when the query filters by certain fields.

Sources: recorded refusals, and "SOQL Object Limits and Limitations" of the SOQL reference. The filter must
be ``=`` or ``IN`` on one of the fields, alone in WHERE or one of its ANDed terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.syntax import Comparison, Condition, Conjunction, FieldPath, Membership, Selection, SelectItem


@dataclass(frozen=True, slots=True)
class Restriction:
    """The paths (in lower case) one of which must be filtered by, and what the platform says otherwise."""

    paths: frozenset[str]
    message: str
    code: str = "MALFORMED_QUERY"


def _reified(name: str, owner: str = "EntityDefinitionId") -> Restriction:
    message = f"{name}: a filter on a reified column is required [{owner},DurableId]"
    return Restriction(frozenset({owner.lower(), "durableid", "entitydefinition.qualifiedapiname"}), message)


def _single(name: str, *fields: str) -> Restriction:
    listed = f"{', '.join(fields[:-1])} or {fields[-1]}"
    message = f"Implementation restriction: {name} requires a filter by a single {listed} using the equals operator"
    return Restriction(frozenset(field.lower() for field in fields), message)


def _never(message: str) -> Restriction:
    return Restriction(frozenset(), message, "EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION")


RESTRICTIONS: Mapping[str, Restriction] = {
    "ContentDocumentLink": Restriction(
        frozenset({"id", "contentdocumentid", "linkedentityid"}),
        "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or "
        "LinkedEntityId using the equals operator or multiple Id's using the IN operator.",
    ),
    "Vote": Restriction(
        frozenset({"parentid", "parent.type", "id"}),
        "Implementation restriction: When querying the Vote object, you must filter using the following syntax: "
        "ParentId = [single ID], Parent.Type = [single Type], Id = [single ID], or Id IN [list of ID's].",
    ),
    "ContentFolderItem": _single("ContentFolderItem", "Id", "ParentContentFolderId"),
    "ContentFolderMember": _single("ContentFolderMember", "Id", "ChildRecordId", "ParentContentFolderId"),
    "EntityParticle": _reified("EntityParticle"),
    "FieldDefinition": _reified("FieldDefinition"),
    "IdeaComment": Restriction(
        frozenset({"id", "ideaid", "communityid"}),
        "Implementation restriction: When querying the Idea Comment object, you must filter using the following "
        "syntax: CommunityId = [single ID], Id = [single ID], IdeaId = [single ID], Id IN [list of ID's], or IdeaId IN "
        "[list of ID's].",
    ),
    "OutgoingEmail": _never("This query is not supported on the OutgoingEmail object."),
    "OutgoingEmailRelation": _never("This query is not supported on the OutgoingEmail object. (OutgoingEmailRelation)"),
    "UserEntityAccess": _reified("UserEntityAccess", "UserId"),
    "UserFieldAccess": _reified("UserFieldAccess", "UserId"),
}

# What alone can be selected of an object, in lower case, and what the platform says of anything else (recorded).
SELECTABLE: Mapping[str, tuple[frozenset[str], str]] = {
    "UserRecordAccess": (
        frozenset(
            {
                "recordid", "hasreadaccess", "haseditaccess", "hasdeleteaccess", "hastransferaccess", "hasallaccess",
                "maxaccesslevel",
            }
        ),
        "Can select only RecordId, a Has*Access field, and MaxAccessLevel",
    ),
}  # fmt: skip


ARTICLES_FREE_SINCE = 47  # API version; an earlier one shows published articles alone when nothing else is asked for


def _article(name: str) -> Restriction:
    message = (
        f"Implementation restriction: When querying or searching the {name} object, you must filter using the "
        "following syntax: Id = [single ID], Id IN [list of ID's] or PublishStatus = [status]. In addition "
        "PublishStatus is only permitted in a top-level AND condition."
    )
    return Restriction(frozenset({"id", "publishstatus"}), message)


def check_restriction(sobject_name: str, where: Condition | None, version: int) -> None:
    """Refuse a query that lacks the filter its object asks for in an API version."""
    restriction = RESTRICTIONS.get(sobject_name)
    if version < ARTICLES_FREE_SINCE and (sobject_name == "KnowledgeArticleVersion" or sobject_name.endswith("__kav")):
        restriction = _article(sobject_name)
    if restriction and not _filters(where, restriction.paths):
        raise SoqlError(restriction.code, restriction.message)


def check_selection(sobject_name: str, select: tuple[Selection, ...]) -> None:
    """Refuse to select what an object does not show."""
    allowed, message = SELECTABLE.get(sobject_name, (None, ""))
    for item in select:
        expression = item.expression if isinstance(item, SelectItem) else None
        if allowed is not None and (not isinstance(expression, FieldPath) or expression.text.lower() not in allowed):
            raise SoqlError("INVALID_FIELD", message)


def _filters(where: Condition | None, paths: frozenset[str]) -> bool:
    match where:
        case Comparison(FieldPath(names), "=", _) | Membership(FieldPath(names), False, _):
            return ".".join(names).lower() in paths
        case Conjunction(conditions):
            return any(_filters(condition, paths) for condition in conditions)
    return False
