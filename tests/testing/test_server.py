"""mock_org_server: an org on a real socket, for other processes too."""

import subprocess
import sys
from pathlib import Path

import pytest
import requests

import mockorg
from mockorg.testing import mock_org, mock_org_server

JOB = """
import os, mockorg
with mockorg.connect(os.environ["SF_INSTANCE_URL"], access_token=os.environ["SF_ACCESS_TOKEN"]) as org:
    org.create("Account", [{"Name": "Made elsewhere"}])
with mockorg.connect(os.environ["SFDX_INSTANCE_URL"], username=os.environ["SF_USERNAME"],
                     password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_SECURITY_TOKEN"]) as org:
    print(org.query("SELECT Id FROM Account").size)
"""
BEHIND_PROXY = """
import os, mockorg
with mockorg.connect("https://login.salesforce.com", username="u@example.com", password="p") as org:
    print(org.get_user_info().organization_id)
"""


def run(code: str, env: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True, timeout=60
    ).stdout.strip()


def test_another_process_uses_it() -> None:
    with mock_org_server(users=["u@example.com:secret:token"]) as server:
        assert run(JOB, server.env) == "1"
        assert [each["Name"] for each in server.client.query("SELECT Name FROM Account")] == ["Made elsewhere"]


def test_it_begins_empty_and_ends_with_its_block() -> None:
    with mock_org_server() as server:
        assert server.client.query("SELECT Id FROM Account").size == 0
        assert (server.proxy, server.https) == (None, None)
        url = server.url
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


def test_a_proxy_answers_for_salesforce(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKORG_DATA_DIR", str(tmp_path))
    with mock_org_server(proxy=True, https=True) as server:
        assert server.https is not None
        assert run(BEHIND_PROXY, server.env) == server.id


def test_it_stands_beside_an_org_of_this_process() -> None:
    with mock_org() as inside, mock_org_server() as outside:
        inside.client.create("Account", [{"Name": "Inside"}])
        assert outside.client.query("SELECT Id FROM Account").size == 0
        login = mockorg.connect("https://login.salesforce.com", access_token=inside.token)
        assert login.query("SELECT Id FROM Account").size == 1


def test_what_it_cannot_heed_is_refused() -> None:
    with pytest.raises(TypeError, match="mock_org_server"), mock_org_server(url="http://x"):
        pytest.fail("it was let in")
