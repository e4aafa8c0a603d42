"""The time from the start of the process of ``mockorg serve`` to its ready line."""

import time
from collections.abc import Iterator

from measure import Effort, Row, row_of, seconds
from process import mock_org, python, serving


def seconds_to_ready() -> float:
    started = time.perf_counter()
    with serving(*mock_org()):
        return time.perf_counter() - started


def rows(effort: Effort) -> Iterator[Row]:
    baseline = python("baseline_start.py")
    baseline(), seconds_to_ready()
    turns = [(seconds_to_ready(), seconds(baseline)) for _ in range(effort.of(15, 5))]
    yield row_of("mockorg serve, to ready", turns, "import spyne.server.wsgi, sqlalchemy, lxml.etree", most=2.5)
