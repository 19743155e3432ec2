from __future__ import annotations

import numpy as np

from bench.stage.shading.scatter import PROFILE, scatter

SIZE, PIXEL = 48, 0.05


def _edge() -> np.ndarray:
    light = np.zeros((SIZE, SIZE, 3), np.float32)
    light[:, SIZE // 2 :] = 1
    return light


def test_even_light_stays_even() -> None:
    light = np.full((SIZE, SIZE, 3), 0.3, np.float32)
    skin, depth = np.ones((SIZE, SIZE), np.float32), np.zeros((SIZE, SIZE), np.float32)
    assert np.allclose(scatter(light, skin, depth, PIXEL), 0.3, atol=1e-5)


def test_red_travels_farther_than_green_and_green_farther_than_blue() -> None:
    out = scatter(_edge(), np.ones((SIZE, SIZE), np.float32), np.zeros((SIZE, SIZE), np.float32), PIXEL)
    red, green, blue = out[SIZE // 2, SIZE // 2 - 3]
    assert red > green > blue


def test_the_spread_of_an_edge_is_that_of_the_profile() -> None:
    out = scatter(_edge(), np.ones((SIZE, SIZE), np.float32), np.zeros((SIZE, SIZE), np.float32), PIXEL)
    line = np.diff(out[SIZE // 2, :, 0].astype(float))
    x = np.arange(len(line)) - (SIZE // 2 - 1)
    shares = PROFILE[:, 1] / PROFILE[:, 1].sum()
    expected = (PROFILE[:, 0] * shares).sum() / 100 / PIXEL**2
    assert abs((line * x**2).sum() / line.sum() - expected) < 0.15 * expected


def test_what_is_not_skin_neither_gives_nor_takes() -> None:
    skin, depth = np.ones((SIZE, SIZE), np.float32), np.zeros((SIZE, SIZE), np.float32)
    skin[:, SIZE // 2 :] = 0
    out = scatter(_edge(), skin, depth, PIXEL)
    assert np.allclose(out, _edge(), atol=1e-6)


def test_light_does_not_jump_from_the_nose_to_the_cheek_far_behind_it() -> None:
    skin, depth = np.ones((SIZE, SIZE), np.float32), np.zeros((SIZE, SIZE), np.float32)
    depth[:, SIZE // 2 :] = 8
    assert np.allclose(scatter(_edge(), skin, depth, PIXEL), _edge(), atol=1e-4)
