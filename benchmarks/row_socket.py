"""A query of one row over sockets, by one client and by many at once, who keep their connections."""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

from measure import Effort, Row
from process import HERE, Server, mock_org, serving
from soap_call import PATH, create, envelope, query, send

ONE_ROW = query("SELECT Id, Name FROM Account WHERE Name = 'Account 7'")
CLIENTS = (1, 8, 64)


def rows(effort: Effort) -> Iterator[Row]:
    with ExitStack() as stack:
        ours = stack.enter_context(serving(*mock_org()))
        request = envelope(ours.token, ONE_ROW)
        with closing(HTTPConnection("127.0.0.1", ours.port, timeout=30)) as connection:
            send(connection, envelope(ours.token, create(200)))
            reply = send(connection, request)
        assert b"<sf:Name>Account 7</sf:Name>" in reply
        file = Path(stack.enter_context(TemporaryDirectory())) / "reply"
        file.write_bytes(reply)
        baseline = stack.enter_context(serving("baseline_server.py", str(file)))
        for clients in CLIENTS:
            yield _rates(ours, baseline, clients, request, effort)


def _rates(ours: Server, baseline: Server, clients: int, request: bytes, effort: Effort) -> Row:
    turns = [
        (_per_second(ours, clients, request), _per_second(baseline, clients, request)) for _ in range(effort.of(7, 3))
    ]
    return Row(
        f"queries of one row, {clients} client{'s'[: clients > 1]}",
        statistics.median(rate for rate, _ in turns),
        statistics.median(rate for _, rate in turns),
        "same HTTP server, lxml parse, fixed reply",
        statistics.median(baseline_rate / rate for rate, baseline_rate in turns),
        unit="1/s",
    )


def _per_second(server: Server, clients: int, request: bytes) -> float:
    """Put the server under load for a second or so; one wrong answer fails the benchmark."""
    command = [sys.executable, "load.py", str(server.port), str(clients), "1.5", PATH]
    result = json.loads(subprocess.run(command, input=request, capture_output=True, check=True, cwd=HERE).stdout)
    assert result["failures"] == 0, result
    return float(result["per_second"])
