"""The schema of the default org, of an org with every feature, and the tool that writes the catalogue."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from mockorg_server.schema.feature import FEATURES
from mockorg_server.schema.schema import Schema, SchemaView, load_schema

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def schema() -> Schema:
    return load_schema()


@pytest.fixture(scope="session")
def everything() -> SchemaView:
    """What an org with every feature shows in the newest version."""
    return load_schema(frozenset(FEATURES)).latest


@pytest.fixture(scope="session")
def converter() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "tools")
        yield importlib.import_module("convert_catalog")


@pytest.fixture(scope="session")
def layout(converter: ModuleType) -> ModuleType:
    return importlib.import_module("catalog_layout")
