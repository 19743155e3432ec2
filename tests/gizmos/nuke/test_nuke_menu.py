from __future__ import annotations

import runpy
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from doublure.gizmos.packaged import ROOT
from doublure.gizmos.tools import tools

FOLDER = ROOT / "nuke" / "plugin"


class FakeNuke:
    """What ``init.py`` and ``menu.py`` use of Nuke's module."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.commands: dict[str, tuple[str, str]] = {}
        self.menus: list[tuple[str, str]] = []

    def pluginAddPath(self, path: str) -> None:  # noqa: N802
        self.paths.append(path)

    def menu(self, name: str) -> Any:
        assert name == "Nodes"
        return SimpleNamespace(addMenu=self.add_menu)

    def add_menu(self, name: str, icon: str) -> Any:
        self.menus.append((name, icon))
        return SimpleNamespace(addCommand=self.add_command)

    def add_command(self, name: str, command: str, icon: str) -> None:
        self.commands[name] = (command, icon)


@pytest.fixture
def nuke(monkeypatch: pytest.MonkeyPatch) -> FakeNuke:
    fake = FakeNuke()
    monkeypatch.setitem(sys.modules, "nuke", fake)
    return fake


def test_init_adds_the_icons_and_needs_no_interface(nuke: FakeNuke) -> None:
    runpy.run_path(str(FOLDER / "init.py"))
    assert nuke.paths == ["./icons"]
    assert (FOLDER / "icons").is_dir()
    assert not nuke.menus


def test_the_menu_has_every_tool_with_its_file_and_icon(nuke: FakeNuke) -> None:
    runpy.run_path(str(FOLDER / "menu.py"))
    assert nuke.menus == [("Doublure", "Doublure.png")]
    assert list(nuke.commands) == [tool.label.removeprefix("Doublure ") for tool in tools()]
    for tool, (command, icon) in zip(tools(), nuke.commands.values(), strict=True):
        path = FOLDER / "Doublure" / f"{tool.name}.nk"
        assert path.is_file()
        assert command == f"with nuke.lastHitGroup():\n    nuke.loadToolset({path.as_posix()!r})"
        assert (FOLDER / "icons" / icon).is_file()


@pytest.mark.parametrize("name", ["init.py", "menu.py"])
def test_what_nuke_runs_needs_the_standard_library_only(name: str) -> None:
    lines = Path(FOLDER / name).read_text(encoding="utf-8").splitlines()
    assert {line for line in lines if "import" in line} <= {"import os", "import nuke"}
