"""The server's own address as the client of a request knows it. Every URL in an answer is built on it.

Scheme and host come from the connection and the ``Host`` header alone. ``X-Forwarded-*`` headers are not believed:
TLS and the proxy end in this process, so nothing that could send them honestly stands in front. It knows no path.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LOGIN_HOSTS: Final = frozenset({"login.salesforce.com", "test.salesforce.com"})
"""Where the users of every org log in."""

_AUTHORITY = re.compile(r"[A-Za-z0-9._-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?")


def base_url(environ: WSGIEnvironment) -> str:
    """Give scheme, host and port as the caller wrote them, such as ``https://acme.my.salesforce.com``, without a slash.

    A ``Host`` that is no address is not repeated: the server's own name stands in for it.
    """
    return f"{environ['wsgi.url_scheme']}://{_authority(environ)}"


def host_name(environ: WSGIEnvironment) -> str:
    """Give the host that the caller named, in lower case and without port."""
    authority = _authority(environ).lower()
    return authority.partition("]")[0] + "]" if authority.startswith("[") else authority.partition(":")[0]


def instance_url(base: str, host: str, my_domain: str | None) -> str:
    """Give where a client is to go after a login: where it is, or from a host that serves every org to the org's own.

    ``base`` and ``host`` are those of the request, ``my_domain`` the org's, None when it has none.
    """
    return f"https://{my_domain}.my.salesforce.com" if my_domain and host in LOGIN_HOSTS else base


def _authority(environ: WSGIEnvironment) -> str:
    host: str = environ.get("HTTP_HOST") or ""
    if not _AUTHORITY.fullmatch(host):  # nothing but an address may get into replies
        return f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return host
