from __future__ import annotations

import numpy as np

from bench.stage.shading.denoise import denoise, shifted


def _plane(size: int = 24) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.meshgrid(np.arange(size), np.arange(size), indexing="ij")
    position = np.stack([x * 0.1, y * 0.1, np.zeros_like(x)], -1).astype(np.float32)
    return position, np.tile(np.array([0, 0, 1], np.float32), (size, size, 1))


def _noisy(seed: int = 0, size: int = 24) -> np.ndarray:
    return (1 + 0.2 * np.random.default_rng(seed).standard_normal((size, size, 3))).astype(np.float32)


def test_noise_on_a_plane_shrinks_and_the_mean_stays() -> None:
    position, normal = _plane()
    light = _noisy()
    out = denoise(light, np.ones((24, 24), np.float32), position, normal, 0.1, 3)
    assert out.std() < 0.35 * light.std()
    assert abs(out.mean() - light.mean()) < 0.01


def test_a_flat_light_stays_as_it_is() -> None:
    position, normal = _plane()
    light = np.full((24, 24, 3), 0.7, np.float32)
    assert np.allclose(denoise(light, np.ones((24, 24)), position, normal, 0.1, 3), 0.7, atol=1e-6)


def test_light_does_not_cross_a_fold() -> None:
    position, normal = _plane()
    normal[:, 12:] = [1, 0, 0]
    light = np.zeros((24, 24, 3), np.float32)
    light[:, :12] = 1
    assert np.allclose(denoise(light, np.ones((24, 24)), position, normal, 0.1, 2), light, atol=1e-6)


def test_light_does_not_cross_a_gap_in_depth() -> None:
    position, normal = _plane()
    position[:, 12:, 2] = -20
    light = np.zeros((24, 24, 3), np.float32)
    light[:, :12] = 1
    assert np.allclose(denoise(light, np.ones((24, 24)), position, normal, 0.1, 2), light, atol=1e-6)


def test_pixels_of_no_weight_neither_give_nor_take() -> None:
    position, normal = _plane()
    weight = np.ones((24, 24), np.float32)
    weight[:4] = 0
    light = np.full((24, 24, 3), 0.5, np.float32)
    light[:4] = 99
    out = denoise(light, weight, position, normal, 0.1, 2)
    assert (out[:4] == 99).all()
    assert np.allclose(out[4:], 0.5, atol=1e-6)


def test_a_shift_brings_the_neighbour_and_zeros_from_beyond() -> None:
    picture = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert shifted(picture, 1, 0).tolist() == [[1, 2, 0], [4, 5, 0]]
    assert shifted(picture, 0, -1).tolist() == [[0, 0, 0], [0, 1, 2]]
    assert not shifted(picture, 5, 0).any()
