from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from doublure.core.errors import DoublureError
from doublure.core.faceset.face import PictureRecord, picture_from_json, picture_to_json
from tests.core.faceset.faces import descriptor, face

RECORD = PictureRecord(
    "mara/0001",
    Path("/footage/mara.0001.exr"),
    123,
    456,
    1,
    "0" * 64,
    None,
    True,
    (face(yaw=12.5, identity=descriptor(1, 0.2, 3), hidden=0.25, light={"x": -0.4}),),
)


def test_a_record_comes_back_as_it_was() -> None:
    back = picture_from_json(json.loads(json.dumps(picture_to_json(RECORD))), Path("a.json"))
    assert (back.name, back.file, back.sha256, back.frame) == (
        RECORD.name, RECORD.file, RECORD.sha256, 1
    )  # fmt: skip
    old, new = RECORD.faces[0], back.faces[0]
    assert (new.id, new.yaw, new.hidden, new.light) == (old.id, old.yaw, old.hidden, old.light)
    assert np.array_equal(new.thumbnail, old.thumbnail)
    assert np.allclose(new.identity, old.identity, atol=1e-5)
    assert np.allclose(new.traits, old.traits)


def test_pupils_come_back_and_a_record_from_before_them_has_none() -> None:
    pupils = np.array([[101.25, 90.0], [140.5, 91.75]], np.float32)
    data = picture_to_json(replace(RECORD, faces=(face(pupils=pupils),)))
    assert np.array_equal(picture_from_json(data, Path("a.json")).faces[0].pupils, pupils)
    del data["faces"][0]["pupils"]
    assert picture_from_json(data, Path("a.json")).faces[0].pupils is None


def test_another_version_is_refused() -> None:
    data = {**picture_to_json(RECORD), "schema": "doublure.faceset.picture/9"}
    with pytest.raises(DoublureError, match="run doublure faceset again"):
        picture_from_json(data, Path("a.json"))


@pytest.mark.parametrize("missing", ["name", "sha256", "faces"])
def test_a_damaged_record_is_named(missing: str) -> None:
    data = picture_to_json(RECORD)
    del data[missing]
    with pytest.raises(DoublureError, match=r"a\.json: the record is damaged"):
        picture_from_json(data, Path("a.json"))


def test_a_face_without_all_landmarks_is_damaged() -> None:
    data = picture_to_json(RECORD)
    del data["faces"][0]["points"][7]
    with pytest.raises(DoublureError, match="467"):
        picture_from_json(data, Path("a.json"))
