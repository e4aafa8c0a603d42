"""The org's limits: figures that calls are held to, and the count of API requests.

Sources: Salesforce Developer Limits and the pages of the calls in the SOAP API guide.
"""

from __future__ import annotations

import threading
from collections.abc import Sized
from typing import Any

from mockorg_server.core.error import OrgError

MAX_DML_RECORDS = 200
MAX_DML_CHUNKS = 10
MAX_LEAD_CONVERTS = 100
MAX_RETRIEVE_IDS = 2000
MAX_DESCRIBE_SOBJECTS = 100
MAX_REPLICATION_IDS = 600_000
DEFAULT_BATCH_SIZE = 2000
MIN_BATCH_SIZE = 200
MAX_AGGREGATE_ROWS = 2000
DAILY_API_REQUESTS = {"Developer": 15_000, "Enterprise": 100_000, "Unlimited": 100_000}


def batch_size_of(asked: int | None) -> int:
    """Bring an asked batch size into 200 to 2,000, as the hint it is (QueryOptions: larger or smaller is no error)."""
    return DEFAULT_BATCH_SIZE if asked is None else min(max(asked, MIN_BATCH_SIZE), DEFAULT_BATCH_SIZE)


def hold_to(things: Sized, most: int) -> None:
    """Refuse a call with too many records or ids, as a whole (recorded from a real org for 200)."""
    if len(things) > most:
        raise OrgError(
            "EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {most} records into this call"
        )


class ApiUsage:
    """How many API requests the org has answered, beside its daily limit. Safe under threads."""

    def __init__(self, edition: str) -> None:
        self._lock = threading.Lock()
        self._current = 0
        self._limit = DAILY_API_REQUESTS[edition]

    def count(self) -> None:
        """Count one request."""
        with self._lock:
            self._current += 1

    def reading(self) -> tuple[int, int]:
        """Give the requests so far and the daily limit."""
        return self._current, self._limit

    def mark(self) -> object:
        """Give what ``go_back`` needs."""
        return self._current

    def go_back(self, mark: Any) -> None:
        """Forget the requests since."""
        with self._lock:
            self._current = mark

    def reset(self) -> None:
        """Start from zero again."""
        with self._lock:
            self._current = 0
