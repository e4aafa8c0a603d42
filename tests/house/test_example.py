"""The examples that a reader may copy from the prose run as they stand."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.control.seed_document import child_field_of, read_seed_file
from mockorg_server.core.host import Host

from .conftest import ROOT


def blocks(name: str, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


README_EXAMPLES = blocks("README.md", "python")


def test_the_readme_shows_the_three_clients() -> None:
    assert [bool(re.search(word, text)) for word, text in zip(("zeep", "simple_salesforce", "mockorg"), README_EXAMPLES, strict=True)] == [True] * 3  # fmt: skip


@pytest.mark.parametrize("example", README_EXAMPLES, ids=range(len(README_EXAMPLES)))
def test_an_example_of_the_readme_runs(mock_org: Any, example: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "http://127.0.0.1:8800" in example
    exec(compile(example.replace("http://127.0.0.1:8800", mock_org.url), "README.md", "exec"), {})

    assert capsys.readouterr().out


def test_the_seed_files_of_the_page_load_together(tmp_path: Path, host: Host) -> None:
    page = (ROOT / "docs/seed.md").read_text(encoding="utf-8")
    files = re.findall(r"^`([\w-]+\.(?:json|csv))`[^\n]*\n\n```\w*\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    for name, text in files:
        (tmp_path / name).write_text(text, encoding="utf-8")
    child_field = child_field_of(host.default.schema.latest)

    assert len(files) >= 4
    for name, _ in files:
        records = read_seed_file(tmp_path / name, child_field)
        assert records
        if name == "plan.json":
            assert host.default.seed(records)


TESTING_EXAMPLES = blocks("docs/testing.md", "python")


def test_the_examples_of_the_testing_page_run(tmp_path: Path) -> None:
    (tmp_path / "test_page.py").write_text("\n\n".join(TESTING_EXAMPLES), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{sum(text.count('def test_') for text in TESTING_EXAMPLES)} passed" in ended.stdout
