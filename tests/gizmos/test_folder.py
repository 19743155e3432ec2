from __future__ import annotations

import json
from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.gizmos.folder import copy_files, remove_files
from doublure.gizmos.manifest import NAME

FILES = {"a.nk": b"a\n", "icons/b.png": b"b\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "tools"
    copy_files(FILES, path)
    return path


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != NAME
    }


def test_files_are_copied_and_a_second_time_nothing_is_touched(tmp_path: Path) -> None:
    assert len(copy_files(FILES, tmp_path / "x").touched) == 2
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "x").rglob("*")}
    assert copy_files(FILES, tmp_path / "x").touched == ()
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "x").rglob("*")} == before
    assert content(tmp_path / "x") == FILES


def test_removal_leaves_nothing_and_a_second_time_does_nothing(folder: Path) -> None:
    assert len(remove_files(folder).touched) == 2
    assert not folder.exists()
    assert remove_files(folder).touched == ()


def test_a_new_version_replaces_what_changed_and_takes_out_what_is_gone(folder: Path) -> None:
    copy_files({"a.nk": b"a2\n", "c.nk": b"c\n"}, folder)
    assert content(folder) == {"a.nk": b"a2\n", "c.nk": b"c\n"}


def test_a_file_edited_by_hand_is_kept_beside_the_new_one(folder: Path) -> None:
    (folder / "a.nk").write_bytes(b"mine")
    assert copy_files(FILES, folder).kept == (folder / "a.nk.bak",)
    (folder / "a.nk").write_bytes(b"mine again")
    assert copy_files(FILES, folder).kept == (folder / "a.nk.bak2",)
    assert content(folder) == {**FILES, "a.nk.bak": b"mine", "a.nk.bak2": b"mine again"}


def test_a_file_edited_by_hand_outlives_the_tools(folder: Path) -> None:
    (folder / "a.nk").write_bytes(b"mine")
    assert remove_files(folder).kept == (folder / "a.nk.bak",)
    assert content(folder) == {"a.nk.bak": b"mine"}


def test_a_file_of_the_users_in_the_way_of_a_new_one_is_kept(folder: Path) -> None:
    (folder / "c.nk").write_bytes(b"mine")
    copy_files({**FILES, "c.nk": b"c\n"}, folder)
    assert content(folder) == {**FILES, "c.nk": b"c\n", "c.nk.bak": b"mine"}


def test_files_of_the_users_stay_and_python_s_compiled_ones_go(folder: Path) -> None:
    (folder / "notes.txt").write_bytes(b"mine")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"")
    remove_files(folder)
    assert [path.name for path in folder.rglob("*")] == ["notes.txt"]


def test_an_installation_that_was_cut_off_is_finished_without_copies(folder: Path) -> None:
    (folder / "a.nk").write_bytes(b"new")
    assert copy_files({**FILES, "a.nk": b"new"}, folder).kept == ()


def test_a_folder_that_is_not_ours_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "mine.nk").write_bytes(b"mine")
    with pytest.raises(DoublureError, match="not installed by Doublure; move it away"):
        copy_files(FILES, tmp_path)
    with pytest.raises(DoublureError, match="not installed by Doublure"):
        remove_files(tmp_path)
    assert content(tmp_path) == {"mine.nk": b"mine"}


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tools").write_bytes(b"")
    with pytest.raises(DoublureError, match="not installed by Doublure"):
        copy_files(FILES, tmp_path / "tools")


@pytest.mark.parametrize(
    "record",
    [
        "",
        "[]",
        "{}",
        '{"schema": "other", "files": {}, "made": []}',
        '{"schema": "doublure.tools/1", "files": [], "made": []}',
        '{"schema": "doublure.tools/1", "files": {"a": 1}, "made": []}',
        '{"schema": "doublure.tools/1", "files": {"../../x": "0"}, "made": []}',
        '{"schema": "doublure.tools/1", "files": {"/etc/passwd": "0"}, "made": []}',
        '{"schema": "doublure.tools/1", "files": {}, "made": [1]}',
    ],
)
def test_a_damaged_record_or_one_that_leads_outside_is_refused(folder: Path, record: str) -> None:
    (folder / NAME).write_text(record)
    for action in (lambda: copy_files(FILES, folder), lambda: remove_files(folder)):
        with pytest.raises(DoublureError, match="damaged"):
            action()
    assert content(folder) == FILES


def test_the_record_says_what_lies_there(folder: Path) -> None:
    assert set(json.loads((folder / NAME).read_text())["files"]) == set(FILES)
