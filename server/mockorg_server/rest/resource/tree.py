"""sObject trees: records with their children, all of them made or none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from mockorg_server.core.calls import operation as op
from mockorg_server.core.error import OrgError, RowError
from mockorg_server.core.record import SaveResult
from mockorg_server.rest.error import RestError
from mockorg_server.rest.exchange import Answer, Request
from mockorg_server.rest.record_reader import read_record
from mockorg_server.rest.resource.record import sobject_of
from mockorg_server.rest.row_error import collection_errors
from mockorg_server.schema.sobject import SObject

MAX_RECORDS: Final = 200
MAX_TYPES: Final = 5
MAX_LEVELS: Final = 5


class _NotAll(Exception):
    """Undoes a tree of which a record was refused."""


@dataclass(slots=True)
class _Node:
    reference: str
    sobject: SObject
    values: dict[str, Any]
    parent: _Node | None = None
    parent_field: str | None = None
    depth: int = 1
    result: SaveResult | None = field(default=None)


def tree(request: Request) -> Answer:
    """POST /composite/tree/X: 201 with an id for each reference, or 400 with the errors and nothing made."""
    sobject = sobject_of(request)
    body = request.json_object()
    nodes: list[_Node] = []
    _read(request, sobject, body.get("records"), nodes)
    _hold(nodes)
    try:
        with request.transaction():
            failed = _save(request, nodes)
            if failed:
                raise _NotAll
    except _NotAll:
        errors = [{"referenceId": node.reference, "errors": _errors(node)} for node in nodes if _has_failed(node)]
        return Answer({"hasErrors": True, "results": errors}, 400)
    results = [{"referenceId": node.reference, "id": node.result.id if node.result else None} for node in nodes]
    return Answer({"hasErrors": False, "results": results}, 201)


def _read(
    request: Request, sobject: SObject, entries: Any, nodes: list[_Node], under: tuple[_Node, str] | None = None
) -> None:
    """Read records and their children, parents first."""
    if not isinstance(entries, list) or not entries or not all(isinstance(each, dict) for each in entries):
        raise RestError("JSON_PARSER_ERROR", "records must be a list of objects")
    parent, parent_field = under or (None, None)
    for entry in entries:
        attributes = entry.get("attributes")
        if not isinstance(attributes, dict) or not isinstance(attributes.get("referenceId"), str):
            raise RestError("INVALID_INPUT", "Include a reference ID for each record in the request.")
        named = attributes.get("type", sobject.name)
        if not isinstance(named, str) or named.lower() != sobject.name.lower():
            raise RestError("INVALID_INPUT", f"The type {named} is not {sobject.name}, which the records here must be")
        children = {
            key: each for key, each in entry.items() if isinstance(each, dict) and isinstance(each.get("records"), list)
        }
        values = {key: each for key, each in entry.items() if key not in children}
        depth = parent.depth + 1 if parent is not None else 1
        node = _Node(attributes["referenceId"], sobject, values, parent, parent_field, depth)
        nodes.append(node)
        for name, each in children.items():
            relationship = sobject.child_relationship(name)
            child = request.view.sobject(relationship.child_sobject) if relationship is not None else None
            if relationship is None or child is None:
                raise RestError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")
            _read(request, child, each["records"], nodes, (node, relationship.field))


def _hold(nodes: list[_Node]) -> None:
    seen: set[str] = set()
    for node in nodes:
        if node.reference in seen:
            raise RestError("INVALID_INPUT", f"Duplicate ReferenceId provided in the request: {node.reference}")
        seen.add(node.reference)
    limits = (
        (len(nodes), MAX_RECORDS, "records"),
        (len({node.sobject.name for node in nodes}), MAX_TYPES, "types of records"),
        (max(node.depth for node in nodes), MAX_LEVELS, "levels"),
    )
    for count, most, what in limits:
        if count > most:
            raise RestError("LIMIT_EXCEEDED", f"The request has {count} {what}; a tree may have {most}")


def _save(request: Request, nodes: list[_Node]) -> bool:
    """Make the records in order; say whether any was refused. Children of a refused parent are not tried."""
    for node in nodes:
        parent = node.parent
        if parent is not None and (parent.result is None or not parent.result.success):
            continue
        values = dict(node.values)
        if parent is not None and parent.result is not None and node.parent_field is not None:
            values[node.parent_field] = parent.result.id
        try:
            record = read_record(request.view, node.sobject.name, values)
            [node.result] = request.run(op.Create((record,), duplicate_rule=request.duplicate_rule))
        except OrgError as error:
            node.result = SaveResult(None, (RowError(error.code, error.message),))
    return any(_has_failed(node) for node in nodes)


def _has_failed(node: _Node) -> bool:
    return node.result is not None and not node.result.success


def _errors(node: _Node) -> list[dict[str, Any]]:
    return collection_errors(node.result.errors if node.result is not None else ())
