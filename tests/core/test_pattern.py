from __future__ import annotations

from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.core.sequence import Sequence


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(b"")


@pytest.mark.parametrize(
    ("pattern", "number", "name"),
    [
        ("a.#.exr", 7, "a.0007.exr"),
        ("a.####.exr", 7, "a.0007.exr"),
        ("a.######.exr", 7, "a.000007.exr"),
        ("a.##.exr", 107, "a.107.exr"),
        ("a.@@@.exr", 7, "a.007.exr"),
        ("a.%04d.exr", 7, "a.0007.exr"),
        ("a.%03d.exr", 12345, "a.12345.exr"),
        ("a.####.exr", -7, "a.-007.exr"),
        ("a.1001-1048#.exr", 1002, "a.1002.exr"),
        ("a_v012.####.exr", 1, "a_v012.0001.exr"),
        ("####.exr", 1, "0001.exr"),
        ("a.exr", 1, "a.exr"),
        ("a_v012.exr", 1, "a_v012.exr"),
    ],
)
def test_a_pattern_gives_the_name_of_a_frame(pattern: str, number: int, name: str) -> None:
    assert Sequence.parse(f"folder/{pattern}").path(number) == Path("folder") / name


@pytest.mark.parametrize(
    ("pattern", "frames", "numbers"),
    [
        ("a.1001-1003#.exr", None, [1001, 1002, 1003]),
        ("a.1001-1010x4#.exr", None, [1001, 1005, 1009]),
        ("a.-2-1#.exr", None, [-2, -1, 0, 1]),
        ("a.####.exr", "5,1-3", [1, 2, 3, 5]),
        ("a.####.exr", "3-1", [1, 2, 3]),
        ("a.1-9#.exr", "4", [4]),
        ("a.%04d.exr", "1,1,2", [1, 2]),
        ("a.1003.exr", None, [1003]),
        ("a.exr", "1003", [1003]),
        ("a.exr", None, [1]),
    ],
)
def test_named_ranges_are_ascending_and_need_no_files(
    pattern: str, frames: str | None, numbers: list[int]
) -> None:
    assert Sequence.parse(pattern, frames).numbers == numbers


def test_without_a_range_the_files_on_the_disk_are_the_frames(tmp_path: Path) -> None:
    touch(tmp_path, "a.-001.exr", "a.0000.exr", "a.0001.exr", "b.0001.exr", "a.0001.exr.tmp", ".a.0002.exr")
    assert Sequence.parse(tmp_path / "a.####.exr").numbers == [-1, 0, 1]


def test_on_the_disk_every_other_frame_is_a_step_not_a_hole(tmp_path: Path) -> None:
    touch(tmp_path, "a.0001.exr", "a.0003.exr", "a.0005.exr")
    assert Sequence.parse(tmp_path / "a.####.exr").numbers == [1, 3, 5]


def test_a_hole_is_named_with_its_file(tmp_path: Path) -> None:
    touch(tmp_path, "a.0001.exr", "a.0002.exr", "a.0004.exr")
    with pytest.raises(DoublureError, match=r"a.0003.exr \(frame 3\): the frame is missing"):
        _ = Sequence.parse(tmp_path / "a.####.exr").numbers


def test_two_files_of_one_number_are_refused(tmp_path: Path) -> None:
    touch(tmp_path, "a.0001.exr", "a.00001.exr")
    with pytest.raises(
        DoublureError, match=r"frame 1\): two files have this number, a.00001.exr and a.0001.exr"
    ):
        _ = Sequence.parse(tmp_path / "a.####.exr").numbers


def test_other_digits_than_the_patterns_do_not_match(tmp_path: Path) -> None:
    touch(tmp_path, "a.01.exr")
    with pytest.raises(DoublureError, match="no file matches the pattern"):
        _ = Sequence.parse(tmp_path / "a.####.exr").numbers


def test_a_name_with_regex_characters_is_taken_literally(tmp_path: Path) -> None:
    touch(tmp_path, "a+(1).0001.exr", "aa1.0002.exr")
    assert Sequence.parse(tmp_path / "a+(1).####.exr").numbers == [1]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="there is no folder"):
        _ = Sequence.parse(tmp_path / "none" / "a.####.exr").numbers


def test_one_plain_file_is_not_many_frames() -> None:
    with pytest.raises(DoublureError, match="one file cannot be 3 frames; put ####"):
        _ = Sequence.parse("a.exr", "1-3").numbers


@pytest.mark.parametrize("frames", ["x", "1-", "1..5"])
def test_an_unreadable_range_is_quoted(frames: str) -> None:
    with pytest.raises(DoublureError, match=r"a.####.exr: the frame range .* cannot be understood"):
        Sequence.parse("a.####.exr", frames)


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(DoublureError, match="the frame range is empty"):
        Sequence.parse("a.####.exr", "")


def test_fractional_frames_are_refused() -> None:
    with pytest.raises(DoublureError, match="whole"):
        Sequence.parse("a.####.exr", "1.5")


def test_an_unreadable_pattern_is_a_sentence() -> None:
    with pytest.raises(DoublureError, match="the file pattern cannot be understood"):
        Sequence.parse("a%04d.b%03d.exr")
