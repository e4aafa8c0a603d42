"""The coverage table of the REST API's page, made from the table of resources (``tools/write_rest_page.py``)."""

from __future__ import annotations

from collections.abc import Iterable

from mockorg_server.rest.route import Route

_HEAD = "| resource | methods | from | how far it goes |\n| --- | --- | --- | --- |\n"


def coverage_table(routes: Iterable[Route]) -> str:
    """Write the table as Markdown, in the order of the addresses."""
    return _HEAD + "".join(sorted(map(_row, routes), key=str.lower))


def _row(route: Route) -> str:
    methods = ", ".join(method for method in route.methods if method != "HEAD")
    return f"| `/{route.template}` | {methods} | {route.since}.0 | {route.scope} |\n"
