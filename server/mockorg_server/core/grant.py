"""What users have granted to clients: refresh tokens, authorization codes and device codes of one org, in memory.

It knows no HTTP and checks no client; ``calls/token.py`` and ``calls/authorize.py`` do.
"""

from __future__ import annotations

import random
import secrets
import string
import threading
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from mockorg_server.core.clock import Clock
from mockorg_server.core.session import random_state

CODE_LIFE = timedelta(minutes=15)
DEVICE_CODE_LIFE = timedelta(minutes=10)
POLL_SECONDS = 5
REFRESH_TOKEN_PREFIX = "5Aep861"  # noqa: S105  # how real ones begin
_ALPHABET = string.ascii_letters + string.digits + "._"
_USER_CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ23456789"
_MOST_PENDING = 10_000  # codes nobody came back for; the oldest go first


@dataclass(frozen=True, slots=True)
class Grant:
    """A user let a client in: who, which client, with which scopes."""

    user_id: str
    client_id: str
    scopes: tuple[str, ...]


@dataclass(slots=True)
class AuthorizationCode:
    """What an authorization code stands for, until it is used or over."""

    grant: Grant
    redirect_uri: str
    code_challenge: str
    made_at: datetime
    nonce: str = ""
    used: bool = False
    tokens: list[str] = field(default_factory=list, repr=False)


class DeviceState(Enum):
    """How far the user of a device has come."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"


@dataclass(slots=True)
class DeviceCode:
    """A device that waits for its user."""

    client_id: str
    scopes: tuple[str, ...]
    device_code: str = field(repr=False)
    user_code: str
    made_at: datetime
    state: DeviceState = DeviceState.PENDING
    user_id: str = ""
    polled_at: datetime | None = None


class Grants:
    """The grants of one org. Safe under threads."""

    def __init__(self, clock: Clock, seed: int | None = None) -> None:
        """Codes and tokens cannot be guessed, unless a ``seed`` asks for the same ones in each run."""
        self._random = secrets.SystemRandom() if seed is None else random.Random(f"grants {seed}")  # noqa: S311
        self._clock = clock
        self._lock = threading.Lock()
        self._refresh: dict[str, Grant] = {}
        self._revoked: set[str] = set()
        self._codes: dict[str, AuthorizationCode] = {}
        self._devices: dict[str, DeviceCode] = {}

    def knows(self, secret: str) -> bool:
        """Tell whether a refresh token, authorization code or device code was given out here."""
        with self._lock:
            return any(secret in each for each in (self._refresh, self._codes, self._devices, self._revoked))

    def refresh_token(self, grant: Grant) -> str:
        """Make a refresh token."""
        with self._lock:
            token = REFRESH_TOKEN_PREFIX + self._text(_ALPHABET, 80)
            self._refresh[token] = grant
        return token

    def refreshed(self, refresh_token: str) -> Grant | None:
        """Give what a refresh token stands for, or None."""
        with self._lock:
            return self._refresh.get(refresh_token)

    def was_revoked(self, refresh_token: str) -> bool:
        """Tell whether there was such a refresh token, and is no more."""
        with self._lock:
            return refresh_token in self._revoked

    def revoke(self, refresh_token: str) -> bool:
        """End a refresh token; say whether there was one."""
        with self._lock:
            if self._refresh.pop(refresh_token, None) is None:
                return False
            self._revoked.add(refresh_token)
        return True

    def code(self, grant: Grant, redirect_uri: str, code_challenge: str, nonce: str = "") -> str:
        """Make an authorization code."""
        with self._lock:
            code = "aPrx" + self._text(_ALPHABET, 60) + "=="
            self._codes[code] = AuthorizationCode(grant, redirect_uri, code_challenge, self._clock.now(), nonce)
            _forget_oldest(self._codes)
        return code

    def take_code(self, code: str) -> tuple[AuthorizationCode | None, bool]:
        """Use an authorization code up: what it stands for, None if there is none; and whether it is still good."""
        now = self._clock.now()
        with self._lock:
            found = self._codes.get(code)
            if found is None:
                return None, False
            is_good = not found.used and now - found.made_at <= CODE_LIFE
            found.used = True
        return found, is_good

    def device_code(self, client_id: str, scopes: tuple[str, ...]) -> DeviceCode:
        """Start a device flow."""
        with self._lock:
            user_code = self._text(_USER_CODE_ALPHABET, 8)
            device = DeviceCode(client_id, scopes, self._text(_ALPHABET, 80), user_code, self._clock.now())
            self._devices[device.device_code] = device
            _forget_oldest(self._devices)
        return device

    def device(self, device_code: str) -> DeviceCode | None:
        """Give the device of a device code while that lives."""
        with self._lock:
            return self._living(self._devices.get(device_code))

    def device_of_user_code(self, user_code: str) -> DeviceCode | None:
        """Give the device whose user was shown a code, while it waits."""
        wanted = user_code.strip().upper().replace("-", "")
        with self._lock:
            found = next((each for each in self._devices.values() if each.user_code == wanted), None)
            found = self._living(found)
        return found if found is not None and found.state is DeviceState.PENDING else None

    def polls_too_fast(self, device: DeviceCode) -> bool:
        """Note that a device asked; say whether it had asked just before. A clock that stands still says never."""
        now = self._clock.now()
        with self._lock:
            before, device.polled_at = device.polled_at, now
        return not self._clock.frozen and before is not None and now - before < timedelta(seconds=POLL_SECONDS)

    def end_device(self, device: DeviceCode) -> bool:
        """Use a device code up; False when another was faster."""
        with self._lock:
            return self._devices.pop(device.device_code, None) is not None

    def mark(self) -> object:
        """Give what ``go_back`` needs."""
        with self._lock:
            state = (self._refresh, self._revoked, self._codes, self._devices)
            return _copy(state), random_state(self._random)

    def go_back(self, mark: Any) -> None:
        """Forget what was granted since, and know what was used up since."""
        state, random_was = mark
        with self._lock:
            self._refresh, self._revoked, self._codes, self._devices = _copy(state)
            if random_was is not None:
                self._random.setstate(random_was)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            for each in (self._refresh, self._codes, self._devices):
                each.clear()
            self._revoked.clear()

    def _living(self, device: DeviceCode | None) -> DeviceCode | None:
        return None if device is None or self._clock.now() - device.made_at > DEVICE_CODE_LIFE else device

    def _text(self, alphabet: str, length: int) -> str:
        return "".join(self._random.choices(alphabet, k=length))


def _forget_oldest(pending: dict[str, AuthorizationCode] | dict[str, DeviceCode]) -> None:
    if len(pending) > _MOST_PENDING:
        del pending[next(iter(pending))]


def _copy(state: Any) -> Any:
    """Copy it, codes and all; nothing has been granted in most orgs."""
    return deepcopy(state) if any(state) else ({}, set(), {}, {})
