"""The wheel, as a user gets it: built, installed into an empty environment, and used from there, the sources away.

An environment holds the wheel and what it declares to need, nothing else: the distributions are those of the
environment that runs the tests, linked one by one, so that a dependency that is not declared is missing.
"""

import os
import re
import subprocess
import sys
import urllib.request
import venv
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import etree
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .conftest import ROOT

MAX_CATALOG_BYTES = 4_000_000
READY = re.compile(r"mockorg ready on (http://127\.0\.0\.1:\d+) org=(00D\w{15}) token=\S+\n")
WSDL_ADDRESS = ".//{http://schemas.xmlsoap.org/wsdl/soap/}address"

WHERE = """
import sys, mockorg, mockorg_server
print(mockorg.__file__, mockorg_server.__file__, sep="\\n")
"""
JOB = """
import sys, mockorg
with mockorg.connect(sys.argv[1], username="user@example.com", password="password") as org:
    [made] = org.create("Account", [{"Name": "Wheel & Co"}])
    [account] = org.query("SELECT Id, Name FROM Account WHERE Name LIKE 'Wheel%'")
    assert (account.id, account["Name"]) == (made.id, "Wheel & Co")
    assert org.describe_sobject("ConvMessageSendRequest").key_prefix == "1sr"
    print(len(org.describe_global().sobjects))
"""


class Wheel:
    """A built wheel: its file, its parts and what its metadata declare."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with ZipFile(path) as archive:
            self.sizes = {part.filename: part.compress_size for part in archive.infolist()}
            [metadata] = [name for name in self.sizes if name.endswith(".dist-info/METADATA")]
            self.metadata: Message = message_from_bytes(archive.read(metadata))

    def needs(self, extra: str) -> set[str]:
        """The distributions that installing it brings along, for an extra or "" for none."""
        found: set[tuple[str, str]] = set()
        waiting = list(required(self.metadata.get_all("Requires-Dist") or [], extra))
        while waiting:
            wanted = waiting.pop()
            for each in wanted.extras or {""}:
                key = (canonicalize_name(wanted.name), each)
                if key not in found:
                    found.add(key)
                    waiting += required(distribution(wanted.name).requires or [], each)
        return {name for name, _ in found}


def required(lines: list[str], extra: str) -> Iterator[Requirement]:
    for line in lines:
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
            yield wanted


class Environment:
    """A virtual environment with the wheel and what it needs."""

    def __init__(self, place: Path, wheel: Wheel, extra: str) -> None:
        venv.create(place, symlinks=True)
        self.place = place.resolve()
        self.away = self.place / "elsewhere"
        self.away.mkdir()
        [site] = self.place.glob("lib/python*/site-packages")
        for name in wheel.needs(extra):
            link(distribution(name), site)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(self.program("python"))]
        execute([*pip, "install", "--quiet", "--no-index", "--no-deps", "--no-compile", str(wheel.path)], cwd=self.away)

    def program(self, name: str) -> Path:
        return self.place / "bin" / name

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        first, *rest = command
        return execute([str(self.program(first)), *rest], cwd=self.away, check=False)


def link(found: Distribution, site: Path) -> None:
    """Put an installed distribution into another folder by links to its top-level parts."""
    tops = {path.parts[0] for path in found.files or () if path.parts[0] not in {"..", "__pycache__"}}
    assert tops, found.name
    for top in tops:
        source = Path(str(found.locate_file(top))).resolve()
        if source.exists() and not (site / top).exists():
            (site / top).symlink_to(source, target_is_directory=source.is_dir())


def bare() -> dict[str, str]:
    """The variables of this process, but for those that would let another Python in."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "PIP_"))}


def execute(command: list[str], cwd: Path, check: bool = True) -> "subprocess.CompletedProcess[str]":
    ended = subprocess.run(command, cwd=cwd, env=bare(), capture_output=True, text=True, timeout=100, check=False)
    assert not check or ended.returncode == 0, ended.stdout + ended.stderr
    return ended


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Wheel:
    place = tmp_path_factory.mktemp("wheel")
    execute([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(place)], cwd=ROOT)
    [path] = place.glob("mockorg-*.whl")
    return Wheel(path)


