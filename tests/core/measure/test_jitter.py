from __future__ import annotations

import math

import numpy as np
import pytest

from doublure.core.errors import DoublureError
from doublure.core.measure.jitter import jitter, jitter_frames


def walk(frames: int = 40, points: int = 468, dims: int = 2) -> np.ndarray:
    """Points that move together along a curve; the outer eye corners lie 80 pixels apart."""
    rng = np.random.default_rng(3)
    shape = rng.uniform(0, 200, (points, dims))
    if points > 263:
        shape[33], shape[263] = 60, 60
        shape[263, 0] = 140
    t = np.arange(frames)[:, None, None]
    return shape + 30 * np.sin(t / 7) + 2 * t


@pytest.fixture
def truth() -> np.ndarray:
    return walk()


def test_the_truth_does_not_shake(truth):
    assert jitter(truth, truth) == 0


def test_an_offset_and_a_steady_drift_do_not_count(truth):
    drift = truth + np.array([5, -3]) + 0.2 * np.arange(len(truth))[:, None, None]
    assert jitter(drift, truth) < 1e-12


def test_every_second_frame_off_by_a_pixel_reads_four_pixels(truth):
    shaken = truth.copy()
    shaken[::2, :, 0] += 0.5
    shaken[1::2, :, 0] -= 0.5
    assert jitter(shaken, truth) == pytest.approx(2 / 80)


def test_independent_errors_read_their_known_share(truth):
    shaken = truth + np.random.default_rng(5).normal(0, 0.7, truth.shape)
    assert jitter(shaken, truth) == pytest.approx(math.sqrt(12) * 0.7 / 80, rel=0.03)


def test_one_constant_zoom_of_picture_and_unit_changes_nothing(truth):
    shaken = truth + np.random.default_rng(5).normal(0, 0.7, truth.shape)
    assert jitter(3 * shaken, 3 * truth) == pytest.approx(jitter(shaken, truth))


def test_only_runs_of_three_consecutive_frames_count(truth):
    shaken = truth[:5].copy()
    shaken[4] += 100
    assert jitter(shaken, truth[:5], [1001, 1002, 1003, 1004, 1008]) == 0


def test_frames_around_a_lost_face_do_not_count(truth):
    shaken = truth.copy()
    shaken[10] = np.nan
    assert jitter(shaken, truth) == 0
    frames = jitter_frames(shaken, truth)
    assert [i for i, one in enumerate(frames) if one is None] == [0, 9, 10, 11, 39]


def test_z_serves_the_unit_only():
    truth = walk(dims=3)
    result = truth.copy()
    result[::2, :, 2] += 50
    assert jitter(result, truth) == 0


def test_points_without_eyes_need_a_unit():
    truth = walk(points=5)
    shaken = truth.copy()
    shaken[1::2, :, 1] += 1
    assert jitter(shaken, truth, unit=50) == pytest.approx(2 / 50)


@pytest.mark.parametrize("numbers", [[1001, 1005, 1009], [1, 2, 4]])
def test_frames_that_do_not_follow_one_another_are_refused(truth, numbers):
    with pytest.raises(DoublureError, match="no three consecutive frames"):
        jitter(truth[:3], truth[:3], numbers)


def test_two_frames_are_refused(truth):
    with pytest.raises(DoublureError, match="no three consecutive frames"):
        jitter(truth[:2], truth[:2])


def test_a_face_that_is_never_found_is_refused(truth):
    with pytest.raises(DoublureError, match="no three consecutive frames"):
        jitter(np.full_like(truth, np.nan), truth)


def test_numbers_that_do_not_rise_are_refused(truth):
    with pytest.raises(DoublureError, match="do not rise"):
        jitter(truth[:3], truth[:3], [2, 1, 3])


def test_other_shapes_are_refused(truth):
    with pytest.raises(DoublureError, match="not \\(frames, points, 2 or 3\\) alike"):
        jitter(truth[:, :5], truth)


def test_a_face_without_width_is_refused(truth):
    flat = np.zeros_like(truth)
    with pytest.raises(DoublureError, match="inter-ocular distance is 0"):
        jitter(flat, flat)
