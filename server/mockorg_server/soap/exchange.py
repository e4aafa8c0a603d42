"""One request and its reply on their way through the wire: what the address said, and what was found out since."""

from __future__ import annotations

from dataclasses import dataclass, field

from mockorg_server.core.calls.operation import Operation
from mockorg_server.core.org import Org
from mockorg_server.soap.header import CallHeaders


@dataclass(slots=True)
class Exchange:
    """One call.

    ``base_url`` is this server as the caller wrote it (``http://127.0.0.1:8800``), ``version`` the API version of the
    endpoint (60), ``org_id`` the one in its path, ``charset`` that of the Content-Type (None for UTF-8), ``host_name``
    the host that the caller named. ``headers``, ``org`` and ``operation`` are filled in as the request is read.
    """

    base_url: str
    version: int
    org_id: str | None = None
    charset: str | None = None
    host_name: str = ""
    headers: CallHeaders = field(default_factory=CallHeaders)
    org: Org | None = None
    operation: Operation | None = None
