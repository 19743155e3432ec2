from __future__ import annotations

from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.core.faceset.folder import SetFolder


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.txt").touch()
    with pytest.raises(DoublureError, match="holds something else"):
        SetFolder(tmp_path).create()


def test_a_set_that_nobody_finished_has_no_index(tmp_path: Path) -> None:
    folder = SetFolder(tmp_path / "set")
    folder.create()
    with pytest.raises(DoublureError, match="not a finished set"):
        folder.read_index()


def test_two_runs_do_not_write_one_set(tmp_path: Path) -> None:
    folder = SetFolder(tmp_path / "set")
    folder.create()
    with folder.locked(), pytest.raises(DoublureError, match="another run"), folder.locked():
        pass
    with folder.locked():
        pass


def test_an_index_cut_short_is_named(tmp_path: Path) -> None:
    folder = SetFolder(tmp_path / "set")
    folder.create()
    folder.write_index({"used": 1}, [{"id": "a/0001.0"}])
    assert folder.read_index()[1] == [{"id": "a/0001.0"}]
    folder.index.write_text(folder.index.read_text()[:-5])
    with pytest.raises(DoublureError, match="the index is damaged"):
        folder.read_index()


def test_what_a_kill_leaves_of_a_record_is_not_a_record(tmp_path: Path) -> None:
    folder = SetFolder(tmp_path / "set")
    (folder.path / "pictures" / "a").mkdir(parents=True)
    (folder.path / "pictures" / "a" / ".0001.abc.json").write_text("{")
    assert list(folder.records()) == []
