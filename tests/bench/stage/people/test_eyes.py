"""The stage's painted eyes, from texel positions alone."""

from __future__ import annotations

import numpy as np

from bench.stage.face.traits import draw_traits
from bench.stage.people.eyes import paint_eye


def eyeball() -> np.ndarray:
    """The front of a ball of radius 1.45, seen from the front, 96 texels wide."""
    x, y = np.meshgrid(np.linspace(-1.4, 1.4, 96), np.linspace(1.4, -1.4, 96))
    return np.stack([x, y, np.sqrt(np.maximum(1.45**2 - x**2 - y**2, 0.001))], -1)


def ring(picture: np.ndarray, low: float, high: float) -> np.ndarray:
    """Texels (N, 3) between two distances from the eye's axis, lower half only: the upper one lies in shadow."""
    points = eyeball()
    radius = np.hypot(points[..., 0], points[..., 1])
    return picture[(radius > low) & (radius < high) & (points[..., 1] < 0.05) & (points[..., 1] > -0.3)]


def test_the_same_seed_has_the_same_eyes() -> None:
    assert np.array_equal(paint_eye(eyeball(), draw_traits(5), 1), paint_eye(eyeball(), draw_traits(5), 1))


def test_pupil_iris_and_white_get_lighter_in_that_order() -> None:
    for seed in range(6):
        eye = paint_eye(eyeball(), draw_traits(seed), 1)
        pupil, iris, white = (ring(eye, *r).mean() for r in ((0.0, 0.1), (0.3, 0.45), (0.8, 0.95)))
        assert pupil < 0.01 < iris < white


def test_the_white_is_not_white() -> None:
    for seed in range(20):
        white = ring(paint_eye(eyeball(), draw_traits(seed), 1), 0.8, 0.95).mean(0)
        assert 0.2 < white.mean() < 0.5
        assert white[0] > white[2]


def test_the_upper_lid_shades_the_eye() -> None:
    eye = paint_eye(eyeball(), draw_traits(2), 1)
    assert eye[28, 48].mean() < eye[62, 48].mean()


def test_the_corner_at_the_nose_is_the_redder_one() -> None:
    eye = paint_eye(eyeball(), draw_traits(2), 1)
    left, right = eye[48, 4], eye[48, 91]
    assert right[0] / right[1] > left[0] / left[1]
