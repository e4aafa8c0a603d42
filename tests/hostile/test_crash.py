"""Inputs that once broke something, found by ``make fuzz``: each is answered as any other now."""

import json
from pathlib import Path

import pytest
from tests.fuzz.target import TARGETS

CRASHES = sorted((Path(__file__).parent / "crashes").glob("*.json"))


@pytest.mark.parametrize("path", CRASHES, ids=lambda path: path.stem)
def test_a_crash(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))

    TARGETS[case["target"]](case["data"].encode("latin-1"))


def test_there_are_crashes_and_each_says_what_it_was() -> None:
    assert CRASHES
    for path in CRASHES:
        assert sorted(json.loads(path.read_text(encoding="utf-8"))) == ["data", "target", "what"]
