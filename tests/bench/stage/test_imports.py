"""Imports inside the stage point one way, from folder to folder."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

STAGE = Path(__file__).parents[3] / "bench" / "stage"
ORDER = ("base", "face", "hair", "people", "camera", "light", "acting", "shading", "layers")
FILES = sorted(STAGE.glob("*/*.py"))


def stage_imports(path: Path) -> list[str]:
    """Every module of the stage that a file imports from, as its name behind ``bench.stage.``."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "bench.stage":
            names += [f"bench.stage.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return [name.removeprefix("bench.stage.") for name in names if name.startswith("bench.stage.")]


def test_every_folder_has_its_place_in_the_order() -> None:
    assert {path.parent.name for path in FILES} == set(ORDER)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(STAGE)))
def test_a_file_imports_only_from_its_folder_and_those_before_it(path: Path) -> None:
    below = ORDER[: ORDER.index(path.parent.name) + 1]
    for name in stage_imports(path):
        assert name.split(".")[0] in below, f"{path.parent.name} must not import {name}"
