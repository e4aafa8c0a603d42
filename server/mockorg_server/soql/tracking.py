"""The clauses that record a query's use: FOR VIEW, FOR REFERENCE, UPDATE TRACKING and UPDATE VIEWSTAT.

FOR VIEW and FOR REFERENCE are for records that remember when they were last viewed. UPDATE counts searches for articles
of Knowledge and hits on them; those statistics are none of a query's answer, so for articles it changes nothing here.
"""

from __future__ import annotations

from mockorg_server.schema.sobject import SObject
from mockorg_server.soql import syntax
from mockorg_server.soql.excerpt import unsupported
from mockorg_server.soql.plan import Tracking

VIEWED = "LastViewedDate"
REFERENCED = "LastReferencedDate"
_ARTICLES = frozenset({"KnowledgeArticle", "KnowledgeArticleVersion"})
_ARTICLE_SUFFIX = "__kav"


def bind_tracking(query: syntax.Query, sobject: SObject, *, nested: bool = False) -> Tracking | None:
    """Give what the query's FOR clause asks for. Raises SoqlError where the clauses cannot be carried out."""
    if query.updates and sobject.name not in _ARTICLES and not sobject.name.endswith(_ARTICLE_SUFFIX):
        raise unsupported(f"UPDATE {query.updates[0]} on {sobject.name}, which is no article of Knowledge,")
    if not query.tracking:
        return None
    if nested:
        raise unsupported(f"FOR {query.tracking} in a subquery")
    if sobject.field(VIEWED) is None or sobject.field(REFERENCED) is None:
        raise unsupported(f"FOR {query.tracking} on {sobject.name}, which has no {VIEWED},")
    return Tracking(query.tracking)


def refuse_tracking(query: syntax.Query, sobject: SObject) -> None:
    """Refuse the FOR clauses in a query that gives no records."""
    if query.tracking:
        raise unsupported(f"FOR {query.tracking} in a query that gives no records")
    bind_tracking(query, sobject)
