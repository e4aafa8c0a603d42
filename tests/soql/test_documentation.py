"""docs/soql.md is true: every query on the page does what its section says."""

import re
from pathlib import Path

import pytest

from mockorg_server.soql.error import SoqlError

PAGE = Path(__file__).parents[2] / "docs" / "soql.md"


@pytest.fixture(scope="module")
def queries():
    """Give the queries of a section, by the begin of its title."""
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)

    def of(title):
        (section,) = [section for section in sections if section.startswith(title)]
        found = [line for block in re.findall(r"```soql\n(.*?)```", section, re.DOTALL) for line in block.splitlines()]
        assert len(found) > 5
        return found

    return of


def test_answered(compiler, queries):
    for query in queries("Answered"):
        assert compiler.compile(query, 62).plan


def test_refused_by_name(compiler, queries):
    for query in queries("Refused by name"):
        with pytest.raises(SoqlError, match=r"mockorg does not support .* yet"):
            compiler.compile(query, 62)


def test_refused_as_the_platform_does(compiler, queries):
    for query in queries("Refused as the platform"):
        with pytest.raises(SoqlError) as caught:
            compiler.compile(query, 62)
        assert "mockorg" not in caught.value.message
