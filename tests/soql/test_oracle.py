"""Our verdicts on syntax against those of Salesforce's own grammar, npm ``@salesforce/soql-common``, query by query.

The package is fetched by ``npm ci`` from the committed lock, once, into ``build/`` at the root. Without Node there is
nobody to ask, and the tests say so. Where the two differ, ``cases/grammar_differences.jsonl`` must tell why.
"""

import json
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.npm_package import NODE, installed

from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.parser import parse

from .grammar import Writer

PACKAGE = Path(__file__).parent / "oracle"
NO_NODE = "Node.js is not installed: SOQL was NOT compared with Salesforce's own grammar"

Judge = Callable[[Sequence[str]], list[bool]]


@pytest.fixture(scope="module")
def judge() -> Judge:
    """Give the platform's verdicts on queries."""
    if NODE is None:
        pytest.skip(NO_NODE)
    modules = installed(PACKAGE, "soql-oracle")

    def verdicts(queries: Sequence[str]) -> list[bool]:
        ended = subprocess.run(
            [str(NODE), str(PACKAGE / "judge.cjs")],
            input="".join(json.dumps(query) + "\n" for query in queries),
            env={"NODE_PATH": str(modules)},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        answers = [json.loads(line) for line in ended.stdout.splitlines()]
        assert len(answers) == len(queries)
        return answers

    return verdicts


@pytest.fixture(scope="module")
def differences(read_cases: Any) -> list[dict[str, Any]]:
    return read_cases("grammar_differences.jsonl")


def is_valid(text: str) -> bool:
    try:
        parse(text)
    except SoqlError:
        return False
    return True


def unexplained(queries: Sequence[str], judge: Judge, differences: list[dict[str, Any]]) -> list[tuple[str, bool]]:
    """Give the queries on which the two differ for no known reason, with the platform's verdict."""
    return [
        (query, verdict)
        for query, verdict in zip(queries, judge(queries), strict=True)
        if is_valid(query) is not verdict
        and not any(each["platform"] is verdict and re.search(each["pattern"], query) for each in differences)
    ]


@pytest.mark.timeout(150)  # the first run fetches the package
def test_every_difference_is_one(judge: Judge, differences: list[dict[str, Any]]) -> None:
    examples = [each["example"] for each in differences]
    assert judge(examples) == [each["platform"] for each in differences]
    assert [is_valid(example) for example in examples] == [not each["platform"] for each in differences]
    assert all(re.search(each["pattern"], each["example"]) and each["why"] for each in differences)


def test_the_corpus(judge: Judge, differences: list[dict[str, Any]], read_cases: Any) -> None:
    queries = [case["q"] for name in ("syntax.jsonl", "refusals.jsonl") for case in read_cases(name)]
    assert len(queries) > 300
    assert unexplained(queries, judge, differences) == []


def test_random_queries(judge: Judge, differences: list[dict[str, Any]]) -> None:
    writer = Writer(7)
    queries = [writer.query() for _ in range(400)]
    assert judge(queries) == [True] * len(queries)
    assert unexplained(queries, judge, differences) == []


def test_random_slips(judge: Judge, differences: list[dict[str, Any]]) -> None:
    writer = Writer(8)
    queries = [writer.slip(writer.query()) for _ in range(800)]
    verdicts = judge(queries)
    assert sum(verdicts) > 30
    assert verdicts.count(False) > 500
    assert unexplained(queries, judge, differences) == []
