"""Getting tokens: the token endpoint, renewal, and the pages a user is sent to. It calls no other API."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from mockorg._credential import AuthorizationCode, Credential, Device, DeviceCode, RefreshToken
from mockorg._error import LoginError, TransportError
from mockorg._token import Token, TokenStore

if TYPE_CHECKING:
    from mockorg._transport import Transport

_HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_PENDING = {"authorization_pending": 0.0, "slow_down": 5.0}  # errors that say: ask again, after so many seconds more


@dataclass(frozen=True)
class Access:
    """How a client gets a token and, when that is over, another one. Secrets are in no ``repr``.

    Of what a credential can give, a refresh token is used first: asked for by a code or a device, there is no second
    time. ``store`` may have a token from before.
    """

    transport: Transport = field(repr=False)
    login_url: str
    client_id: str
    client_secret: str | None = field(repr=False)
    credential: Credential
    store: TokenStore | None = None

    def first(self) -> Token:
        """Give the token that the store has, or a new one. Raises LoginError, TransportError."""
        kept = self.store.load(self._key) if self.store is not None else None
        return kept if kept is not None else self._kept(self._granted(self.credential))

    def renewed(self, old: Token) -> Token:
        """Give a token in place of one that is over. Raises LoginError, TransportError."""
        if old.refresh_token is not None:
            try:
                return self._kept(self._granted(RefreshToken(old.refresh_token), old))
            except LoginError:
                if self.store is not None:
                    self.store.drop(self._key)
                if isinstance(self.credential, AuthorizationCode | Device):
                    raise
        return self._kept(self._granted(self.credential, old))

    @property
    def _key(self) -> str:
        return f"{self.login_url} {self.client_id} {self.credential.owner}".rstrip()

    def _kept(self, token: Token) -> Token:
        if self.store is not None:
            self.store.save(self._key, token)
        return token

    def _granted(self, credential: Credential, old: Token | None = None) -> Token:
        form = credential.form(self.login_url)
        answer = self._device(credential, self._post(form)) if isinstance(credential, Device) else self._post(form)
        try:
            refresh_token = answer.get("refresh_token")
            if refresh_token is None and isinstance(credential, RefreshToken):
                refresh_token = credential.refresh_token
            return Token(
                access_token=str(answer["access_token"]),
                instance_url=str(answer.get("instance_url") or (old.instance_url if old else self.login_url)),
                refresh_token=refresh_token,
                identity_url=str(answer.get("id", "")),
                scope=str(answer.get("scope", "")),
            )
        except KeyError:
            raise TransportError(f"{self.login_url} answered a token request with no token") from None

    def _device(self, credential: Device, started: dict[str, Any]) -> dict[str, Any]:
        """Tell the user the code, and ask until they have answered."""
        interval = float(started.get("interval", 5))
        device_code = str(started["device_code"])
        credential.tell(DeviceCode(str(started["user_code"]), str(started["verification_uri"]), interval, device_code))
        while True:
            try:
                return self._post({"grant_type": "device", "code": device_code})
            except LoginError as error:
                if error.code not in _PENDING:
                    raise
                interval += _PENDING[error.code]
            time.sleep(interval)

    def _post(self, form: dict[str, str]) -> dict[str, Any]:
        client = {"client_id": self.client_id}
        if self.client_secret is not None:
            client["client_secret"] = self.client_secret
        if "assertion" in form:
            client = {}  # the assertion says it all, and some servers refuse two ways at once
        body = urlencode({**form, **client}).encode()
        answer = self.transport.post(f"{self.login_url}/services/oauth2/token", body, _HEADERS)
        try:
            document = json.loads(answer.content)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            text = f"{self.login_url} answered a token request with status {answer.http_status} and no JSON object"
            raise TransportError(text, http_status=answer.http_status)
        if "error" in document:
            text = str(document.get("error_description", ""))
            raise LoginError(str(document["error"]), text, http_status=answer.http_status)
        return document


@dataclass(frozen=True)
class AuthorizationRequest:
    """The page to send a user's browser to, and what is needed when it comes back (web server flow with PKCE).

    ``code_of`` reads the code from the URL that the browser was sent back to; give it to ``connect`` with
    ``redirect_uri`` and ``code_verifier``.
    """

    url: str = field(repr=False)
    redirect_uri: str
    state: str
    code_verifier: str = field(repr=False)

    def code_of(self, callback_url: str) -> str:
        """Give the authorization code. Raises LoginError when the user said no, ValueError for another's callback."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(callback_url).query).items()}
        if not secrets.compare_digest(query.get("state", "").encode(), self.state.encode()):
            raise ValueError("the state of the callback is not that of the request")
        if "error" in query:
            raise LoginError(query["error"], query.get("error_description", ""))
        if "code" not in query:
            raise ValueError("the callback brings no code")
        return query["code"]


def authorization_request(
    login_url: str, *, client_id: str, redirect_uri: str, scope: str = "", login_hint: str = ""
) -> AuthorizationRequest:
    """Make a request for authorization, with a state and a code verifier of its own. Nothing is sent.

    ``scope`` holds names separated by spaces, '' for all that the connected app may have.
    """
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(64)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"scope": scope} if scope else {}),
        **({"login_hint": login_hint} if login_hint else {}),
    }
    url = f"{login_url.rstrip('/')}/services/oauth2/authorize?{urlencode(query)}"
    return AuthorizationRequest(url, redirect_uri, state, verifier)
