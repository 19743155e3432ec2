from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from doublure.core.face.pose import Pose
from doublure.core.face.topology import CHIN, FOREHEAD, LEFT_EYE, NOSE_TIP, RIGHT_EYE, canonical_shape
from doublure.core.swap.rest import _MOST, _opening, face_at_rest, lip_gap

SHAPE = canonical_shape().astype(np.float64)
STRAIGHT = Pose(np.eye(3), 1.0, np.zeros(2))


def gap(shape: np.ndarray) -> float:
    return lip_gap(shape, STRAIGHT)


@pytest.mark.parametrize("share", [-0.1, 0.0, 0.2, 0.8])
def test_however_far_a_mean_mouth_is_open_at_rest_it_is_shut(share: float) -> None:
    shut = face_at_rest(SHAPE + share * _opening(), [0.0])
    assert gap(shut) == pytest.approx(0.0, abs=1e-9)
    np.testing.assert_allclose(shut, face_at_rest(SHAPE, [0.0]), atol=1e-9)


def test_the_chin_rises_and_the_rest_of_the_face_stays() -> None:
    opened = SHAPE + 0.5 * _opening()
    moved = face_at_rest(opened, [0.0]) - opened
    assert moved[CHIN, 1] < -0.2
    assert np.abs(moved[[FOREHEAD, NOSE_TIP, *LEFT_EYE, *RIGHT_EYE]]).max() < 0.02


def test_a_gap_is_the_heads_own_however_it_is_turned_and_large() -> None:
    rotation = Rotation.from_euler("ZXY", [30, -10, 40], degrees=True).as_matrix()
    pose = Pose(rotation, 70.0, np.array([300.0, 200.0]))
    opened = SHAPE + (0.3 - gap(SHAPE)) * _opening()
    seen = pose.scale * opened @ rotation.T + (*pose.translation, 12.0)
    assert lip_gap(seen, pose) == pytest.approx(0.3)


def test_lips_that_seldom_come_nearer_are_taken_to_touch() -> None:
    gaps = [0.05] * 3 + list(np.linspace(0.05, 0.6, 30))
    assert gap(face_at_rest(SHAPE, gaps)) == pytest.approx(0.05)


def test_a_mouth_that_is_open_throughout_is_not_taken_for_shut() -> None:
    assert gap(face_at_rest(SHAPE, [0.5] * 9)) == pytest.approx(_MOST)


def test_one_frame_hardly_changes_what_is_at_rest() -> None:
    gaps = list(np.linspace(0.031, 0.6, 40))
    np.testing.assert_array_equal(face_at_rest(SHAPE, gaps), face_at_rest(SHAPE, [*gaps[:-1], 0.2]))
