"""What a wheel holds: every package of the tree, and every file beside the code that it reads."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("core", "nodes", "cli", "gizmos", "pipeline_hooks")
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]


def packages() -> dict[str, Path]:
    return {
        ".".join(("doublure", *folder.relative_to(ROOT).parts)): folder
        for room in ROOMS
        for folder in sorted({init.parent for init in (ROOT / room).rglob("__init__.py")})
    }


def test_every_package_of_the_tree_is_in_the_wheel() -> None:
    assert sorted(SETUPTOOLS["packages"]) == sorted(packages())


def test_every_file_beside_the_code_is_in_the_wheel() -> None:
    data = SETUPTOOLS["package-data"]
    homes = {folder: name for name, folder in packages().items()}
    for room in ROOMS:
        for file in (ROOT / room).rglob("*"):
            if not file.is_file() or file.suffix in (".py", ".pyc", ".partial"):
                continue
            home = next(parent for parent in file.parents if parent in homes)
            wanted = [*data["*"], *data.get(homes[home], [])]
            inside = file.relative_to(home).as_posix()
            assert any(fnmatch(inside, pattern) for pattern in wanted), inside
