"""Who calls: the caller of a request, and the sessions of an org."""

from __future__ import annotations

import random
import secrets
import string
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mockorg_server.core.clock import Clock
from mockorg_server.core.error import OrgError
from mockorg_server.core.scope import opens_api

SESSION_SECONDS_VALID = 7200
_TOKEN_ALPHABET = string.ascii_letters + string.digits + "._"
_TOKEN_LENGTH = 96
_FIRST_SWEEP = 1_000  # sessions; clients that never log out must not fill the memory


@dataclass(frozen=True, slots=True)
class Caller:
    """What a wire knows of who calls: the session id it was given, and the API version of the endpoint.

    ``address`` is this server as the caller wrote it, '' for one that came by no address.
    """

    session_id: str | None = field(repr=False)
    api_version: int
    client: str | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """The grant that an access token came of: its client, its scopes, when, and the refresh token beside it or ''."""

    client_id: str
    scopes: tuple[str, ...]
    issued_at: datetime
    refresh_token: str = field(default="", repr=False)

    @property
    def opens_api(self) -> bool:
        """True when the scopes let the token call the API."""
        return opens_api(self.scopes)


@dataclass(slots=True)
class Session:
    """A login. It ends by logout, or, unless it ``lasts``, after ``SESSION_SECONDS_VALID`` seconds without use.

    ``origin`` tells of the OAuth grant it came of; None for login().
    """

    id: str = field(repr=False)
    user_id: str
    used_at: datetime
    lasts: bool = False
    origin: Origin | None = None


def illegal_session() -> OrgError:
    """Make the refusal of a session id that opens nothing (recorded from a real org)."""
    return OrgError("INVALID_SESSION_ID", "Invalid Session ID found in SessionHeader: Illegal Session")


class Sessions:
    """The open sessions of one org, kept in memory. Safe under threads.

    Session ids have the form of real ones: the org id of 15 characters, ``!``, and 96 characters of ``[A-Za-z0-9._]``.
    """

    def __init__(self, organization_id: str, clock: Clock, seed: int | None = None) -> None:
        """Session ids cannot be guessed, unless a ``seed`` asks for the same ones in each run."""
        self._random = secrets.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311  # asked for
        self._prefix = organization_id[:15] + "!"
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._sweep_at = _FIRST_SWEEP

    def open(self, user_id: str, *, lasts: bool = False, origin: Origin | None = None) -> Session:
        """Start a session for a user; one that ``lasts`` ends by logout only, however far the clock is put forward."""
        with self._lock:
            if len(self._sessions) >= self._sweep_at:
                self._sweep()
            token = self._prefix + "".join(self._random.choices(_TOKEN_ALPHABET, k=_TOKEN_LENGTH))
            session = self._sessions[token] = Session(token, user_id, self._clock.now(), lasts, origin)
        return session

    def require(self, session_id: str | None) -> Session:
        """Give the live session of that id and mark it used. Raises OrgError INVALID_SESSION_ID."""
        now = self._clock.now()
        with self._lock:
            session = self._sessions.get(session_id or "")
            if session is None:
                raise illegal_session()
            if _is_over(session, now):
                del self._sessions[session.id]
                raise illegal_session()
            session.used_at = now
        return session

    def find(self, session_id: str) -> Session | None:
        """Give the live session of that id without using it, or None."""
        now = self._clock.now()
        with self._lock:
            session = self._sessions.get(session_id)
        return None if session is None or _is_over(session, now) else session

    def close(self, session_id: str) -> bool:
        """End a session; say whether there was one."""
        with self._lock:
            return self._sessions.pop(session_id, None) is not None

    def close_all_but(self, session_id: str) -> int:
        """End every session but one; say how many lived."""
        count = sum(session.id != session_id for session in self.all())
        with self._lock:
            self._sessions = {key: session for key, session in self._sessions.items() if key == session_id}
        return count

    def close_of(self, refresh_token: str) -> None:
        """End every session that came of a refresh token."""
        with self._lock:
            self._sessions = {
                key: session
                for key, session in self._sessions.items()
                if session.origin is None or session.origin.refresh_token != refresh_token
            }

    def all(self) -> tuple[Session, ...]:
        """Give every live session, the oldest first."""
        now = self._clock.now()
        with self._lock:
            return tuple(session for session in self._sessions.values() if not _is_over(session, now))

    def keep_only(self, session: Session) -> None:
        """End every session but one, and give that one its full life again."""
        with self._lock:
            session.used_at = self._clock.now()
            self._sessions = {session.id: session}

    def mark(self) -> object:
        """Give what ``go_back`` needs."""
        with self._lock:
            sessions = [(session, session.used_at) for session in self._sessions.values()]
            return sessions, random_state(self._random)

    def go_back(self, mark: Any) -> None:
        """End what was opened since, and open what has ended since."""
        sessions, state = mark
        with self._lock:
            for session, used_at in sessions:
                session.used_at = used_at
            self._sessions = {session.id: session for session, _ in sessions}
            if state is not None:
                self._random.setstate(state)

    def _sweep(self) -> None:
        now = self._clock.now()
        self._sessions = {key: session for key, session in self._sessions.items() if not _is_over(session, now)}
        self._sweep_at = max(_FIRST_SWEEP, 2 * len(self._sessions))


def random_state(source: random.Random) -> Any:
    """Give the state of a source that was seeded, to be set again; None for one that cannot be guessed."""
    return None if isinstance(source, random.SystemRandom) else source.getstate()


def _is_over(session: Session, now: datetime) -> bool:
    return not session.lasts and now - session.used_at > timedelta(seconds=SESSION_SECONDS_VALID)
