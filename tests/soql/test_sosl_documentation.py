"""docs/sosl.md is true: every search on the page does what its section says."""

import re
from pathlib import Path

import pytest

from mockorg_server.soql.error import SoqlError
from mockorg_server.soql.sosl_compiler import SearchCompiler

PAGE = Path(__file__).parents[2] / "docs" / "sosl.md"


@pytest.fixture(scope="module")
def compiler(schema) -> SearchCompiler:
    return SearchCompiler(schema)


def searches(title):
    """Give the searches of a section, by the begin of its title."""
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (section,) = [section for section in sections if section.startswith(title)]
    found = [line for block in re.findall(r"```sosl\n(.*?)```", section, re.DOTALL) for line in block.splitlines()]
    assert len(found) > 5
    return found


def test_answered(compiler):
    for search in searches("Answered"):
        assert compiler.compile(search, 62).find


def test_refused_by_name(compiler):
    for search in searches("Refused by name"):
        with pytest.raises(SoqlError, match=r"mockorg does not support .* yet"):
            compiler.compile(search, 62)


def test_refused_as_the_platform_does(compiler):
    for search in searches("Refused as the platform"):
        with pytest.raises(SoqlError) as caught:
            compiler.compile(search, 62)
        assert "mockorg" not in caught.value.message
