from __future__ import annotations

import numpy as np
import pytest

from doublure.core.face import topology
from doublure.core.face.flow import Steps
from doublure.core.face.fuse import Reading, fuse

FACE = 60 * topology.canonical_shape().astype(np.float64) + (300, 200, 0)
UPPER_LIDS = [*topology.RIGHT_EYE[9:16], *topology.LEFT_EYE[9:16]]
STILL = Steps(np.zeros((468, 2)), np.zeros(468))


def reading(points: np.ndarray, steps: Steps | None) -> Reading:
    return Reading(points, 1.0, steps, np.zeros((2, 2)), np.zeros((468, 3), np.float32))


def shaken(count: int, noise: float, seed: int = 2) -> list[Reading]:
    """A face that does not move, read with noise; its flow says so exactly."""
    rng = np.random.default_rng(seed)
    return [reading(FACE + rng.normal(0, noise, FACE.shape), STILL if k else None) for k in range(count)]


def rms(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.sqrt(np.mean((a - b) ** 2)))


def test_readings_are_averaged_along_the_flow() -> None:
    run = shaken(30, 0.8)
    assert rms(fuse(run, 2).points, FACE[:, :2]) < 0.35 * 0.8


def test_a_face_that_moves_as_its_flow_says_is_not_held_back() -> None:
    moves = np.full((468, 2), 7.0)
    run = [
        reading(FACE + np.array([7.0 * k, 7.0 * k, 0]), Steps(moves, np.zeros(468)) if k else None)
        for k in range(9)
    ]
    fused = fuse(run, 2).points
    for k in range(9):
        np.testing.assert_allclose(fused[k], FACE[:, :2] + 7.0 * k, atol=1e-9)


def test_a_blink_of_two_frames_that_flow_missed_survives() -> None:
    run = shaken(24, 0.3)
    for k in (11, 12):
        run[k].points[UPPER_LIDS, 1] += 6.0
    fused = fuse(run, 2).points
    for k in (11, 12):
        drop = fused[k, UPPER_LIDS, 1] - FACE[UPPER_LIDS, 1]
        assert drop.mean() == pytest.approx(6.0, abs=0.4)
    assert abs((fused[9, UPPER_LIDS, 1] - FACE[UPPER_LIDS, 1]).mean()) < 0.4


def test_flow_that_does_not_come_home_does_not_count() -> None:
    run = [reading(FACE, None), reading(FACE, Steps(np.full((468, 2), 40.0), np.full(468, np.inf)))]
    np.testing.assert_allclose(fuse(run, 2).points[1], FACE[:, :2])


def test_one_reading_stays_as_it_is() -> None:
    np.testing.assert_allclose(fuse(shaken(1, 0.5), 2).points[0], shaken(1, 0.5)[0].points[:, :2])


def test_the_spread_tells_how_far_off_the_points_are() -> None:
    fused = fuse(shaken(40, 0.8), 2)
    assert fused.spread.shape == (40, 468)
    assert rms(fused.points, FACE[:, :2]) == pytest.approx(float(fused.spread.mean()), rel=0.4)


def test_more_smoothing_is_steadier() -> None:
    run = shaken(30, 0.8)
    shake = [np.diff(fuse(run, half).points, axis=0).std() for half in (1, 2, 4)]
    assert shake[0] > shake[1] > shake[2]


def test_a_broken_run_is_refused() -> None:
    with pytest.raises(ValueError, match="no steps"):
        fuse([reading(FACE, None), reading(FACE, None)], 2)
