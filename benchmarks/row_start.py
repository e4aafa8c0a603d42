"""How long `mockorg serve` takes from the start of the process to its ready line."""

import subprocess
import sys

from measure import Row, compare, python


def serve_until_ready() -> None:
    """Start a server, read its ready line, and kill it; the time of the killing is counted too."""
    command = [sys.executable, "-m", "mockorg_server", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.kill()
    assert line.startswith("mockorg ready on http://"), line


def rows() -> list[Row]:
    """The rows of this file."""
    baseline = python("baseline_start.py")
    return [compare("mockorg serve, to ready", serve_until_ready, baseline, "import spyne, sqlalchemy, lxml.etree")]
