"""The time to import the SDK in a new process, and to import it and connect."""

from collections.abc import Iterator

from measure import Effort, Row, compare
from process import python

BASELINE = "import requests, lxml.etree"
CONNECT = "import mockorg; mockorg.connect('http://127.0.0.1:1', access_token='x')"


def rows(effort: Effort) -> Iterator[Row]:
    baseline = python("baseline_import_sdk.py")
    runs = effort.of(15, 5)
    yield compare("import mockorg", python("-c", "import mockorg"), baseline, BASELINE, runs=runs, most=1.5)
    yield compare("import mockorg, connect with a token", python("-c", CONNECT), baseline, BASELINE, runs=runs)
