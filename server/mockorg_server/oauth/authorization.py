"""The two pages where a user says yes: the authorization endpoint of the web server flow, and that of devices."""

from __future__ import annotations

from urllib.parse import urlencode

from mockorg_server.core.calls import oauth_operation as op
from mockorg_server.core.error import OAuthError, OrgError
from mockorg_server.core.host import Host
from mockorg_server.core.login_route import org_of_grant
from mockorg_server.core.org import Org
from mockorg_server.core.session import Caller
from mockorg_server.oauth.exchange import Answer, Request
from mockorg_server.oauth.page import consent_page, device_page, done_page, error_page

_ANYBODY = Caller(None, 0)
_DENIED = OAuthError("access_denied", "end-user denied authorization")
# What a client may send, and the form sends back.
_PARAMETERS = (
    *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
    *("code_challenge", "code_challenge_method"),
)


class Pages:
    """Answers GET with a form and POST with what follows from it."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def authorize(self, request: Request) -> Answer:
        """Answer the authorization endpoint: the form, a redirect to the client, or a page that tells what is wrong."""
        try:
            return self._authorize(request)
        except OAuthError as error:
            redirect_uri = request.get("redirect_uri") if error.may_redirect else ""
            if not redirect_uri:
                return error_page(error.code, error.message)
            return _redirect(request, {"error": error.code, "error_description": error.message})

    def device(self, request: Request) -> Answer:
        """Answer the page where the user of a device enters its code."""
        username = request.get("username")
        user_code = request.get("user_code")
        if request.method == "GET":
            return device_page(user_code, username or self._name_to_show(self._org(request)))
        is_allowed = request.get("decision") == "allow"
        operation = op.DecideDevice(user_code, is_allowed, username, request.get("password"))
        org = next((each for each in self._host.orgs if each.grants.device_of_user_code(user_code)), self._org(request))
        try:
            org.run(operation, _ANYBODY)
        except OrgError as error:
            return device_page(user_code, username, error.message)
        return done_page("You may go on at your device." if is_allowed else "The device was refused.")

    def _authorize(self, request: Request) -> Answer:
        check = op.CheckAuthorization(
            request.get("client_id"),
            request.get("redirect_uri"),
            request.get("scope"),
            request.get("code_challenge"),
            request.get("code_challenge_method"),
        )
        org = org_of_grant(self._host, op.StartDevice(op.Client(check.client_id)), request.host_name)
        org.run(check, _ANYBODY)
        if request.get("response_type") != "code":
            raise OAuthError("unsupported_response_type", "response type not supported")
        if request.get("prompt") == "none" or request.get("immediate") == "true":
            raise OAuthError("immediate_unsuccessful", "the user must log in and approve the app")
        if request.method == "GET":
            return self._form(request, request.get("login_hint") or self._name_to_show(org))
        if request.get("decision") != "allow":
            raise _DENIED
        return self._allowed(request, check)

    def _allowed(self, request: Request, check: op.CheckAuthorization) -> Answer:
        username = request.get("username")
        org = self._host.org_of_login(username, None, request.host_name)
        operation = op.Authorize(check, username, request.get("password"), request.get("nonce"))
        try:
            code = org.run(operation, _ANYBODY)
        except OAuthError:
            raise
        except OrgError as error:
            return self._form(request, username, error.message)
        return _redirect(request, {"code": code})

    def _form(self, request: Request, username: str, error: str = "") -> Answer:
        hidden = {name: value for name in _PARAMETERS if (value := request.get(name))}
        return consent_page(hidden, request.get("client_id"), request.get("scope"), username, error)

    def _org(self, request: Request) -> Org:
        return self._host.org_of(None, None, request.host_name)

    @staticmethod
    def _name_to_show(org: Org) -> str:
        return "" if org.directory.strict else org.username


def _redirect(request: Request, values: dict[str, str]) -> Answer:
    """Send the browser back to the client, with the state it gave."""
    uri = request.get("redirect_uri")
    state = request.get("state")
    query = urlencode({**values, **({"state": state} if state else {})})
    location = f"{uri}{'&' if '?' in uri else '?'}{query}"
    return Answer(b"", "text/html;charset=UTF-8", 302, {"Location": location})
