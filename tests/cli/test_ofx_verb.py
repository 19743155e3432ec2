"""``doublure ofx``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doublure.cli.main import main
from doublure.nodes.ofx import bundle


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A compiler that writes a file, and a plug-in folder of the test's own."""
    monkeypatch.setattr(bundle, "compile_shim", lambda output, **_: output.write_bytes(b"ELF"))
    monkeypatch.setenv("OFX_PLUGIN_PATH", str(tmp_path / "plugins"))


def test_install_path_and_uninstall_speak_of_the_same_bundle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plugins" / bundle.BUNDLE
    assert main(["ofx", "install", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"bundle": str(path), "installed": True}
    assert main(["ofx", "path"]) == 0
    assert capsys.readouterr().out == f"{path}\n"
    assert main(["ofx", "uninstall"]) == 0
    assert capsys.readouterr().err == f"doublure: {path} is removed.\n"
    assert main(["ofx", "path", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["installed"] is False


def test_build_makes_it_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["ofx", "build"]) == 0
    assert bundle.is_ours(tmp_path / bundle.BUNDLE)
    assert capsys.readouterr().err == f"doublure: {tmp_path / bundle.BUNDLE} is built.\n"


def test_removing_what_is_not_there_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ofx", "uninstall", "--dir", str(tmp_path)]) == 1
    assert "there is no Doublure bundle" in capsys.readouterr().err
