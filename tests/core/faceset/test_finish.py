from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from doublure.core.errors import DoublureError
from doublure.core.faceset.finish import finish
from doublure.core.faceset.folder import SetFolder
from doublure.core.faceset.select import SelectSettings
from tests.core.faceset.faces import descriptor


@pytest.fixture
def folder(hero_set: SetFolder, tmp_path: Path) -> SetFolder:
    """A copy that may be changed."""
    shutil.copytree(hero_set.path, tmp_path / "mara", ignore=shutil.ignore_patterns("cache"))
    return SetFolder(tmp_path / "mara")


def strangers(folder: SetFolder, *names: str) -> None:
    """Give every face an identity, those of the pictures named another's."""
    for row, record in enumerate(list(folder.records())):
        who = 2 if record.name in names else 1
        faces = tuple(replace(f, identity=descriptor(who, 0.25, row)) for f in record.faces)
        folder.write_record(replace(record, faces=faces))


def test_the_index_can_be_made_anew_from_the_files(folder: SetFolder) -> None:
    before = folder.index.read_bytes()
    folder.index.unlink()
    finish(folder, SelectSettings())
    assert folder.index.read_bytes() == before


def test_report_and_picture_are_there(folder: SetFolder) -> None:
    text = (folder.path / "report.txt").read_text()
    assert "missing:" in text
    assert cv2.imread(str(folder.path / "coverage.png")).shape[1] > 900


def test_other_peoples_crops_do_not_stay(folder: SetFolder) -> None:
    strangers(folder, "hero/0003", "hero/0004")
    made = finish(folder, SelectSettings())
    assert made.strangers == {1: ["hero/0003.0", "hero/0004.0"]}
    assert not (folder.path / "crops/hero/0003.0.exr").exists()
    assert len(made.used) == 8
    again = finish(folder, SelectSettings())
    assert (again.reasons, again.sha256) == (made.reasons, made.sha256)


def test_another_choice_is_another_set_to_consent_to(folder: SetFolder) -> None:
    every, some = finish(folder, SelectSettings()), finish(folder, SelectSettings(most=8))
    assert len(some.used) == 8
    assert every.sha256 != some.sha256
    header = json.loads(folder.index.read_text().splitlines()[0])
    assert header["sha256"] == some.sha256


def test_whose_set_it_is_is_decided_once(folder: SetFolder) -> None:
    strangers(folder, "hero/0003", "hero/0004")
    before = finish(folder, SelectSettings())
    for row, record in enumerate(list(folder.records())):
        for k in range(3):
            other = replace(
                record.faces[0], id=f"more/{row}{k}.0", identity=descriptor(2, 0.25, 50 + 3 * row + k)
            )
            folder.write_record(replace(record, name=f"more/{row}{k}", faces=(replace(other, crop=None),)))
    after = finish(folder, SelectSettings())
    assert [face.id for face in after.used] == [face.id for face in before.used]


def test_a_damaged_likeness_is_named(folder: SetFolder) -> None:
    (folder.path / "person.json").write_text("{}")
    with pytest.raises(DoublureError, match=r"person\.json: .*give --like PICTURE"):
        finish(folder, SelectSettings())
