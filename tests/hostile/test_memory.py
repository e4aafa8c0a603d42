"""What hostile requests leave behind in the memory of a server: nothing. A process of its own is measured."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from .case import SoapCase, SocketCase, envelope, read
from .conftest import Target

PROC = Path("/proc/self/status")
MAX_PEAK_MEGABYTES = 400

pytestmark = pytest.mark.skipif(not PROC.exists(), reason="this system does not tell how much memory a process uses")


@dataclass(frozen=True)
class Served(Target):
    """A server in a process of its own."""

    process_id: int = 0
    token: str = ""

    @property
    def session_id(self) -> str:
        return self.token

    def megabytes(self, field: str) -> float:
        status = Path(f"/proc/{self.process_id}/status").read_text(encoding="ascii")
        found = re.search(rf"^{field}:\s+(\d+) kB", status, re.MULTILINE)
        assert found is not None
        return int(found[1]) / 1024


@pytest.fixture
def served() -> Iterator[Served]:
    command = [sys.executable, "-m", "mockorg_server", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = re.search(r":(\d+) org=\S+ token=(\S+)", process.stdout.readline())
            assert ready is not None
            yield Served(int(ready[1]), None, process.pid, ready[2])  # type: ignore[arg-type]  # its host is over there
        finally:
            process.terminate()
            _, told = process.communicate(timeout=30)
    assert told == ""


def test_the_memory_is_the_same_after_hostile_requests(served: Served) -> None:
    """Names, namespaces and shapes of queries that nobody has seen before must not stay; nor must large bodies."""
    requests = [(case.content(served.token), case.http) for case in read("soap.jsonl", SoapCase)]
    for name in ("soql.jsonl", "sosl.jsonl"):
        requests += [(case.content(served.token), case.http) for case in read(name, SoapCase)]
    connections = [(case.content(served.token), case.ends) for case in read("http.jsonl", SocketCase)]

    def attack(number: int) -> None:
        for content, http in requests:
            served.post(content, **http)
        for content, ends in connections:
            served.exchange(content, ends=ends)
        for count in range(100):
            names = "".join(f'<n{number}x{count}x{each} a{number}x{count}x{each}=""/>' for each in range(100))
            record = f'<create xmlns="urn:{number}:{count}"><sObjects><type>Account</type>{names}</sObjects></create>'
            served.post(envelope(record, "", served.token).encode())
            query = f"<query><queryString>SELECT Id a{number}x{count} FROM Account{count}</queryString></query>"
            served.post(envelope(query, "", served.token).encode())

    for number in range(2):  # until what is kept of the last calls and queries is full
        attack(number)
    before = served.megabytes("VmRSS")
    attack(2)
    after = served.megabytes("VmRSS")

    assert after < before * 1.1
    assert served.megabytes("VmHWM") < MAX_PEAK_MEGABYTES
    served.verify_health()
