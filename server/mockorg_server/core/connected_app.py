"""Connected apps: which clients an org knows, and whether a client is the one it says it is.

Without any that were set up, every client id gets in. It stores no token.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field

from mockorg_server.core.error import OAuthError
from mockorg_server.core.scope import ALL_SCOPES


@dataclass(frozen=True, slots=True)
class ConnectedApp:
    """A client that may ask for tokens.

    ``certificate`` (PEM: a certificate or a public key) checks what the client signs. ``callback_urls`` may be
    redirected to, any when there are none. ``run_as`` is the user of client credentials, the org's first when None.
    ``approved_users`` may use the app, everybody when None. ``scopes`` are those it may be given.
    """

    client_id: str
    client_secret: str = field(repr=False)
    certificate: str | None = field(default=None, repr=False)
    callback_urls: tuple[str, ...] = ()
    run_as: str | None = None
    approved_users: frozenset[str] | None = None
    scopes: tuple[str, ...] = ALL_SCOPES
    requires_secret: bool = True
    requires_pkce: bool = False

    def admits(self, username: str) -> bool:
        """Tell whether a user may use the app."""
        return self.approved_users is None or username.casefold() in self.approved_users


class ConnectedApps:
    """The connected apps of one org. The refusals are recorded from real orgs."""

    def __init__(self, apps: Sequence[ConnectedApp]) -> None:
        self._apps = {app.client_id: app for app in apps}

    @property
    def strict(self) -> bool:
        """True when only the apps that were set up get in."""
        return bool(self._apps)

    def knows(self, client_id: str) -> bool:
        """Tell whether an app of that id was set up."""
        return client_id in self._apps

    def require(self, client_id: str | None) -> ConnectedApp:
        """Give the app of a client id. Raises OAuthError invalid_client_id."""
        app = self._apps.get(client_id or "")
        if app is None:
            if self.strict or not client_id:
                raise OAuthError("invalid_client_id", "client identifier invalid")
            app = ConnectedApp(client_id, "", requires_secret=False)
        return app

    def authenticate(self, client_id: str | None, client_secret: str | None) -> ConnectedApp:
        """Give the app of a client that sent its secret, or need not. Raises OAuthError invalid_client too."""
        app = self.require(client_id)
        if self.strict:
            is_right = client_secret is not None and hmac.compare_digest(
                client_secret.encode(), app.client_secret.encode()
            )
            if not is_right and (client_secret is not None or app.requires_secret):
                raise invalid_client()
        return app


def invalid_client() -> OAuthError:
    """Make the refusal of a client whose secret or assertion is wrong (recorded)."""
    return OAuthError("invalid_client", "invalid client credentials")
