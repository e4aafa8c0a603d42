"""Sends a request and gives the answer, by ``requests``. Nothing is sent twice, and no redirect is followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import requests

from mockorg._error import TransportError


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, decompressed."""

    http_status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Transport:
    """A ``requests.Session`` with a timeout. A session that was handed in is the caller's to close."""

    def __init__(self, session: requests.Session | None, timeout_seconds: float, user_agent: str) -> None:
        self._owned = session is None
        self._session = session or requests.Session()
        self._timeout_seconds = timeout_seconds
        self._user_agent = user_agent

    @property
    def session(self) -> requests.Session:
        """What requests are sent by."""
        return self._session

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send ``body``. Raises ``TransportError`` when no answer came."""
        return self.send("POST", url, body, headers)

    def send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """Send a request, with a body unless None. Raises ``TransportError`` when no answer came."""
        try:
            response = self._session.request(
                method,
                url,
                data=body,
                headers={"User-Agent": self._user_agent, **headers},
                timeout=self._timeout_seconds,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise TransportError(f"no answer from {url}: {error}") from error
        if response.is_redirect:
            raise TransportError(
                f"{url} answered with a redirect to {response.headers['Location']}, which is not followed",
                http_status=response.status_code,
            )
        return Answer(response.status_code, response.content, response.headers)

    def close(self) -> None:
        """Close the session's connections if the session is our own."""
        if self._owned:
            self._session.close()
