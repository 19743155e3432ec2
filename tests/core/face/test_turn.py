from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from doublure.core.face.turn import axis_angle, rotation_vector


@pytest.mark.parametrize("vector", [(0.0, 0.0, 0.0), (1e-14, 0.0, 0.0), (0.3, -0.2, 1.1), (0.0, 3.0, 0.0)])
def test_a_turn_is_what_others_make_of_its_vector(vector):
    expected = Rotation.from_rotvec(vector).as_matrix()
    np.testing.assert_allclose(axis_angle(np.array(vector)), expected, atol=1e-14)


def test_many_turns_are_each_by_itself():
    vectors = np.random.default_rng(1).normal(0, 1, (5, 3))
    vectors[2] = 0
    np.testing.assert_array_equal(axis_angle(vectors), [axis_angle(one) for one in vectors])


def test_the_vector_comes_back():
    vector = np.array([0.4, -1.2, 0.7])
    np.testing.assert_allclose(rotation_vector(axis_angle(vector)), vector)
