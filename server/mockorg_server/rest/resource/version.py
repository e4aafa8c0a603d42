"""Which API versions there are, and which resources a version has."""

from __future__ import annotations

from typing import Final

from mockorg_server.core.org import Org
from mockorg_server.rest.exchange import Answer, Request
from mockorg_server.schema.api_version import NEWEST, OLDEST

_SEASONS: Final = ("Winter", "Spring", "Summer")
_SUMMER_2014: Final = 31  # the version of Summer '14: three releases a year since

_LISTED: Final = (
    *("tooling", "limits", "search", "query", "sobjects", "recent", "theme", "tabs", "appMenu", "composite"),
    *("actions", "parameterizedSearch", "queryAll", "quickActions", "process"),
)


def release_name(version: int) -> str:
    """Give the name of the release that brought a version, such as ``Spring '24`` for 60."""
    count = version - _SUMMER_2014 + 2
    year = 2014 + count // 3
    return f"{_SEASONS[count % 3]} '{year % 100:02d}"


def versions(_org: Org) -> Answer:
    """List the versions, the oldest first: clients take the last one as the newest. Needs no session."""
    return Answer(
        [
            {"label": release_name(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
            for number in range(OLDEST, NEWEST + 1)
        ]
    )


def resources(request: Request) -> Answer:
    """List the resources of a version."""
    listed: dict[str, str] = {name: f"{request.root}/{name}" for name in _LISTED}
    user_id = request.org.sessions.require(request.caller.session_id).user_id
    listed["identity"] = f"{request.base_url}/id/{request.org.id}/{user_id}"
    return Answer(dict(sorted(listed.items())))
