"""Two repairs that let spyne 2.14.0 be imported on Python 3.11, 3.12 and 3.13, and nothing else.

1. spyne carries its own copy of six, whose importer of ``six.moves`` has only the old ``find_module``. Python 3.12
   stopped calling it (``No module named 'spyne.util.six.moves'``) and 3.11 warns at each use. The copy is loaded here
   ahead of spyne and its importer is given the ``find_spec`` that six itself has had since 1.16.
2. spyne imports ``cgi``, which Python 3.11 and 3.12 deprecate with a warning and 3.13 dropped; there the distribution
   ``legacy-cgi`` provides it. It is imported here once, so that the warning is not every caller's.

The package ``mockorg_server.soap`` calls ``repair_spyne`` before any of its modules, and only its modules import spyne.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import warnings
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

_SIX = "spyne.util.six"


def repair_spyne() -> None:
    """Make ``import spyne`` work on this Python. Repeating it changes nothing.

    Raises ``ImportError`` with the remedy in it when spyne, or ``cgi`` on Python 3.13, is not installed.
    """
    if _SIX in sys.modules:
        return
    _import_cgi()
    _give_find_spec(_load_six())


def _import_cgi() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            importlib.import_module("cgi")
        except ModuleNotFoundError as error:
            raise ImportError(
                "spyne needs the module cgi, which Python 3.13 dropped: pip install mockorg[server], or legacy-cgi"
            ) from error


def _load_six() -> ModuleType:
    """Import spyne's copy of six without importing spyne, which would already need it repaired."""
    package = importlib.util.find_spec("spyne")
    if package is None or not package.submodule_search_locations:
        raise ImportError("the mock org needs spyne: pip install mockorg[server]")
    path = Path(package.submodule_search_locations[0], "util", "six.py")
    spec = importlib.util.spec_from_file_location(_SIX, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ImportError(f"spyne has no {path}; this repair is for spyne 2.14.0")
    module = importlib.util.module_from_spec(spec)
    sys.modules[_SIX] = module
    spec.loader.exec_module(module)
    return module


def _give_find_spec(six: ModuleType) -> None:
    importer = six._SixMetaPathImporter
    if hasattr(importer, "find_spec"):
        return
    importer.find_spec = _find_spec
    importer.create_module = _create_module
    importer.exec_module = _exec_module


def _find_spec(importer: Any, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
    if name not in importer.known_modules:
        return None
    return importlib.util.spec_from_loader(name, importer)


def _create_module(importer: Any, spec: ModuleSpec) -> ModuleType:
    module: ModuleType = importer.load_module(spec.name)
    return module


def _exec_module(importer: Any, module: ModuleType) -> None:
    """Do nothing: ``load_module`` has run the module already."""
