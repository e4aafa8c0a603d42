"""The pytest plugin as a team meets it: a project of its own, several workers."""

import subprocess
import sys
from pathlib import Path

import pytest

INI = """
[pytest]
mock_org_seed = accounts.json
mock_org_clock = 2026-01-31T12:00:00Z
mock_org_users =
    ini@example.com:secret
"""
ACCOUNTS = '{"records":[{"attributes":{"type":"Account","referenceId":"a"},"Name":"From the ini file"}]}'
CONTACTS = '{"records":[{"attributes":{"type":"Contact","referenceId":"c"},"LastName":"From the marker"}]}'
TESTS = """
import pytest
import requests
from mockorg.testing import mock_org   # stands beside the fixture of the same name

def names(org, sobject="Account", field="Name"):
    return [record[field] for record in org.client.query(f"SELECT {field} FROM {sobject}")]

@pytest.mark.parametrize("number", range(8))
def test_each_test_has_an_org_of_its_own(mock_org, number):
    assert names(mock_org) == ["From the ini file"]
    assert mock_org.username == "ini@example.com"
    assert mock_org.clock.now.year == 2026
    mock_org.client.create("Account", [{"Name": f"of {number}"}])
    assert len(names(mock_org)) == 2

@pytest.mark.mock_org(seed="data/contacts.json", users=["marker@example.com:x"])
class TestMarked:
    def test_a_marker_has_the_last_word(self, mock_org):
        assert names(mock_org) == []
        assert names(mock_org, "Contact", "LastName") == ["From the marker"]
        assert (mock_org.username, mock_org.clock.now.year) == ("marker@example.com", 2026)

    @pytest.mark.mock_org(clock=None, seed=None)
    def test_the_nearest_marker_first(self, mock_org):
        assert not mock_org.clock.frozen
        assert names(mock_org, "Contact", "LastName") == []

def test_the_server_is_set_up_alike(mock_org_server):
    assert requests.get(mock_org_server.url + "/_mockorg/clock", timeout=5).json()["frozen"] is True
    assert names(mock_org_server) == ["From the ini file"]

def test_without_the_fixture():
    with mock_org() as org:
        assert names(org) == []

@pytest.mark.mock_org(schemas="x")
def test_a_wrong_name_is_told(mock_org):
    pass
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text(INI)
    (tmp_path / "accounts.json").write_text(ACCOUNTS)
    (tmp_path / "tests/data").mkdir(parents=True)
    (tmp_path / "tests/data/contacts.json").write_text(CONTACTS)
    return tmp_path


def pytest_of(project: Path, tests: str, *options: str) -> str:
    (project / "tests/test_it.py").write_text(tests)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=100).stdout


def test_fixtures_markers_and_ini_options_with_several_workers(project: Path) -> None:
    out = pytest_of(project, TESTS, "-n", "2", "--strict-markers")
    assert "12 passed, 1 error" in out
    assert "mock_org knows no 'schemas'" in out


LEAKS = """
import pytest

@pytest.fixture(autouse=True)
def first_state(mock_org):
    assert mock_org.client.query("SELECT Id FROM Account").size == 1
    assert (mock_org.snapshots.all, mock_org.faults.all, mock_org.clock.now.day) == ({}, (), 31)
    yield
    mock_org.client.create("Account", [{"Name": "mine"}] * 60)
    mock_org.snapshots.save("mine")
    mock_org.clock.advance(days=1)
    mock_org.on("before insert", "Account", lambda event: event.add_error("mine"))
    mock_org.faults.add(match={"call": "query"}, error={"code": "QUERY_TIMEOUT", "message": "mine"})

class TestOne:
    @pytest.mark.parametrize("number", range(9))
    def test_one(self, number): ...

class TestTwo:
    @pytest.mark.parametrize("number", range(9))
    def test_two(self, number): ...
"""
COUNTING = """
import os
from pathlib import Path
from mockorg_server.control import seed_document

read = seed_document.read_seed_file

def counting(path, child_field):
    Path(path).with_name(f"read-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}").open("a").write("x")
    return read(path, child_field)

seed_document.read_seed_file = counting
"""


@pytest.mark.parametrize("options", [["-p", "no:xdist"], ["-n", "2"], ["-n", "2", "--dist", "loadscope"]], ids=" ".join)
def test_each_worker_reads_a_seed_once_and_nothing_is_seen_by_the_next_test(project: Path, options: list[str]) -> None:
    (project / "conftest.py").write_text(COUNTING)
    assert "18 passed" in pytest_of(project, LEAKS, *options)
    reads = [each.read_text() for each in project.glob("read-*")]
    assert reads == ["x"] * len(reads)
    assert 1 <= len(reads) <= 2
