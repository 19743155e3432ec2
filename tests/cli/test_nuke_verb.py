from __future__ import annotations

from pathlib import Path

import pytest

from doublure.cli.main import main


def test_the_tools_go_to_the_users_nuke_folder_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["nuke", "install"]) == 0
    assert (tmp_path / ".nuke/doublure/Doublure/DoublureFaceReplace.nk").is_file()
    assert 'pluginAddPath("./doublure")' in (tmp_path / ".nuke/init.py").read_text()
    assert "start Nuke again" in capsys.readouterr().err
    assert main(["nuke", "install"]) == 0
    assert "installed already" in capsys.readouterr().err
    assert main(["nuke", "uninstall"]) == 0
    assert list((tmp_path / ".nuke").iterdir()) == []
    assert main(["nuke", "uninstall"]) == 0
    assert "No tools were installed" in capsys.readouterr().err.splitlines()[-1]


def test_an_edited_tool_is_named_where_it_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["nuke", "install", "--dir", str(tmp_path)])
    tool = tmp_path / "doublure/Doublure/DoublureSwap.nk"
    tool.write_text("mine")
    assert main(["nuke", "uninstall", "--dir", str(tmp_path)]) == 0
    assert f"{tool}.bak is your edited copy" in capsys.readouterr().err
    assert Path(f"{tool}.bak").read_text() == "mine"


def test_a_foreign_folder_is_a_sentence_and_exit_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "doublure").mkdir()
    (tmp_path / "doublure/mine").write_text("")
    assert main(["nuke", "install", "--dir", str(tmp_path)]) == 1
    assert "was not installed by Doublure; move it away" in capsys.readouterr().err
