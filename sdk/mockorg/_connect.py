"""The ways into an org."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from mockorg._client import Client
from mockorg._credential import DeviceCode, credential_of
from mockorg._oauth import Access
from mockorg._sfdx import sfdx_auth
from mockorg._token import Token, TokenStore
from mockorg._version import __version__

if TYPE_CHECKING:
    import requests

    from mockorg._transport import Transport

DEFAULT_API_VERSION: Final = "64.0"
DEFAULT_TIMEOUT_SECONDS: Final = 60.0

_API_VERSION = re.compile(r"[0-9]{2,3}\.0\Z")
_DEFAULTS: Final = {
    "security_token": "",
    "api": "soap",
    "api_version": DEFAULT_API_VERSION,
    "timeout_seconds": DEFAULT_TIMEOUT_SECONDS,
}
_OAUTH_ARGUMENTS: Final = (
    *("username", "password", "client_id", "client_secret", "private_key", "refresh_token"),
    *("code", "redirect_uri", "code_verifier", "on_device"),
)


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
    code: str | None = None,
    redirect_uri: str | None = None,
    code_verifier: str | None = None,
    on_device: Callable[[DeviceCode], object] | None = None,
    token_store: TokenStore | None = None,
    api: str = "soap",
    api_version: str = DEFAULT_API_VERSION,
    session: requests.Session | None = None,
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
) -> Client:
    """Connect to an org: the mock's address, ``https://login.salesforce.com``, a My Domain, or an sfdx auth URL.

    ``username`` and ``password`` (and the user's security token where the org asks for one) log in over SOAP; after
    64.0, where login() ends, the login alone is done at 64.0. ``access_token`` is a token from anywhere; nothing is
    sent. ``api`` is the wire of all further calls, ``soap`` or ``rest``, with the same names, results and exceptions;
    for what REST has no resource (``get_user_info``, ``get_server_timestamp``, ``logout``) SOAP is spoken with either.
    With ``client_id`` the client logs in by OAuth: with username and password, ``refresh_token``, username and
    ``private_key`` (PEM), ``code`` and ``redirect_uri`` (see ``authorization_request``), ``on_device``, which is told
    the code for the user, or ``client_secret`` alone. It then gets a new token by itself when one is over, in the
    middle of a call too; ``token_store`` keeps tokens for the next time. ``session`` is a ``requests.Session`` to send
    by; you close it. ``timeout_seconds`` bounds the wait for a connection, and for each further piece of an answer.

    Raises ``LoginError``, ``TransportError``, and ``ValueError`` for arguments that do not go together.
    """
    given = dict(locals())
    if instance_url.startswith("force://"):
        return connect_sfdx(instance_url, **_changed(given, instance_url=None))
    return _connect(given)


def connect_sfdx(source: str | Mapping[str, Any], **options: Any) -> Client:
    """Connect to an org that the ``sf`` command line is logged in to.

    ``source`` is an auth URL (``SFDX_AUTH_URL``, ``force://…``), or what ``sf org display --json`` printed. The other
    arguments are those of ``connect``. Without ``--verbose`` the command tells no refresh token, and the client cannot
    renew the access token. Raises as ``connect``, and ValueError for what is neither.
    """
    known = sfdx_auth(source)
    options.setdefault("api_version", known.api_version or DEFAULT_API_VERSION)
    if known.refresh_token is not None:
        secrets = {"client_id": known.client_id, "client_secret": known.client_secret}
        options |= {**secrets, "refresh_token": known.refresh_token}
    return connect(known.instance_url, access_token=known.access_token, **options)


def _connect(given: dict[str, Any]) -> Client:
    _check_wire(given["api"], given["api_version"])
    origin = _origin(given["instance_url"])
    if given["client_id"] is not None and given["password"] is not None:
        given["password"] += given["security_token"]
    credential = credential_of({name: given[name] for name in _OAUTH_ARGUMENTS})
    by_password = credential is None and given["username"] is not None and given["password"] is not None
    if credential is None:
        is_half = (given["username"] is None) != (given["password"] is None)
        if is_half or by_password == (given["access_token"] is not None):
            raise ValueError("give username and password, or access_token, or client_id and what goes with it")
        if given["token_store"] is not None:
            raise ValueError("token_store goes with client_id")
    # Here and not above: requests is most of the time that importing this package would take.
    from mockorg._transport import Transport  # noqa: PLC0415

    transport = Transport(given["session"], given["timeout_seconds"], f"mockorg/{__version__}")
    if credential is not None:
        store = given["token_store"]
        access = Access(transport, origin, given["client_id"], given["client_secret"], credential, store)
        return _by_oauth(transport, access, given)
    client = Client(transport, origin, given["access_token"], given["api_version"], api=given["api"])
    if by_password:
        client.login(given["username"], given["password"], given["security_token"])
    return client


def _by_oauth(transport: Transport, access: Access, given: dict[str, Any]) -> Client:
    """Make a client whose tokens come from ``access``. A token that was given is used until it is over."""
    if given["access_token"] is not None:
        token = Token(given["access_token"], access.login_url, given["refresh_token"])
    else:
        token = access.first()

    def renew() -> Token:
        nonlocal token
        token = access.renewed(token)
        return token

    return Client(
        transport, _origin(token.instance_url), token.access_token, given["api_version"], renew, api=given["api"]
    )


def _check_wire(api: str, api_version: str) -> None:
    if api not in {"soap", "rest"}:
        raise ValueError(f'api must be "soap" or "rest", not {api!r}')
    if not _API_VERSION.match(api_version):
        raise ValueError(f'api_version must be such as "64.0", not {api_version!r}')


def _changed(given: Mapping[str, Any], **without: None) -> dict[str, Any]:
    """Give the arguments that differ from the defaults of ``connect``."""
    return {
        name: value
        for name, value in given.items()
        if name not in without and value is not None and value != _DEFAULTS.get(name)
    }


def _origin(instance_url: str) -> str:
    """Give scheme, host and port; ``ValueError`` for anything that is more or less than these."""
    parts = urlsplit(instance_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f'instance_url must be such as "https://login.salesforce.com", not {instance_url!r}')
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"instance_url must end with the host, or its port: {instance_url!r}")
    return f"{parts.scheme}://{parts.netloc}"
