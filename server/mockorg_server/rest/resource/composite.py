"""Several requests in one: composite with references between them, graphs of those, and batches."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from mockorg_server.rest.dispatch import dispatch
from mockorg_server.rest.document import to_json
from mockorg_server.rest.error import RestError
from mockorg_server.rest.exchange import Answer, Request, error_value

MAX_SUB_REQUESTS: Final = 25
MAX_QUERIES: Final = 5
MAX_GRAPHS: Final = 75
MAX_GRAPH_NODES: Final = 500

_REFERENCE: Final = re.compile(r"@\{([^}]*)\}")
_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_NAME: Final = re.compile(r"[A-Za-z0-9_]+")
_METHODS: Final = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})
_COUNTED: Final = re.compile(r"(?:query|queryAll|composite/sobjects)(?:$|[/?])")
_HALTED: Final = "The transaction was rolled back since another operation in the same transaction failed."


_BATCH_HALTED: Final = [
    {
        "errorCode": "BATCH_PROCESSING_HALTED",
        "message": "The batch was halted as an earlier request failed, and haltOnError is true",
    }
]


class _NotAll(Exception):
    """Undoes the transaction of a composite of which a part failed."""


@dataclass(slots=True)
class _Part:
    """One sub-request as it was given."""

    reference: str
    method: str
    url: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Outcome:
    """What a sub-request came to."""

    part: _Part
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return self.status >= 400

    def document(self) -> dict[str, Any]:
        return {
            "body": self.body,
            "httpHeaders": self.headers,
            "httpStatusCode": self.status,
            "referenceId": self.part.reference,
        }


def composite(request: Request) -> Answer:
    """POST /composite: up to 25 requests, in order; later ones may refer to earlier ones' answers."""
    body = request.json_object()
    _known(body, {"allOrNone", "collateSubrequests", "compositeRequest"})
    all_or_none = _flag(body, "allOrNone")
    parts = _parts(body.get("compositeRequest"))
    if len(parts) > MAX_SUB_REQUESTS:
        raise RestError("LIMIT_EXCEEDED", f"The maximum number of subrequests is {MAX_SUB_REQUESTS}")
    counted = sum(1 for part in parts if _COUNTED.match(_below(request, part.url)))
    if counted > MAX_QUERIES:
        message = f"The maximum number of query and sObject collection subrequests is {MAX_QUERIES}"
        raise RestError("LIMIT_EXCEEDED", message)
    outcomes = _run(request, parts, all_or_none)
    return Answer({"compositeResponse": [outcome.document() for outcome in outcomes]})


def graph(request: Request) -> Answer:
    """POST /composite/graph: several composites, each of which is all or nothing."""
    body = request.json_object()
    _known(body, {"graphs"})
    graphs = body.get("graphs")
    if not isinstance(graphs, list) or not all(isinstance(each, dict) for each in graphs):
        raise RestError("JSON_PARSER_ERROR", "graphs must be a list of objects")
    if len(graphs) > MAX_GRAPHS:
        raise RestError("LIMIT_EXCEEDED", f"The maximum number of graphs is {MAX_GRAPHS}")
    return Answer({"graphs": [_graph(request, each) for each in graphs]})


def batch(request: Request) -> Answer:
    """POST /composite/batch: up to 25 independent requests."""
    body = request.json_object()
    _known(body, {"batchRequests", "haltOnError"})
    entries = body.get("batchRequests")
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise RestError("JSON_PARSER_ERROR", "batchRequests must be a list of objects")
    if len(entries) > MAX_SUB_REQUESTS:
        raise RestError("LIMIT_EXCEEDED", f"The maximum number of batch requests is {MAX_SUB_REQUESTS}")
    halt = _flag(body, "haltOnError")
    results: list[dict[str, Any]] = []
    halted = False
    for entry in entries:
        part = _batch_part(entry)
        if halted:
            results.append({"statusCode": 412, "result": _BATCH_HALTED})
            continue
        outcome = _send(request, part, f"/services/data/{part.url.lstrip('/')}")
        results.append({"statusCode": outcome.status, "result": outcome.body})
        halted = halt and outcome.failed
    return Answer({"hasErrors": any(each["statusCode"] >= 400 for each in results), "results": results})


