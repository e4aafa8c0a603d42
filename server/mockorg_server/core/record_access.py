"""Rows of UserRecordAccess: what a user may do with a record, which is everything, for every user is an administrator.

The platform works them out for the one user and the records that a query names; so they are made for each query here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mockorg_server.core.context import CallContext, WriteNeeded
from mockorg_server.core.error import OrgError
from mockorg_server.schema.identifier import normalise_id
from mockorg_server.schema.value import Value
from mockorg_server.soql.plan import And, Compare, Condition, InList, Operator, Plan, Ref
from mockorg_server.store.write import Writer

ACCESS: Final = "UserRecordAccess"
MAX_RECORDS: Final = 200  # Object Reference, UserRecordAccess
_RIGHTS: Final = ("HasReadAccess", "HasEditAccess", "HasDeleteAccess", "HasTransferAccess", "HasAllAccess")


def make_access_rows(context: CallContext, plan: Plan, parameters: Sequence[Value]) -> None:
    """Put the rows that a query asks for in the place of earlier ones. Raises WriteNeeded, OrgError.

    A user or record that is not there has no row, and an Id is told in the form it was asked in (inferred).
    """
    users, records = (_asked(plan.where, name, parameters) for name in ("UserId", "RecordId"))
    if len(users) != 1 or not 0 < len(records) <= MAX_RECORDS:
        message = f"UserRecordAccess is queried by one UserId and at most {MAX_RECORDS} values of RecordId"
        raise OrgError("MALFORMED_QUERY", message)
    if not isinstance(context.reader, Writer):
        raise WriteNeeded
    for earlier in context.reader.all_ids(plan.sobject):
        context.writer.purge(plan.sobject, earlier)
    if not _exists(context, users[0]):
        return
    for number, record in enumerate(dict.fromkeys(records)):
        if _exists(context, record):
            rights: dict[str, Value] = {"MaxAccessLevel": "All", **dict.fromkeys(_RIGHTS, True)}
            key = f"{plan.sobject.id_prefix}{number:012}AAA"
            context.writer.insert(plan.sobject, {"Id": key, "UserId": users[0], "RecordId": record, **rights})


def _asked(condition: Condition | None, name: str, parameters: Sequence[Value]) -> list[str]:
    """Give the values that a field must have, [] where that is not told."""
    return [str(parameters[number]) for number in _numbers(condition, name)]


def _numbers(condition: Condition | None, name: str) -> Iterator[int]:
    match condition:
        case Compare(Ref(0, field), Operator.EQ, number) if field.name == name:
            yield number
        case InList(Ref(0, field), numbers, False, False) if field.name == name:
            yield from numbers
        case And(conditions):
            for each in conditions:
                yield from _numbers(each, name)


def _exists(context: CallContext, text: str) -> bool:
    record_id = normalise_id(text)
    sobjects = context.org.schema.latest.sobjects_by_prefix(text[:3]) if record_id else ()
    return any(context.reader.get(sobject, [str(record_id)], ["Id"]) for sobject in sobjects)
