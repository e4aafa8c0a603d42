"""``mockorg serve`` as a process: its ready line, its options at work, and its end."""

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

READY = re.compile(
    r"mockorg ready on (http://\S+:\d+) org=(00D\w{15}) token=(00D\w{12}!\S+)"
    r"(?: https=(https://localhost:\d+) ca=(\S+))?(?: proxy=(http://\S+:\d+))?\n"
)
MODULE = [sys.executable, "-m", "mockorg_server", "serve"]


class Serving:
    """A running ``mockorg serve``."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        assert process.stdout is not None
        line = process.stdout.readline()
        match = READY.fullmatch(line)
        assert match, (line, process.poll())
        self.url, self.org_id, self.token, self.https_url, self.ca, self.proxy_url = match.groups()

    def get(self, path: str) -> object:
        with urllib.request.urlopen(self.url + path, timeout=10) as reply:
            return json.load(reply)

    def end(self, *numbers: signal.Signals) -> tuple[int, str, str]:
        """Send signals; give exit status and what was written since the ready line."""
        for number in numbers:
            self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=20)
        return self.process.returncode, output, errors


@contextmanager
def serving(*options: str) -> Iterator[Serving]:
    process = subprocess.Popen(
        [*MODULE, "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    try:
        yield Serving(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def run(*options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*MODULE, *options], capture_output=True, text=True, timeout=60, check=False)


def test_the_ready_line_tells_where_and_with_which_token() -> None:
    with serving() as server:
        health = server.get("/_mockorg/health")

    assert isinstance(health, dict)
    [org] = health["orgs"]
    assert (org["id"], org["token"]) == (server.org_id, server.token)


@pytest.mark.parametrize(
    "numbers", [(signal.SIGINT,), (signal.SIGTERM,), (signal.SIGINT,) * 3, (signal.SIGTERM, signal.SIGINT)]
)
def test_it_ends_cleanly_when_told(numbers: tuple[signal.Signals, ...]) -> None:
    with serving() as server:
        server.get("/_mockorg/health")

        assert server.end(*numbers) == (0, "", "")


def test_the_options_shape_the_org(tmp_path: Path) -> None:
    seed = {"records": [{"attributes": {"type": "Account"}, "Name": "Acme", "Contacts": {"records": [
        {"attributes": {"type": "Contact"}, "LastName": "l"}]}}]}  # fmt: skip
    (tmp_path / "seed.json").write_text(json.dumps(seed))
    options = ["--user", "ci@example.com:secret:token", "--edition", "enterprise", "--without", "DigitalEngagement"]
    with serving(*options, "--clock", "2026-01-31T13:00:00+01:00", "--seed", str(tmp_path / "seed.json")) as server:
        assert server.get("/_mockorg/clock") == {"now": "2026-01-31T12:00:00.000Z", "frozen": True}
        health = server.get("/_mockorg/health")

    assert isinstance(health, dict)
    assert health["orgs"][0]["username"] == "ci@example.com"


def test_a_database_file_keeps_the_org_and_its_seed_is_loaded_once(tmp_path: Path) -> None:
    seed, database = tmp_path / "Account.csv", tmp_path / "org.db"
    seed.write_text("Name\nAcme\n")
    with serving("--db", str(database), "--seed", str(seed)) as first:
        assert first.end(signal.SIGTERM) == (0, "", "")
    with serving("--db", str(database), "--seed", str(seed)) as second:
        status, output, errors = second.end(signal.SIGTERM)

    assert first.org_id == second.org_id
    assert (status, output) == (0, "")
    assert errors == f"mockorg: {database} holds an org already: --seed was not loaded again\n"


def test_https_and_the_proxy_are_told_of_and_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKORG_DATA_DIR", str(tmp_path))
    with serving("--https-port", "0", "--proxy-port", "0", "--connected-app", "id:secret") as server:
        assert server.ca == str(tmp_path.resolve() / "ca" / "ca.pem")
        trust = ssl.create_default_context(cafile=server.ca)
        with urllib.request.urlopen(f"{server.https_url}/_mockorg/health", timeout=10, context=trust) as reply:
            assert json.load(reply)["status"] == "ok"
        assert server.proxy_url is not None
        with socket.create_connection(("127.0.0.1", int(server.proxy_url.rpartition(":")[2])), 10) as client:
            client.sendall(b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 403"
        assert server.end(signal.SIGTERM) == (0, "", "")


def test_a_port_in_use_is_told_in_one_line_and_nothing_is_written(tmp_path: Path) -> None:
    with serving() as server:
        port = server.url.rpartition(":")[2]
        ended = run("--port", port, "--db", str(tmp_path / "org.db"))

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert re.fullmatch(rf"mockorg: cannot listen on 127\.0\.0\.1:{port}: .+\n", ended.stderr)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_database_is_told_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "org.db"
    broken.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    ended = run("--port", "0", "--db", str(broken))

    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert line.startswith("mockorg: ")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def (", "line 1: invalid syntax"),
        ("\norg.on('before think', 'Account', print)", "line 2: ValueError: unknown event 'before think'"),
    ],
)
def test_a_broken_file_of_hooks_is_told_in_one_line(tmp_path: Path, code: str, told: str) -> None:
    path = tmp_path / "hooks.py"
    path.write_text(code)
    done = run("--port", "0", "--hooks", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"mockorg: argument --hooks: {path} {told}")
    assert done.stderr.count("\n") == 1


def test_a_schema_is_read_and_what_is_not_followed_is_told(tmp_path: Path) -> None:
    fields = tmp_path / "objects" / "Account" / "fields"
    fields.mkdir(parents=True)
    text = (
        '<CustomField xmlns="http://soap.sforce.com/2006/04/metadata"><fullName>ExtId__c</fullName><type>Text</type>'
        "<length>9</length><sparkle>true</sparkle></CustomField>"
    )
    (fields / "ExtId__c.field-meta.xml").write_text(text)
    with serving("--schema", str(tmp_path)) as server:
        _, _, errors = server.end(signal.SIGTERM)

    assert errors == "mockorg: schema: Account.ExtId__c: <sparkle> of a field is not understood\n"


def test_a_broken_file_of_a_schema_ends_the_start_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "Thing__c.object").write_text("<CustomObject>\n<label>\n</CustomObject>")
    ended = run("--schema", str(tmp_path))

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert re.fullmatch(r"mockorg: .*Thing__c\.object line 3: no XML: [^\n]+\n", ended.stderr)
