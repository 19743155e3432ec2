from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from doublure.core.errors import DoublureError
from doublure.core.face.pose import Pose
from doublure.core.measure.pose import pose_error


def head(yaw: float = 0, pitch: float = 0, roll: float = 0, scale: float = 40) -> Pose:
    rotation = Rotation.from_euler("yxz", [yaw, pitch, roll], degrees=True).as_matrix()
    return Pose(rotation, scale, np.array([100.0, 80.0]))


def test_a_pose_against_itself_is_exactly_right():
    assert pose_error(head(20, -7, 3), head(20, -7, 3)) == 0


@pytest.mark.parametrize("degrees", [1e-6, 0.1, 5, 90, 179.9])
@pytest.mark.parametrize("axis", ["yaw", "pitch", "roll"])
def test_a_turn_reads_its_angle(axis, degrees):
    assert pose_error(head(**{axis: degrees}), head()) == pytest.approx(degrees, rel=1e-6)


def test_two_turned_heads_read_the_turn_between_them():
    assert pose_error(head(yaw=35), head(yaw=-30)) == pytest.approx(65)


def test_opposite_heads_read_180():
    assert pose_error(head(yaw=180), head()) == pytest.approx(180)


def test_size_and_place_do_not_count():
    moved = Pose(head(10).rotation, 70.0, np.array([0.0, 300.0]))
    assert pose_error(moved, head(10)) == 0


def test_a_pose_that_is_not_finite_is_refused():
    with pytest.raises(DoublureError, match="not finite"):
        pose_error(Pose(np.full((3, 3), np.nan), 1.0, np.zeros(2)), head())
