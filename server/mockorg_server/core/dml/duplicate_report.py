"""Duplicate record sets: what a duplicate rule that reports writes down of a save that it lets pass.

The saved record and its duplicates are items of one set; a set of the rule that has one of the duplicates already takes
the others too (Salesforce Help, Things to Know About Duplicate Rules; that a record stays in the set it is in is
inferred). Records of other objects than those that an item may name are not written down.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.default import ON_INSERT, ON_UPDATE, fill_defaults, system_values
from mockorg_server.core.duplicate_result import DuplicateResult
from mockorg_server.core.error import RowError
from mockorg_server.schema.sobject import SObject
from mockorg_server.schema.value import Value

_SET: Final = "DuplicateRecordSet"
_ITEM: Final = "DuplicateRecordItem"
_ALL: Final = 1_000_000_000


def report(context: CallContext, rule_id: str, found: DuplicateResult, record_id: str) -> Iterable[RowError]:
    """Write a saved record and its duplicates down. Finds no errors."""
    record_sets, items = (context.org.schema.latest.sobject(name) for name in (_SET, _ITEM))
    target = items.field("RecordId") if items else None
    if record_sets is None or items is None or target is None:
        return ()
    matches = [(match.entity_type, str(each.row[each.shape.key_index or 0])) for match in found.match_results
               for each in match.match_records]  # fmt: skip
    named = [(found.duplicate_rule_entity_type, record_id), *matches]
    ids = [each for sobject, each in dict.fromkeys(named) if sobject in target.reference_to]
    if len(ids) > 1:
        _write(context, record_sets, items, rule_id, ids)
    return ()


def _write(context: CallContext, record_sets: SObject, items: SObject, rule_id: str, ids: Sequence[str]) -> None:
    known = _set_of(context, record_sets, items, rule_id, ids)
    record_set = known or _made(context, record_sets, {"DuplicateRuleId": rule_id, "RecordCount": 0})
    there = set(_records_in(context, items, record_set)) if known else set()
    for record_id in ids:
        if record_id not in there:
            there.add(record_id)
            _made(context, items, {"DuplicateRecordSetId": record_set, "RecordId": record_id})
    stamps = system_values(context, record_sets, ON_UPDATE)
    context.writer.update(record_sets, record_set, {**stamps, "RecordCount": len(there)})


def _set_of(context: CallContext, record_sets: SObject, items: SObject, rule_id: str, ids: Sequence[str]) -> str | None:
    for record_id in ids:
        held = context.reader.find(items, "RecordId", record_id, limit=_ALL)
        for row in context.reader.get(items, held, ["DuplicateRecordSetId"]).values():
            found = context.reader.get(record_sets, [str(row[0])], ["DuplicateRuleId"]).get(str(row[0]))
            if found == (rule_id,):
                return str(row[0])
    return None


def _records_in(context: CallContext, items: SObject, record_set: str) -> Iterable[str]:
    held = context.reader.find(items, "DuplicateRecordSetId", record_set, limit=_ALL)
    return [str(row[0]) for row in context.reader.get(items, held, ["RecordId"]).values()]


def _made(context: CallContext, sobject: SObject, given: dict[str, Value]) -> str:
    record_id = context.org.ids.next_id(sobject.id_prefix)
    values: dict[str, Value] = {**system_values(context, sobject, ON_INSERT), **given}
    fill_defaults(context, sobject, values)
    context.writer.insert(sobject, {**values, "Id": record_id})
    return record_id
