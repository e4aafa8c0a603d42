"""Access tokens: the grants that give them, their end, and what is told of them.

The texts of refusals are recorded from real orgs where no other source is named. A token is a session: it works over
every API, and ends as sessions do.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta

from mockorg_server.core.calls import assertion
from mockorg_server.core.calls import oauth_operation as op
from mockorg_server.core.calls.oauth_result import TokenFacts, TokenResult
from mockorg_server.core.connected_app import ConnectedApp
from mockorg_server.core.context import CallContext
from mockorg_server.core.error import OAuthError
from mockorg_server.core.grant import REFRESH_TOKEN_PREFIX, AuthorizationCode, DeviceState, Grant
from mockorg_server.core.scope import granted_scopes
from mockorg_server.core.session import SESSION_SECONDS_VALID, Origin, Session

_ID_TOKEN_SECONDS = 120
_Granting = (
    op.GrantByPassword
    | op.GrantByRefreshToken
    | op.GrantByClientCredentials
    | op.GrantByAssertion
    | op.GrantByCode
    | op.GrantByDevice
)


def grant_by_password(context: CallContext, operation: op.GrantByPassword) -> TokenResult:
    """Give a token to a client that knows a user's password. Raises OAuthError."""
    app = client_of(context, operation.client)
    directory = context.org.directory
    user_id = directory.identify(context, operation.username, operation.password)
    if user_id is None:
        raise OAuthError("invalid_grant", "authentication failure")
    _require_user(context, app, user_id)
    scopes = granted_scopes(operation.scope, app.scopes)
    return _token(context, app, Grant(user_id, app.client_id, scopes), operation)


def grant_by_refresh_token(context: CallContext, operation: op.GrantByRefreshToken) -> TokenResult:
    """Give a new token for a refresh token.

    In an org without connected apps, a refresh token of the form of a real one that this org has not given stands for
    its first user: clients bring theirs along.
    """
    org = context.org
    app = client_of(context, operation.client, needs_secret=False)
    grant = org.grants.refreshed(operation.refresh_token)
    if grant is None and _takes_foreign_tokens(context, operation.refresh_token):
        grant = Grant(org.first_user_id, app.client_id, granted_scopes("", app.scopes))
    if grant is None or grant.client_id != app.client_id:
        raise OAuthError("invalid_grant", "expired access/refresh token")
    _require_user(context, app, grant.user_id)
    scopes = granted_scopes(operation.scope, grant.scopes) if operation.scope else grant.scopes
    narrowed = Grant(grant.user_id, grant.client_id, scopes)
    return _token(context, app, narrowed, operation, came_of=operation.refresh_token)


def grant_by_client_credentials(context: CallContext, operation: op.GrantByClientCredentials) -> TokenResult:
    """Give a token of the user that the app runs as. At login.salesforce.com no app has one."""
    if operation.is_login_host:
        raise OAuthError("invalid_grant", "request not supported on this domain")
    org = context.org
    client = operation.client
    app = client_of(context, client)
    if not client.client_secret and not client.assertion:
        raise OAuthError("invalid_client", "invalid client credentials")
    user_id = org.directory.find(context, app.run_as) if app.run_as is not None else org.first_user_id
    if user_id is None or not org.directory.is_active(context, user_id):
        raise OAuthError("invalid_grant", "no client credentials user enabled")
    scopes = tuple(name for name in granted_scopes("", app.scopes) if name != "refresh_token")
    return _token(context, app, Grant(user_id, app.client_id, scopes), operation)


def grant_by_assertion(context: CallContext, operation: op.GrantByAssertion) -> TokenResult:
    """Give a token of the user whom a JWT names, signed by an app that has a certificate (OAuth JWT bearer flow)."""
    app, username = assertion.subject_of(context, operation.assertion, operation.base_url)
    directory = context.org.directory
    if directory.strict and not directory.knows(username) and directory.find(context, username) is None:
        raise OAuthError("invalid_grant", "user hasn't approved this consumer")
    user_id = directory.find_or_add(context, username)
    _require_user(context, app, user_id)
    scopes = tuple(name for name in granted_scopes(operation.scope, app.scopes) if name != "refresh_token")
    return _token(context, app, Grant(user_id, app.client_id, scopes), operation)


def grant_by_code(context: CallContext, operation: op.GrantByCode) -> TokenResult:
    """Give a token and a refresh token for an authorization code, once. Using a code again ends what came of it."""
    org = context.org
    app = client_of(context, operation.client)
    code, is_good = org.grants.take_code(operation.code)
    if code is None:
        raise OAuthError("invalid_grant", "invalid authorization code")
    if not is_good:
        for token in code.tokens:
            _end(context, token)
        raise OAuthError("invalid_grant", "expired authorization code")
    if code.grant.client_id != app.client_id:
        raise OAuthError("invalid_grant", "invalid authorization code")
    if code.redirect_uri != operation.redirect_uri:
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
    if not _verifies(code.code_challenge, operation.code_verifier):
        raise OAuthError("invalid_grant", "invalid code verifier")
    _require_user(context, app, code.grant.user_id)
    return _token(context, app, code.grant, operation, code=code)


def grant_by_device(context: CallContext, operation: op.GrantByDevice) -> TokenResult:
    """Give a device its token, once its user has agreed (errors: OAuth device flow, Help; texts inferred)."""
    org = context.org
    app = client_of(context, operation.client, needs_secret=False)
    device = org.grants.device(operation.device_code)
    if device is None or device.client_id != app.client_id:
        raise OAuthError("invalid_grant", "invalid device code")
    if device.state is DeviceState.PENDING:
        if org.grants.polls_too_fast(device):
            raise OAuthError("slow_down", "polling too frequently")
        raise OAuthError("authorization_pending", "device authorization is pending")
    if not org.grants.end_device(device):
        raise OAuthError("invalid_grant", "invalid device code")
    if device.state is DeviceState.DENIED:
        raise OAuthError("access_denied", "end-user denied authorization")
    return _token(context, app, Grant(device.user_id, app.client_id, device.scopes), operation, gives_refresh=True)


