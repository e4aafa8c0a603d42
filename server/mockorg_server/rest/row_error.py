"""Why a record was refused, as JSON: a list of errors as single records have them, and as rows of collections do.

What a duplicate rule has found stands in the error of a single record under ``duplicateResut``, misspelt as real orgs
have it (recorded, versions 51.0 to 56.0), and without ``fields``; in a collection it is left out (REST API guide).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockorg_server.core.duplicate_result import DuplicateResult, MatchRecord, MatchResult
from mockorg_server.core.error import RowError
from mockorg_server.rest.exchange import Encoded
from mockorg_server.rest.record_writer import RecordWriter


def row_errors(errors: Iterable[RowError], root: str) -> list[dict[str, Any]]:
    """Give the errors of a single record; ``root`` is the address of the caller's API version."""
    return [_error(each, root) for each in errors]


def collection_errors(errors: Iterable[RowError]) -> list[dict[str, Any]]:
    """Give the errors of a row of a collection."""
    return [{"statusCode": each.code, "message": each.message, "fields": list(each.fields)} for each in errors]


def _error(error: RowError, root: str) -> dict[str, Any]:
    if error.duplicate is None:
        return {"message": error.message, "errorCode": error.code, "fields": list(error.fields)}
    found = _duplicate_result(error.duplicate, root)
    return {"duplicateResut": found, "errorCode": error.code, "message": error.message}


def _duplicate_result(result: DuplicateResult, root: str) -> dict[str, Any]:
    return {
        "allowSave": result.allow_save,
        "duplicateRule": result.duplicate_rule,
        "duplicateRuleEntityType": result.duplicate_rule_entity_type,
        "errorMessage": result.error_message,
        "matchResults": [_match_result(each, root) for each in result.match_results],
    }


def _match_result(result: MatchResult, root: str) -> dict[str, Any]:
    return {
        "entityType": result.entity_type,
        "errors": [],
        "matchEngine": result.match_engine,
        "matchRecords": [_match_record(each, root) for each in result.match_records],
        "rule": result.rule,
        "size": len(result.match_records),
        "success": True,
    }


def _match_record(record: MatchRecord, root: str) -> dict[str, Any]:
    return {
        "additionalInformation": [],
        "fieldDiffs": [{"difference": each.difference, "name": each.name} for each in record.field_diffs],
        "matchConfidence": record.match_confidence,
        "record": Encoded(RecordWriter(record.shape, root).record(record.row)),
    }
