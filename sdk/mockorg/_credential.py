"""What proves to an org who asks for a token, as the form of a token request. Secrets are in no ``repr``.

One class per OAuth flow; ``credential_of`` tells by the arguments which is meant. Nothing here sends anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

_JWT_SECONDS = 180
_LOGIN_URL, _TEST_URL = "https://login.salesforce.com", "https://test.salesforce.com"


@dataclass(frozen=True)
class DeviceCode:
    """What a user of a device is to be told: go to ``verification_uri`` and enter ``user_code``."""

    user_code: str
    verification_uri: str
    interval_seconds: float
    device_code: str = field(repr=False)


class Credential:
    """Base of all credentials."""

    @property
    def owner(self) -> str:
        """The user name, where the credential has one: it tells apart the tokens of one client in a store."""
        return str(getattr(self, "username", ""))

    def form(self, login_url: str) -> dict[str, str]:
        """Give the parameters of the token request, but for those that say which client asks."""
        raise NotImplementedError


@dataclass(frozen=True)
class Password(Credential):
    """A user's name and password, the security token at its end."""

    username: str
    password: str = field(repr=False)

    def form(self, login_url: str) -> dict[str, str]:
        """See the base."""
        return {"grant_type": "password", "username": self.username, "password": self.password}


@dataclass(frozen=True)
class RefreshToken(Credential):
    """A refresh token."""

    refresh_token: str = field(repr=False)

    def form(self, login_url: str) -> dict[str, str]:
        """See the base."""
        return {"grant_type": "refresh_token", "refresh_token": self.refresh_token}


@dataclass(frozen=True)
class ClientCredentials(Credential):
    """The client's own secret, for the user that its app runs as."""

    def form(self, login_url: str) -> dict[str, str]:
        """See the base."""
        return {"grant_type": "client_credentials"}


@dataclass(frozen=True)
class SignedAssertion(Credential):
    """A private key whose certificate the connected app holds (JWT bearer flow)."""

    client_id: str
    username: str
    private_key: str = field(repr=False)

    def form(self, login_url: str) -> dict[str, str]:
        """See the base. Raises ImportError without PyJWT, ValueError for what is no private key."""
        try:
            import jwt  # noqa: PLC0415  # an extra, and slow to import
        except ImportError:
            raise ImportError('logging in with a private_key needs: pip install "mockorg[jwt]"') from None
        claims = {
            "iss": self.client_id,
            "sub": self.username,
            "aud": audience_of(login_url),
            "exp": int(time.time()) + _JWT_SECONDS,
        }
        try:
            assertion = jwt.encode(claims, self.private_key, "RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise ValueError("private_key is not an RSA private key in PEM") from None
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}


@dataclass(frozen=True)
class AuthorizationCode(Credential):
    """The code that a browser brought back (web server flow)."""

    code: str = field(repr=False)
    redirect_uri: str
    code_verifier: str = field(default="", repr=False)

    def form(self, login_url: str) -> dict[str, str]:
        """See the base."""
        form = {"grant_type": "authorization_code", "code": self.code, "redirect_uri": self.redirect_uri}
        return {**form, "code_verifier": self.code_verifier} if self.code_verifier else form


@dataclass(frozen=True)
class Device(Credential):
    """A user who enters a code at another device; ``tell`` is given the code to show."""

    tell: Callable[[DeviceCode], object]

    def form(self, login_url: str) -> dict[str, str]:
        """See the base: what starts the flow."""
        return {"response_type": "device_code"}


def audience_of(login_url: str) -> str:
    """Give the audience of a JWT: Salesforce's own login address, or that of a server which is not Salesforce's."""
    host = urlsplit(login_url).hostname or ""
    if not host.endswith(".salesforce.com"):
        return login_url
    return _TEST_URL if ".sandbox." in host or host == "test.salesforce.com" else _LOGIN_URL


def credential_of(given: Mapping[str, Any]) -> Credential | None:
    """Tell by the arguments of ``connect`` which flow is meant; None for none. Raises ValueError."""
    named = {name for name, value in given.items() if value is not None}
    if "client_id" not in named:
        secrets = named - {"username", "password"}
        if secrets:
            raise ValueError(f"{', '.join(sorted(secrets))} belongs to a client_id, which is not given")
        return None
    asked = named - {"client_id", "client_secret"}
    flow = next((make for arguments, make in _FLOWS if asked == arguments), None)
    if flow is None:
        known = "; ".join(", ".join(sorted(arguments)) or "client_secret alone" for arguments, _ in _FLOWS)
        raise ValueError(f"with client_id, give one of: {known}; not {', '.join(sorted(asked))}")
    if not asked and "client_secret" not in named:
        raise ValueError("with client_id alone, give client_secret too")
    return flow(given)


_FLOWS: tuple[tuple[set[str], Callable[[Mapping[str, Any]], Credential]], ...] = (
    ({"username", "password"}, lambda given: Password(given["username"], given["password"])),
    ({"refresh_token"}, lambda given: RefreshToken(given["refresh_token"])),
    (
        {"username", "private_key"},
        lambda given: SignedAssertion(given["client_id"], given["username"], given["private_key"]),
    ),
    ({"code", "redirect_uri"}, lambda given: AuthorizationCode(given["code"], given["redirect_uri"])),
    (
        {"code", "redirect_uri", "code_verifier"},
        lambda given: AuthorizationCode(given["code"], given["redirect_uri"], given["code_verifier"]),
    ),
    ({"on_device"}, lambda given: Device(given["on_device"])),
    (set(), lambda _: ClientCredentials()),
)
"""Which arguments, beside those of the client, make which credential."""
