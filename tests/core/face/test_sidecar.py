from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from doublure.core.errors import DoublureError
from doublure.core.face import sidecar, topology
from doublure.core.face.pose import fit_pose
from doublure.core.face.sidecar import FaceFrame, Track

SHAPE = topology.canonical_shape().astype(np.float64)


def face(number: int) -> FaceFrame:
    points = (SHAPE * 40 + (100.123 + number, -8.5, 3)).astype(np.float32)
    return FaceFrame(number, True, None, 0.987654, points, fit_pose(points, SHAPE))


@pytest.fixture
def track() -> Track:
    frames = {-1: face(-1), 0: FaceFrame.lost(0, "the face was lost"), 7: face(7)}
    return Track("plate.####.exr", 1920, 1080, 2.0, SHAPE, frames)


@pytest.fixture
def saved(track, tmp_path):
    track.save(tmp_path / "plate.track.json")
    return tmp_path / "plate.track.json"


def test_a_saved_track_comes_back(track, saved):
    back = Track.load(saved)
    assert (back.source, back.width, back.height, back.pixel_aspect) == ("plate.####.exr", 1920, 1080, 2.0)
    assert [f.number for f in back] == [-1, 0, 7]
    assert [f.number for f in back.found] == [-1, 7]
    assert back.at(0) == track.at(0)
    for number in (-1, 7):
        was, now = track.at(number), back.at(number)
        assert now.points.dtype == np.float32
        np.testing.assert_allclose(now.points, was.points, atol=0.0051)
        np.testing.assert_allclose(now.pose.rotation, was.pose.rotation, atol=1e-8)
        np.testing.assert_allclose(now.pose.translation, was.pose.translation, atol=1e-4)
        assert now.pose.scale == pytest.approx(was.pose.scale, abs=1e-6)
    np.testing.assert_allclose(back.shape, track.shape, atol=1e-6)


def test_saving_what_was_loaded_writes_the_same_bytes(saved, tmp_path):
    Track.load(saved).save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == saved.read_bytes()


def test_saving_leaves_one_file_and_no_temporary(saved):
    assert list(saved.parent.iterdir()) == [saved]


def test_a_track_without_frames_is_kept(tmp_path):
    Track("a.exr", 4, 3, 1.0, SHAPE).save(tmp_path / "t.json")
    assert list(Track.load(tmp_path / "t.json")) == []


def test_a_frame_never_tracked_is_told_with_the_range(track):
    with pytest.raises(DoublureError, match=r"frame 8\).*covers -1 to 7"):
        track.at(8)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(DoublureError, match="there is no such track"):
        Track.load(tmp_path / "none.json")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"not json"])
def test_what_is_not_json_is_told(saved, content):
    saved.write_bytes(content)
    with pytest.raises(DoublureError, match="not JSON"):
        Track.load(saved)


def test_a_file_cut_short_is_told(saved):
    saved.write_bytes(saved.read_bytes()[:-100])
    with pytest.raises(DoublureError, match="cut short"):
        Track.load(saved)


@pytest.mark.parametrize("content", ["{}", '{"schema": "doublure.track/4"}', '{"schema": "else/1"}'])
def test_another_schema_is_refused(saved, content):
    saved.write_text(content)
    with pytest.raises(DoublureError, match=r"not a doublure\.track/3 file"):
        Track.load(saved)


def _damage(saved, change):
    data = json.loads(saved.read_text())
    change(data)
    saved.write_text(json.dumps(data))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("shape"),
        lambda d: d.update(extra=1),
        lambda d: d.update(width=0),
        lambda d: d["shape"].pop(),
        lambda d: d["frames"][0]["points"].append([0, 0, 0]),
        lambda d: d["frames"][0]["points"][3].pop(),
        lambda d: d["frames"][0]["pose"].update(scale=0),
        lambda d: d["frames"][0].pop("pose"),
        lambda d: d["frames"][1].pop("reason"),
        lambda d: d["frames"][0].update(number="1"),
        lambda d: d["frames"][0].update(score="nan"),
    ],
)
def test_damage_is_told_in_a_sentence(saved, change):
    _damage(saved, change)
    with pytest.raises(DoublureError, match="the track is damaged at") as caught:
        Track.load(saved)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("content", ["[]", "3", "null"])
def test_json_of_another_kind_is_refused(saved, content):
    saved.write_text(content)
    with pytest.raises(DoublureError, match="not a doublure"):
        Track.load(saved)


def test_a_frame_twice_is_refused(saved):
    _damage(saved, lambda d: d["frames"].append(d["frames"][0]))
    with pytest.raises(DoublureError, match=r"frame -1\).*twice"):
        Track.load(saved)


def test_a_rotation_that_is_none_is_refused(saved):
    _damage(saved, lambda d: d["frames"][0]["pose"].update(rotation=[[1, 0, 0], [0, 1, 0], [0, 0, -1]]))
    with pytest.raises(DoublureError, match="rotation is not one"):
        Track.load(saved)


def test_a_number_that_is_not_finite_is_refused(saved):
    saved.write_text(saved.read_text().replace('"score":0.9877', '"score":NaN'))
    with pytest.raises(DoublureError, match="not JSON"):
        Track.load(saved)


def test_confidence_and_pupils_come_back(track, tmp_path):
    sure = np.linspace(0, 1, 468).astype(np.float32)
    pupils = np.array([[90.25, 41.5], [120.75, 42.0]])
    track.frames[7] = replace(track.frames[7], confidence=sure, pupils=pupils)
    track.save(tmp_path / "t.json")
    back = Track.load(tmp_path / "t.json").at(7)
    np.testing.assert_allclose(back.confidence, sure, atol=0.0101)
    assert np.flatnonzero(back.confidence == 0).tolist() == [0]
    np.testing.assert_allclose(back.pupils, pupils)
    assert Track.load(tmp_path / "t.json").at(-1).confidence is None


