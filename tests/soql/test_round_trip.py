"""Text to syntax tree to text and back: nothing is lost, whatever the query."""

import re
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.soql.parser import parse
from mockorg_server.soql.render import render

from .grammar import Writer

DOCS = Path(__file__).parents[2] / "docs"


def check(text: str) -> None:
    query = parse(text)
    written = render(query)
    again = parse(written)
    assert again == query, written
    assert render(again) == written


@pytest.mark.parametrize("seed", range(4))
def test_random_queries(seed: int) -> None:
    writer = Writer(seed)
    for _ in range(250):
        check(writer.query(depth=3))


@pytest.mark.parametrize("name", ["syntax.jsonl", "refusals.jsonl", "conditions.jsonl"])
def test_queries_of_the_cases(name: str, read_cases: Any) -> None:
    cases = [case for case in read_cases(name) if case.get("valid", True)]
    assert len(cases) > 50
    for case in cases:
        check(case["q"] if "q" in case else f"SELECT Id FROM Account WHERE {case['where']}")


def test_queries_of_the_documentation() -> None:
    page = (DOCS / "soql.md").read_text(encoding="utf-8")
    answered = page.partition("## Refused as the platform")[0]
    texts = [line for block in re.findall(r"```soql\n(.*?)```", answered, re.DOTALL) for line in block.splitlines()]
    assert len(texts) > 40
    for text in texts:
        check(text)