@pytest.fixture(scope="module")
def full(wheel: Wheel, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment(tmp_path_factory.mktemp("full"), wheel, "server")


@pytest.fixture(scope="module")
def base(wheel: Wheel, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment(tmp_path_factory.mktemp("base"), wheel, "")


def test_the_wheel_holds_the_two_packages_and_what_they_read(wheel: Wheel) -> None:
    tops = {name.split("/")[0] for name in wheel.sizes}
    version = wheel.metadata["Version"]

    assert tops == {"mockorg", "mockorg_server", f"mockorg-{version}.dist-info"}
    for part in (
        "mockorg/py.typed",
        "mockorg_server/_shipped/wsdl/partner.wsdl",
        f"mockorg-{version}.dist-info/licenses/LICENSE",
    ):
        assert part in wheel.sizes
    for package in ("server/mockorg_server", "sdk/mockorg"):
        sources = {path.relative_to(ROOT / package).as_posix() for path in (ROOT / package).rglob("*.py")}
        name = package.split("/")[1]
        assert {f"{name}/{source}" for source in sources} <= set(wheel.sizes)
    assert [name for name in wheel.sizes if "__pycache__" in name or name.endswith((".pyc", ".db"))] == []


def test_the_catalogue_is_small(wheel: Wheel) -> None:
    catalog = [size for name, size in wheel.sizes.items() if name.startswith("mockorg_server/schema/catalog/")]

    assert 0 < sum(catalog) <= MAX_CATALOG_BYTES
    assert wheel.path.stat().st_size <= MAX_CATALOG_BYTES + 1_000_000


def test_the_base_install_is_small(wheel: Wheel) -> None:
    assert {"lxml", "requests"} <= wheel.needs("")
    assert not {"spyne", "sqlalchemy", "cheroot"} & wheel.needs("")
    assert {"spyne", "sqlalchemy", "cheroot"} <= wheel.needs("server")


def test_the_installed_packages_are_the_ones_in_use(full: Environment, wheel: Wheel) -> None:
    ended = full.run("python", "-c", WHERE)

    assert ended.stderr == ""
    assert len(ended.stdout.splitlines()) == 2
    for path in ended.stdout.splitlines():
        assert Path(path).is_relative_to(full.place)
    assert full.run("mockorg", "--version").stdout == f"mockorg {wheel.metadata['Version']}\n"


def test_the_server_and_the_client_work_from_the_wheel(full: Environment) -> None:
    command = [str(full.program("mockorg")), "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=full.away, env=bare(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            ready = READY.fullmatch(line)
            assert ready, (line, server.poll())
            job = full.run("python", "-W", "error", "-c", JOB, ready[1])
            with urllib.request.urlopen(f"{ready[1]}/services/wsdl/partner", timeout=30) as reply:
                wsdl = etree.fromstring(reply.read())
        finally:
            server.terminate()
        _, errors = server.communicate(timeout=30)

    assert (job.returncode, job.stderr) == (0, "")
    assert int(job.stdout) > 1000
    assert [place.get("location") for place in wsdl.findall(WSDL_ADDRESS)] == [f"{ready[1]}/services/Soap/u/60.0"]
    assert (server.returncode, errors) == (0, "")


def test_the_client_works_from_the_base_install(base: Environment, mock_org: Any) -> None:
    ended = base.run("python", "-W", "error", "-c", JOB, mock_org.url)

    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_base_install_tells_how_to_get_the_server(base: Environment) -> None:
    for name in ("spyne", "sqlalchemy", "cheroot"):
        assert base.run("python", "-c", f"import {name}").returncode == 1
    ended = base.run("mockorg", "serve", "--port", "0")

    assert (ended.returncode, ended.stdout) == (2, "")
    [line] = ended.stderr.splitlines()
    assert 'pip install "mockorg[server]"' in line
    assert base.run("mockorg", "--version").returncode == 0
