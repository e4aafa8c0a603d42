"""How long it takes to make an org in memory, in a process that has made one before."""

from measure import Row, cal, compare

from mockorg_server.core.host import Host
from mockorg_server.core.setting import OrgSettings


def open_org() -> None:
    """Open and close an org."""
    Host.open(OrgSettings()).close()


def rows() -> list[Row]:
    """The rows of this file."""
    return [compare("a fresh org in memory", open_org, cal, "cal", runs=25)]
