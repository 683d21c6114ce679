"""Imports point one way, type hints included."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import convnet

ROOT = Path(convnet.__file__).parent


def modules():
    """Every module of the engine by its name below the engine, with its syntax tree."""
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def imported_by(tree):
    """The full names of what a module imports, wherever in it that stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def package_of(name):
    """Which package or module of the engine a full name is in; none if it is the engine's own."""
    part = name.split(".")[1]
    is_there = (ROOT / part).is_dir() or (ROOT / f"{part}.py").is_file()
    return part if is_there else ""


def graph():
    """Which packages and modules each of them imports, but for itself."""
    edges = {}
    for name, tree in modules():
        package = name.split(".")[0]
        found = {
            package_of(other) for other in imported_by(tree) if other.split(".")[0] == "convnet"
        }
        edges.setdefault(package, set()).update(found - {package})
    return edges


def test_nothing_imports_what_imports_it():
    edges, done = graph(), set()
    while ready := {name for name in edges if name not in done and edges[name] <= done}:
        done |= ready
    assert done == edges.keys(), f"imports go round among {sorted(edges.keys() - done)}"


def test_nothing_but_the_command_imports_the_whole_engine():
    assert [name for name, others in graph().items() if "" in others] == []


def test_what_computes_knows_nothing_of_what_calls_it():
    assert graph()["compute"] == set()


def test_update_rules_know_their_options_and_what_computes():
    assert graph()["updates"] == {"compute", "limits", "options"}


def test_the_engine_needs_numpy_only():
    for name, tree in modules():
        others = {other.split(".")[0] for other in imported_by(tree)}
        assert others <= sys.stdlib_module_names | {"convnet", "numpy"}, name
