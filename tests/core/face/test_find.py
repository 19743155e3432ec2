from __future__ import annotations

import cv2
import numpy as np
import pytest

from doublure.core.face.find import find_faces


def scene(picture: np.ndarray, height: int, width: int, *faces: tuple[int, int, int]) -> np.ndarray:
    """A grey picture with the face pasted at (x, y, side) pixels."""
    out = np.full((height, width, 3), 110, np.uint8)
    for x, y, side in faces:
        out[y : y + side, x : x + side] = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    return out


def test_the_face_is_found_where_it_is(picture):
    (seen,) = find_faces(scene(picture, 400, 600, (250, 120, 192)))
    assert np.linalg.norm(seen.centre - (250 + 93, 120 + 115)) < 15
    assert seen.presence > 0.99


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_turned_faces_are_found(picture, quarters):
    (seen,) = find_faces(np.ascontiguousarray(np.rot90(picture, quarters)))
    upright = find_faces(picture)[0]
    assert seen.size == pytest.approx(upright.size, rel=0.05)
    eyes = seen.points[263, :2] - seen.points[33, :2]
    angle = np.degrees(np.arctan2(eyes[1], eyes[0]))
    assert abs((angle + 90 * quarters + 180) % 360 - 180) < 8


def test_a_small_face_in_a_large_plate_is_found(picture):
    (seen,) = find_faces(scene(picture, 1080, 2048, (1500, 700, 110)))
    assert 1500 < seen.centre[0] < 1610
    assert 700 < seen.centre[1] < 810


def test_the_largest_face_comes_first(picture):
    seen = find_faces(scene(picture, 300, 620, (20, 60, 140), (300, 20, 240)), wanted=2)
    assert [round(one.centre[0]) > 300 for one in seen] == [True, False]


def test_each_face_is_counted_once(picture):
    assert len(find_faces(scene(picture, 400, 600, (100, 100, 192)), wanted=3)) == 1


@pytest.mark.parametrize("seed", [0, 1])
def test_noise_holds_no_face(seed):
    noise = np.random.default_rng(seed).integers(0, 255, (300, 400, 3)).astype(np.uint8)
    assert find_faces(noise) == []
