from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from doublure.core.face import topology
from doublure.core.face.smooth import savitzky_golay, smooth_shot

SHAPE = topology.canonical_shape().astype(np.float64)


def turning(count: int, noise: float, seed: int = 5) -> tuple[dict[int, np.ndarray], dict[int, np.ndarray]]:
    """(noisy, true) landmarks of a head that turns, drifts and opens its mouth, by frame number."""
    rng = np.random.default_rng(seed)
    noisy, true = {}, {}
    for k in range(count):
        rotation = Rotation.from_euler("YZ", [1.5 * k, 0.5 * k], degrees=True).as_matrix()
        shape = SHAPE.copy()
        shape[list(topology.LIPS), 1] += 0.02 * k
        true[1001 + k] = 60 * shape @ rotation.T + (300 + 4 * k, 200 - k, 0)
        noisy[1001 + k] = true[1001 + k] + rng.normal(0, noise, (468, 3))
    return noisy, true


def rms(a: dict[int, np.ndarray], b: dict[int, np.ndarray]) -> float:
    return float(np.sqrt(np.mean([(a[n] - b[n]) ** 2 for n in b])))


@pytest.mark.parametrize("count", [1, 2, 3, 5, 20])
def test_quadratic_motion_passes_unchanged_to_the_last_frame(count):
    t = np.arange(count, dtype=float)
    values = np.stack([3 - t, 0.5 * t**2 + t], 1)
    np.testing.assert_allclose(savitzky_golay(values, 3), values, atol=1e-9)


def test_zero_changes_no_point():
    noisy, _ = turning(6, 0.5)
    smooth = smooth_shot(noisy, SHAPE, 0)
    for number, points in noisy.items():
        np.testing.assert_array_equal(smooth[number][0], points)


def depth(points: dict[int, np.ndarray]) -> dict[int, np.ndarray]:
    return {n: p[:, 2:] for n, p in points.items()}


def turn_from(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.degrees(Rotation.from_matrix(a @ b.T).magnitude()))


def test_smoothing_takes_noise_off_depth_and_pose_and_keeps_motion():
    noisy, true = turning(24, 0.5)
    solved, raw = smooth_shot(noisy, SHAPE, 2), smooth_shot(noisy, SHAPE, 0)
    smooth = {n: points for n, (points, _) in solved.items()}
    assert rms(depth(smooth), depth(true)) < 0.7 * rms(depth(noisy), depth(true))
    exact = {n: Rotation.from_euler("YZ", [1.5 * k, 0.5 * k], degrees=True) for k, n in enumerate(true)}
    ours, theirs = (
        np.mean([turn_from(found[n][1].rotation, one.as_matrix()) for n, one in exact.items()])
        for found in (solved, raw)
    )
    assert ours < 0.8 * theirs
    clean = {n: points for n, (points, _) in smooth_shot(true, SHAPE, 2).items()}
    assert rms(clean, true) < 0.03


def test_smoothing_takes_noise_off_what_is_seen():
    noisy, true = turning(24, 0.5)
    smooth = {n: points for n, (points, _) in smooth_shot(noisy, SHAPE, 2).items()}
    assert rms(smooth, true) < 0.8 * rms(noisy, true)


def test_lids_are_kept():
    noisy, _ = turning(12, 0.5)
    lids = sorted({*topology.LEFT_EYE, *topology.RIGHT_EYE})
    for number, (points, _) in smooth_shot(noisy, SHAPE, 2).items():
        np.testing.assert_array_equal(points[lids, :2], noisy[number][lids, :2])


def test_points_and_pose_stay_together():
    noisy, _ = turning(12, 0.3)
    for points, pose in smooth_shot(noisy, SHAPE, 2).values():
        rigid = list(topology.RIGID)
        assert np.abs(pose.project(SHAPE)[rigid] - points[rigid, :2]).max() < 1.5
        np.testing.assert_allclose(pose.rotation @ pose.rotation.T, np.eye(3), atol=1e-9)


def test_nothing_leaks_across_a_gap():
    noisy, _ = turning(12, 0.3)
    whole = {n: p for n, p in noisy.items() if n != 1006}
    alone = {n: p for n, p in noisy.items() if n > 1006}
    a, b = smooth_shot(whole, SHAPE, 3), smooth_shot(alone, SHAPE, 3)
    for number in alone:
        np.testing.assert_array_equal(a[number][0], b[number][0])


@pytest.mark.parametrize("change", ["place", "size", "turn"])
def test_nothing_leaks_across_a_cut(change):
    noisy, _ = turning(5, 0.0)
    middle = noisy[1005].mean(0)
    turn = Rotation.from_euler("y", 40, degrees=True).as_matrix()
    cut = {
        "place": lambda p: p + np.array([200, 0, 0]),
        "size": lambda p: (p - middle) * 1.5 + middle,
        "turn": lambda p: (p - middle) @ turn.T + middle,
    }[change]
    after = {n + 5: cut(p) for n, p in noisy.items()}
    whole, alone = smooth_shot({**noisy, **after}, SHAPE, 3), smooth_shot(after, SHAPE, 3)
    for number in after:
        np.testing.assert_allclose(whole[number][0], alone[number][0], atol=1e-9)


def test_a_sequence_on_twos_is_smoothed_as_one_run():
    noisy, true = turning(20, 0.5)
    twos = {1001 + 2 * (n - 1001): p for n, p in noisy.items()}
    smooth = smooth_shot(twos, SHAPE, 3)
    back = {1001 + (n - 1001) // 2: points for n, (points, _) in smooth.items()}
    assert rms(depth(back), depth(true)) < 0.7 * rms(depth(noisy), depth(true))
