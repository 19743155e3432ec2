"""Imports point one way: cli, pipeline_hooks, gizmos -> nodes -> core."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "core": {"core"},
    "nodes": {"core", "nodes"},
    "gizmos": {"core", "nodes", "gizmos"},
    "pipeline_hooks": {"core", "nodes", "pipeline_hooks"},
    "cli": {"core", "nodes", "gizmos", "pipeline_hooks", "cli"},
}
FILES = [path for package in ALLOWED for path in sorted((ROOT / package).rglob("*.py"))]
REFUSED = {"pickle", "marshal", "shelve", "torchvision"}


def imported(path: Path) -> list[str]:
    """Every module that a file names in an import, wherever it stands in the file."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import in line {node.lineno}"
            names.append(node.module or "")
            names += [f"{node.module}.{alias.name}" for alias in node.names if node.module == "doublure"]
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_from_rooms_below_its_own(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "doublure" and len(parts) > 1:
            assert parts[1] in ALLOWED[room], f"{room} must not import {name}"
        assert parts[0] not in ("tests", "bench", *ALLOWED), f"{name} is not a name that the wheel has"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_imported_that_executes_data_or_drags_in_another_torch(path: Path) -> None:
    assert not {name.split(".")[0] for name in imported(path)} & REFUSED


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_evaluated(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("eval", "exec", "compile"), f"line {node.lineno}"