def revoke_token(context: CallContext, operation: op.RevokeToken) -> None:
    """End a token. Raises OAuthError unsupported_token_type for what is no living one."""
    if not _end(context, operation.token):
        raise OAuthError("unsupported_token_type", "this token type is not supported")


def introspect_token(context: CallContext, operation: op.IntrospectToken) -> TokenFacts | None:
    """Tell what a client's own token is good for."""
    org = context.org
    app = client_of(context, operation.client)
    session = org.sessions.find(operation.token)
    if session is not None:
        facts = _facts_of_session(context, session, operation.base_url)
    else:
        facts = _facts_of_refresh_token(context, operation)
    return facts if facts is not None and facts.client_id == app.client_id else None


def client_of(context: CallContext, client: op.Client, *, needs_secret: bool = True) -> ConnectedApp:
    """Give the connected app of a client that proved who it is. Raises OAuthError."""
    apps = context.org.apps
    if client.assertion is not None:
        return assertion.client_of(context, client)
    if not needs_secret and client.client_secret is None:
        return apps.require(client.client_id)
    return apps.authenticate(client.client_id, client.client_secret)


def _require_user(context: CallContext, app: ConnectedApp, user_id: str) -> None:
    """Refuse users who may not log in, or not by this app."""
    directory = context.org.directory
    if not directory.is_active(context, user_id):
        raise OAuthError("inactive_user", "user is inactive")
    if not app.admits(directory.name_of(context, user_id)):
        raise OAuthError("invalid_app_access", "user is not admin approved to access this app")


def _takes_foreign_tokens(context: CallContext, refresh_token: str) -> bool:
    org = context.org
    if org.apps.strict or org.grants.was_revoked(refresh_token):
        return False
    return refresh_token.startswith(REFRESH_TOKEN_PREFIX)


def _verifies(challenge: str, verifier: str) -> bool:
    if not challenge:
        return not verifier
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(digest, challenge.rstrip("=").encode())


def _end(context: CallContext, token: str) -> bool:
    """End an access or refresh token; say whether it lived."""
    org = context.org
    session = org.sessions.find(token)
    if session is not None:
        return org.sessions.close(token)
    if org.grants.revoke(token):
        org.sessions.close_of(token)
        return True
    return False


def _token(
    context: CallContext,
    app: ConnectedApp,
    grant: Grant,
    operation: _Granting,
    *,
    came_of: str = "",
    code: AuthorizationCode | None = None,
    gives_refresh: bool = False,
) -> TokenResult:
    """Open the session of a grant. ``came_of`` is the refresh token that was shown, for a session to end with it."""
    org = context.org
    refresh_token = None
    if (gives_refresh or code is not None) and "refresh_token" in grant.scopes:
        refresh_token = org.grants.refresh_token(grant)
    origin = Origin(app.client_id, grant.scopes, context.now, refresh_token or came_of)
    session = org.sessions.open(grant.user_id, origin=origin)
    if code is not None:
        code.tokens = [each for each in (refresh_token, session.id) if each]
    id_url = f"{operation.base_url}/id/{org.id}/{grant.user_id}"
    issued_at = str(int(context.now.timestamp() * 1000))
    secret = app.client_secret or getattr(operation, "client", op.Client(None)).client_secret or ""
    digest = hmac.digest(secret.encode(), (id_url + issued_at).encode(), "sha256")
    return TokenResult(
        access_token=session.id,
        refresh_token=refresh_token,
        id_token=_id_token(context, grant, operation.base_url, id_url, code) if "openid" in grant.scopes else None,
        signature=base64.b64encode(digest).decode(),
        scopes=grant.scopes,
        id_url=id_url,
        issued_at=issued_at,
        my_domain=org.settings.my_domain,
    )


def _id_token(context: CallContext, grant: Grant, base_url: str, id_url: str, code: AuthorizationCode | None) -> str:
    now = int(context.now.timestamp())
    claims: Mapping[str, object] = {
        "iss": base_url,
        "sub": id_url,
        "aud": grant.client_id,
        "iat": now,
        "exp": now + _ID_TOKEN_SECONDS,
        **({"nonce": code.nonce} if code is not None and code.nonce else {}),
    }
    return context.org.signing_key.sign(claims)


def _facts_of_session(context: CallContext, session: Session, base_url: str) -> TokenFacts | None:
    if session.origin is None:
        return None
    return TokenFacts(
        kind="access_token",
        scopes=session.origin.scopes,
        client_id=session.origin.client_id,
        username=context.org.directory.name_of(context, session.user_id),
        id_url=f"{base_url}/id/{context.org.id}/{session.user_id}",
        issued_at=session.origin.issued_at,
        expires_at=session.used_at + timedelta(seconds=SESSION_SECONDS_VALID),
    )


def _facts_of_refresh_token(context: CallContext, operation: op.IntrospectToken) -> TokenFacts | None:
    grant = context.org.grants.refreshed(operation.token)
    if grant is None:
        return None
    return TokenFacts(
        kind="refresh_token",
        scopes=grant.scopes,
        client_id=grant.client_id,
        username=context.org.directory.name_of(context, grant.user_id),
        id_url=f"{operation.base_url}/id/{context.org.id}/{grant.user_id}",
        issued_at=context.now,
        expires_at=None,
    )