def _graph(request: Request, entry: dict[str, Any]) -> dict[str, Any]:
    graph_id = entry.get("graphId")
    if not isinstance(graph_id, str) or not graph_id:
        raise RestError("JSON_PARSER_ERROR", "each graph needs a graphId")
    parts = _parts(entry.get("compositeRequest"))
    if len(parts) > MAX_GRAPH_NODES:
        raise RestError("LIMIT_EXCEEDED", f"The maximum number of nodes of a graph is {MAX_GRAPH_NODES}")
    outcomes = _run(request, parts, all_or_none=True)
    return {
        "graphId": graph_id,
        "graphResponse": {"compositeResponse": [outcome.document() for outcome in outcomes]},
        "isSuccessful": not any(outcome.failed for outcome in outcomes),
    }


def _run(request: Request, parts: list[_Part], all_or_none: bool) -> list[_Outcome]:
    outcomes: list[_Outcome] = []
    if not all_or_none:
        for part in parts:
            outcomes.append(_one(request, part, outcomes))
        return outcomes
    try:
        with request.transaction():
            for part in parts:
                outcomes.append(_one(request, part, outcomes))
                if outcomes[-1].failed:
                    raise _NotAll
    except _NotAll:
        return _halted(parts, outcomes)
    return outcomes


def _halted(parts: list[_Part], outcomes: list[_Outcome]) -> list[_Outcome]:
    """Give what a composite answers of which one failed: its own error, and that the others were not done."""
    error = [{"errorCode": "PROCESSING_HALTED", "message": _HALTED}]
    done = [each if each.failed else _Outcome(each.part, 400, error) for each in outcomes]
    return done + [_Outcome(part, 400, error) for part in parts[len(outcomes) :]]


def _one(request: Request, part: _Part, earlier: list[_Outcome]) -> _Outcome:
    known = {outcome.part.reference: outcome for outcome in earlier}
    try:
        url = _resolved(part.url, known)
        body = _resolved(part.body, known)
    except RestError as error:
        return _Outcome(part, 400, error_value(error))
    return _send(request, replace(part, body=body), str(url))


def _send(request: Request, part: _Part, url: str) -> _Outcome:
    """Answer a sub-request as if it had come by itself."""
    split = urlsplit(url)
    below = _below(request, split.path)
    inner = replace(
        request,
        method=part.method,
        path={},
        query=dict(parse_qsl(split.query, keep_blank_values=True)),
        headers={**{name.lower(): str(value) for name, value in part.headers.items()}},
        body=b"",
        value=part.body,
        is_sub_request=True,
    )
    version = re.match(r"/services/data/v(\d{1,3})\.0(?:/|$)", split.path)
    if version is not None and int(version[1]) != request.version:
        inner.version, inner.root = int(version[1]), f"/services/data/v{version[1]}.0"
        inner.caller = replace(request.caller, api_version=inner.version)
    answer = dispatch(request.tools.routes, inner, below)
    return _Outcome(part, answer.status, _plain(answer), {**answer.headers})


def _plain(answer: Answer) -> Any:
    if answer.content is not None:
        return answer.content.decode("utf-8", "replace")
    return None if answer.value is None else json.loads(to_json(answer.value))


def _below(request: Request, url: str) -> str:
    """Give a path below the version's address, whether it was given whole or not."""
    path = re.sub(r"^/?services/data/v\d{1,3}\.0/?", "", url)
    return path.lstrip("/") if path != url or not url.startswith(request.root) else url[len(request.root) :].lstrip("/")


