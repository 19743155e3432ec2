from __future__ import annotations

from pathlib import Path

from doublure.core.pattern import Sequence
from doublure.pipeline_hooks.files import files_on_disk


def found(folder: Path, pattern: str) -> list[tuple[int, str]]:
    return [(number, path.name) for number, path in files_on_disk(Sequence.parse(folder / pattern))]


def test_numbers_in_other_digits_holes_and_doubles_are_all_found(tmp_path: Path) -> None:
    for name in ("a.1001.exr", "a.1003.exr", "a.01003.exr", "a.7.exr", "a.-0003.exr", "b.1002.exr", "a.x.exr",
                 "a.1001.exr.bak", ".a.1005.exr"):  # fmt: skip
        (tmp_path / name).touch()
    assert found(tmp_path, "a.####.exr") == [
        (-3, "a.-0003.exr"),
        (7, "a.7.exr"),
        (1001, "a.1001.exr"),
        (1003, "a.1003.exr"),
        (1003, "a.01003.exr"),
    ]


def test_digits_beside_the_number_do_not_confuse(tmp_path: Path) -> None:
    for name in ("sq010_v003_0001_1001.exr", "sq010_v003_0001_1002.exr", "sq011_v003_0001_1001.exr"):
        (tmp_path / name).touch()
    assert [number for number, _ in found(tmp_path, "sq010_v003_0001_####.exr")] == [1001, 1002]


def test_signs_in_names_are_taken_as_they_are(tmp_path: Path) -> None:
    for name in ("a+(b).1001.exr", "aab.1002.exr"):
        (tmp_path / name).touch()
    assert [number for number, _ in found(tmp_path, "a+(b).####.exr")] == [1001]


def test_no_folder_is_no_file(tmp_path: Path) -> None:
    assert found(tmp_path, "nothing/a.####.exr") == []


def test_one_plain_file_is_frame_1(tmp_path: Path) -> None:
    assert found(tmp_path, "still.exr") == []
    (tmp_path / "still.exr").touch()
    assert found(tmp_path, "still.exr") == [(1, "still.exr")]
