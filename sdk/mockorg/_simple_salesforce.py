"""A ``simple_salesforce.Salesforce`` on a session of this package.

simple-salesforce sends every request to ``https://``; where the org is served by plain http, as the mock is, an adapter
of the ``requests.Session`` puts that right.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import BaseAdapter
from simple_salesforce.api import Salesforce


def salesforce_of(session: requests.Session, instance_url: str, session_id: str | None, api_version: str) -> Salesforce:
    """Make one. Its requests go by the adapters of ``session``; what is set on it does not touch that session."""
    own = requests.Session()
    own.adapters.update(session.adapters)
    own.verify, own.proxies, own.cert, own.trust_env = session.verify, session.proxies, session.cert, session.trust_env
    address = urlsplit(instance_url)
    if address.scheme == "http":
        own.mount(f"https://{address.netloc}/", _PlainHttp(session))
    return Salesforce(instance_url=instance_url, session_id=session_id, version=api_version, session=own)


class _PlainHttp(BaseAdapter):
    """Sends what was meant for https by http, through the adapter that a session has for that."""

    def __init__(self, session: requests.Session) -> None:
        super().__init__()
        self._session = session

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        request.url = urlunsplit(("http", *urlsplit(request.url or "")[1:]))
        return self._session.get_adapter(request.url).send(request, *args, **options)

    def close(self) -> None:
        """Leave the connections to their session."""
