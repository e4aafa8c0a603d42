"""Users let clients in: the authorization codes of the web server flow, and the device flow."""

from __future__ import annotations

import re

from mockorg_server.core.calls import oauth_operation as op
from mockorg_server.core.calls.token import client_of
from mockorg_server.core.connected_app import ConnectedApp
from mockorg_server.core.context import CallContext
from mockorg_server.core.error import OAuthError, OrgError
from mockorg_server.core.grant import DeviceCode, DeviceState, Grant
from mockorg_server.core.scope import granted_scopes

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43,128}={0,2}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SCRIPTS = ("javascript:", "data:", "vbscript:")


def check_authorization(context: CallContext, operation: op.CheckAuthorization) -> None:
    """Say whether the user may be asked. The PKCE texts are inferred."""
    app = _app(context, operation)
    granted_scopes(operation.scope, app.scopes)
    if not operation.code_challenge:
        if app.requires_pkce:
            raise OAuthError("invalid_request", "missing required code challenge")
    elif operation.code_challenge_method not in {"", "S256"} or not _CHALLENGE.fullmatch(operation.code_challenge):
        raise OAuthError("invalid_request", "invalid code challenge")


def authorize(context: CallContext, operation: op.Authorize) -> str:
    """Give a code to a user who has agreed."""
    request = operation.request
    check_authorization(context, request)
    app = _app(context, request)
    user_id = _user_of(context, app, operation.username, operation.password)
    grant = Grant(user_id, app.client_id, granted_scopes(request.scope, app.scopes))
    return context.org.grants.code(grant, request.redirect_uri, request.code_challenge, operation.nonce)


def start_device(context: CallContext, operation: op.StartDevice) -> DeviceCode:
    """Start a device flow."""
    app = client_of(context, operation.client, needs_secret=False)
    return context.org.grants.device_code(app.client_id, granted_scopes(operation.scope, app.scopes))


def decide_device(context: CallContext, operation: op.DecideDevice) -> None:
    """Let a user say yes or no to a device."""
    device = context.org.grants.device_of_user_code(operation.user_code)
    if device is None:
        raise OAuthError("invalid_grant", "invalid user code")
    app = context.org.apps.require(device.client_id)
    user_id = _user_of(context, app, operation.username, operation.password)
    device.user_id = user_id
    device.state = DeviceState.APPROVED if operation.is_allowed else DeviceState.DENIED


def _app(context: CallContext, operation: op.CheckAuthorization) -> ConnectedApp:
    """Give the app. What is wrong with it or its redirect URI is never told by a redirect (RFC 6749, 4.1.2.1)."""
    try:
        app = context.org.apps.require(operation.client_id)
    except OAuthError as error:
        raise OAuthError(error.code, error.message, may_redirect=False) from None
    uri = operation.redirect_uri
    if not uri or (app.callback_urls and uri not in app.callback_urls):
        code = "redirect_uri_mismatch" if uri else "redirect_uri_missing"
        text = "redirect_uri must match configuration" if uri else "redirect_uri not provided"
        raise OAuthError(code, text, may_redirect=False)
    if not _SCHEME.match(uri) or uri.lower().startswith(_SCRIPTS) or not uri.isprintable() or "#" in uri:
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration", may_redirect=False)
    return app


def _user_of(context: CallContext, app: ConnectedApp, username: str, password: str) -> str:
    directory = context.org.directory
    user_id = directory.user_id_of(context, username, password)
    if user_id is None:
        raise OrgError("INVALID_LOGIN", "Please check your username and password.")
    if not app.admits(directory.name_of(context, user_id)):
        raise OAuthError("OAUTH_APP_ACCESS_DENIED", "user is not admin approved to access this app")
    return user_id
