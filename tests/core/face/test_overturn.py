"""FaceMesh turns heads a little too far; what is taken off, and where nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from doublure.core.face.overturn import turned_back
from doublure.core.face.pose import Pose
from doublure.core.face.turn import axis_angle


def _turned(yaw: float, pitch: float = 0.0, roll: float = 0.0) -> np.ndarray:
    x, y, z = np.radians([pitch, -yaw, roll])
    return axis_angle(np.array([0, 0, z])) @ axis_angle(np.array([x, 0, 0])) @ axis_angle(np.array([0, y, 0]))


def _yaw(rotation: np.ndarray) -> float:
    return float(np.degrees(np.arctan2(rotation[2, 0], rotation[2, 2])))


@pytest.mark.parametrize(("read", "true"), [(25, 22.8), (-25, -22.8), (35, 31.0), (40, 36.0)])
def test_a_turned_head_is_turned_back(read: float, true: float) -> None:
    assert _yaw(turned_back(_turned(read))) == pytest.approx(true, abs=0.01)


@pytest.mark.parametrize("read", [0, 50, -50, 75, -90])
def test_from_the_front_and_in_profile_it_stays(read: float) -> None:
    assert np.allclose(turned_back(_turned(read, 5, 8)), _turned(read, 5, 8), atol=1e-9)


def test_further_turned_stays_further_turned() -> None:
    yaws = [_yaw(turned_back(_turned(read))) for read in range(-80, 81)]
    assert np.diff(yaws).min() > 0


def test_pitch_and_roll_stay_the_heads_own() -> None:
    back = Pose(turned_back(_turned(25, 10, 20)), 1.0, np.zeros(2))
    before = Pose(_turned(22.8, 10, 20), 1.0, np.zeros(2))
    assert back.pitch == pytest.approx(before.pitch, abs=0.05)
    assert back.roll == pytest.approx(before.roll, abs=0.05)


def test_it_is_a_rotation_still() -> None:
    back = turned_back(_turned(33, -12, 7))
    assert np.allclose(back @ back.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(back) == pytest.approx(1)
