from __future__ import annotations

import os
from pathlib import Path

import pytest

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError


def test_the_file_appears_only_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    with atomic_file(target) as temporary:
        temporary.write_text("new")
        assert not target.exists()
        assert temporary.suffix == ".json"
    assert target.read_text() == "new"


def test_a_failure_keeps_the_old_file_and_leaves_no_debris(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    target.write_text("old")

    def fail() -> None:
        with atomic_file(target) as temporary:
            temporary.write_text("half")
            raise KeyError("stop")

    with pytest.raises(KeyError):
        fail()
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match=r"folder .*none does not exist; create it first"):
        atomic_file(tmp_path / "none" / "a.json").__enter__()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root and Windows ignore folder rights")
def test_a_read_only_folder_is_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(DoublureError, match=r"cannot be written \(Permission denied\)"):
            atomic_file(tmp_path / "a.json").__enter__()
    finally:
        tmp_path.chmod(0o700)


def test_a_file_in_place_of_the_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DoublureError, match="does not exist"):
        atomic_file(tmp_path / "file" / "a.json").__enter__()


def test_a_folder_in_place_of_the_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()

    def write() -> None:
        with atomic_file(tmp_path / "a.json") as temporary:
            temporary.write_text("new")

    with pytest.raises(DoublureError, match="cannot be written"):
        write()
    assert os.listdir(tmp_path) == ["a.json"]
