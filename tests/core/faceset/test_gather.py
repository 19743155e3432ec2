from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr, write_exr
from doublure.core.faceset.finish import GONE, finish
from doublure.core.faceset.folder import SetFolder
from doublure.core.faceset.gather import Gathered, GatherSettings, gather
from doublure.core.faceset.known import Known
from doublure.core.faceset.select import SelectSettings
from doublure.core.faceset.sources import find_pictures
from doublure.core.frame import Frame
from doublure.core.picture import pixels_digest
from tests.conftest import HERO


@pytest.fixture
def footage(tmp_path: Path) -> Path:
    """Three frames of a face."""
    folder = tmp_path / "footage"
    folder.mkdir()
    for number in (1, 2, 3):
        shutil.copy(HERO / f"hero.{number:04d}.exr", folder / f"a.{number:04d}.exr")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> SetFolder:
    folder = SetFolder(tmp_path / "set")
    folder.create()
    return folder


def run(folder: SetFolder, *arguments: Path, **settings: object) -> Gathered:
    known = Known(folder)
    pictures = find_pictures(map(str, arguments), known=known.by_file.values())
    return gather(folder, pictures, GatherSettings(identify=False, **settings), known)  # type: ignore[arg-type]


def test_each_face_has_a_crop_that_its_record_names(footage: Path, folder: SetFolder) -> None:
    done = run(folder, footage / "a.####.exr")
    assert (done.added, done.known, done.failed) == (3, 0, [])
    for record in folder.records():
        face = record.faces[0]
        crop = folder.read_crop(face)
        assert pixels_digest(crop) == face.crop_sha256
        assert crop.channels == ("R", "G", "B", "matte", "visible")
        assert record.sha256 == pixels_digest(read_exr(record.file))


def test_a_second_run_adds_only_what_is_new(footage: Path, folder: SetFolder) -> None:
    run(folder, footage / "a.1-2####.exr")
    done = run(folder, footage / "a.####.exr")
    assert (done.added, done.known) == (1, 2)


def test_a_run_that_was_killed_goes_on(
    footage: Path, folder: SetFolder, hero_set: SetFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = SetFolder.write_record

    def killed(self: SetFolder, record: object) -> None:
        if len(list(self.records())) == 1:
            raise KeyboardInterrupt
        write(self, record)  # type: ignore[arg-type]

    monkeypatch.setattr(SetFolder, "write_record", killed)
    with pytest.raises(KeyboardInterrupt):
        run(folder, footage / "a.####.exr")
    monkeypatch.undo()
    assert run(folder, footage / "a.####.exr").added == 2
    for one, other in zip(folder.records(), hero_set.records(), strict=False):
        assert one.faces[0].crop_sha256 == other.faces[0].crop_sha256


def test_a_truncated_frame_is_told_and_the_others_go_on(footage: Path, folder: SetFolder) -> None:
    with open(footage / "a.0002.exr", "r+b") as stream:
        stream.truncate(20000)
    done = run(folder, footage / "a.####.exr")
    assert done.added == 2
    assert [name for name, _ in done.failed] == ["a/0002"]
    assert "a.0002.exr (frame 2): the pixels cannot be read" in done.failed[0][1]
    shutil.copy(HERO / "hero.0002.exr", footage / "a.0002.exr")
    assert run(folder, footage / "a.####.exr").added == 1


def test_a_copy_of_a_picture_is_named_as_one(footage: Path, folder: SetFolder) -> None:
    for number in (2, 3):
        shutil.copy(footage / "a.0001.exr", footage / f"a.{number:04d}.exr")
    run(folder, footage / "a.####.exr")
    records = list(folder.records())
    assert [len(r.faces) for r in records] == [1, 0, 0]
    assert records[1].reason == "it is the very picture a/0001"


def test_a_face_that_repeats_is_not_stored_unless_it_is_asked_for(footage: Path, folder: SetFolder) -> None:
    face = read_exr(footage / "a.0001.exr")
    for number in (2, 3):
        brighter = Frame.from_rgb(face.rgb * (1 + number / 10), face.space)
        write_exr(footage / f"a.{number:04d}.exr", brighter)
    run(folder, footage / "a.####.exr")
    assert [r.faces[0].like for r in folder.records()] == [None, "a/0001.0", "a/0001.0"]
    assert not (folder.path / "crops/a/0002.0.exr").exists()
    done = run(folder, footage / "a.####.exr", keep=frozenset({"a/0003.0"}))
    assert done.added == 1
    assert folder.record("a/0003").faces[0].crop is not None


def test_a_picture_without_a_face_has_a_reason(tmp_path: Path, folder: SetFolder) -> None:
    write_exr(tmp_path / "grey.exr", Frame.from_rgb(torch.full((3, 96, 96), 0.18), "ACEScg"))
    run(folder, tmp_path / "grey.exr")
    assert [r.reason for r in folder.records()] == ["no face was found"]


def test_a_picture_that_was_changed_is_looked_at_again(footage: Path, folder: SetFolder) -> None:
    run(folder, footage / "a.####.exr")
    before = folder.record("a/0002").sha256
    shutil.copy(HERO / "hero.0009.exr", footage / "a.0002.exr")
    assert run(folder, footage / "a.####.exr").added == 1
    assert folder.record("a/0002").sha256 != before


def test_pictures_that_are_looked_at_again_do_not_repeat_themselves(footage: Path, folder: SetFolder) -> None:
    run(folder, footage / "a.####.exr")
    before = [record.faces[0].crop_sha256 for record in folder.records()]
    for number in (1, 2, 3):
        os.utime(footage / f"a.{number:04d}.exr", (1, 1))
    assert run(folder, footage / "a.####.exr").added == 3
    assert [record.faces[0].crop_sha256 for record in folder.records()] == before
    assert all((folder.path / record.faces[0].crop).is_file() for record in folder.records())


def test_a_crop_that_is_no_longer_of_a_face_does_not_stay(footage: Path, folder: SetFolder) -> None:
    run(folder, footage / "a.####.exr")
    write_exr(footage / "a.0002.exr", Frame.from_rgb(torch.full((3, 96, 96), 0.18), "ACEScg"))
    run(folder, footage / "a.####.exr")
    assert sorted(path.name for path in (folder.path / "crops/a").iterdir()) == ["0001.0.exr", "0003.0.exr"]


def test_a_crop_that_was_removed_comes_back_with_its_footage(footage: Path, folder: SetFolder) -> None:
    run(folder, footage / "a.####.exr")
    (folder.path / "crops/a/0002.0.exr").unlink()
    made = finish(folder, SelectSettings())
    assert made.reasons == ("", GONE, "")
    assert run(folder, footage / "a.####.exr").added == 1
    assert finish(folder, SelectSettings()).reasons == ("", "", "")


def test_an_unknown_space_is_one_fault_and_not_one_a_picture(footage: Path, folder: SetFolder) -> None:
    with pytest.raises(DoublureError, match="no colour space 'nonsense'"):
        run(folder, footage / "a.####.exr", space="nonsense")
