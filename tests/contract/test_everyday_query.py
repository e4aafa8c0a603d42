"""Everyday queries and everyday mistakes, as a client meets them: ``cases/everyday.jsonl``, answers worked out by hand.

The first line holds the records, as (sObject, reference, values); ``@reference`` is a record's Id, ``@reference:15``
its short form. A case has ``rows`` (in order where the query orders them, else in any), a ``size``, or the ``code``,
``text`` and place (``at``) of a refusal. The org's time is 2026-01-31T12:00:30Z, a Saturday; the user's zone is UTC.
"""

import json
from pathlib import Path
from typing import Any

import pytest

import mockorg
from mockorg_server.core.seed import SeedRecord

RECORDS, *CASES = map(json.loads, (Path(__file__).parent / "cases" / "everyday.jsonl").read_text("utf-8").splitlines())


@pytest.fixture
def ids(target: Any) -> dict[str, str]:
    return dict(target.org.seed([SeedRecord(name, values, reference) for name, reference, values in RECORDS["seed"]]))


def shown(value: Any) -> Any:
    """Give a record as the plain values of a case."""
    if isinstance(value, mockorg.Record):
        return {name: shown(member) for name, member in value.items()}
    if isinstance(value, mockorg.QueryResult):
        return [shown(record) for record in value.records]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def answer(client: mockorg.Client, case: dict[str, Any], soql: str) -> dict[str, Any]:
    """Give what the org answers, in the form of a case."""
    try:
        result = client.query_all(soql) if case.get("all") else client.query(soql)
    except mockorg.QueryError as error:
        place = {"at": [error.row, error.column]} if error.row and error.row > 0 else {}
        return {"code": error.code, "text": error.message.rsplit("\n", 1)[-1], **place}
    except mockorg.CallError as error:
        return {"code": error.code, "text": error.message.rsplit("\n", 1)[-1]}
    return {"size": result.size} if "size" in case else {"rows": [shown(record) for record in result.records]}


def test_every_query_is_answered_as_worked_out(target: Any, ids: dict[str, str]) -> None:
    for case in CASES:
        soql = case["soql"]
        for reference, record_id in ids.items():
            soql = soql.replace(f"@{reference}:15", record_id[:15]).replace(f"@{reference}'", f"{record_id}'")
        got = answer(target.client, case, soql)
        expected = {name: case[name] for name in ("rows", "size", "code", "text", "at") if name in case}
        if "rows" in expected and "ORDER BY" not in soql:
            got["rows"].sort(key=repr)
            expected["rows"].sort(key=repr)
        assert got == expected, case["soql"]


def test_there_are_cases_of_every_kind() -> None:
    assert len(CASES) > 150
    assert len({case["soql"] + str(case.get("all")) for case in CASES}) == len(CASES)
    assert sum("code" in case for case in CASES) > 50
    assert not [case for case in CASES if "mockorg" in case.get("text", "")]
