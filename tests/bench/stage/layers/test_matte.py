"""The mattes of a face and of what crosses it."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("mitsuba")

from bench.stage.camera.camera import Camera
from bench.stage.layers.matte import face_matte, mattes

CAMERA = Camera(32, 32, 20, 60, np.zeros(3))
TWO = np.array([[0, 1, 2], [0, 2, 3]])
ALL = np.ones(2, bool)


def _square(size: float, x: float = 0.0, z: float = 0.0) -> np.ndarray:
    return (np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * size + [x, 0, z]).astype(np.float32)


def test_a_matte_covers_the_projected_area() -> None:
    camera = Camera(64, 64, 20, 50, np.zeros(3))
    matte = face_matte(_square(4), TWO, camera)
    corners = camera.project(_square(4))
    assert np.isclose(matte.sum(), np.ptp(corners[:, 0]) * np.ptp(corners[:, 1]), rtol=0.01)
    assert matte[0, 0] == 0
    assert matte[32, 32] == 1


def test_without_a_blocker_nothing_is_occluded() -> None:
    matte, occlusion = mattes(_square(5), TWO, CAMERA, None, ALL)
    assert matte.max() == 1
    assert not occlusion.any()


def test_the_blocker_is_cut_out_of_the_matte_and_shown_in_the_occlusion() -> None:
    free, _ = mattes(_square(5), TWO, CAMERA, None, ALL)
    matte, occlusion = mattes(_square(5), TWO, CAMERA, (_square(2, z=4), TWO), ALL)
    assert matte[16, 16] == 0
    assert occlusion[16, 16] == 1
    assert np.allclose(matte + occlusion, free)


def test_a_blocker_behind_the_head_hides_nothing() -> None:
    free, _ = mattes(_square(5), TWO, CAMERA, None, ALL)
    matte, occlusion = mattes(_square(5), TWO, CAMERA, (_square(2, z=-4), TWO), ALL)
    assert np.array_equal(matte, free)
    assert not occlusion.any()


def test_occlusion_counts_only_over_the_head() -> None:
    _, occlusion = mattes(_square(3), TWO, CAMERA, (_square(5, x=5, z=4), TWO), ALL)
    free, _ = mattes(_square(3), TWO, CAMERA, None, ALL)
    assert occlusion.any()
    assert (occlusion <= free).all()


def test_a_blocker_beside_the_face_but_over_the_head_occludes_without_cutting() -> None:
    half = np.array([True, False])
    free, _ = mattes(_square(5), TWO, CAMERA, None, half)
    matte, occlusion = mattes(_square(5), TWO, CAMERA, (_square(1.0, x=-3.4, z=1), TWO), half)
    assert occlusion.sum() > 0
    assert np.array_equal(matte, free)


def test_edges_are_soft_in_sixteenths() -> None:
    matte, _ = mattes(_square(4.3), TWO, CAMERA, None, ALL)
    assert np.array_equal(matte * 16, np.rint(matte * 16))
    assert ((matte > 0) & (matte < 1)).any()


def test_a_face_outside_the_picture_has_no_matte() -> None:
    matte, occlusion = mattes(_square(3, x=100), TWO, CAMERA, None, ALL)
    assert not matte.any()
    assert not occlusion.any()


def test_a_face_cut_by_the_frames_edge_keeps_the_part_inside() -> None:
    matte, _ = mattes(_square(5, x=10), TWO, CAMERA, None, ALL)
    assert matte[16, -1] == 1
    assert matte[16, 0] == 0
