"""What the project says of itself in different places agrees."""

import os
import re
from typing import Any

import mockorg
import mockorg_server
from mockorg_server import cli, option

from .conftest import ROOT, source_files

PROSE = [path for path in source_files(".md") if path.name != "CHANGELOG.md"]
MAKE_COMMANDS = ("demo", "serve", "test", "check", "bench")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_one_version(project: dict[str, Any]) -> None:
    version = project["project"]["version"]
    newest = re.search(r"^## \[(\S+)\]", read("CHANGELOG.md"), re.MULTILINE)

    assert newest is not None
    assert newest[1] == version == mockorg.__version__ == mockorg_server.__version__


def test_the_licence_is_the_one_that_is_named(project: dict[str, Any]) -> None:
    assert project["project"]["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0, January 2004" in read("LICENSE")


def test_every_make_command_that_is_told_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    told = {
        name
        for path in PROSE
        for name in re.findall(r"(?:^|`)\s*make ([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert set(MAKE_COMMANDS) <= told & targets
    assert told <= targets


def test_every_option_that_is_told_is_one() -> None:
    serve = cli._parser()._subparsers._group_actions[0].choices["serve"]  # type: ignore[union-attr,index]
    options = {name for action in serve._actions for name in action.option_strings}
    told = set(re.findall(r"`(--[a-z-]+)", read("docs/cli.md")))

    assert {name for name in options if name.startswith("--")} <= told
    assert told <= options | {"--version"}
    for name in option.UNSUPPORTED:
        assert f"`{name}" in read("docs/cli.md")


def test_every_link_in_the_prose_leads_somewhere() -> None:
    broken = []
    for path in PROSE:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
            if not target.startswith("http") and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")

    assert len(PROSE) >= 5
    assert broken == []


def test_the_architecture_page_names_every_room_and_module_at_the_top() -> None:
    page = read("docs/architecture.md")
    package = ROOT / "server/mockorg_server"
    rooms = [path.name for path in package.iterdir() if (path / "__init__.py").exists()]
    tops = [path.name for path in package.glob("*.py") if not path.name.startswith("__")]

    assert len(rooms) >= 6
    assert [name for name in rooms if f"`{name}/`" not in page] == []
    assert [name for name in tops if f"`{name}`" not in page] == []


def test_decisions_are_numbered_and_tell_their_reason() -> None:
    records = sorted((ROOT / "docs/adr").glob("*.md"))

    assert records
    assert [path.name for path in records if not re.fullmatch(r"\d{3}-[a-z0-9-]+\.md", path.name)] == []
    assert len({path.name[:3] for path in records}) == len(records)


def test_the_ci_script_runs_check_and_test() -> None:
    script = ROOT / ".ci/run"

    assert os.access(script, os.X_OK)
    lines = script.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("make ")] == ["make check", "make test"]
    assert "set -eu" in lines


def test_there_is_no_package_at_a_source_root() -> None:
    assert not (ROOT / "server/__init__.py").exists()
    assert not (ROOT / "sdk/__init__.py").exists()
