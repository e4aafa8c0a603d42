"""The parts of the Tooling API that clients call unasked: queries, and anonymous Apex that does nothing."""

from __future__ import annotations

import re

from mockorg_server.core.calls import operation as op
from mockorg_server.rest.error import RestError
from mockorg_server.rest.exchange import Answer, Encoded, Request
from mockorg_server.rest.resource.query import batch_size_of

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_HARMLESS = re.compile(r"\s*(?:System\s*\.\s*debug\s*\((?:[^()';]|'(?:\\.|[^'\\])*')*\)\s*;\s*)*", re.IGNORECASE)


def query(request: Request) -> Answer:
    """GET /tooling/query?q=: the objects of the org that the Tooling API has too."""
    soql = request.parameter("q")
    if not soql:
        raise RestError("MALFORMED_QUERY", "A query string has to be specified")
    result = request.run(op.Query(soql, batch_size_of(request)))
    root = f"{request.root}/tooling"
    records = "[]"
    name = "null"
    if result.shape is not None:
        records = request.tools.records.of(result.shape, root).records(result.rows)
        name = f'"{result.shape.sobject_name}"'
    locator = f'"{result.query_locator}"' if result.query_locator else "null"
    more = f'"nextRecordsUrl":"{root}/query/{result.query_locator}",' if result.query_locator else ""
    done = "true" if result.done else "false"
    return Answer(
        Encoded(
            f'{{"size":{len(result.rows)},"totalSize":{result.size},"done":{done},"queryLocator":{locator},{more}'
            f'"entityTypeName":{name},"records":{records}}}'
        )
    )


def execute_anonymous(request: Request) -> Answer:
    """GET /tooling/executeAnonymous?anonymousBody=: succeeds for Apex that does nothing but System.debug."""
    request.run(op.GetServerTimestamp())
    body = request.parameter("anonymousBody")
    if body is None:
        raise RestError("MALFORMED_QUERY", "anonymousBody is required")
    if not _HARMLESS.fullmatch(_COMMENT.sub("", body)):
        raise RestError(
            "NOT_IMPLEMENTED", "mockorg does not run Apex: it executes an empty body or System.debug() only", 501
        )
    return Answer(
        {
            "line": -1,
            "column": -1,
            "compiled": True,
            "success": True,
            "compileProblem": None,
            "exceptionStackTrace": None,
            "exceptionMessage": None,
        }
    )
