"""Lens softness."""

from __future__ import annotations

import numpy as np

from bench.stage.camera.lens import Lens, soften


def test_a_flat_picture_stays_flat() -> None:
    assert np.allclose(soften(np.full((20, 30, 3), 7.5, np.float32), Lens()), 7.5, rtol=1e-5)


def test_no_softness_changes_nothing() -> None:
    picture = np.random.default_rng(0).normal(0, 3, (9, 12, 2)).astype(np.float32)
    assert np.array_equal(soften(picture, Lens(0, 0)), picture)


def test_softening_a_sum_is_the_sum_of_the_softened() -> None:
    a, b = np.random.default_rng(1).normal(0, 1, (2, 24, 24, 3)).astype(np.float32)
    assert np.allclose(soften(a + b, Lens()), soften(a, Lens()) + soften(b, Lens()), atol=1e-5)


def test_corners_are_softer_than_the_centre() -> None:
    picture = np.zeros((65, 65, 1), np.float32)
    picture[32, 32] = picture[3, 3] = 1
    soft = soften(picture, Lens())
    assert soft[32, 32, 0] > 1.2 * soft[3, 3, 0]


def test_one_channel_keeps_its_axis() -> None:
    assert soften(np.ones((5, 6, 1), np.float32), Lens()).shape == (5, 6, 1)
