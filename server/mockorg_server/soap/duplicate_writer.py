"""What duplicate rules have found, as elements (recorded from a real org's convertLead() and findDuplicates())."""

from __future__ import annotations

from typing import Final

from mockorg_server.core.duplicate_result import DuplicateResult, FieldDiff, MatchRecord, MatchResult
from mockorg_server.java_double import double_text
from mockorg_server.soap.record_writer import RecordWriter
from mockorg_server.soap.text import boolean_text, escaped

DUPLICATE_ERROR_SINCE: Final = 33
"""The version that has matching rules; the contract of earlier ones is taken to know plain errors alone (inferred)."""


def duplicate_result(name: str, result: DuplicateResult) -> str:
    """Write a DuplicateResult as an element of that name."""
    message = result.error_message
    told = '<errorMessage xsi:nil="true"/>' if message is None else f"<errorMessage>{escaped(message)}</errorMessage>"
    return (
        f"<{name}><allowSave>{boolean_text(result.allow_save)}</allowSave>"
        f"<duplicateRule>{escaped(result.duplicate_rule)}</duplicateRule>"
        f"<duplicateRuleEntityType>{escaped(result.duplicate_rule_entity_type)}</duplicateRuleEntityType>{told}"
        f"{''.join(map(_match_result, result.match_results))}</{name}>"
    )


def _match_result(result: MatchResult) -> str:
    records = "".join(map(_match_record, result.match_records))
    return (
        f"<matchResults><entityType>{escaped(result.entity_type)}</entityType>"
        f"<matchEngine>{result.match_engine}</matchEngine>{records}<rule>{escaped(result.rule)}</rule>"
        f"<size>{len(result.match_records)}</size><success>true</success></matchResults>"
    )


def _match_record(record: MatchRecord) -> str:
    content = RecordWriter(record.shape).content(record.row)
    return (
        f"<matchRecords>{''.join(map(_field_diff, record.field_diffs))}"
        f"<matchConfidence>{double_text(record.match_confidence)}</matchConfidence>"
        f'<record xsi:type="sf:sObject">{content}</record></matchRecords>'
    )


def _field_diff(diff: FieldDiff) -> str:
    return f"<fieldDiffs><difference>{diff.difference}</difference><name>{escaped(diff.name)}</name></fieldDiffs>"
