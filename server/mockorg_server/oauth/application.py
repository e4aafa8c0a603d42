"""The OAuth wire as a WSGI application: a table of endpoints, each of which translates a request into an operation.

Which tokens there are and who gets one, the core knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockorg_server.core.calls import oauth_operation as op
from mockorg_server.core.error import IdentityError, OAuthError, OrgError
from mockorg_server.core.host import Host
from mockorg_server.core.login_route import org_of_grant, org_of_token
from mockorg_server.core.org import Org
from mockorg_server.core.session import Caller
from mockorg_server.oauth import authorization
from mockorg_server.oauth.document import (
    discovery_document,
    identity_document,
    introspection_document,
    token_document,
    userinfo_document,
)
from mockorg_server.oauth.exchange import FORM, TEXT, Answer, Request, error_answer, json_answer, value_answer
from mockorg_server.oauth.grant_type import client_of, operation_of
from mockorg_server.web_address import instance_url

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_NOT_FOUND = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
_IDENTITY_STATUS = {"Bad_Id": 404}
_ANYBODY = Caller(None, 0)


@dataclass(frozen=True)
class _Endpoint:
    methods: tuple[str, ...]
    answer: Callable[[Request], Answer]


class OAuthApplication:
    """The WSGI callable for ``/services/oauth2``, ``/setup/connect``, ``/id`` and ``/.well-known``.

    Refusals are ``{"error": code, "error_description": sentence}`` with 400; the identity service answers one word.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        pages = authorization.Pages(host)
        self._endpoints = {
            "/services/oauth2/token": _Endpoint(("POST",), self._token),
            "/services/oauth2/revoke": _Endpoint(("GET", "POST"), self._revoke),
            "/services/oauth2/introspect": _Endpoint(("POST",), self._introspect),
            "/services/oauth2/userinfo": _Endpoint(("GET", "POST"), self._userinfo),
            "/services/oauth2/authorize": _Endpoint(("GET", "POST"), pages.authorize),
            "/setup/connect": _Endpoint(("GET", "POST"), pages.device),
            "/id/keys": _Endpoint(("GET",), self._keys),
            "/.well-known/openid-configuration": _Endpoint(("GET",), self._discovery),
            "/.well-known/oauth-authorization-server": _Endpoint(("GET",), self._discovery),
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        return self._answer(Request(environ)).send(start_response)

    def _answer(self, request: Request) -> Answer:
        endpoint = self._endpoints.get(request.path)
        if endpoint is None and request.path.startswith("/id/"):
            endpoint = _Endpoint(("GET", "POST"), self._identity)
        if endpoint is None:
            return json_answer(_NOT_FOUND, 404)
        if request.method not in endpoint.methods:
            allowed = ", ".join(endpoint.methods)
            body = f"This endpoint answers {allowed}.\n".encode()
            return Answer(body, TEXT, 405, {"Allow": allowed})
        try:
            return endpoint.answer(request)
        except IdentityError as error:
            return Answer(error.code.encode(), TEXT, _IDENTITY_STATUS.get(error.code, 403))
        except OAuthError as error:
            return error_answer(error, as_form=request.path.endswith("/revoke"))
        except OrgError as error:
            return error_answer(_told(error))

    def _token(self, request: Request) -> Answer:
        if request.get("response_type") == "device_code":
            return self._start_device(request)
        operation = operation_of(request)
        result = org_of_grant(self._host, operation, request.host_name).run(operation, _ANYBODY)
        place = instance_url(request.base_url, request.host_name, result.my_domain)
        return value_answer(token_document(result, place), request.get("format"))

    def _start_device(self, request: Request) -> Answer:
        operation = op.StartDevice(client_of(request), request.get("scope"))
        device = org_of_grant(self._host, operation, request.host_name).run(operation, _ANYBODY)
        return json_answer(
            {
                "user_code": device.user_code,
                "device_code": device.device_code,
                "interval": 5,
                "verification_uri": f"{request.base_url}/setup/connect",
            }
        )

    def _revoke(self, request: Request) -> Answer:
        token = request.get("token")
        if not token:
            raise OAuthError("invalid_request", "missing required parameter: token")
        self._org_of(request, token).run(op.RevokeToken(token), _ANYBODY)
        return Answer(b"", FORM)

    def _introspect(self, request: Request) -> Answer:
        token = request.get("token")
        if not token:
            raise OAuthError("invalid_request", "missing required parameter: token")
        operation = op.IntrospectToken(client_of(request), request.base_url, token, request.get("token_type_hint"))
        return json_answer(introspection_document(self._org_of(request, token).run(operation, _ANYBODY)))

    def _userinfo(self, request: Request) -> Answer:
        token = request.bearer()
        identity = self._org_of(request, token).run(op.GetIdentity(token), _ANYBODY)
        return json_answer(userinfo_document(identity, request.base_url))

    def _identity(self, request: Request) -> Answer:
        _, _, org_id, *rest = request.path.split("/")
        if len(rest) != 1:
            return json_answer(_NOT_FOUND, 404)
        wanted = request.get("format") or "json"
        if wanted != "json" or request.get("callback"):
            return Answer(b"mockorg answers identities in JSON only, without a callback.\n", TEXT, 501)
        token = request.bearer()
        identity = self._org_of(request, token).run(op.GetIdentity(token, org_id, rest[0]), _ANYBODY)
        return json_answer(identity_document(identity, request.base_url, request.get("version")))

    def _keys(self, _request: Request) -> Answer:
        # Making a key takes a while: the default org's is made when somebody asks, others' when they first sign.
        signers = [org for org in self._host.orgs if org is self._host.default or org.signing_key.is_made]
        return json_answer({"keys": [org.signing_key.public_document() for org in signers]})

    def _discovery(self, request: Request) -> Answer:
        return json_answer(discovery_document(request.base_url))

    def _org_of(self, request: Request, token: str | None) -> Org:
        return org_of_token(self._host, token, request.host_name)


def _told(error: OrgError) -> OAuthError:
    """Tell what is no refusal of OAuth's own: a disk that is full, a login rate."""
    code = "invalid_grant" if error.code == "INVALID_LOGIN" else "server_error"
    return OAuthError(code, error.message.lower() if code == "invalid_grant" else error.message)
