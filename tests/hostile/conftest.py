"""A server that hostile requests are sent to, and what must be true after each of them."""

import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import NamedTuple

import pytest

from mockorg_server.app import build_app
from mockorg_server.core.host import Host
from mockorg_server.core.seed import SeedRecord
from mockorg_server.core.setting import OrgSettings
from mockorg_server.http_server import HttpServer

from .case import ENDPOINT, envelope

MAX_UNITS = 10_000
"""Of processor time a request may take: so many times ``sum(range(10_000))``, measured before and after it."""


class HttpReply(NamedTuple):
    """One answer on a connection."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


@dataclass(frozen=True)
class Target:
    """The server under attack."""

    port: int
    host: Host

    @property
    def session_id(self) -> str:
        return self.host.default.token

    def exchange(self, data: bytes, *, ends: bool = False) -> bytes:
        """Send bytes as they are and give all that comes back until the server closes; ``ends`` stops sending then."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            with suppress(BrokenPipeError, ConnectionResetError):  # refused before all was sent
                connection.sendall(data)
                if ends:
                    connection.shutdown(socket.SHUT_WR)
            received = bytearray()
            with suppress(ConnectionResetError):
                while piece := connection.recv(65_536):
                    received += piece
            return bytes(received)

    def request(self, line: str, content: bytes, **headers: str) -> HttpReply:
        """Send one well-framed request, its path as it is."""
        verb, _, path = line.partition(" ")
        fields = {
            "Host": f"127.0.0.1:{self.port}",
            "Connection": "close",
            "Content-Length": str(len(content)),
        } | headers
        head = f"{verb} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        [reply] = replies(self.exchange(head.encode("latin-1") + b"\r\n" + content))
        return reply

    def post(self, content: bytes, **headers: str) -> HttpReply:
        """Send a SOAP request."""
        return self.request(f"POST {ENDPOINT}", content, **({"Content-Type": "text/xml; charset=UTF-8"} | headers))

    def verify_health(self) -> None:
        """A good request is answered."""
        good = self.post(envelope("<getServerTimestamp/>", "", self.session_id).encode())
        assert (good.status, "<getServerTimestampResponse>" in good.text) == (200, True)


def replies(received: bytes) -> list[HttpReply]:
    """Take the answers on a connection apart."""
    found = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        length = int(headers["content-length"])
        assert len(rest) >= length
        found.append(HttpReply(int(re.fullmatch(r"HTTP/1\.[01] (\d{3}) .*", status)[1]), headers, rest[:length]))  # type: ignore[index]
        received = rest[length:]
    return found


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    host = Host.open(OrgSettings())
    host.default.seed([SeedRecord("Account", {"Name": "a" * 80})])
    server = HttpServer(build_app(host))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    reached = Target(server.port, host)
    warm = "<query><queryString>SELECT Id FROM Account</queryString></query>"
    reached.post(envelope(warm, "", reached.session_id).encode())  # what is loaded once is no cost of a hostile request
    yield reached
    server.stop()
    thread.join(timeout=10)
    host.close()


def unit_seconds() -> float:
    """Seconds of processor time that ``sum(range(10_000))`` takes just now: more while others load the machine."""
    begin = time.thread_time()
    for _ in range(20):
        sum(range(10_000))
    return (time.thread_time() - begin) / 20


@pytest.fixture
def harmless(target: Target, caplog: pytest.LogCaptureFixture):
    """A block in which a hostile request is sent: it must be cheap, leave the server well and nothing in the log."""

    @contextmanager
    def check() -> Iterator[None]:
        with caplog.at_level(logging.DEBUG):
            unit_before = unit_seconds()
            begin = time.process_time()
            yield
            spent = time.process_time() - begin
            units = spent / max(unit_before, unit_seconds())
            target.verify_health()
        assert units < MAX_UNITS, f"it took {spent:.2f} s of the processor, {units:.0f} units"
        assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
        assert target.session_id not in caplog.text

    return check
