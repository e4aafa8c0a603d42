"""The clauses that record a query's use: FOR VIEW, FOR REFERENCE, UPDATE TRACKING and UPDATE VIEWSTAT.

What FOR leaves behind is the core's to carry out. UPDATE counts searches for articles of Knowledge and hits on them;
those statistics are in no answer of a query, so it changes nothing here.
"""

from __future__ import annotations

from mockorg_server.soql import syntax
from mockorg_server.soql.excerpt import unsupported
from mockorg_server.soql.plan import Tracking

VIEWED = "LastViewedDate"
REFERENCED = "LastReferencedDate"


def bind_tracking(query: syntax.Query) -> Tracking | None:
    """Give what the query's FOR clause asks for."""
    return Tracking(query.tracking) if query.tracking else None


def refuse_tracking(query: syntax.Query) -> None:
    """Refuse the FOR clauses in a query that gives no records. Raises SoqlError."""
    if query.tracking:
        raise unsupported(f"FOR {query.tracking} in a query that gives no records")
