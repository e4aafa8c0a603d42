"""Assertions: JWTs by which clients speak for a user (RFC 7523, section 2.1) or for themselves (section 2.2).

A signature is checked when the app has a certificate. An org without connected apps has none, and believes what it
reads, as it believes passwords.
"""

from __future__ import annotations

import hmac
import time
from typing import Any

from mockorg_server.core.calls.oauth_operation import Client
from mockorg_server.core.connected_app import ConnectedApp, invalid_client
from mockorg_server.core.context import CallContext
from mockorg_server.core.error import OAuthError
from mockorg_server.core.signing_key import BadAssertionError, check_signature, read_assertion

_LOGIN_URLS = ("https://login.salesforce.com", "https://test.salesforce.com")
# CumulusCI sends assertions that expire in the second in which they are made, and real orgs take them; how far the
# platform goes is not known.
_LEEWAY_SECONDS = 10
_TOKEN_PATH = "/services/oauth2/token"  # noqa: S105


def subject_of(context: CallContext, assertion: str, base_url: str) -> tuple[ConnectedApp, str]:
    """Give the app that signed an assertion, and the user name it speaks for. Raises OAuthError.

    Texts: recorded, but for "invalid assertion" (Help, JWT bearer flow). Expiry is judged by the machine's clock and
    not the org's: clients sign with theirs, whatever a test has done to the org's.
    """
    try:
        claims = read_assertion(assertion)
    except BadAssertionError:
        raise _invalid_assertion() from None
    app = context.org.apps.require(_text(claims, "iss"))
    _check(app, assertion)
    if _url(_text(claims, "aud")) not in _audiences(context, base_url):
        raise OAuthError("invalid_grant", "audience is invalid")
    if _expiry(claims) <= time.time() - _LEEWAY_SECONDS:
        raise OAuthError("invalid_grant", "expired authorization code")
    username = _text(claims, "sub") or _text(claims, "prn")
    if not username:
        raise _invalid_assertion()
    return app, username


def client_of(context: CallContext, client: Client) -> ConnectedApp:
    """Give the app that a client assertion proves. Raises OAuthError invalid_client."""
    try:
        claims = read_assertion(client.assertion or "")
        client_id = _text(claims, "iss")
        named = client.client_id or client_id
        if client_id != _text(claims, "sub") or not hmac.compare_digest(named.encode(), client_id.encode()):
            raise invalid_client()
        app = context.org.apps.require(client_id)
        if app.certificate is not None:
            check_signature(client.assertion or "", app.certificate)
    except BadAssertionError:
        raise invalid_client() from None
    if (context.org.apps.strict and app.certificate is None) or _expiry(claims) <= time.time() - _LEEWAY_SECONDS:
        raise invalid_client()
    return app


def _check(app: ConnectedApp, assertion: str) -> None:
    if app.certificate is None:
        return
    try:
        check_signature(assertion, app.certificate)
    except BadAssertionError:
        raise _invalid_assertion() from None


def _audiences(context: CallContext, base_url: str) -> set[str]:
    my_domain = context.org.settings.my_domain
    own = {f"https://{my_domain}.my.salesforce.com"} if my_domain else set()
    return {*_LOGIN_URLS, base_url.lower(), *own}


def _url(text: str) -> str:
    return text.rstrip("/").removesuffix(_TOKEN_PATH).rstrip("/").lower()


def _expiry(claims: dict[str, Any]) -> float:
    expiry = claims.get("exp")
    try:
        return float(expiry) if isinstance(expiry, int | float | str) else 0.0
    except (ValueError, OverflowError):
        return 0.0


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, str) else ""


def _invalid_assertion() -> OAuthError:
    return OAuthError("invalid_grant", "invalid assertion")
