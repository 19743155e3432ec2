"""The stage's cameras."""

from __future__ import annotations

import numpy as np

from bench.stage.camera.camera import FACE_CENTRE, FACE_HEIGHT_CM, Camera, distance_for, random_camera


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
