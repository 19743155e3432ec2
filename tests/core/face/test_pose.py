from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from doublure.core.face import topology
from doublure.core.face.pose import Pose, fit_pose, normalise, person_shape
from doublure.core.face.rigid_fit import similarity

SHAPE = topology.canonical_shape().astype(np.float64)


def seen(yaw=0.0, pitch=0.0, roll=0.0, scale=50.0, at=(320.0, 200.0), depth=-7.0, shape=SHAPE):
    """(points (468, 3), rotation): a head in a picture."""
    rotation = Rotation.from_euler("ZXY", [roll, pitch, yaw], degrees=True).as_matrix()
    return scale * shape @ rotation.T + np.array([*at, depth]), rotation


@pytest.mark.parametrize("angles", [(0, 0, 0), (40, 0, 0), (-40, 15, 10), (5, -20, 175), (70, 10, -90)])
def test_a_known_pose_is_recovered(angles):
    points, rotation = seen(*angles)
    pose = fit_pose(points, SHAPE)
    np.testing.assert_allclose(pose.rotation, rotation, atol=1e-8)
    assert pose.scale == pytest.approx(50)
    np.testing.assert_allclose(pose.translation, (320, 200), atol=1e-6)


def test_project_puts_the_shape_where_the_landmarks_are():
    points, _ = seen(25, -10, 30)
    np.testing.assert_allclose(fit_pose(points, SHAPE).project(SHAPE), points[:, :2], atol=1e-6)


def test_angles_are_those_of_the_picture():
    def angles(rotation):
        pose = Pose(rotation, 1.0, np.zeros(2))
        return pose.yaw, pose.pitch, pose.roll

    nose = np.array([0.0, 0.0, -1.0])
    right = Rotation.from_euler("y", -30, degrees=True).as_matrix()
    assert (right @ nose)[0] > 0
    assert angles(right) == pytest.approx((30, 0, 0))
    down = Rotation.from_euler("x", 20, degrees=True).as_matrix()
    assert (down @ nose)[1] > 0
    assert angles(down) == pytest.approx((0, 20, 0))
    assert angles(Rotation.from_euler("z", 15, degrees=True).as_matrix()) == pytest.approx((0, 0, 15))


def test_moving_mouth_lids_and_jaw_do_not_move_the_pose():
    points, _ = seen(20)
    still = fit_pose(points, SHAPE)
    moved = points.copy()
    moved[sorted(set(range(468)) - set(topology.RIGID))] += (0, 12, 5)
    talking = fit_pose(moved, SHAPE)
    np.testing.assert_array_equal(talking.rotation, still.rotation)
    assert talking.scale == still.scale


def test_a_few_wild_points_do_not_move_the_pose():
    points, rotation = seen(15, 5, -5)
    points[list(topology.RIGID[:5])] += (30, -20, 10)
    pose = fit_pose(points, SHAPE)
    np.testing.assert_allclose(pose.rotation, rotation, atol=1e-3)
    assert pose.scale == pytest.approx(50, rel=1e-3)


def test_scale_is_trusted_to_x_and_y_when_depth_is_wrong():
    points, _ = seen(0)
    points[:, 2] *= 1.5
    assert fit_pose(points, SHAPE).scale == pytest.approx(50, rel=0.06)


def test_the_person_shape_is_normalised_and_free_of_pose():
    rng = np.random.default_rng(7)
    person = normalise(SHAPE * (1.1, 0.95, 1.05))
    frames = []
    for _ in range(15):
        yaw, pitch, roll = rng.uniform(-30, 30, 3)
        points, _ = seen(yaw, pitch, roll, rng.uniform(20, 90), rng.uniform(0, 500, 2), 3.0, person)
        frames.append(points + rng.normal(0, 0.05, points.shape))
    shape = person_shape(frames)
    rigid = shape[list(topology.RIGID)]
    np.testing.assert_allclose(rigid.mean(0), 0, atol=1e-9)
    assert (rigid**2).sum(1).mean() == pytest.approx(1)
    # Upright is as the canonical head is, which leaves a few degrees of pitch to a differently built one.
    _, turn, _ = similarity(shape, person, np.ones(468))
    assert np.degrees(Rotation.from_matrix(turn).magnitude()) < 4
    np.testing.assert_allclose(shape @ turn.T, person, atol=0.005)


def test_one_frame_is_enough_for_a_shape():
    points, _ = seen(10, 5, 20)
    np.testing.assert_allclose(person_shape([points]), SHAPE, atol=1e-4)


def test_a_bad_frame_does_not_move_the_person_shape():
    good = [seen(angle)[0] for angle in (-20, -10, 0, 10, 20)]
    bad = np.random.default_rng(3).normal(100, 30, (468, 3))
    np.testing.assert_allclose(person_shape([*good, bad]), SHAPE, atol=1e-3)


@pytest.mark.parametrize("frames", [[], [np.zeros((467, 3))]])
def test_wrong_input_is_refused(frames):
    with pytest.raises(ValueError, match="landmarks"):
        person_shape(frames)
