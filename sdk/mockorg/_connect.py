"""The ways into an org."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from mockorg._client import Client
from mockorg._error import NotBuiltError
from mockorg._version import __version__

if TYPE_CHECKING:
    import requests

DEFAULT_API_VERSION: Final = "64.0"
DEFAULT_TIMEOUT_SECONDS: Final = 60.0

_API_VERSION = re.compile(r"[0-9]{2,3}\.0\Z")


def connect(
    instance_url: str,
    *,
    username: str | None = None,
    password: str | None = None,
    security_token: str = "",
    access_token: str | None = None,
    client_id: str | None = None,
    client_secret: str | None = None,
    private_key: str | None = None,
    refresh_token: str | None = None,
    api: str = "soap",
    api_version: str = DEFAULT_API_VERSION,
    session: requests.Session | None = None,
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
) -> Client:
    """Connect to an org: the mock's address, ``https://login.salesforce.com``, or a My Domain.

    With ``username`` and ``password`` (and the user's security token where the org asks for one) this logs in, which
    is one call, and the client goes on at the address the org gives. With ``access_token``, a session id or OAuth
    token from anywhere, nothing is sent. The forms with ``client_id`` and ``api="rest"`` are not built yet.

    ``api_version`` is such as ``"64.0"``. login() ends with that version: with a later one the login itself is done at
    64.0 and everything after at the version asked for. ``session`` is a ``requests.Session`` to send by, for proxies,
    certificates or adapters of your own; you close it. ``timeout_seconds`` bounds the wait for a connection, and for
    each further piece of an answer.

    Raises ``LoginError``, ``TransportError``, ``NotBuiltError``, and ``ValueError`` for arguments that do not go
    together.
    """
    if api not in {"soap", "rest"}:
        raise ValueError(f'api must be "soap" or "rest", not {api!r}')
    if api == "rest":
        raise NotBuiltError('api="rest" is not built yet: connect with api="soap"')
    if any(each is not None for each in (client_id, client_secret, private_key, refresh_token)):
        raise NotBuiltError("logging in by OAuth (client_id …) is not built yet: give a password or an access_token")
    if not _API_VERSION.match(api_version):
        raise ValueError(f'api_version must be such as "64.0", not {api_version!r}')
    by_password = username is not None and password is not None
    if by_password == (access_token is not None) or (username is None) != (password is None):
        raise ValueError("give username and password, or access_token")
    # Here and not above: requests is most of the time that importing this package would take.
    from mockorg._transport import Transport  # noqa: PLC0415

    transport = Transport(session, timeout_seconds, f"mockorg/{__version__}")
    client = Client(transport, _origin(instance_url), access_token, api_version)
    if username is not None and password is not None:
        client.login(username, password, security_token)
    return client


def _origin(instance_url: str) -> str:
    """Give scheme, host and port; ``ValueError`` for anything that is more or less than these."""
    parts = urlsplit(instance_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f'instance_url must be such as "https://login.salesforce.com", not {instance_url!r}')
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"instance_url must end with the host, or its port: {instance_url!r}")
    return f"{parts.scheme}://{parts.netloc}"
