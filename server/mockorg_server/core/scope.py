"""The scopes of access tokens: which there are, what a client asked for, and what a token is good for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from mockorg_server.core.error import OAuthError

ALL_SCOPES: Final = (
    *("api", "web", "full", "refresh_token", "id", "openid", "profile", "email", "address", "phone", "chatter_api"),
    *("visualforce", "lightning", "content", "custom_permissions", "wave_api"),
)
DEFAULT_SCOPES: Final = ("api", "web", "full", "refresh_token", "id")
_SYNONYMS = {"offline_access": "refresh_token"}
_API_SCOPES = frozenset({"api", "full"})


def granted_scopes(asked: str, allowed: Sequence[str]) -> tuple[str, ...]:
    """Give the scopes of a grant: those asked for, or the default ones, as far as the app may have them.

    Raises OAuthError invalid_scope for one that is unknown or not the app's (OAuth authorization errors, Help).
    """
    names = tuple(dict.fromkeys(_SYNONYMS.get(name, name) for name in asked.replace(",", " ").split()))
    if not names:
        return tuple(name for name in DEFAULT_SCOPES if name in allowed)
    if any(name not in allowed for name in names):
        raise OAuthError("invalid_scope", "the requested scope is invalid, unknown, or malformed")
    return names


def opens_api(scopes: Iterable[str]) -> bool:
    """Tell whether a token of these scopes may call the API."""
    return not _API_SCOPES.isdisjoint(scopes)
