"""An org in memory with its clock frozen, and a short way to run operations on it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from mockorg_server.core.calls.operation import Operation
from mockorg_server.core.org import Org
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.schema.schema import load_schema

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)


@pytest.fixture
def org() -> Iterator[Org]:
    opened = Org(load_schema(), OrgSettings(clock_start=NOW))
    yield opened
    opened.close()


@pytest.fixture
def run(org: Org) -> Callable[..., Any]:
    """Run an operation as the administrator, at API version 66 unless told."""

    def run_operation(operation: Operation, version: int = 66) -> Any:
        return org.run(operation, Caller(org.token, version))

    return run_operation
