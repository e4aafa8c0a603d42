"""TLS at this end: sockets that speak it, each with a certificate for the host that its client asks for.

Certificates are signed when they are first needed and kept in memory. It reads no HTTP.
"""

from __future__ import annotations

import os
import re
import ssl
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

    from mockorg_server.certificate_authority import CertificateAuthority

HANDSHAKE_SECONDS = 5.0
DEFAULT_NAMES = (
    *("localhost", "127.0.0.1", "::1", "login.salesforce.com", "test.salesforce.com"),
    *("*.my.salesforce.com", "*.sandbox.my.salesforce.com"),
)
"""Names of the certificate for clients that ask for one of them, or for none."""

_SALESFORCE = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}(?:salesforce|force)\.com")
_MOST_HOSTS = 512


def is_salesforce(host: str) -> bool:
    """Tell whether a host name, in lower case, is one of Salesforce's."""
    return len(host) <= 253 and _SALESFORCE.fullmatch(host) is not None


class TlsServer:
    """Makes the server's side of TLS connections. Safe under threads."""

    def __init__(self, authority: CertificateAuthority) -> None:
        self._authority = authority
        self._lock = threading.Lock()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._default = self._context_of(DEFAULT_NAMES)
        self._default.sni_callback = self._choose

    @property
    def authority_file(self) -> Path:
        """The certificate that clients are to trust."""
        return self._authority.file

    def wrap(self, plain: socket.socket) -> ssl.SSLSocket:
        """Give the TLS side of a connection, before the handshake, for which the client has ``HANDSHAKE_SECONDS``."""
        secure = self._default.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        secure.settimeout(HANDSHAKE_SECONDS)
        return secure

    def _choose(self, secure: ssl.SSLObject | ssl.SSLSocket, name: str | None, _context: ssl.SSLContext) -> None:
        """Take the certificate of the host that the client named, if the default one does not cover it."""
        host = (name or "").lower().rstrip(".")
        if not is_salesforce(host) or _is_default(host):
            return
        with self._lock:
            context = self._contexts.get(host)
            if context is None:
                if len(self._contexts) >= _MOST_HOSTS:  # a client that invents names must not fill the memory
                    del self._contexts[next(iter(self._contexts))]
                context = self._contexts[host] = self._context_of((host,))
        secure.context = context

    def _context_of(self, names: tuple[str, ...]) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        with tempfile.TemporaryDirectory(prefix="mockorg-") as folder:  # mode 700; the ssl module reads files only
            file = os.path.join(folder, "leaf.pem")
            Path(file).write_bytes(self._authority.issue(names))
            context.load_cert_chain(file)
        return context


def _is_default(host: str) -> bool:
    first, _, rest = host.partition(".")
    return host in DEFAULT_NAMES or bool(first and f"*.{rest}" in DEFAULT_NAMES)
