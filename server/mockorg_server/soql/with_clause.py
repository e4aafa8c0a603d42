"""The WITH clauses: which of them change nothing for a system administrator, and which are refused.

Every user of the org is an administrator who sees every object, field and record, so that the clauses about access
rights filter nothing away. They belong to Apex, but the API's grammar takes them too.
"""

from __future__ import annotations

from typing import Final

from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.excerpt import unsupported
from mockorg_server.soql.scope import Scope
from mockorg_server.soql.syntax import Query, With

_ACCESS: Final = frozenset({"SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE"})
MAX_CATEGORIES: Final = 3  # SOQL reference, WITH DATA CATEGORY
_CATEGORISED: Final = frozenset({"KnowledgeArticleVersion", "Question"})  # and article types, which end in __kav


def check_withs(query: Query, scope: Scope) -> None:
    """Refuse the WITH clauses that would have to filter. Raises SoqlError."""
    for clause in query.withs:
        if not _changes_nothing(clause):
            _refuse(clause, scope.root.sobject.name)


def _changes_nothing(clause: With) -> bool:
    return clause.name.upper() in _ACCESS and clause.value is None and not clause.settings


def _refuse(clause: With, sobject: str) -> None:
    if not clause.categories:
        raise unsupported(f"WITH {clause.name}")
    if sobject not in _CATEGORISED and not sobject.endswith("__kav"):
        raise SoqlError("MALFORMED_QUERY", f"WITH DATA CATEGORY filters articles and questions, not {sobject}")
    groups = [category.group for category in clause.categories]
    if len(groups) > MAX_CATEGORIES:
        raise SoqlError("MALFORMED_QUERY", f"WITH DATA CATEGORY can have no more than {MAX_CATEGORIES} conditions")
    # No org here has data category groups: they are set-up that no API call makes.
    message = f"the data category group {groups[0]} does not exist in this org"
    raise SoqlError("FUNCTIONALITY_NOT_ENABLED", message)
