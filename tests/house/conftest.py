"""The source tree as the house rules see it."""

import ast
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("server/mockorg_server", "sdk/mockorg")
NOT_SOURCE = {"__pycache__", "node_modules", "dist", "build"}


@dataclass(frozen=True)
class Module:
    """A Python file: its path from the root, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The dotted name it is imported by, for modules of the two packages."""
        dotted = self.path.split("/", 1)[1].removesuffix(".py").replace("/", ".")
        return dotted.removesuffix(".__init__")


def source_files(*suffixes: str) -> list[Path]:
    """Every file of the tree that somebody wrote, in order; of the given suffixes, or all."""
    found = []
    for top in sorted(ROOT.iterdir()):
        if top.name.startswith(".") and top.name not in {".ci", ".gitignore"}:
            continue
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and not NOT_SOURCE & set(path.relative_to(ROOT).parts):
                found.append(path)
    return [path for path in found if not suffixes or path.suffix in suffixes]


def read_modules() -> list[Module]:
    modules = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            modules.append(Module(path.relative_to(ROOT).as_posix(), text, ast.parse(text)))
    return modules


@pytest.fixture(scope="session")
def modules() -> list[Module]:
    found = read_modules()
    assert len(found) > 50
    return found


@pytest.fixture(scope="session")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
