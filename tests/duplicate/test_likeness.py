"""Scores of matching algorithms, against the examples of Salesforce Help and others."""

import json
from pathlib import Path

import pytest

from mockorg_server.core.dml import likeness

CASES = json.loads((Path(__file__).parent / "cases" / "likeness.json").read_text())
del CASES["_"]


@pytest.mark.parametrize(
    ("algorithm", "one", "other", "score"),
    [(algorithm, *pair[:3]) for algorithm, pairs in CASES.items() for pair in pairs],
)
def test_scores(algorithm, one, other, score):
    score_of = getattr(likeness, algorithm)
    assert round(score_of(one, other)) == score
    assert round(score_of(other, one)) == score


@pytest.mark.parametrize(
    ("method", "one", "other", "alike"),
    [
        ("City", "San Francisco", "San Fransisco", True),
        ("City", "Rome", "Roma", False),
        ("Phone", "415-555-1234", "415-556-1234", False),
        ("Zip", "94105", "94105-1111", True),
        ("FirstName", "Johnny", "Johny", True),
        ("FirstName", "Bob", "Robert", False),
        ("Title", "CEO", "Chief Executive Officer", True),
    ],
)
def test_thresholds(method, one, other, alike):
    assert likeness.METHODS[method].matches(one, other) is alike
