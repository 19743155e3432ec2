"""The stage's film grain."""

from __future__ import annotations

import numpy as np
import pytest

from bench.stage.camera.grain import Grain, add_grain, grain_sigma, unit_grain


@pytest.mark.parametrize("level", [0.0, 0.05, 0.18, 1.0, 6.0])
def test_grain_variance_is_linear_in_the_signal(level: float) -> None:
    flat = np.full((300, 300, 3), level, np.float32)
    measured = (add_grain(flat, Grain(), (7, 1)) - flat).std((0, 1))
    assert np.allclose(measured, grain_sigma(np.full(3, level), Grain()), rtol=0.04)


def test_the_same_take_and_frame_have_the_same_grain() -> None:
    flat = np.full((16, 16, 3), 0.2, np.float32)
    assert np.array_equal(add_grain(flat, Grain(), (7, 3)), add_grain(flat, Grain(), (7, 3)))


def test_every_frame_has_its_own_grain() -> None:
    flat = np.full((64, 64, 3), 0.2, np.float32)
    a, b = (add_grain(flat, Grain(), (7, f)) - flat for f in (3, 4))
    assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 0.05


def test_neighbouring_pixels_are_correlated() -> None:
    g = unit_grain(np.random.default_rng(1), 200, 200, Grain())[..., 0]
    assert 0.3 < np.corrcoef(g[:, 1:].ravel(), g[:, :-1].ravel())[0, 1] < 0.95


def test_channels_share_the_stated_part_of_the_variance() -> None:
    g = unit_grain(np.random.default_rng(2), 300, 300, Grain(shared=0.25))
    assert abs(np.corrcoef(g[..., 0].ravel(), g[..., 1].ravel())[0, 1] - 0.25) < 0.05


def test_no_grain_without_variance() -> None:
    plate = np.random.default_rng(3).normal(0.5, 2, (8, 8, 3)).astype(np.float32)
    assert np.array_equal(add_grain(plate, Grain(slope=(0, 0, 0), floor=(0, 0, 0)), (1, 1)), plate)
