"""spyne can be imported on every supported Python, with warnings as errors and nothing left behind that warns."""

import importlib
import subprocess
import sys
from typing import Any

import pytest

from mockorg_server.soap import spyne_repair

IMPORT = """
import mockorg_server.soap
import spyne.application, spyne.server, spyne.server.wsgi, spyne.protocol.soap, spyne.interface.wsdl
from spyne.util import six
from spyne.util.six.moves.urllib.parse import quote
assert six.moves.urllib.parse.quote is quote and quote("a b") == "a%20b"
try:
    import a_module_that_is_not_there
except ModuleNotFoundError as error:
    print(error)
"""


def test_spyne_is_imported_without_a_warning() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("No module named 'a_module_that_is_not_there'\n", "")


def test_a_second_repair_changes_nothing() -> None:
    before = (sys.modules["spyne.util.six"], list(sys.meta_path))
    spyne_repair.repair_spyne()
    assert (sys.modules["spyne.util.six"], list(sys.meta_path)) == before


def test_without_cgi_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise ModuleNotFoundError(f"No module named {name!r}")

    monkeypatch.setattr(importlib, "import_module", absent)
    monkeypatch.delitem(sys.modules, "spyne.util.six")
    with pytest.raises(ImportError, match=r"legacy-cgi|mockorg\[server\]"):
        spyne_repair.repair_spyne()


def test_without_spyne_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.delitem(sys.modules, "spyne.util.six")
    with pytest.raises(ImportError, match=r"needs spyne: pip install mockorg\[server\]"):
        spyne_repair.repair_spyne()


def test_an_importer_that_needs_no_repair_is_left_alone() -> None:
    class Six:
        class _SixMetaPathImporter:
            def find_spec(self) -> None: ...

    original = Six._SixMetaPathImporter.find_spec
    spyne_repair._give_find_spec(Six)  # type: ignore[arg-type]
    assert Six._SixMetaPathImporter.find_spec is original
    assert not hasattr(Six._SixMetaPathImporter, "exec_module")
