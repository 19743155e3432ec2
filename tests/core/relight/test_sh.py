from __future__ import annotations

import numpy as np
import pytest

from doublure.core.relight.sh import TERMS, basis, evaluate, fit_irradiance

RNG = np.random.default_rng(0)
NORMALS = RNG.standard_normal((3000, 3))
NORMALS[:, 2] = -np.abs(NORMALS[:, 2]) - 0.1
NORMALS /= np.linalg.norm(NORMALS, axis=1, keepdims=True)


@pytest.mark.parametrize("order", TERMS)
def test_a_light_made_of_harmonics_is_found_again(order):
    truth = 0.1 * RNG.standard_normal((TERMS[order], 3))
    truth[0] = 1.0
    pixels = basis(NORMALS, order) @ truth
    out = basis(NORMALS, order) @ fit_irradiance(pixels, NORMALS, order)
    assert np.abs(out - pixels).mean() < 0.02


def test_a_lambert_sphere_under_one_lamp_is_fitted_to_a_few_per_cent():
    lamp = np.clip(NORMALS @ np.array([-0.7, -0.2, -0.68]), 0, None)[:, None] * [1.0, 0.8, 0.6] + 0.2
    out = evaluate(fit_irradiance(lamp, NORMALS), NORMALS, 0.05)
    assert np.abs(out / lamp - 1).mean() < 0.06


def test_a_tenth_of_outliers_hardly_moves_the_fit():
    pixels = basis(NORMALS, 1) @ np.array([[1.0] * 3, [0.3] * 3, [0.1] * 3, [-0.2] * 3])
    dirty = pixels.copy()
    dirty[:300] = 40.0
    out = evaluate(fit_irradiance(dirty, NORMALS), NORMALS, 0.05)
    assert np.abs(out / pixels - 1).mean() < 0.03


def test_negative_pixels_are_survived():
    assert np.isfinite(fit_irradiance(np.full((3000, 3), -0.1), NORMALS)).all()


def test_the_floor_keeps_light_above_its_share_of_the_median():
    light = evaluate(np.array([[0.0], [0.0], [0.0], [-1.0]]), NORMALS, 0.5)
    assert light.min() == pytest.approx(0.5 * np.median(-NORMALS[:, 2]))
