"""The pytest plugin: fixtures, a marker, options of the ini file. pytest loads it wherever mockorg is installed."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from mockorg.testing._org import MockOrg
from mockorg.testing._scope import OrgScope, ServerScope
from mockorg.testing._server import MockOrgServer

_LINES: Final = {
    "users": "who may log in, NAME:PASSWORD[:TOKEN], one a line",
    "without": "features that the org lacks, one a line",
}
_PATHS: Final = {
    "schema": "objects and fields of the org: source folders, describe JSON, enterprise WSDLs",
    "seed": "files of records that the org begins with",
}
_TEXTS: Final = {
    "clock": "the instant at which the org's clock stands still",
    "edition": "the org's edition",
    "my_domain": "the first label of the org's host name",
    "url": "where the org is, beside Salesforce's hosts",
    "other_hosts": "pass, refuse, or the hosts that requests may go on to, separated by spaces",
}
_OF_SERVERS: Final = frozenset({"proxy", "https"})
_OF_ROUTES: Final = frozenset({"url", "other_hosts"})
MARKER: Final = "mock_org"
_FIXTURES: Final = ("mock_org", "mock_org_server")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``mock_org_schema`` and the others to the ini file: the defaults of every org."""
    for names, kind in ((_LINES, "linelist"), (_PATHS, "paths"), (_TEXTS, "string")):
        for name, told in names.items():
            parser.addini(f"mock_org_{name}", f"mock_org: {told}", type=kind, default=None)  # type: ignore[arg-type]


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", f"{MARKER}(schema=…, seed=…, clock=…, users=…): how the org of a test is set up")


def options_of(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Give what a test says of its org: ini file, then markers from the outermost to its own."""
    options = dict(_ini_options(request.config))
    for mark in reversed(list(request.node.iter_markers(MARKER))):
        if mark.args:
            raise pytest.UsageError(f"@pytest.mark.{MARKER} takes keywords only")
        options.update(mark.kwargs)
    return options


def _ini_options(config: pytest.Config) -> Iterator[tuple[str, Any]]:
    for name in (*_LINES, *_PATHS, *_TEXTS):
        value = config.getini(f"mock_org_{name}")
        if value:
            yield name, _hosts(value) if name == "other_hosts" else value


def _hosts(text: str) -> object:
    return text if text in {"pass", "refuse"} else text.split()


@pytest.fixture
def mock_org(request: pytest.FixtureRequest) -> Iterator[MockOrg]:
    """Give an org of the test's own; ``requests`` and ``httpx`` reach it under every host of Salesforce."""
    options = {name: value for name, value in options_of(request).items() if name not in _OF_SERVERS}
    with OrgScope(options, Path(request.path).parent) as org:
        yield org


@pytest.fixture
def mock_org_server(request: pytest.FixtureRequest) -> Iterator[MockOrgServer]:
    """Give an org of the test's own, on a free port of this machine."""
    options = {name: value for name, value in options_of(request).items() if name not in _OF_ROUTES}
    with ServerScope(options, Path(request.path).parent) as server:
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """When a test fails, tell the last calls of its org and why each was refused."""
    report: Any = yield
    if report.when == "call" and report.failed:
        for name in _FIXTURES:
            org = getattr(item, "funcargs", {}).get(name)
            if isinstance(org, MockOrg):
                report.sections.append((f"{name}: the org's last calls", org.last_calls()))
    return report
