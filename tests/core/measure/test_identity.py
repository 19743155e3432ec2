from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from doublure.core import weights
from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr
from doublure.core.face.find import find_faces
from doublure.core.face.view import detector_view
from doublure.core.measure import identity

NETWORKS = {"face_detection_back.tflite", "face_landmark.tflite"} <= {
    state.file for state in weights.listing() if state.present
}
EXAMPLES = Path(__file__).parents[3] / "examples"
needs_extra = pytest.mark.skipif(not identity.available(), reason="the extra doublure[identity] is absent")
FIVE = (263, 362, 33, 133, 2)


def landmarks(turn: float = 0.0, scale: float = 200.0) -> np.ndarray:
    """A mesh whose five aligned points lie as on an upright face about (200, 200), turned and scaled."""
    points = np.full((468, 3), 200.0)
    corners = np.array([(0.36, -0.29), (0.15, -0.27), (-0.38, -0.29), (-0.17, -0.27), (-0.01, 0.13)])
    c, s = np.cos(turn), np.sin(turn)
    points[list(FIVE), :2] = 200 + scale * corners @ np.array([[c, s], [-s, c]])
    return points


def view() -> np.ndarray:
    y, x = np.mgrid[:400, :400]
    waves = [127 + 80 * np.sin(x / 21 + k) * np.cos(y / 17 - k) for k in range(3)]
    return np.stack(waves, -1).astype(np.uint8)


def test_a_chip_puts_the_eyes_level_and_the_nose_below() -> None:
    marked = np.zeros((400, 400, 3), np.uint8)
    points = landmarks(turn=0.4)
    for channel, i in enumerate((263, 33, 2)):
        x, y = points[i, :2].astype(int)
        marked[y - 4 : y + 5, x - 4 : x + 5, channel] = 255
    chip = identity.chip(marked, points).astype(float)
    grid = np.mgrid[:150, :150] + 0.5
    left, right, nose = ((chip[..., k] * grid).sum((1, 2)) / chip[..., k].sum() for k in range(3))
    assert left[0] == pytest.approx(right[0], abs=1.5)
    assert left[1] - right[1] == pytest.approx(74, abs=2)
    assert nose[0] - left[0] == pytest.approx(42, abs=2)


def test_a_chip_does_not_change_with_the_size_of_the_view() -> None:
    small = identity.chip(view(), landmarks()).astype(int)
    doubled = view().repeat(2, 0).repeat(2, 1)
    large = identity.chip(doubled, landmarks() * 2).astype(int)
    assert np.abs(small - large).mean() < 2


@needs_extra
def test_a_chip_agrees_with_that_of_dlib() -> None:
    import dlib

    points = np.round(landmarks(turn=0.2, scale=180.0))
    corners = [dlib.point(int(x), int(y)) for x, y in points[list(FIVE), :2]]
    face = dlib.full_object_detection(dlib.rectangle(100, 100, 300, 300), corners)
    theirs = dlib.get_face_chip(view(), face, 150, 0.25).astype(int)
    assert np.abs(identity.chip(view(), points + 0.5).astype(int) - theirs).mean() < 3


@needs_extra
def test_one_chip_has_distance_zero_and_another_does_not() -> None:
    a, b = identity.chip(view(), landmarks()), identity.chip(view()[:, ::-1].copy(), landmarks(0.3))
    ea, eb = identity.embedding(a), identity.embedding(b)
    assert ea.shape == (128,)
    assert identity.distance(ea, identity.embedding(a)) == 0
    assert identity.distance(ea, eb) > 0


@needs_extra
@pytest.mark.skipif(not (EXAMPLES / "truth").is_dir(), reason="the example take is absent")
@pytest.mark.skipif(not NETWORKS, reason="the face networks are not fetched")
def test_one_person_is_nearer_to_himself_than_to_his_double() -> None:
    def descriptor(name: str) -> np.ndarray:
        picture = detector_view(read_exr(EXAMPLES / name)).pixels
        return identity.embedding(identity.chip(picture, find_faces(picture)[0].points))

    hero, later = descriptor("truth/truth.1001.exr"), descriptor("truth/truth.1045.exr")
    double = descriptor("plate/plate.1001.exr")
    assert identity.distance(hero, later) < identity.distance(hero, double)


@needs_extra
def test_a_file_with_another_hash_is_refused(tmp_path, monkeypatch) -> None:
    fake = tmp_path / "network.dat"
    fake.write_bytes(b"not a network")
    monkeypatch.setattr(identity, "_model_file", lambda: fake)
    identity._network.cache_clear()
    with pytest.raises(DoublureError, match="not the pinned descriptor network"):
        identity.embedding(np.zeros((150, 150, 3), np.uint8))


def test_without_the_extra_it_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    identity._network.cache_clear()
    assert not identity.available()
    with pytest.raises(DoublureError, match=r"pip install 'doublure\[identity\]'"):
        identity.embedding(np.zeros((150, 150, 3), np.uint8))


@pytest.mark.parametrize("shape", [(150, 150), (149, 150, 3)])
def test_another_shape_of_chip_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DoublureError, match="the chip is"):
        identity.embedding(np.zeros(shape, np.uint8))


def test_landmarks_that_are_not_finite_are_refused() -> None:
    points = landmarks()
    points[33] = np.nan
    with pytest.raises(DoublureError, match="landmarks are not finite"):
        identity.chip(view(), points)


def test_a_float_view_is_refused() -> None:
    with pytest.raises(DoublureError, match="not uint8"):
        identity.chip(view().astype(np.float32), landmarks())
