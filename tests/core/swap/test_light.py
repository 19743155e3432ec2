from __future__ import annotations

import numpy as np
import pytest

from doublure.core.swap.light import decode, encode, exposure_gain, restore, separate


def _face(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    linear = (0.2 * np.exp(0.3 * rng.normal(size=(64, 64, 3)))).astype(np.float32)
    mask = np.zeros((64, 64), np.float32)
    mask[12:52, 12:52] = 1
    return linear, mask


def test_separating_and_restoring_is_the_identity() -> None:
    linear, mask = _face()
    encoded = encode(linear)
    split = separate(encoded, mask, 1.0)
    assert np.abs(restore(split.detail, split.low) - encoded).max() < 1e-6


def test_a_change_of_exposure_leaves_the_detail_alone() -> None:
    linear, mask = _face()
    details = []
    for gain in (1.0, 7.0):
        exposure = exposure_gain(linear * gain, mask)
        details.append(separate(encode(linear * gain * exposure), mask, exposure).detail)
    assert np.abs(details[0] - details[1]).max() < 1e-4


def test_a_smooth_light_goes_into_the_low_frequencies() -> None:
    linear, mask = _face()
    ramp = np.exp(np.linspace(-0.5, 0.5, 64, dtype=np.float32))[None, :, None]
    plain, lit = (separate(encode(x), mask, 1.0) for x in (linear, linear * ramp))
    inside = mask > 0
    change = np.abs(encode(linear * ramp) - encode(linear))[inside].mean()
    assert np.abs(lit.detail - plain.detail)[inside].mean() < 0.2 * change


def test_pixels_outside_the_face_do_not_touch_it() -> None:
    linear, mask = _face()
    other = linear.copy()
    other[mask == 0] = 30.0
    inside = mask > 0
    a, b = separate(encode(linear), mask, 1.0), separate(encode(other), mask, 1.0)
    assert np.array_equal(a.detail[inside], b.detail[inside])


def test_values_above_one_and_below_zero_survive() -> None:
    values = np.array([[[-0.2, 0.0, 40.0]]], np.float32)
    assert decode(encode(values)) == pytest.approx(values, rel=1e-4, abs=1e-5)


def test_a_black_face_has_a_finite_exposure() -> None:
    assert np.isfinite(exposure_gain(np.zeros((8, 8, 3), np.float32), np.ones((8, 8), np.float32)))
