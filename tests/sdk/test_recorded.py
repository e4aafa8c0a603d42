"""The SDK reads the recorded replies of real orgs: file by file, what a call makes of it (cases/recorded.json)."""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

import mockorg

RECORDED = Path(__file__).parents[1] / "recorded" / "soap"
CASES = json.loads((Path(__file__).parent / "cases" / "recorded.json").read_text())
WINDOW = ["Account", datetime(2020, 6, 15, 5, 5, 53, tzinfo=UTC), datetime(2020, 6, 30, 5, 5, 53, tzinfo=UTC)]


def plain(value):
    """A result as JSON has it, to compare with a case."""
    if isinstance(value, mockorg.Record):
        return {"type": value.type, "members": {name: plain(each) for name, each in value.items()}}
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value) if each.name[0] != "_"}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def agrees(expected, actual) -> bool:
    """True when all that is expected is so; of a dict, members that a case does not name may be anything."""
    if isinstance(expected, dict) and "members" not in expected:
        return all(name in actual and agrees(value, actual[name]) for name, value in expected.items())
    if isinstance(expected, list):
        return len(expected) == len(actual) and all(map(agrees, expected, actual))
    return expected == actual and type(expected) is type(actual)


def run(wire, case):
    wire.schema = case.get("schema", {})
    wire.answer((RECORDED / case["file"]).read_bytes(), case.get("status", 200))
    org = wire.connect()
    arguments = WINDOW if case.get("window") else case.get("arguments", [])
    return org, lambda: getattr(org, case["call"])(*arguments)


@pytest.mark.parametrize("case", [each for each in CASES if "expected" in each], ids=lambda case: case["file"])
def test_a_recorded_answer_is_read(wire, case):
    org, call = run(wire, case)

    actual = plain(call())

    assert agrees(case["expected"], actual), actual
    assert plain(org.api_usage) == case.get("api_usage")


@pytest.mark.parametrize("case", [each for each in CASES if "error" in each], ids=lambda case: case["file"])
def test_a_recorded_fault_is_raised(wire, case):
    _, call = run(wire, case)
    expected = dict(case["error"])
    kind = getattr(mockorg, expected.pop("kind"))

    with pytest.raises(mockorg.CallError) as caught:
        call()

    assert type(caught.value) is kind
    assert {name: getattr(caught.value, name) for name in expected} == expected


def test_every_recorded_reply_that_the_sdk_knows_the_call_of_has_a_case():
    recorded = {path.relative_to(RECORDED).as_posix() for path in RECORDED.rglob("*.xml")}
    calls_to_come = ("merge", "process", "describe_layout", "query_enterprise", "metadata")

    missing = {
        name for name in recorded - {case["file"] for case in CASES} if not any(c in name for c in calls_to_come)
    }

    assert {case["file"] for case in CASES} <= recorded
    assert missing == set()
