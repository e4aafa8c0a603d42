"""The grant types of the token endpoint: a table of which parameters each reads, and the operation it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockorg_server.core.calls import oauth_operation as op
from mockorg_server.core.calls.oauth_operation import Client
from mockorg_server.core.calls.operation import Operation
from mockorg_server.core.error import OAuthError
from mockorg_server.oauth.exchange import Request

Make = Callable[[Request], Operation]


def client_of(request: Request) -> Client:
    """Read who asks: from a Basic header, or the parameters."""
    basic = request.basic()
    if basic is not None:
        return Client(*basic)
    values = request.values
    return Client(values.get("client_id"), values.get("client_secret"), values.get("client_assertion"))


def operation_of(request: Request) -> Operation:
    """Make the operation of a token request. Raises OAuthError for a grant type that is missing, or not built."""
    make = GRANT_TYPES.get(_required(request, "grant_type"))
    if make is None:
        raise OAuthError("unsupported_grant_type", "grant type not supported")
    return make(request)


def _required(request: Request, name: str) -> str:
    value = request.get(name)
    if not value:
        raise OAuthError("invalid_request", f"missing required parameter: {name}")
    return value


def _password(request: Request) -> Operation:
    return op.GrantByPassword(
        client_of(request), request.base_url, request.get("username"), request.get("password"), request.get("scope")
    )


def _refresh_token(request: Request) -> Operation:
    token = _required(request, "refresh_token")
    return op.GrantByRefreshToken(client_of(request), request.base_url, token, request.get("scope"))


def _client_credentials(request: Request) -> Operation:
    return op.GrantByClientCredentials(client_of(request), request.base_url, request.is_login_host)


def _assertion(request: Request) -> Operation:
    return op.GrantByAssertion(request.base_url, _required(request, "assertion"), request.get("scope"))


def _code(request: Request) -> Operation:
    code = _required(request, "code")
    return op.GrantByCode(
        client_of(request), request.base_url, code, request.get("redirect_uri"), request.get("code_verifier")
    )


def _device(request: Request) -> Operation:
    code = request.get("code") or _required(request, "device_code")
    return op.GrantByDevice(client_of(request), request.base_url, code)


GRANT_TYPES: Mapping[str, Make] = {
    "password": _password,
    "refresh_token": _refresh_token,
    "client_credentials": _client_credentials,
    "urn:ietf:params:oauth:grant-type:jwt-bearer": _assertion,
    "authorization_code": _code,
    "device": _device,
    "urn:ietf:params:oauth:grant-type:device_code": _device,
}
"""The grant types that are built, by name. The platform calls the device flow's ``device``; the other is RFC 8628's."""
