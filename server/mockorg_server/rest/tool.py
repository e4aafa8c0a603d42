"""What the application keeps for its resources: the routes, and writers that are compiled once."""

from __future__ import annotations

from dataclasses import dataclass

from mockorg_server.rest.describe_document import DescribeDocuments
from mockorg_server.rest.record_writer import RecordWriters
from mockorg_server.rest.route import Routes


@dataclass(frozen=True, slots=True)
class Tools:
    """Shared by all requests, safe under threads."""

    routes: Routes
    records: RecordWriters
    describes: DescribeDocuments
