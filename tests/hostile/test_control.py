"""Hostile requests to the control API: each is a plain 4xx with a sentence."""

import json

import pytest

from .case import ControlCase, read
from .conftest import Target

CASES: list[ControlCase] = read("control.jsonl", ControlCase)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_request(case: ControlCase, target: Target, harmless) -> None:
    content = case.content()

    with harmless():
        answer = target.request(case.request, content, **case.headers)

    assert answer.status == case.status, answer.text[:1000]
    assert case.says in answer.text
    assert len(answer.content) < 10_000
    if case.status != 200 and case.request.split()[1].startswith("/_mockorg"):
        assert list(json.loads(answer.content)) == ["error"]
