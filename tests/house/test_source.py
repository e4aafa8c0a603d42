"""The house rules that a program can check, on the two packages."""

import ast
import re
from collections.abc import Iterator

from .conftest import ROOT, Module, source_files

FUNCTION_LINES, FILE_LINES = 50, 400
VAGUE = {"util", "utils", "helper", "helpers", "common", "base", "manager", "misc", "tools"}
MUTATORS = {"append", "extend", "insert", "add", "update", "setdefault", "pop", "popitem", "clear", "remove", "discard"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(module: Module) -> Iterator[Function]:
    return (node for node in ast.walk(module.tree) if isinstance(node, Function))


def test_no_module_has_a_name_that_says_nothing(modules: list[Module]) -> None:
    vague = [module.path for module in modules if VAGUE & set(re.split(r"[._]", module.name)[1:])]

    assert vague == []


def test_functions_are_short(modules: list[Module]) -> None:
    lengths = {
        f"{module.path}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for module in modules
        for node in functions(module)
    }

    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES} == {}
    assert sorted(lengths.values())[len(lengths) // 2] <= 10


def test_files_are_short(modules: list[Module]) -> None:
    lengths = {module.path: module.text.count("\n") for module in modules}

    assert {path: lines for path, lines in lengths.items() if lines > FILE_LINES} == {}


def test_every_module_says_what_it_is(modules: list[Module]) -> None:
    assert [module.path for module in modules if not ast.get_docstring(module.tree)] == []


def test_every_public_name_has_a_docstring(modules: list[Module]) -> None:
    silent = [
        f"{module.path}:{node.name}"
        for module in modules
        for node in public_names(module.tree)
        if not ast.get_docstring(node) and not is_overload(node)
    ]

    assert silent == []


def public_names(tree: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    """Functions and classes of a module that have no underscore, and the methods of those classes."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public_names(node)


def is_overload(node: Function | ast.ClassDef) -> bool:
    """Overloads and the second half of a property are told about elsewhere."""
    decorators = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(decorators & {"overload", "setter"})


def test_no_module_keeps_state(modules: list[Module]) -> None:
    found = [f"{module.path}:{line}" for module in modules for line in kept_state(module)]

    assert found == []


def kept_state(module: Module) -> Iterator[int]:
    """Lines with ``global``, or where a function changes a container that belongs to the module."""
    containers = {
        target.id
        for node in module.tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for function in functions(module):
        for node in ast.walk(function):
            if isinstance(node, ast.Global) or changed_name(node) in containers:
                yield getattr(node, "lineno", 0)


def changed_name(node: ast.AST) -> str | None:
    """The name of what a statement or call changes in place: ``X[…] = …``, ``del X[…]``, ``X.append(…)``."""
    changed: ast.expr | None = None
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        changed = node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
        changed = node.func.value
    return changed.id if isinstance(changed, ast.Name) else None


def test_the_check_for_state_sees_it() -> None:
    text = "X = {}\nY: list[int] = []\ndef f():\n    X['a'] = 1\n    Y.append(1)\n    del X['a']\n    global Z\n    x = {}\n    x['a'] = 1\n"

    assert sorted(kept_state(Module("a", text, ast.parse(text)))) == [4, 5, 6, 7]


# Written so that this file does not find itself. The data of the platform may say what it likes of unfinished work.
PLACES = re.compile("/wor" "k/|/roo" r"t/|/home/\w")
UNFINISHED = re.compile(r"\bTO" r"DO\b|\bFIX" r"ME\b")


def test_nothing_in_the_tree_speaks_of_where_it_was_made_or_is_left_undone() -> None:
    files = source_files(".py", ".md", ".toml", ".json", ".jsonl", ".wsdl", ".xml", ".csv", ".txt", "")
    found = []
    for path in files:
        patterns = [PLACES, UNFINISHED] if path.suffix in {".py", ".md", ".toml", ""} else [PLACES]
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for pattern in patterns for match in pattern.finditer(text)]

    assert len(files) > 100
    assert found == []
