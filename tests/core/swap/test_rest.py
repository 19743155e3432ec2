from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from doublure.core.face.pose import Pose
from doublure.core.face.topology import CHIN, FOREHEAD, LEFT_EYE, NOSE_TIP, RIGHT_EYE, canonical_shape
from doublure.core.swap.rest import _MOST, _openings, face_at_rest, gaps

SHAPE = canonical_shape().astype(np.float64)
STRAIGHT = Pose(np.eye(3), 1.0, np.zeros(2))
NAN = float("nan")
JAW, RIGHT, LEFT = range(3)


def lips(*apart: float) -> list[tuple[float, float, float]]:
    """Of frames whose lids nobody knows."""
    return [(one, NAN, NAN) for one in apart]


def lids(*apart: float) -> list[tuple[float, float, float]]:
    """Of frames whose lips touch."""
    return [(0.0, one, one) for one in apart]


@pytest.mark.parametrize("share", [-0.1, 0.0, 0.2, 0.8])
def test_however_far_a_mean_mouth_is_open_at_rest_it_is_shut(share: float) -> None:
    shut = face_at_rest(SHAPE + share * _openings()[JAW], lids(1.0))
    assert gaps(shut, STRAIGHT)[JAW] == pytest.approx(0.0, abs=1e-9)
    np.testing.assert_allclose(shut, face_at_rest(SHAPE, lids(1.0)), atol=1e-9)


@pytest.mark.parametrize("share", [-0.6, 0.0, 0.3])
def test_however_far_mean_eyes_are_shut_at_rest_they_are_open(share: float) -> None:
    opened = face_at_rest(SHAPE + share * _openings()[RIGHT], lids(1.1))
    np.testing.assert_allclose(gaps(opened, STRAIGHT)[[RIGHT, LEFT]], 1.1, atol=1e-9)
    np.testing.assert_allclose(opened, face_at_rest(SHAPE, lids(1.1)), atol=1e-9)


def test_the_chin_rises_and_the_rest_of_the_face_stays() -> None:
    opened = SHAPE + 0.5 * _openings()[JAW]
    moved = face_at_rest(opened, lips(0.0)) - opened
    assert moved[CHIN, 1] < -0.2
    assert np.abs(moved[[FOREHEAD, NOSE_TIP, *LEFT_EYE, *RIGHT_EYE]]).max() < 0.02


def test_gaps_are_the_heads_own_however_it_is_turned_and_large() -> None:
    rotation = Rotation.from_euler("ZXY", [30, -10, 40], degrees=True).as_matrix()
    pose = Pose(rotation, 70.0, np.array([300.0, 200.0]))
    shape = face_at_rest(SHAPE, [(0.0, 0.9, 1.2)]) + 0.3 * _openings()[JAW]
    seen = pose.scale * shape @ rotation.T + (*pose.translation, 12.0)
    np.testing.assert_allclose(gaps(seen, pose), gaps(shape, STRAIGHT), atol=1e-9)
    np.testing.assert_allclose(gaps(seen, pose), [0.3, 0.9, 1.2], atol=0.01)


def test_lips_that_seldom_come_nearer_are_taken_to_touch() -> None:
    found = lips(*[0.05] * 3, *np.linspace(0.05, 0.6, 30))
    assert gaps(face_at_rest(SHAPE, found), STRAIGHT)[JAW] == pytest.approx(0.05)


def test_a_mouth_that_is_open_throughout_is_not_taken_for_shut() -> None:
    assert gaps(face_at_rest(SHAPE, lips(*[0.5] * 9)), STRAIGHT)[JAW] == pytest.approx(_MOST)


def test_eyes_that_blink_in_two_frames_of_three_are_as_open_as_in_the_third() -> None:
    found = lids(*[0.1, 0.4, 1.0] * 10)
    np.testing.assert_allclose(gaps(face_at_rest(SHAPE, found), STRAIGHT)[[RIGHT, LEFT]], 1.0, atol=1e-9)


def test_each_eye_has_its_own_lids() -> None:
    found = [(0.0, 0.8, 1.2)] * 9
    np.testing.assert_allclose(
        gaps(face_at_rest(SHAPE, found), STRAIGHT)[[RIGHT, LEFT]], [0.8, 1.2], atol=1e-9
    )


def test_lids_that_nobody_knows_stay_as_they_are_on_average() -> None:
    moved = face_at_rest(SHAPE, lips(0.0)) - SHAPE
    assert np.abs(moved[[*LEFT_EYE, *RIGHT_EYE]]).max() < 5e-3


def test_one_frame_hardly_changes_what_is_at_rest() -> None:
    found = [(gap, 1 - gap, 1 - gap) for gap in np.linspace(0.031, 0.6, 40)]
    np.testing.assert_array_equal(
        face_at_rest(SHAPE, found), face_at_rest(SHAPE, [*found[:-1], (0.2, 0.4, 0.4)])
    )
