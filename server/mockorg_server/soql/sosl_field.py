"""What SOSL knows of objects and fields: which are searched, and the few objects with rules of their own.

The names below are the SOSL reference's (FIND, IN, RETURNING); it tells these rules of single objects and no describe
does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import Field, SObject
from mockorg_server.soql.sosl_syntax import Extra, SearchGroup

# Text. Numbers, dates, references and formulas are not searched (SOSL reference, IN).
_TEXT_TYPES = frozenset(
    {
        FieldType.COMBOBOX, FieldType.EMAIL, FieldType.MULTIPICKLIST, FieldType.PHONE, FieldType.PICKLIST,
        FieldType.STRING, FieldType.TEXTAREA, FieldType.URL,
    }
)  # fmt: skip
_PICKLISTS = frozenset({FieldType.PICKLIST, FieldType.MULTIPICKLIST})

# Searched by IN NAME FIELDS besides the name field itself (SOSL reference, IN).
_NAME_FIELDS: Mapping[str, frozenset[str]] = {
    "Account": frozenset({"Website", "Site", "NameLocal"}),
    "Asset": frozenset({"SerialNumber"}),
    "Case": frozenset({"SuppliedName", "SuppliedCompany", "Subject"}),
    "Contact": frozenset({"AssistantName", "FirstNameLocal", "LastNameLocal", "AccountName"}),
    "Event": frozenset({"Subject"}),
    "Lead": frozenset({"Company", "CompanyLocal", "FirstNameLocal", "LastNameLocal"}),
    "Note": frozenset({"Title"}),
    "PermissionSet": frozenset({"Label"}),
    "Report": frozenset({"Description"}),
    "TagDefinition": frozenset({"NormName"}),
    "Task": frozenset({"Subject"}),
    "User": frozenset({"CommunityNickname"}),
}

# Articles, documents, feed comments, feed items, files, products, solutions: found only where RETURNING names them, and
# in all their fields whatever IN says.
_NAMED_ONLY = frozenset(
    {
        "KnowledgeArticleVersion", "Document", "FeedComment", "FeedItem", "ContentVersion", "ContentDocument",
        "Product2", "Solution",
    }
)  # fmt: skip
_ANY_WORD = frozenset({"KnowledgeArticleVersion", "Document", "Solution"})
_ARTICLE_SUFFIX = "__kav"


def is_article(sobject: SObject) -> bool:
    """Tell whether the object is one of Knowledge."""
    return sobject.name == "KnowledgeArticleVersion" or sobject.name.lower().endswith(_ARTICLE_SUFFIX)


def is_changed_by(extra: Extra, sobject: SObject) -> bool:
    """Tell whether the extra changes anything for an object: for all others the reference says that it does nothing."""
    return _CHANGED[extra](sobject)


def is_named_only(sobject: SObject) -> bool:
    """Tell whether the object is searched only where RETURNING names it."""
    return sobject.name in _NAMED_ONLY or is_article(sobject)


def any_word(sobject: SObject) -> bool:
    """Tell whether one of several words is enough: OR, not AND, stands between words in articles and their like."""
    return sobject.name in _ANY_WORD or is_article(sobject)


def searched_fields(sobject: SObject, group: SearchGroup = SearchGroup.ALL) -> tuple[str, ...]:
    """Give the names of the fields that a search looks into."""
    chosen = _GROUPS[SearchGroup.ALL if is_named_only(sobject) else group]
    return tuple(field.name for field in sobject.fields if _is_text(field) and chosen(sobject, field))


def _is_text(field: Field) -> bool:
    """Tell whether people's text is in a field (inferred).

    Searched are the fields that people fill in, names and numbers given by the org, and picklists but for those of the
    system's own words, such as time zones; that picklists are at all follows from what WITH HIGHLIGHT says of them.
    """
    if field.type not in _TEXT_TYPES or (field.calculated and not field.name_field):
        return False
    if field.type in _PICKLISTS and field.restricted_picklist and not field.custom:
        return False
    return field.createable or field.updateable or field.name_field or field.auto_number


def _is_name(sobject: SObject, field: Field) -> bool:
    part_of_name = field.compound_field_name == "Name" and field.type is FieldType.STRING
    return field.name_field or part_of_name or field.name in _NAME_FIELDS.get(sobject.name, ())


_HIGHLIGHTED = frozenset({"Account", "Campaign", "Contact", "Lead", "Opportunity", "Quote", "User"})
_WITH_SNIPPETS = frozenset({"Case", "CaseComment", "FeedItem", "FeedComment", "Idea", "IdeaComment"})
_CHANGED: Mapping[Extra, Callable[[SObject], bool]] = {
    Extra.HIGHLIGHT: lambda sobject: sobject.custom or sobject.name in _HIGHLIGHTED,
    Extra.SNIPPET: lambda sobject: is_article(sobject) or sobject.name in _WITH_SNIPPETS,
    Extra.STATISTICS: is_article,
}

_GROUPS: Mapping[SearchGroup, Callable[[SObject, Field], bool]] = {
    SearchGroup.ALL: lambda _sobject, _field: True,
    SearchGroup.NAME: _is_name,
    SearchGroup.EMAIL: lambda _sobject, field: field.type is FieldType.EMAIL,
    SearchGroup.PHONE: lambda _sobject, field: field.type is FieldType.PHONE,
    # "valid records as listed in the Sidebar dropdown list": all fields of the record are searched (inferred)
    SearchGroup.SIDEBAR: lambda _sobject, _field: True,
}
