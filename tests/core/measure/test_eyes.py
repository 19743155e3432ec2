from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from doublure.core import weights
from doublure.core.exr import read_exr
from doublure.core.face.eyes import RIMS
from doublure.core.face.find import find_faces
from doublure.core.face.landmarks import Crop
from doublure.core.face.topology import EYE_CORNERS, mirror
from doublure.core.face.view import detector_view
from doublure.core.measure.expression import LEFT_LIDS, RIGHT_LIDS, opening
from doublure.core.measure.eyes import eye_crops, with_lids
from doublure.core.measure.landmarks import inter_ocular

NETWORKS = all(state.present for state in weights.listing())
pytestmark = pytest.mark.skipif(
    not NETWORKS, reason="the detector weights are absent (doublure weights fetch)"
)
ROOT = Path(__file__).parents[3]
FACE = ROOT / "tests" / "data" / "face.exr"


def look(file: Path) -> tuple[np.ndarray, np.ndarray]:
    picture = detector_view(read_exr(file)).pixels
    return picture, find_faces(picture)[0].points


def lids(picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    return with_lids(picture, points, eye_crops(picture, points))


@pytest.fixture(scope="module")
def face() -> tuple[np.ndarray, np.ndarray]:
    return look(FACE)


def test_only_the_lids_move_and_no_corner(face):
    moved = lids(*face) != face[1]
    ring = {index for rim in RIMS for index in rim} - set(EYE_CORNERS)
    assert set(np.flatnonzero(moved.any(1))) <= ring
    assert not moved[:, 2].any()


def test_the_lids_lie_between_the_corners_upper_above_lower(face):
    points = lids(*face)
    for pairs, (first, last) in ((RIGHT_LIDS, (33, 133)), (LEFT_LIDS, (362, 263))):
        for upper, lower in pairs:
            assert points[upper, 1] < points[lower, 1]
            assert points[first, 0] < points[upper, 0] < points[last, 0]


@pytest.mark.parametrize("side", [0, 1])
def test_a_shut_eye_is_seen_shut(side):
    def open_by(number: int) -> float:
        points = lids(*look(ROOT / "examples" / "plate" / f"plate.{number}.exr"))
        return opening(points, (RIGHT_LIDS, LEFT_LIDS)[side]) / float(inter_ocular(points))

    # The driver of the example blinks at 1011; of her farther eye, under long lashes, the network sees the least of it.
    assert open_by(1011) < 0.65 * open_by(1018)


def test_a_mirrored_picture_has_mirrored_lids(face):
    picture, points = face
    mirrored = (points * (-1, 1, 1) + (picture.shape[1], 0, 0))[mirror()]
    back = lids(np.ascontiguousarray(picture[:, ::-1]), mirrored) * (-1, 1, 1) + (picture.shape[1], 0, 0)
    assert np.abs(back[mirror()] - lids(picture, points))[:, :2].max() < 0.6


def test_a_larger_picture_has_larger_lids(face):
    picture, points = face
    double = cv2.resize(picture, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    assert np.abs(lids(double, 4 * points) / 4 - lids(picture, points))[:, :2].max() < 1.0


def test_an_eye_beyond_the_pictures_edge_gives_finite_points(face):
    picture, points = face
    away = Crop(np.array([-500.0, 40.0]), 80.0, 0.3)
    assert np.isfinite(with_lids(picture, points, (away, away))).all()
