"""The time to make an org in memory in a process that has made one before, and to set one back."""

from collections.abc import Iterator

from measure import Effort, Row, cal, compare

from mockorg_server.core.host import Host
from mockorg_server.core.setting import OrgSettings


def open_org() -> None:
    Host.open(OrgSettings()).close()


def rows(effort: Effort) -> Iterator[Row]:
    runs = effort.of(101, 15)
    yield compare("a fresh org in memory", open_org, cal, "cal", runs=runs, most=40, baseline_times=5)
    host = Host.open(OrgSettings())
    yield compare("the same org set back", host.default.reset, cal, "cal", runs=runs, baseline_times=5)
    host.close()
