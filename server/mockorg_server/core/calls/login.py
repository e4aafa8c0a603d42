"""login() and logout()."""

from __future__ import annotations

from mockorg_server.core.calls import user
from mockorg_server.core.calls.operation import Login, Logout
from mockorg_server.core.calls.result import LoginResult
from mockorg_server.core.context import CallContext
from mockorg_server.core.error import OrgError


def login(context: CallContext, operation: Login) -> LoginResult:
    """Open a session. Raises OrgError INVALID_LOGIN (text recorded from a real org)."""
    org = context.org
    user_id = org.directory.user_id_of(context, operation.username, operation.password)
    if user_id is None:
        raise OrgError("INVALID_LOGIN", "Invalid username, password, security token; or user locked out.")
    session = org.sessions.open(user_id)
    return LoginResult(
        session_id=session.id,
        user_id=user_id,
        organization_id=org.id,
        password_expired=False,
        sandbox=False,
        user_info=user.user_info_of(context, user_id),
    )


def logout(context: CallContext, _operation: Logout) -> None:
    """End the caller's session."""
    context.org.sessions.close(context.session_id)
