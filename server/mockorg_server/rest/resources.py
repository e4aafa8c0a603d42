"""The table of all resources below ``/services/data/vNN.0``, and how far each goes."""

from __future__ import annotations

from typing import Final

from mockorg_server.rest.interface_resources import INTERFACE_RESOURCES
from mockorg_server.rest.resource import (
    action,
    collection,
    composite,
    describe,
    limit,
    query,
    record,
    relationship,
    replicate,
    search,
    tooling,
    tree,
    version,
)
from mockorg_server.rest.route import Route

_WHOLE: Final = "whole"

RESOURCES: Final = (
    *INTERFACE_RESOURCES,
    Route("", {"GET": version.resources}, _WHOLE),
    Route("sobjects", {"GET": describe.describe_global}, _WHOLE),
    Route("query", {"GET": query.query}, "whole, with explain and columns=true"),
    Route("queryAll", {"GET": query.query_all}, _WHOLE),
    Route("search", {"GET": search.search}, _WHOLE),
    Route(
        "parameterizedSearch",
        {"GET": search.parameterized, "POST": search.parameterized},
        "q, in, fields, sobjects with fields, where, orderBy and limit, overallLimit, defaultLimit",
    ),
    Route("limits", {"GET": limit.limits}, "the API requests are counted; the others are never used up"),
    Route("composite", {"POST": composite.composite}, _WHOLE),
    Route("actions", {"GET": action.kinds}, _WHOLE),
    Route("limits/recordCount", {"GET": limit.record_count}, "exact, where the platform estimates"),
    Route("query/{locator}", {"GET": query.query_more}, _WHOLE),
    Route("queryAll/{locator}", {"GET": query.query_more}, _WHOLE),
    Route("composite/batch", {"POST": composite.batch}, "without binary parts"),
    Route("composite/graph", {"POST": composite.graph}, _WHOLE),
    Route(
        "composite/sobjects",
        {"POST": collection.create, "PATCH": collection.update, "DELETE": collection.delete},
        _WHOLE,
    ),
    Route("actions/standard", {"GET": action.standard}, "sendConversationMessages"),
    Route("actions/custom", {"GET": action.custom}, "there are none"),
    Route("tooling/query", {"GET": tooling.query}, "objects that the data API has too"),
    Route("tooling/executeAnonymous", {"GET": tooling.execute_anonymous}, "nothing but System.debug"),
    Route("sobjects/{sobject}", {"GET": describe.basic, "POST": record.create}, "without recentItems"),
    Route("composite/tree/{sobject}", {"POST": tree.tree}, _WHOLE),
    Route("composite/sobjects/{sobject}", {"GET": collection.retrieve, "POST": collection.retrieve}, _WHOLE),
    Route("actions/standard/{name}", {"GET": action.describe, "POST": action.invoke}, "sendConversationMessages"),
    Route("sobjects/{sobject}/describe", {"GET": describe.describe}, _WHOLE),
    Route("sobjects/{sobject}/updated", {"GET": replicate.updated}, _WHOLE),
    Route("sobjects/{sobject}/deleted", {"GET": replicate.deleted}, _WHOLE),
    Route("sobjects/{sobject}/Id", {"POST": record.create}, _WHOLE),
    Route(
        "sobjects/{sobject}/{id}",
        {"GET": record.read, "PATCH": record.update, "DELETE": record.delete},
        _WHOLE,
    ),
    Route("composite/sobjects/{sobject}/{field}", {"PATCH": collection.upsert}, _WHOLE),
    Route(
        "sobjects/{sobject}/{first}/{second}",
        {"GET": relationship.follow, "PATCH": relationship.change, "DELETE": relationship.remove},
        "by external id whole; relationships and blobs are read",
    ),
)
"""Every resource; see ``docs/rest.md``, which is made from this table."""
