"""``make demo`` ends well, and would not if an answer were wrong."""

import subprocess
import sys

import pytest

from mockorg_server import demo


def test_the_demo_runs_its_job_with_three_clients() -> None:
    command = [sys.executable, "-m", "mockorg_server.demo"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "21 steps over a real socket" in ended.stdout
    for title in ("zeep ", "simple-salesforce ", "mockorg "):
        assert any(line.startswith(title) for line in ended.stdout.splitlines())
    assert "!" not in ended.stdout  # no session id is shown


def test_a_wrong_answer_ends_the_demo_with_exit_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "FIELDS_IN_60", 24)

    assert demo.main() == 1
    assert "The demo failed: describeSObjects" in capsys.readouterr().err