def _resolved(value: Any, known: Mapping[str, _Outcome]) -> Any:
    """Put the values in the place of ``@{reference.path}``, in texts, lists and objects. Raises RestError."""
    if isinstance(value, dict):
        return {key: _resolved(each, known) for key, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, known) for each in value]
    if not isinstance(value, str) or "@{" not in value:
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole is not None:
        return _referred(whole[1], known)
    return _REFERENCE.sub(lambda match: _as_text(_referred(match[1], known)), value)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _referred(path: str, known: Mapping[str, _Outcome]) -> Any:
    name, _, rest = path.partition(".")
    base, bracket, index = name.partition("[")
    outcome = known.get(base)
    if outcome is None:
        raise RestError("PROCESSING_HALTED", f"Invalid reference specified. No value for {path} found in {base}.")
    if outcome.failed:
        errors = "; ".join(str(each.get("message")) for each in outcome.body) if isinstance(outcome.body, list) else ""
        message = f"Invalid reference specified. No value for {path} found in {base}. Errors: {errors}"
        raise RestError("PROCESSING_HALTED", message)
    value: Any = outcome.body
    for step, place in _STEP.findall(bracket + index + ("." if rest and bracket else "") + rest):
        value = _step(value, step, place)
        if value is None:
            message = f"Invalid reference specified. No value for {path} found in {base}."
            raise RestError("PROCESSING_HALTED", message)
    return value


def _step(value: Any, name: str, place: str) -> Any:
    if place:
        return value[int(place)] if isinstance(value, list) and int(place) < len(value) else None
    if not isinstance(value, dict):
        return None
    return value.get(name, next((each for key, each in value.items() if key.lower() == name.lower()), None))


def _parts(value: Any) -> list[_Part]:
    if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
        raise RestError("JSON_PARSER_ERROR", "compositeRequest must be a list of objects")
    parts = [_part(each) for each in value]
    seen: set[str] = set()
    for part in parts:
        if part.reference in seen:
            message = f"Duplicate reference ID provided : {part.reference}"
            raise RestError("INVALID_INPUT", message)
        seen.add(part.reference)
    return parts


def _part(entry: dict[str, Any]) -> _Part:
    _known(entry, {"method", "url", "referenceId", "body", "httpHeaders"})
    reference = entry.get("referenceId")
    if not isinstance(reference, str) or not _NAME.fullmatch(reference):
        message = f"Provided referenceId ('{reference}') must start with a letter or a number, and it can contain only "
        raise RestError("INVALID_INPUT", f"{message}letters, numbers and underscores ('_').")
    return _Part(reference, _method(entry), _url(entry), entry.get("body"), _headers(entry.get("httpHeaders")))


def _batch_part(entry: dict[str, Any]) -> _Part:
    _known(entry, {"method", "url", "richInput", "binaryPartName", "binaryPartNameAlias"})
    if entry.get("binaryPartName") or entry.get("binaryPartNameAlias"):
        raise RestError("NOT_IMPLEMENTED", "mockorg does not support binary parts in a batch yet", 501)
    return _Part("", _method(entry), _url(entry), entry.get("richInput"))


def _method(entry: dict[str, Any]) -> str:
    method = entry.get("method")
    if not isinstance(method, str) or method.upper() not in _METHODS:
        raise RestError("JSON_PARSER_ERROR", f"method must be one of {', '.join(sorted(_METHODS))}, not {method}")
    return method.upper()


def _url(entry: dict[str, Any]) -> str:
    url = entry.get("url")
    if not isinstance(url, str) or not url:
        raise RestError("JSON_PARSER_ERROR", "each request needs a url")
    return url


def _headers(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RestError("JSON_PARSER_ERROR", "httpHeaders must be an object")
    return {str(name): str(each) for name, each in value.items()}


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise RestError("JSON_PARSER_ERROR", f"{name} must be true or false")
    return value


def _known(body: dict[str, Any], known: set[str]) -> None:
    unknown = next((name for name in body if name not in known), None)
    if unknown is not None:  # recorded for another body
        raise RestError("JSON_PARSER_ERROR", f'Unrecognized field "{unknown}" at [line:1, column:1]')
