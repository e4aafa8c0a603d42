"""What pytest tells of the org when a test fails."""

import subprocess
import sys
from pathlib import Path

import pytest

import mockorg
from mockorg.testing import mock_org

TEST = """
def test_it(mock_org):
    mock_org.client.query("SELECT Nope FROM Account")
"""


def test_a_failing_test_tells_the_orgs_last_calls(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TEST)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 1
    assert "the org's last calls" in ran.stdout
    assert "query -> refused" in ran.stdout
    assert "refused: INVALID_FIELD" in ran.stdout


def test_an_exception_that_leaves_a_block_tells_them_too() -> None:
    with pytest.raises(mockorg.QueryError) as caught, mock_org() as org:
        org.client.query("SELECT Nope FROM Account")
    [note] = caught.value.__notes__
    assert "the org's last calls" in note
    assert "query -> refused" in note
    assert "refused: INVALID_FIELD" in note
