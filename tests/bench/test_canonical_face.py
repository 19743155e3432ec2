from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from bench.canonical_face import build, mirror_pairs, surface, symmetrise, upright
from doublure.core.face import topology

SHAPE = topology.canonical_shape().astype(np.float64)


def test_mirror_pairs_swap_left_and_right_and_keep_the_midline():
    pairs = mirror_pairs(SHAPE)
    assert pairs[topology.NOSE_TIP] == topology.NOSE_TIP
    assert pairs[33] == 263
    np.testing.assert_array_equal(pairs[pairs], np.arange(topology.POINTS))


def test_a_slightly_crooked_face_becomes_symmetric():
    crooked = SHAPE + np.random.default_rng(2).normal(0, 0.003, SHAPE.shape)
    even = symmetrise(crooked)
    np.testing.assert_allclose(even[topology.mirror()] * (-1, 1, 1), even, atol=1e-12)


def test_upright_undoes_any_turn():
    turned = SHAPE @ Rotation.from_euler("xyz", [10, -25, 40], degrees=True).as_matrix().T
    np.testing.assert_allclose(upright(turned), upright(SHAPE), atol=1e-9)


def test_the_asset_is_what_its_own_landmarks_build():
    people = [[50 * SHAPE + 300, 40 * SHAPE + 100]] * 2
    asset = build(people)
    np.testing.assert_allclose(asset["shape"], SHAPE, atol=2e-3)
    np.testing.assert_array_equal(asset["mirror"], topology.mirror())


def test_the_surface_has_no_triangle_twice():
    faces = [tuple(sorted(face)) for face in surface(SHAPE).tolist()]
    assert len(set(faces)) == len(faces) == pytest.approx(890, abs=5)
