"""SOSL: search and parameterizedSearch."""

from __future__ import annotations

import re
from typing import Any

from mockorg_server.core.calls import operation as op
from mockorg_server.rest.error import RestError
from mockorg_server.rest.exchange import Answer, Encoded, Request

_OBJECT_SINCE = 37  # the version from which the answer is an object, before a bare list
_GROUPS = {"ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"}
_SPECIAL = re.compile(r'([?&|!{}\[\]()^~*:\\"\'+-])')


def search(request: Request) -> Answer:
    """GET /search?q=FIND {…}."""
    sosl = request.parameter("q")
    if not sosl:
        raise RestError("MALFORMED_SEARCH", "No search term found. The search term must be enclosed in braces.")
    return _found(request, sosl)


def parameterized(request: Request) -> Answer:
    """GET or POST /parameterizedSearch: a search in parts."""
    given = request.json_object() if request.method == "POST" else _from_query(request)
    return _found(request, _sosl_of(given))


def _found(request: Request, sosl: str) -> Answer:
    result = request.run(op.Search(sosl))
    parts = [
        request.tools.records.of(group.shape, request.root).record(row) for group in result.groups for row in group.rows
    ]
    records = f"[{','.join(parts)}]"
    return Answer(Encoded(f'{{"searchRecords":{records}}}' if request.version >= _OBJECT_SINCE else records))


def _from_query(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = {"q": request.parameter("q")}
    if request.parameter("sobject"):
        given["sobjects"] = [{"name": name.strip()} for name in str(request.parameter("sobject")).split(",")]
    if request.parameter("fields"):
        given["fields"] = [name.strip() for name in str(request.parameter("fields")).split(",")]
    for name in ("in", "overallLimit", "defaultLimit"):
        if request.parameter(name):
            given[name] = request.parameter(name)
    return given


def _sosl_of(given: dict[str, Any]) -> str:
    """Write the SOSL of a search in parts. Raises RestError for a part that is none or not supported."""
    known = {"q", "in", "fields", "sobjects", "overallLimit", "defaultLimit"}
    unknown = next((name for name in given if name not in known), None)
    if unknown is not None:
        raise RestError("NOT_IMPLEMENTED", f"mockorg does not support {unknown} in a parameterized search yet", 501)
    term = given.get("q")
    if not isinstance(term, str) or not term:
        raise RestError("INVALID_SEARCH", "A search term (q) is required")
    group = str(given.get("in") or "ALL").upper()
    if group not in _GROUPS:
        raise RestError("INVALID_SEARCH", f"in must be one of {', '.join(sorted(_GROUPS))}, not {group}")
    sosl = f"FIND {{{_SPECIAL.sub(_escaped, term)}}} IN {group} FIELDS"
    sobjects = given.get("sobjects") or []
    if sobjects:
        sosl += f" RETURNING {', '.join(_returning(each, given) for each in sobjects)}"
    if given.get("overallLimit") is not None:
        sosl += f" LIMIT {_number(given['overallLimit'])}"
    return sosl


def _escaped(match: re.Match[str]) -> str:
    return match[1] if match[1] == "*" else f"\\{match[1]}"


def _returning(entry: Any, given: dict[str, Any]) -> str:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise RestError("INVALID_SEARCH", "each of sobjects needs a name")
    unknown = next((name for name in entry if name not in {"name", "fields", "where", "orderBy", "limit"}), None)
    if unknown is not None:
        raise RestError("NOT_IMPLEMENTED", f"mockorg does not support {unknown} of an sobject in a search yet", 501)
    fields = entry.get("fields") or given.get("fields") or ["Id"]
    inside = ", ".join(map(str, fields))
    if entry.get("where"):
        inside += f" WHERE {entry['where']}"
    if entry.get("orderBy"):
        inside += f" ORDER BY {entry['orderBy']}"
    limit = entry.get("limit", given.get("defaultLimit"))
    if limit is not None:
        inside += f" LIMIT {_number(limit)}"
    return f"{entry['name']}({inside})"


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise RestError("INVALID_SEARCH", f"a limit must be a number, not {value}") from None
