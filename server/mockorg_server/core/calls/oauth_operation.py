"""The typed operations of OAuth: what the oauth wire hands to ``Org.run``. They need no session.

Each refusal is an ``OAuthError`` with the standard's code. ``base_url`` of an operation is the server as the client
wrote it; identity URLs are built on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mockorg_server.core.calls.operation import Operation


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks: a client id, and what proves it."""

    client_id: str | None
    client_secret: str | None = field(default=None, repr=False)
    assertion: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class GrantByPassword(Operation):
    """-> ``TokenResult``. ``password`` may carry the security token at its end."""

    client: Client
    base_url: str
    username: str
    password: str = field(repr=False)
    scope: str = ""


@dataclass(frozen=True, slots=True)
class GrantByRefreshToken(Operation):
    """-> ``TokenResult``, without a refresh token."""

    client: Client
    base_url: str
    refresh_token: str = field(repr=False)
    scope: str = ""


@dataclass(frozen=True, slots=True)
class GrantByClientCredentials(Operation):
    """-> ``TokenResult`` of the app's own user. ``is_login_host``: asked at a host that serves every org."""

    client: Client
    base_url: str
    is_login_host: bool = False


@dataclass(frozen=True, slots=True)
class GrantByAssertion(Operation):
    """-> ``TokenResult`` of the user a signed JWT names (RFC 7523)."""

    base_url: str
    assertion: str = field(repr=False)
    scope: str = ""


@dataclass(frozen=True, slots=True)
class GrantByCode(Operation):
    """-> ``TokenResult`` for an authorization code (RFC 6749, PKCE: RFC 7636)."""

    client: Client
    base_url: str
    code: str = field(repr=False)
    redirect_uri: str
    code_verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GrantByDevice(Operation):
    """-> ``TokenResult`` once the device's user has agreed (RFC 8628)."""

    client: Client
    base_url: str
    device_code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StartDevice(Operation):
    """-> ``DeviceCode``."""

    client: Client
    scope: str = ""


@dataclass(frozen=True, slots=True)
class CheckAuthorization(Operation):
    """-> None. Says whether a user may be asked at all: client, redirect URI, scope, PKCE.

    Raises OAuthError; ``may_redirect`` tells whether the client may be told by a redirect.
    """

    client_id: str
    redirect_uri: str
    scope: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""


@dataclass(frozen=True, slots=True)
class Authorize(Operation):
    """-> the authorization code. Raises OrgError INVALID_LOGIN when the user is not who they say."""

    request: CheckAuthorization
    username: str
    password: str = field(repr=False)
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class DecideDevice(Operation):
    """-> None. A user says what a device may do. Raises OAuthError invalid_grant, OrgError INVALID_LOGIN."""

    user_code: str
    is_allowed: bool
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RevokeToken(Operation):
    """-> None. Ends an access token, or a refresh token with every access token that came of it."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class IntrospectToken(Operation):
    """-> ``TokenFacts``, or None for a token that is not alive or another client's (RFC 7662)."""

    client: Client
    base_url: str
    token: str = field(repr=False)
    token_type_hint: str = ""


@dataclass(frozen=True, slots=True)
class GetIdentity(Operation):
    """-> ``Identity`` of the user the session belongs to, or of another one of the org.

    ``org_id`` and ``user_id`` are those of an identity URL, '' to ask for the caller. Raises IdentityError, whose code
    is the whole body of the answer.
    """

    access_token: str | None = field(repr=False)
    org_id: str = ""
    user_id: str = ""