@pytest.mark.parametrize("version", [1, 2])
def test_a_sidecar_of_an_older_version_still_loads(saved, version):
    saved.write_text(saved.read_text().replace("doublure.track/3", f"doublure.track/{version}"))
    old = Track.load(saved).at(7)
    assert old.found
    assert old.pupils is None
    assert not old.occluded


def test_a_confidence_beyond_a_hundred_percent_is_damage(track, tmp_path):
    track.frames[7] = replace(track.frames[7], confidence=np.ones(468, np.float32))
    track.save(tmp_path / "t.json")
    text = (tmp_path / "t.json").read_text()
    (tmp_path / "t.json").write_text(text.replace('"confidence":[100', '"confidence":[101'))
    with pytest.raises(DoublureError, match="damaged"):
        Track.load(tmp_path / "t.json")


def test_a_face_with_hidden_points_is_occluded(track):
    sure = np.ones(468, np.float32)
    sure[:40] = 0
    assert replace(track.frames[7], confidence=sure).occluded
    sure[5:] = 1
    assert not replace(track.frames[7], confidence=sure).occluded


def test_a_scaled_face_has_scaled_pupils(track):
    face = replace(track.frames[7], pupils=np.array([[90.0, 40.0], [120.0, 42.0]]))
    np.testing.assert_allclose(face.scaled(0.5).pupils, [[45, 20], [60, 21]])


def test_what_was_done_by_hand_and_what_only_some_tracks_have_comes_back(track, tmp_path):
    track.frames[7] = replace(track.frames[7], by_hand=True, coefficients=np.array([0.5, -1.25]))
    track.frames[8] = FaceFrame.lost(8, "switched off by hand", by_hand=True)
    more = {"face": 2, "label": "Mara", "cuts": (5, 7), "focal": 1850.5, "coefficients": np.arange(3.0)}
    replace(track, **more).save(tmp_path / "t.json")
    back = Track.load(tmp_path / "t.json")
    assert (back.face, back.label, back.cuts, back.focal) == (2, "Mara", (5, 7), 1850.5)
    np.testing.assert_allclose(back.coefficients, [0, 1, 2])
    np.testing.assert_allclose(back.at(7).coefficients, [0.5, -1.25])
    assert [back.at(n).by_hand for n in (-1, 7, 8)] == [False, True, True]


def _points(change):
    return lambda d: change(d["frames"][0]["points"])


ARRAYS = {
    "a word": _points(lambda p: p[3].__setitem__(1, "4")),
    "true": _points(lambda p: p[3].__setitem__(1, True)),
    "nothing": _points(lambda p: p[3].__setitem__(1, None)),
    "a row that is a number": _points(lambda p: p.__setitem__(9, 3.0)),
    "a row of four": _points(lambda p: p[0].append(1.0)),
    "a row in a row": _points(lambda p: p[0].__setitem__(0, [1.0])),
    "one row too few": _points(lambda p: p.pop()),
    "a word for an array": lambda d: d["frames"][0].update(points="none"),
    "a turn of two rows": lambda d: d["frames"][0]["pose"]["rotation"].pop(),
    "confidence of a half percent": lambda d: d["frames"][0].update(confidence=[0.5] * 468),
    "confidence below 0": lambda d: d["frames"][0].update(confidence=[-1] * 468),
    "three pupils": lambda d: d["frames"][0].update(pupils=[[1, 2]] * 3),
    "an unknown field": lambda d: d["frames"][0].update(mood="good"),
    "by_hand that is a number": lambda d: d["frames"][0].update(by_hand=1),
    "found that is a word": lambda d: d["frames"][0].update(found="yes"),
}


@pytest.mark.parametrize("change", ARRAYS.values(), ids=ARRAYS)
def test_whatever_the_schema_refuses_is_refused_with_the_frame(saved, change):
    """The schema by itself is the judge; the quick check must not be kinder."""
    _damage(saved, change)
    schema = json.loads((Path(sidecar.__file__).parent / "track.schema.json").read_text())
    assert not jsonschema.Draft202012Validator(schema).is_valid(json.loads(saved.read_text()))
    with pytest.raises(DoublureError, match=r"\(frame -1\): the track is damaged at frames/0"):
        Track.load(saved)


def test_what_is_saved_is_what_the_schema_says(track, tmp_path):
    track.frames[7] = replace(track.frames[7], confidence=np.ones(468, np.float32), by_hand=True)
    replace(track, face=1, label="Mara", cuts=(7,), focal=900.0).save(tmp_path / "t.json")
    schema = json.loads((Path(sidecar.__file__).parent / "track.schema.json").read_text())
    jsonschema.validate(json.loads((tmp_path / "t.json").read_text()), schema)


@pytest.mark.parametrize("frames", [None, {}, [3], [None]])
def test_frames_that_are_none_are_refused(saved, frames):
    _damage(saved, lambda d: d.update(frames=frames))
    with pytest.raises(DoublureError, match="damaged at frames"):
        Track.load(saved)


def test_a_number_that_overflows_is_refused(saved):
    saved.write_text(saved.read_text().replace('"score":0.9877', '"score":1e999'))
    with pytest.raises(DoublureError, match=r"damaged|not finite"):
        Track.load(saved)


@pytest.mark.parametrize("number", ["1e999", "1" + 400 * "0"])
def test_a_place_that_is_too_large_is_refused(saved, number):
    text = saved.read_text()
    start = text.index('"points":[[') + len('"points":[[')
    saved.write_text(text[:start] + number + text[text.index(",", start) :])
    with pytest.raises(DoublureError, match=r"\(frame -1\): the track is damaged at frames/0/points"):
        Track.load(saved)
