"""The arrows between the rooms, without any tool: who may import whom, function-level imports included.

``make check`` holds the same arrows with import-linter, which follows chains; this runs with the tests everywhere.
"""

import ast
from collections.abc import Iterator

import pytest

from .conftest import Module

ROOMS = {
    "schema": set(),
    "formula": {"schema"},
    "soql": {"schema"},
    "store": {"soql", "formula", "schema"},
    "core": {"store", "soql", "formula", "schema"},
    "soap": {"core", "schema"},
    "rest": {"core", "schema"},
    "oauth": {"core", "schema"},
    "control": {"core", "schema"},
    "metadata": {"schema"},
}
# Who alone may import an outside package.
OWNERS = {
    "sqlalchemy": ("mockorg_server.store.",),
    "spyne": ("mockorg_server.soap.",),
    "lxml": ("mockorg_server.soap.", "mockorg_server.metadata.", "mockorg_server.demo.", "mockorg."),
    "jwt": ("mockorg_server.core.signing_key.", "mockorg._credential."),
    "cryptography": ("mockorg_server.core.signing_key.", "mockorg_server.certificate_authority."),
    "platformdirs": ("mockorg_server.certificate_authority.",),
    "cheroot": ("mockorg_server.http_connection.",),
    "requests": ("mockorg.", "mockorg_server.demo.", "mockorg_server.demo_story."),
    "mockorg": ("mockorg.", "mockorg_server.demo.", "mockorg_server.schema_pull."),
    "mockorg_server": ("mockorg_server.", "mockorg.testing."),
    "zeep": ("mockorg_server.demo.",),
    "simple_salesforce": ("mockorg_server.demo.", "mockorg._simple_salesforce.", "mockorg._client."),
}
# What stands beside the rooms and may be imported by each: it imports nothing itself.
SHARED = (
    "mockorg_server.__version__",
    "mockorg_server.shipped.",
    "mockorg_server.web_address.",
    "mockorg_server.java_double.",
    "mockorg_server.request_body.",
)


def imports(module: Module) -> Iterator[str]:
    """Dotted names that a module imports, wherever in it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(dotted: str) -> str | None:
    parts = dotted.split(".")
    return parts[1] if parts[0] == "mockorg_server" and len(parts) > 1 and parts[1] in ROOMS else None


def violations(modules: list[Module]) -> list[str]:
    found = []
    for module in modules:
        room = room_of(module.name)
        for name in imports(module):
            target = room_of(name)
            if room and target and target != room and target not in ROOMS[room]:
                found.append(f"{module.path} imports {name}")
            if room and not target and name.startswith("mockorg_server.") and not name.startswith(SHARED):
                found.append(f"{module.path} imports {name}")
            owners = OWNERS.get(name.split(".")[0])
            if owners and not any((module.name + ".").startswith(owner) for owner in owners):
                found.append(f"{module.path} imports {name}")
    return found


def test_arrows_point_down_only(modules: list[Module]) -> None:
    assert {room_of(module.name) for module in modules} >= set(ROOMS)
    assert violations(modules) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("server/mockorg_server/schema/x.py", "import mockorg_server.store.store"),
        ("server/mockorg_server/soql/x.py", "from mockorg_server.store import store"),
        ("server/mockorg_server/soap/x.py", "from mockorg_server.soql.plan import Plan"),
        ("server/mockorg_server/soap/x.py", "from mockorg_server.control import application"),
        ("server/mockorg_server/control/x.py", "def f():\n    from mockorg_server.store.store import Store"),
        ("server/mockorg_server/core/x.py", "from mockorg_server.app import build_app"),
        ("server/mockorg_server/core/x.py", "import sqlalchemy.orm"),
        ("server/mockorg_server/app.py", "from lxml import etree"),
        ("server/mockorg_server/core/x.py", "import mockorg"),
        ("sdk/mockorg/_x.py", "from mockorg_server.core.org import Org"),
        ("sdk/mockorg/_x.py", "import spyne"),
    ],
)
def test_a_planted_violation_is_seen(path: str, text: str) -> None:
    assert len(violations([Module(path, text, ast.parse(text))])) == 1
