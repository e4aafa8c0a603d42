"""The file of ``mockorg serve --hooks``: a Python module that finds the org under the name ``org`` and registers code.

It is the user's own code and runs with all that the server may do.
"""

from __future__ import annotations

import sys
import traceback
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Final

from mockorg_server.core.hook_org import HookOrg

_NAME: Final = "mockorg_hooks_{}"


class HookFileError(Exception):
    """A file of hooks that cannot be loaded: the file, the line where one is known, and what is wrong."""


def load_hooks(path: Path, org: HookOrg) -> None:
    """Run a file of hooks. Raises HookFileError."""
    spec = spec_from_file_location(_NAME.format(path.stem), path)
    if spec is None or spec.loader is None:
        raise HookFileError(f"{path} is not a Python file")
    module = module_from_spec(spec)
    vars(module)["org"] = org
    sys.modules[module.__name__] = module  # dataclasses and pickles look their module up there
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise HookFileError(f"{path} line {error.lineno}: {error.msg}") from None
    except (Exception, SystemExit) as error:
        line = _line_in(path, error)
        text = " ".join(str(error).split())
        raise HookFileError(f"{path}{line}: {type(error).__name__}: {text}") from None


def _line_in(path: Path, error: BaseException) -> str:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f" line {lines[-1]}" if lines else ""
