from __future__ import annotations

import numpy as np
import pytest

from doublure.core.face.pose import Pose
from doublure.core.face.topology import canonical_shape
from doublure.core.swap.expression_gain import displacement, field, warp

SIZE = 64
MATRIX = np.array([[0.5, 0.0, 10.0], [0.0, 0.5, 20.0]])


def _blob(x: float, y: float) -> np.ndarray:
    v, u = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    return np.exp(-((u - x) ** 2 + (v - y) ** 2) / 18).astype(np.float32)


def _centre(image: np.ndarray) -> tuple[float, float]:
    v, u = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    return float((image * u).sum() / image.sum()), float((image * v).sum() / image.sum())


@pytest.mark.parametrize("aspect", [1.0, 2.0])
def test_the_mean_face_has_no_expression(aspect: float) -> None:
    pose, shape = Pose(np.eye(3), 14.0, np.array([60.0, 40.0])), canonical_shape()
    points = pose.project(shape) / (aspect, 1.0)
    assert displacement(points, pose, shape, MATRIX, aspect) == pytest.approx(0, abs=1e-5)


def test_an_open_mouth_is_a_displacement_in_crop_pixels() -> None:
    pose, shape = Pose(np.eye(3), 14.0, np.array([60.0, 40.0])), canonical_shape()
    points = pose.project(shape)
    points[17] += (0.0, 3.0)
    assert displacement(points, pose, shape, MATRIX)[17] == pytest.approx((0.0, 6.0))


def test_no_displacement_leaves_the_picture_as_it_is() -> None:
    image = np.random.default_rng(0).normal(size=(SIZE, SIZE, 3)).astype(np.float32)
    assert np.array_equal(warp(image, np.zeros((SIZE, SIZE, 2), np.float32)), image)


def test_a_feature_goes_where_its_landmarks_go_and_the_rest_stays() -> None:
    at = np.array([[20.0 + i % 5, 38.0 + i // 5] for i in range(25)])
    shift = field(at, np.tile([2.0, 3.0], (25, 1)), SIZE)
    assert _centre(warp(_blob(22.0, 40.0), shift)) == pytest.approx((24.0, 43.0), abs=0.6)
    assert _centre(warp(_blob(50.0, 12.0), shift)) == pytest.approx((50.0, 12.0), abs=0.05)


def test_landmarks_outside_the_crop_do_no_harm() -> None:
    far = field(np.array([[-5.0, 90.0]]), np.array([[1.0, 1.0]]), SIZE)
    assert np.isfinite(far).all()
