"""The pose of head and neck."""

from __future__ import annotations

import numpy as np
import pytest

from bench.stage.people.body import PIVOT, head_matrix, pose_head


@pytest.mark.parametrize("pose", [(0, 0, 0), (30, -10, 5)])
def test_head_matrices_are_rotations(pose: tuple[float, float, float]) -> None:
    m = head_matrix(np.array(pose, float))
    assert np.allclose(m @ m.T, np.eye(3))
    assert np.isclose(np.linalg.det(m), 1)


def test_the_collar_stays_while_the_head_turns() -> None:
    points = np.array([[0.0, -20, 3], [0.0, 5, 9]])
    posed = pose_head(points, np.array([0.0, 1.0]), np.array([20.0, 0, 0]))
    assert np.allclose(posed[0], points[0])
    assert posed[1, 0] > 3


def test_a_neck_turned_far_stays_as_wide() -> None:
    rim = PIVOT + np.array([[5.0, 3.0, 0.0], [0.0, 3.0, 5.0], [-5.0, 3.0, 0.0]])
    posed = pose_head(rim, np.full(3, 0.5), np.array([70.0, 0, 0]))
    assert np.allclose(np.linalg.norm((posed - PIVOT)[:, [0, 2]], axis=1), 5.0, atol=1e-4)
