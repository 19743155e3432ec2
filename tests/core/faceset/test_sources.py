from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from doublure.core.errors import DoublureError
from doublure.core.face.sidecar import FaceFrame, Track
from doublure.core.faceset.face import PictureRecord
from doublure.core.faceset.sources import find_pictures


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name in ("a/mara.0001.exr", "a/mara.0002.exr", "b/mara.0001.exr", "stills/x y.png", "stills/z.JPG"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "stills" / "notes.txt").touch()
    return tmp_path


def names(*arguments: str | Path, known: list[PictureRecord] | None = None) -> list[str]:
    return [p.name for p in find_pictures(map(str, arguments), known=known or [])]


def test_a_sequence_is_its_frames(files: Path) -> None:
    assert names(files / "a" / "mara.####.exr") == ["mara/0001", "mara/0002"]


def test_two_sequences_of_one_name_are_kept_apart(files: Path) -> None:
    found = names(files / "a" / "mara.####.exr", files / "b" / "mara.####.exr")
    assert found == ["mara/0001", "mara/0002", "mara-2/0001"]


def test_a_folder_is_its_pictures(files: Path) -> None:
    assert names(files / "stills") == ["stills/x_y.png", "stills/z.JPG"]


def test_one_picture_is_a_still_of_its_folder(files: Path) -> None:
    assert names(files / "a" / "mara.0002.exr") == ["a/mara.0002.exr"]


def test_a_picture_that_is_named_twice_comes_once(files: Path) -> None:
    assert names(files / "stills", files / "stills" / "z.JPG") == ["stills/x_y.png", "stills/z.JPG"]


def test_a_source_keeps_the_name_that_it_has_in_the_set(files: Path) -> None:
    known = PictureRecord("mara/0001", files / "b" / "mara.0001.exr", 0, 0, 1, "", None, False)
    assert names(files / "a" / "mara.####.exr", known=[known])[0] == "mara-2/0001"
    assert names(files / "b" / "mara.####.exr", known=[known]) == ["mara/0001"]


@pytest.mark.parametrize("wrong", ["no/such.####.exr", "no/such.png", "empty"])
def test_nothing_there_is_told(files: Path, wrong: str) -> None:
    (files / "empty").mkdir()
    with pytest.raises(DoublureError):
        names(files / wrong)


def test_a_sidecar_tells_where_the_face_is(files: Path) -> None:
    pattern = str(files / "a" / "mara.####.exr")
    lost = {n: FaceFrame.lost(n, "no face was found") for n in (1, 2)}
    Track(pattern, 8, 8, 1.0, np.zeros((468, 3)), lost).save(files / "track.json")
    found = find_pictures([pattern, str(files / "stills")], [files / "track.json"])
    assert [p.tracked is not None for p in found] == [True, True, False, False]
    assert found[0].track_sha256 is not None


def test_a_sidecar_of_nothing_given_is_refused(files: Path) -> None:
    lost = {1: FaceFrame.lost(1, "no face was found")}
    Track(str(files / "b" / "mara.####.exr"), 8, 8, 1.0, np.zeros((468, 3)), lost).save(files / "track.json")
    with pytest.raises(DoublureError, match="none of the sequences"):
        find_pictures([str(files / "a" / "mara.####.exr")], [files / "track.json"])


def test_a_sidecar_that_names_no_folder_is_of_the_files_of_that_name(files: Path) -> None:
    lost = {n: FaceFrame.lost(n, "no face was found") for n in (1, 2)}
    Track("mara.1-2####.exr", 8, 8, 1.0, np.zeros((468, 3)), lost).save(files / "track.json")
    first, second = str(files / "a" / "mara.####.exr"), str(files / "b" / "mara.####.exr")
    assert find_pictures([first], [files / "track.json"])[0].track_size == (8, 8)
    with pytest.raises(DoublureError, match="could be of two of the sequences"):
        find_pictures([first, second], [files / "track.json"])
