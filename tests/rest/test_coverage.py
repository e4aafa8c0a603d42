"""docs/rest.md tells what there is: its table is that of the routes, and its curl session runs."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from mockorg_server.rest.coverage import coverage_table
from mockorg_server.rest.resources import RESOURCES

PAGE = (Path(__file__).parents[2] / "docs/rest.md").read_text(encoding="utf-8")


def test_the_table_of_the_page_is_that_of_the_routes() -> None:
    assert coverage_table(RESOURCES) in PAGE, "run tools/write_rest_page.py"


def test_every_resource_says_how_far_it_goes_and_stands_once() -> None:
    templates = [route.template.lower() for route in RESOURCES]
    assert [route.template for route in RESOURCES if not route.scope] == []
    assert len(set(templates)) == len(templates)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
def test_the_curl_session_of_the_page_runs(mock_org) -> None:
    [session] = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    commands = [line for line in session.splitlines() if line.startswith("curl")]
    environment = {"ORG": mock_org.url, "TOKEN": mock_org.org.token}
    answers = []
    for command in commands:
        words = shlex.split(re.sub(r"\$(ORG|TOKEN)", lambda match: environment[match[1]], command))
        run = subprocess.run([*words, "--silent", "--fail"], capture_output=True, text=True, check=True, timeout=30)
        answers.append(run.stdout)

    assert len(answers) == 4
    assert '"success":true' in answers[1]
    assert '"Name":"Acme"' in answers[2]
