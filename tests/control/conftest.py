"""The control API called as WSGI, with everything that matters of a request given by the test."""

import io
import json
from dataclasses import dataclass
from typing import Any

import pytest

from mockorg_server.control.application import ControlApplication
from mockorg_server.core.host import Host


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    value: Any

    @property
    def error(self) -> str:
        assert 400 <= self.status < 600
        assert list(self.value) == ["error"]
        return str(self.value["error"])


class ControlClient:
    """Sends one request; ``body`` is JSON unless it is bytes."""

    def __init__(self, application: ControlApplication) -> None:
        self.application = application

    def __call__(
        self,
        verb_and_path: str,
        body: Any = b"",
        headers: dict[str, str] | None = None,
        address: str = "127.0.0.1",
        **environ: Any,
    ) -> Reply:
        verb, _, target = verb_and_path.partition(" ")
        path, _, query = target.partition("?")
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        environ = {
            "REQUEST_METHOD": verb,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REMOTE_ADDR": address,
            "CONTENT_LENGTH": str(len(data)),
            "wsgi.input": io.BytesIO(data),
            "HTTP_HOST": "localhost:8800",
        } | environ
        for name, value in (headers or {}).items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        started: list[tuple[str, list[tuple[str, str]]]] = []
        answer = b"".join(self.application(environ, lambda status, headers: started.append((status, headers))))
        [(status, header_list)] = started
        assert dict(header_list)["Content-Length"] == str(len(answer))
        return Reply(int(status.split()[0]), dict(header_list), json.loads(answer))


@pytest.fixture
def control(host: Host) -> ControlClient:
    return ControlClient(ControlApplication(host))
