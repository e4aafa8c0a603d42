"""Puts the table of resources into docs/rest.md, between its two marks. Run it when a resource changes."""

import re
from pathlib import Path

from mockorg_server.rest.coverage import coverage_table
from mockorg_server.rest.resources import RESOURCES

PAGE = Path(__file__).parents[1] / "docs/rest.md"
MARKS = re.compile(r"(<!-- resources -->\n\n).*?(<!-- end of resources -->)", re.DOTALL)

if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(
        MARKS.sub(lambda marks: marks[1] + coverage_table(RESOURCES) + "\n" + marks[2], text), encoding="utf-8"
    )
