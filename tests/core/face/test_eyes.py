from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from doublure.core import weights
from doublure.core.exr import read_exr
from doublure.core.face.eyes import LIDS, RIMS, eye_crop, read_eyes, tracked_crop, with_eyes
from doublure.core.face.find import find_faces
from doublure.core.face.topology import mirror
from doublure.core.face.view import detector_view

pytestmark = pytest.mark.skipif(
    not all(state.present for state in weights.listing()),
    reason="the detector weights are absent (doublure weights fetch)",
)
ROOT = Path(__file__).parents[3]


def look(file: Path) -> tuple[np.ndarray, np.ndarray]:
    picture = detector_view(read_exr(file)).pixels
    return picture, find_faces(picture)[0].points


@pytest.fixture(scope="module")
def face() -> tuple[np.ndarray, np.ndarray]:
    return look(ROOT / "tests" / "data" / "face.exr")


def openings(points: np.ndarray) -> list[float]:
    """Right and left eye, as shares of their width."""
    return [
        float(np.linalg.norm(points[rim[4], :2] - points[rim[12], :2]))
        / float(np.linalg.norm(points[rim[0], :2] - points[rim[8], :2]))
        for rim in RIMS
    ]


def test_only_the_lids_move_and_no_corner(face) -> None:
    picture, points = face
    moved = (with_eyes(points, read_eyes(picture, points)) != points).any(1)
    assert set(np.flatnonzero(moved)) == {rim[i] for rim in RIMS for i in LIDS}


def test_the_pupils_lie_within_the_rims(face) -> None:
    picture, points = face
    for eye in read_eyes(picture, points):
        assert (eye.pupil > eye.rim.min(0)).all()
        assert (eye.pupil < eye.rim.max(0)).all()


def test_a_shut_eye_is_seen_shut() -> None:
    def seen(number: int) -> np.ndarray:
        picture, points = look(ROOT / "examples" / "plate" / f"plate.{number}.exr")
        return np.array(openings(with_eyes(points, read_eyes(picture, points))))

    # The driver of the example blinks at 1011.
    assert (seen(1011) < 0.45 * seen(1018)).all()


def test_known_middles_give_the_same_eyes_as_looked_for_ones(face) -> None:
    picture, points = face
    found = read_eyes(picture, points)
    again = read_eyes(picture, points, (found[0].centre, found[1].centre))
    for a, b in zip(found, again, strict=True):
        assert np.abs(a.rim - b.rim).max() < 1.0


def test_a_mirrored_picture_has_mirrored_eyes(face) -> None:
    picture, points = face
    width = picture.shape[1]
    mirrored = (points * (-1, 1, 1) + (width, 0, 0))[mirror()]
    right, left = read_eyes(picture, points)
    other_right, other_left = read_eyes(np.ascontiguousarray(picture[:, ::-1]), mirrored)
    for here, there in ((right, other_left), (left, other_right)):
        assert np.abs(here.pupil - (there.pupil * (-1, 1) + (width, 0))).max() < 0.6


def test_an_eye_beyond_the_pictures_edge_gives_finite_points(face) -> None:
    picture, points = face
    away = np.array([-500.0, 40.0])
    for eye in read_eyes(picture, points, (away, away)):
        assert np.isfinite(eye.rim).all()


def test_a_tracks_lids_lay_the_crop_where_looking_would(face) -> None:
    picture, points = face
    tracked = with_eyes(points, read_eyes(picture, points))
    for side in (0, 1):
        looked, laid = eye_crop(picture, points, side), tracked_crop(tracked, side)
        assert np.linalg.norm(laid.centre - looked.centre) < 0.03 * looked.side
        assert (laid.side, laid.angle) == (looked.side, looked.angle)


def test_a_shut_eyes_crop_is_laid_on_the_shut_lids_not_between_the_corners() -> None:
    points = np.zeros((468, 3))
    rim = RIMS[0]
    points[list(rim), 0] = 100 + 20 * np.cos(np.linspace(0, 2 * np.pi, 16, endpoint=False))
    points[[rim[i] for i in LIDS], 1] = 57.0
    points[[rim[0], rim[8]], 1] = 50.0
    assert tracked_crop(points, 0).centre == pytest.approx([100.0, 57.0])
