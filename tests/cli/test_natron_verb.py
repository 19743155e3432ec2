from __future__ import annotations

from pathlib import Path

import pytest

from doublure.cli.main import main


def test_the_tools_go_to_the_users_natron_folder_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["natron", "install"]) == 0
    assert (tmp_path / ".Natron/Doublure/DoublureFaceReplace.py").is_file()
    assert "start Natron again" in capsys.readouterr().err
    assert main(["natron", "uninstall"]) == 0
    assert list((tmp_path / ".Natron").iterdir()) == []
    assert main(["natron", "uninstall"]) == 0
    assert "No tools were installed" in capsys.readouterr().err.splitlines()[-1]


def test_a_folder_of_ones_own_choice_is_made(tmp_path: Path) -> None:
    assert main(["natron", "install", "--dir", str(tmp_path / "shared/pyplugs")]) == 0
    assert (tmp_path / "shared/pyplugs/Doublure/DoublureBlend.py").is_file()
