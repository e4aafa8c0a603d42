"""Calls the application without a socket, with an environment that the test may change."""

import io
from dataclasses import dataclass
from typing import Any

from mockorg_server.core.host import Host


@dataclass(frozen=True)
class WsgiReply:
    """What came back."""

    status: int
    text: str


@dataclass(frozen=True)
class WsgiClient:
    """A caller of the application."""

    app: Any
    host: Host

    def request(self, method: str, path: str, content: bytes = b"", **environ: Any) -> WsgiReply:
        """Send one request."""
        base = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "REMOTE_ADDR": "127.0.0.1",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8800",
            "CONTENT_TYPE": "text/xml; charset=UTF-8",
            "CONTENT_LENGTH": str(len(content)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(content),
        }
        told: list[str] = []
        answer = b"".join(self.app(base | environ, lambda status, *_: told.append(status)))
        return WsgiReply(int(told[0].split()[0]), answer.decode())

    def post(self, content: bytes, version: str = "60.0", **environ: Any) -> WsgiReply:
        """Send a SOAP request."""
        return self.request("POST", f"/services/Soap/u/{version}", content, **environ)
