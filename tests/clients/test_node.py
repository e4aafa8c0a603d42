"""jsforce and node-soap, unmodified: ``tests/clients/node`` has their steps, one test each of Node's own runner.

The packages come from ``npm ci`` by the committed lock, once, into ``build/`` at the root. Without Node there is
nothing to run and the tests say so; with Node, packages that cannot be had are a failure.
"""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.npm_package import NODE, installed

import mockorg

SCRIPTS = Path(__file__).parent / "node"
NO_NODE = "Node.js is not installed: jsforce and node-soap were NOT tried against the mock org"


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder of the installed packages, made on first use and kept until the lock changes."""
    if NODE is None:
        pytest.skip(NO_NODE)
    return installed(SCRIPTS, "node-clients")


def run(script: str, node_modules: Path, **environment: str) -> None:
    """Run a script of steps; every one of them must have been run and have passed."""
    text = (SCRIPTS / script).read_text(encoding="utf-8")
    steps = re.findall(r'^test\("(.+)"', text, re.MULTILINE)
    inherited = {name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"}

    ended = subprocess.run(
        [str(NODE), "--test-reporter=tap", str(SCRIPTS / script)],
        env={**inherited, **environment, "NODE_PATH": str(node_modules)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert re.findall(r"^ok \d+ - (.+)$", ended.stdout, re.MULTILINE) == steps
    assert len(steps) >= 10
    assert "# skipped 0\n# todo 0\n" in ended.stdout


@pytest.mark.timeout(180)  # the first run fetches the packages
def test_every_step_of_jsforce(node_modules: Path, mock_org: Any, strict_mock_org: Any) -> None:
    run("jsforce.test.cjs", node_modules, MOCKORG_URL=mock_org.url, STRICT_URL=strict_mock_org.url)

    with mockorg.connect(mock_org.url, username="u", password="p") as org:
        accounts = [account["Name"] for account in org.query("SELECT Name FROM Account")]
        [contact] = org.query("SELECT FirstName, LastName, Email FROM Contact")
    assert accounts == ["good"]
    assert (contact["FirstName"], contact["LastName"]) == ("Grace", "Hopper & <Co> 東京")


@pytest.mark.timeout(180)
def test_every_step_of_node_soap(node_modules: Path, mock_org: Any) -> None:
    run("soap.test.cjs", node_modules, MOCKORG_URL=mock_org.url, COMPLETED_ID=mock_org.ids["completed"])


def test_the_lock_names_no_host() -> None:
    lock = (SCRIPTS / "package-lock.json").read_text(encoding="utf-8")
    assert lock.count('"integrity"') == lock.count('"node_modules/') > 50
    assert "://" not in lock
    assert '"resolved"' not in lock
