"""Which org of a host a client without a session means, at an address that serves them all.

The platform's login.salesforce.com knows every org's users and apps; so does this, by what a request names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockorg_server.core.calls import oauth_operation as op
from mockorg_server.core.signing_key import BadAssertionError, read_assertion

if TYPE_CHECKING:
    from mockorg_server.core.calls.operation import Operation
    from mockorg_server.core.host import Host
    from mockorg_server.core.org import Org


def org_of_grant(host: Host, operation: Operation, host_name: str) -> Org:
    """Give the org of a grant: the My Domain's; else by user name, code or token, or client id; else the default."""
    org = host.org_of(None, None, host_name)
    if host.has_domain(host_name) or len(host.orgs) == 1:
        return org
    username = _username(operation)
    if username:
        return host.org_of_login(username, None, host_name)
    secret = _secret(operation)
    found = next((each for each in host.orgs if secret and each.grants.knows(secret)), None)
    return found or next((each for each in host.orgs if each.apps.knows(_client_id(operation))), org)


def org_of_token(host: Host, token: str | None, host_name: str) -> Org:
    """Give the org of an access or refresh token, or of the code that a user was shown."""
    org = host.org_of(token, None, host_name)
    if not token or "!" in token or host.has_domain(host_name):
        return org
    return next((each for each in host.orgs if each.grants.knows(token)), org)


def _username(operation: Operation) -> str:
    if isinstance(operation, op.GrantByPassword):
        return operation.username
    if not isinstance(operation, op.GrantByAssertion):
        return ""
    try:
        claims = read_assertion(operation.assertion)
    except BadAssertionError:
        return ""
    return str(claims.get("sub") or claims.get("prn") or "")


def _secret(operation: Operation) -> str:
    if isinstance(operation, op.GrantByRefreshToken):
        return operation.refresh_token
    if isinstance(operation, op.GrantByCode):
        return operation.code
    return operation.device_code if isinstance(operation, op.GrantByDevice) else ""


def _client_id(operation: Operation) -> str:
    client = getattr(operation, "client", None)
    return (client.client_id or "") if isinstance(client, op.Client) else ""
