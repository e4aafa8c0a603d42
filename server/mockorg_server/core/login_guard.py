"""What stands between a strict org and a client that tries too often: the lockout and the login rate.

Ten wrong passwords in a row lock a user out for 15 minutes (the platform's default password policy); a user may log in
3,600 times an hour and, beyond that, not for an hour (SOAP API guide, login()).
"""

from __future__ import annotations

import threading
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mockorg_server.core.clock import Clock

MAX_FAILURES = 10
LOCKOUT = timedelta(minutes=15)
MAX_LOGINS_PER_HOUR = 3600
_HOUR = timedelta(hours=1)


@dataclass(slots=True)
class _Record:
    failures: int = 0
    locked_until: datetime | None = None
    hour_began: datetime | None = None
    logins: int = 0
    blocked_until: datetime | None = None


class LoginGuard:
    """Keeps count per user name, in any case. Safe under threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._records: dict[str, _Record] = {}

    def is_locked(self, username: str) -> bool:
        """Say whether the user is locked out just now."""
        with self._lock:
            record = self._record(username)
            if record.locked_until is not None and self._clock.now() >= record.locked_until:
                record.locked_until, record.failures = None, 0
            return record.locked_until is not None

    def failed(self, username: str) -> None:
        """Count a wrong password; the tenth in a row locks the user out."""
        with self._lock:
            record = self._record(username)
            record.failures += 1
            if record.failures >= MAX_FAILURES:
                record.locked_until = self._clock.now() + LOCKOUT

    def admits(self, username: str) -> bool:
        """Count a login with the right password; say whether the rate still allows it."""
        with self._lock:
            record = self._record(username)
            now = self._clock.now()
            record.failures = 0
            if record.blocked_until is not None and now < record.blocked_until:
                return False
            if record.hour_began is None or now - record.hour_began >= _HOUR:
                record.hour_began, record.logins, record.blocked_until = now, 0, None
            record.logins += 1
            if record.logins > MAX_LOGINS_PER_HOUR:
                record.blocked_until = now + _HOUR
                return False
            return True

    def mark(self) -> object:
        """Give what ``go_back`` needs."""
        with self._lock:
            return deepcopy(self._records) if self._records else {}

    def go_back(self, mark: Any) -> None:
        """Forget the attempts since."""
        with self._lock:
            self._records = deepcopy(mark) if mark else {}

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._records.clear()

    def _record(self, username: str) -> _Record:
        # Only names that a strict org knows are counted, so a client cannot fill the memory with invented ones.
        return self._records.setdefault(username.casefold(), _Record())
