"""The stage's cameras, head pose and matte."""

from __future__ import annotations

import numpy as np
import pytest

from bench.stage.camera.camera import FACE_CENTRE, FACE_HEIGHT_CM, Camera, distance_for, random_camera
from bench.stage.example import FACE_PIXELS, OVERSCAN, example_camera
from bench.stage.people.body import head_matrix, pose_head


def test_the_aim_projects_to_the_middle_of_the_film() -> None:
    camera = Camera(64, 48, 20, 100, FACE_CENTRE)
    assert np.allclose(camera.project(FACE_CENTRE[None]), [[32, 24]])


def test_directions_are_the_inverse_of_projection() -> None:
    camera = Camera(64, 48, 20, 100, FACE_CENTRE)
    d = camera.directions(np.array([10.0]), np.array([40.0]))
    assert np.allclose(camera.project(camera.origin + 80 * d), [[10, 40]])


def test_a_face_fills_the_wanted_fraction() -> None:
    camera = Camera(200, 200, 15, distance_for(15, 0.6), FACE_CENTRE)
    ends = FACE_CENTRE + np.array([[0, FACE_HEIGHT_CM / 2, 0], [0, -FACE_HEIGHT_CM / 2, 0]])
    assert np.isclose(np.ptp(camera.project(ends)[:, 1]), 120)


def test_random_cameras_repeat_with_their_seed() -> None:
    a, b = random_camera(1, 5, 192), random_camera(1, 5, 192)
    assert (a.fov, a.distance, *a.aim) == (b.fov, b.distance, *b.aim)


def test_the_face_of_the_take_is_280_pixels_high() -> None:
    camera = example_camera()
    ends = FACE_CENTRE + np.array([[0, FACE_HEIGHT_CM / 2, 0], [0, -FACE_HEIGHT_CM / 2, 0]])
    assert np.isclose(np.ptp(camera.project(ends)[:, 1]), FACE_PIXELS, rtol=0.01)
    assert (camera.width, camera.height) == (960 + 2 * OVERSCAN, 540 + 2 * OVERSCAN)


@pytest.mark.parametrize("pose", [(0, 0, 0), (30, -10, 5)])
def test_head_matrices_are_rotations(pose: tuple[float, float, float]) -> None:
    m = head_matrix(np.array(pose, float))
    assert np.allclose(m @ m.T, np.eye(3))
    assert np.isclose(np.linalg.det(m), 1)


def test_the_collar_stays_while_the_head_turns() -> None:
    points = np.array([[0.0, -20, 3], [0.0, 5, 9]])
    posed = pose_head(points, np.array([0.0, 1.0]), np.array([20.0, 0, 0]))
    assert np.allclose(posed[0], points[0])
    assert posed[1, 0] > 3


def test_a_neck_turned_far_stays_as_wide() -> None:
    from bench.stage.people.body import PIVOT

    rim = PIVOT + np.array([[5.0, 3.0, 0.0], [0.0, 3.0, 5.0], [-5.0, 3.0, 0.0]])
    posed = pose_head(rim, np.full(3, 0.5), np.array([70.0, 0, 0]))
    assert np.allclose(np.linalg.norm((posed - PIVOT)[:, [0, 2]], axis=1), 5.0, atol=1e-4)
