"""A server as a process of its own, on a database file, to be killed."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.concurrency.soap_client import SoapClient

from mockorg_server.cli import main

READY = re.compile(r"mockorg ready on (http://\S+:\d+) org=(00D\w{15}) token=(00D\w{12}!\S+)\n")
COMMAND = [sys.executable, "-m", "mockorg_server", "serve", "--port", "0", "--db"]


class Server:
    """A running ``mockorg serve``."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        self.process = process
        line = process.stdout.readline()
        match = READY.fullmatch(line)
        assert match, (line, process.stderr and process.stderr.read())
        self.url, self.org_id, self.token = match.groups()

    def client(self) -> SoapClient:
        """Give a new client with the session that is ready."""
        return SoapClient(self.url, self.token)

    def kill(self) -> None:
        """End it with no handler and no farewell."""
        self.process.kill()
        self.process.wait(timeout=30)

    def end(self) -> str:
        """End it in order; give what it wrote to standard error."""
        self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=30)
        assert self.process.returncode == 0
        return errors


@contextmanager
def serving(database: Path, *options: str) -> Iterator[Server]:
    process = subprocess.Popen(
        [*COMMAND, str(database), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    try:
        yield Server(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


Refused = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Iterator[Refused]:
    """Give the exit status and the lines on standard error of a ``mockorg serve`` that does not come up."""
    handler = signal.getsignal(signal.SIGTERM)

    def start(database: Path, *options: str) -> tuple[int, list[str]]:
        status = main(["serve", "--port", "0", "--db", str(database), *options])
        output, errors = capsys.readouterr()
        assert output == ""
        return status, errors.splitlines()

    yield start
    signal.signal(signal.SIGTERM, handler)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "org.db"
