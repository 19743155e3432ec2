from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from bench import track_truth
from bench.track_truth import TakeTruth
from doublure.core.errors import DoublureError

UNIT = 80.0


def take(frames: int = 24, seed: int = 3) -> TakeTruth:
    """A head that turns and blinks at frames 10 and 11, whose places are known."""
    rng = np.random.default_rng(seed)
    model = rng.normal(0, 1, (68, 3))
    turns = np.stack(
        [Rotation.from_euler("YX", [2.0 * k - 20, 0.7 * k], degrees=True).as_matrix() for k in range(frames)]
    )
    points = UNIT * np.einsum("tij,nj->tni", turns, model)[..., :2] + 200
    for upper, lower in track_truth.LIDS:
        points[:, lower] = points[:, upper] + (0, 20.0)
        points[10:12, lower] = points[10:12, upper] + (0, 2.0)
    return TakeTruth(
        list(range(1001, 1001 + frames)),
        points,
        np.ones((frames, 68), bool),
        np.zeros((frames, 2, 2)),
        turns,
        UNIT,
    )


def test_points_fixed_to_the_head_beside_the_true_ones_have_no_error() -> None:
    truth = take()
    beside = np.random.default_rng(5).normal(0, 0.1, (68, 3))
    moved = truth.points + UNIT * np.einsum("tij,nj->tni", truth.rotations, beside)[..., :2]
    error = track_truth.errors(moved, truth)
    assert track_truth.mean_error(error) < 0.002
    assert track_truth.shake(error, truth.numbers) < 1e-3


def test_independent_noise_shakes_by_the_root_of_six() -> None:
    truth = take()
    noise = np.random.default_rng(6).normal(0, 0.02 * UNIT, truth.points.shape)
    error = track_truth.errors(truth.points + noise, truth)
    assert track_truth.shake(error, truth.numbers) == pytest.approx(0.02 * 6**0.5, rel=0.1)


def test_a_hidden_point_does_not_count() -> None:
    truth = take()
    truth.seen[:, 7] = False
    wild = truth.points.copy()
    wild[:, 7] += 500
    assert track_truth.mean_error(track_truth.errors(wild, truth)) < 1e-9


def test_frames_apart_have_no_shake() -> None:
    truth = take(4)
    assert np.isnan(track_truth.shake(track_truth.errors(truth.points, truth), [1, 5, 9, 13]))


def test_a_blink_that_is_not_seen_is_off_by_its_whole_depth() -> None:
    truth = take()
    assert track_truth.blink_errors(truth.points, truth) == [pytest.approx(0.0)]
    awake = truth.points.copy()
    for upper, lower in track_truth.LIDS:
        awake[10:12, lower] = awake[10:12, upper] + (0, 20.0)
    assert track_truth.blink_errors(awake, truth) == [pytest.approx(1.0)]


def test_a_stale_box_is_not_found() -> None:
    truth = take()
    stuck = truth.points.copy()
    stuck[20:] += UNIT
    assert track_truth.right(track_truth.errors(stuck, truth)).tolist() == [True] * 20 + [False] * 4


def test_a_lost_frame_is_not_found() -> None:
    truth = take()
    gone = truth.points.copy()
    gone[3] = np.nan
    assert track_truth.right(track_truth.errors(gone, truth)).sum() == 23


def test_the_common_turn_undoes_another_zero_of_the_head() -> None:
    truth = take()
    zero = Rotation.from_euler("X", 5, degrees=True).as_matrix()
    turned = truth.rotations @ zero
    turn = track_truth.common_turn(turned, truth.rotations)
    np.testing.assert_allclose(turned @ turn, truth.rotations, atol=1e-9)
    assert track_truth.turn_error(turned[0], truth.rotations[0]) == pytest.approx(5)


def test_a_folder_without_a_take_is_refused(tmp_path) -> None:
    with pytest.raises(DoublureError, match="no landmarks"):
        track_truth.read_truth(tmp_path)
