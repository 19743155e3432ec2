from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from doublure.core.face.rigid_fit import fit_rigid, similarity

MODEL = np.random.default_rng(2).normal(0, 1, (40, 3))


def seen(seed: int, noise: float = 0.02) -> np.ndarray:
    rng = np.random.default_rng(seed)
    turn = Rotation.random(random_state=seed).as_matrix()
    points = rng.uniform(1, 90) * (MODEL @ turn.T + rng.normal(0, noise, MODEL.shape)) + rng.normal(0, 200, 3)
    points[:3] += 50
    return points


def test_each_of_many_is_fitted_as_if_it_were_alone():
    many = np.stack([seen(seed) for seed in range(7)])
    together = fit_rigid(many, MODEL, 0.7)
    for i, points in enumerate(many):
        for one, alone in zip(together, fit_rigid(points[None], MODEL, 0.7), strict=True):
            np.testing.assert_allclose(one[i], alone[0], rtol=1e-9, atol=1e-9)


def test_a_loose_fit_is_near_the_exact_one():
    many = np.stack([seen(seed) for seed in range(20)])
    scale, rotation, _ = fit_rigid(many, MODEL, 0.7)
    loose, turned, _ = fit_rigid(many, MODEL, 0.7, tolerance=1e-3)
    np.testing.assert_allclose(loose, scale, rtol=1e-3)
    np.testing.assert_allclose(turned, rotation, atol=1e-3)


def test_without_depth_the_picture_alone_tells_the_turn():
    points = seen(1, noise=0)[None]
    points[:, :3] -= 50
    scale, rotation, _ = fit_rigid(points, MODEL, 0.0)
    expected = fit_rigid(points, MODEL, 1.0)
    assert scale[0] == pytest.approx(expected[0][0])
    np.testing.assert_allclose(rotation, expected[1], atol=1e-6)


def test_a_similarity_is_never_a_mirror_image():
    _, rotation, _ = similarity(MODEL, MODEL * (1, 1, -1), np.ones(len(MODEL)))
    assert np.linalg.det(rotation) == pytest.approx(1)
