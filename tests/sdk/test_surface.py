"""What users import, and what importing it costs."""

import subprocess
import sys
import tomllib
from pathlib import Path

import mockorg

ROOT = Path(__file__).parents[2]


def test_everything_public_is_listed_and_everything_listed_is_there():
    public = {name for name in vars(mockorg) if name.isidentifier() and not name.startswith("_")}
    modules = {name for name in public if type(getattr(mockorg, name)).__name__ == "module"}

    assert public - modules == set(mockorg.__all__) - {"__version__"}
    assert modules <= {"testing"}, "all modules but the test tools are private"


def test_every_public_thing_has_a_docstring():
    classes = [getattr(mockorg, name) for name in mockorg.__all__ if name != "__version__"]
    methods = [
        each
        for cls in classes
        for name, each in vars(cls).items()
        if not name.startswith("_") and callable(each) and each.__module__.startswith("mockorg")
    ]
    assert len(classes) > 20
    assert len(methods) > 15

    bare = [
        each.__qualname__
        for each in classes + methods
        if not each.__doc__ or each.__doc__.startswith(f"{each.__name__}(")
    ]

    assert bare == []


def test_importing_the_package_loads_neither_the_server_nor_anything_slow():
    heavy = ["mockorg_server", "requests", "spyne", "sqlalchemy", "typing_extensions", "importlib.metadata"]
    program = f"import sys, mockorg; print([name for name in {heavy} if name in sys.modules])"

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"


def test_the_version_is_that_of_the_distribution():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert mockorg.__version__ == project["version"]


def test_the_package_says_that_it_is_typed():
    assert (Path(mockorg.__file__).parent / "py.typed").exists()


def test_exceptions_carry_the_name_that_users_import():
    assert repr(mockorg.QueryError) == "<class 'mockorg.QueryError'>"
