"""What pytest tells of the org when a test fails."""

import subprocess
import sys
from pathlib import Path

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
