"""SOQL: query, queryAll, their further pages, and the columns of a query."""

from __future__ import annotations

from collections.abc import Mapping

from mockorg_server.core.calls import operation as op
from mockorg_server.core.record import QueryResult
from mockorg_server.rest.error import RestError
from mockorg_server.rest.exchange import Answer, Encoded, Request
from mockorg_server.rest.record_writer import query_page
from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.record_shape import (
    ChildrenMember,
    CompoundMember,
    FieldMember,
    Member,
    ParentMember,
    RecordShape,
    TypeofMember,
)
from mockorg_server.schema.schema import SchemaView
from mockorg_server.schema.sobject import SObject


def query(request: Request) -> Answer:
    """GET /query?q=."""
    return _query(request, op.Query)


def query_all(request: Request) -> Answer:
    """GET /queryAll?q=: deleted and archived records too."""
    return _query(request, op.QueryAll)


def query_more(request: Request) -> Answer:
    """GET /query/locator: the next page."""
    locator = request.path["locator"]
    return _page(request, request.run(op.QueryMore(locator, batch_size_of(request))))


def batch_size_of(request: Request) -> int | None:
    """Give the batch size that the header asks for. Raises RestError for one that is no number."""
    text = request.option("sforce-query-options", "batchSize")
    if text is None:
        return None
    if not text.isdigit():
        raise RestError("INVALID_QUERY_OPTIONS", f"Invalid value for batchSize: {text}")
    return int(text[:9])


def _query(request: Request, operation: type[op.Query | op.QueryAll]) -> Answer:
    if request.parameter("explain") is not None:
        return explain(request)
    soql = request.parameter("q")
    if not soql:
        raise RestError("MALFORMED_QUERY", "A query string has to be specified")
    if (request.parameter("columns") or "").lower() == "true":
        return columns(request, soql)
    return _page(request, request.run(operation(soql, batch_size_of(request))))


def _page(request: Request, result: QueryResult) -> Answer:
    writer = request.tools.records.of(result.shape, request.root) if result.shape is not None else None
    records = writer.records(result.rows) if writer is not None else "[]"
    return Answer(Encoded(query_page(result.size, result.done, result.query_locator, records, request.root)))


def explain(request: Request) -> Answer:
    """GET /query?explain=: the plans of a query."""
    soql = request.parameter("explain") or ""
    plans = request.run(op.ExplainQuery(soql))
    return Answer(
        {
            "plans": [
                {
                    "cardinality": plan.cardinality,
                    "fields": list(plan.fields),
                    "leadingOperationType": plan.leading_operation,
                    "notes": [],
                    "relativeCost": plan.relative_cost,
                    "sobjectCardinality": plan.sobject_cardinality,
                    "sobjectType": plan.sobject,
                }
                for plan in plans
            ],
            "sourceQuery": soql,
        }
    )


def columns(request: Request, soql: str) -> Answer:
    """GET /query?q=…&columns=true: what a query selects, without its rows."""
    description = request.run(op.DescribeQuery(soql))
    shape = description.shape
    found = _columns_of(request.view, shape) if shape is not None else []
    sobject = request.view.sobject(description.sobject)
    return Answer(
        {
            "columnMetadata": found,
            "entityName": description.sobject,
            "groupBy": description.is_grouped,
            "idSelected": any(column["columnName"] == "Id" for column in found),
            "keyPrefix": sobject.key_prefix if sobject is not None else None,
        }
    )


_BOOLEAN_TYPES = frozenset({FieldType.BOOLEAN})
_NUMBER_TYPES = frozenset({FieldType.CURRENCY, FieldType.DOUBLE, FieldType.INT, FieldType.LONG, FieldType.PERCENT})
_APEX_TYPES: Mapping[FieldType, str] = {
    **dict.fromkeys(FieldType, "String"),
    FieldType.BOOLEAN: "Boolean",
    FieldType.CURRENCY: "Double",
    FieldType.DATE: "Date",
    FieldType.DATETIME: "Datetime",
    FieldType.DOUBLE: "Double",
    FieldType.ID: "Id",
    FieldType.INT: "Integer",
    FieldType.LONG: "Long",
    FieldType.PERCENT: "Double",
    FieldType.REFERENCE: "Id",
    FieldType.TIME: "Time",
}


def _columns_of(view: SchemaView, shape: RecordShape) -> list[dict[str, object]]:
    """Give the columns of a shape; parents and children have their own inside joinColumns."""
    sobject = view.sobject(shape.sobject_name)
    return [_column(view, sobject, member) for member in shape.members]


def _column(view: SchemaView, sobject: SObject | None, member: Member) -> dict[str, object]:
    field = sobject.field(member.name) if sobject is not None else None
    inner: list[dict[str, object]] = []
    kind: FieldType | None = None
    if isinstance(member, FieldMember | CompoundMember):
        kind = member.type
    elif isinstance(member, ParentMember | ChildrenMember):
        inner = _columns_of(view, member.shape)
    elif isinstance(member, TypeofMember):
        inner = [column for branch in member.branches for column in _columns_of(view, branch.shape)]
    is_aggregate = sobject is None and isinstance(member, FieldMember)
    return {
        "aggregate": is_aggregate or isinstance(member, ChildrenMember),
        "apexType": _APEX_TYPES[kind] if kind is not None else None,
        "booleanType": kind in _BOOLEAN_TYPES,
        "columnName": member.name,
        "custom": bool(field and field.custom),
        "displayName": member.name,
        "foreignKeyName": field.relationship_name if field and kind is FieldType.REFERENCE else None,
        "insertable": bool(field and field.createable),
        "joinColumns": inner,
        "numberType": kind in _NUMBER_TYPES,
        "textType": kind is not None and _APEX_TYPES[kind] == "String",
        "updatable": bool(field and field.updateable),
    }
