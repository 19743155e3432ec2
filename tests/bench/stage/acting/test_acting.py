"""How a take is acted."""

from __future__ import annotations

import numpy as np
import pytest

from bench.stage.acting.acting import act_at, blink, gaze, head_pose, speech
from bench.stage.acting.takes import KINDS
from tests.bench.stage.acting.names import NAMES


def _poses(kind: str, seed: int, frames: int = 72) -> np.ndarray:
    return np.array([act_at(KINDS[kind].acting, seed, t, NAMES).pose for t in range(frames)])


def _weight(name: str, seed: int, time: float) -> float:
    return float(act_at(KINDS["talk"].acting, seed, time, NAMES).weights[NAMES.index(name)])


@pytest.mark.parametrize("kind", list(KINDS))
def test_weights_stay_within_0_and_1(kind: str) -> None:
    for t in np.arange(-40, 120, 7.3):
        w = act_at(KINDS[kind].acting, 11, float(t), NAMES).weights
        assert w.min() >= 0
        assert w.max() <= 1


def test_the_same_seed_and_time_give_the_same_act() -> None:
    a, b = (act_at(KINDS["talk"].acting, 5, 33.0, NAMES) for _ in range(2))
    assert np.array_equal(a.weights, b.weights)
    assert np.array_equal(a.pose, b.pose)


def test_another_seed_gives_another_act() -> None:
    a, b = (act_at(KINDS["talk"].acting, seed, 33.0, NAMES) for seed in (5, 6))
    assert not np.array_equal(a.weights, b.weights)


@pytest.mark.parametrize(("kind", "least", "most"), [("talk", 5, 20), ("turn", 27, 36), ("profile", 62, 76)])
def test_the_head_turns_both_ways_as_far_as_its_take_says(kind: str, least: float, most: float) -> None:
    for seed in (1, 2, 3):
        yaw = _poses(kind, seed)[:, 0]
        assert yaw.max() > least
        assert yaw.min() < -least
        assert np.abs(yaw).max() < most


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_head_never_jumps(kind: str) -> None:
    step = np.diff(_poses(kind, 4, 200), axis=0)
    assert np.abs(step).max() < 6
    assert np.abs(np.diff(step, axis=0)).max() < 1.5


def test_lids_shut_within_80_ms_and_open_within_160_ms() -> None:
    t = np.arange(0, 400, 0.05)
    shut = np.array([blink(3, x) for x in t]) > 0.02
    edges = np.flatnonzero(np.diff(shut.astype(int)))
    lengths = np.diff(t[edges])[:: 2 if not shut[0] else 1]
    blinks = [x for x in lengths if x < 12]
    assert len(blinks) >= 5
    assert np.all(np.array(blinks) < (0.080 + 0.160) * 24 + 0.2)
    assert np.all(np.array(blinks) > 0.7 * (0.080 + 0.160) * 24)


@pytest.mark.parametrize("seed", range(6))
def test_three_seconds_hold_a_blink(seed: int) -> None:
    assert max(blink(seed, t / 4) for t in range(72 * 4)) > 0.85


def test_the_eyes_are_mostly_open() -> None:
    assert np.median([blink(1, t) for t in range(400)]) < 0.05


def test_the_gaze_rests_most_of_the_time_and_jumps_between() -> None:
    look = np.array([gaze(2, t) for t in np.arange(0, 300)])
    step = np.linalg.norm(np.diff(look, axis=0), axis=1)
    assert np.median(step) < 0.02
    assert step.max() > 0.1


def test_lids_follow_the_gaze() -> None:
    acts = [act_at(KINDS["turn"].acting, 8, t, NAMES).weights for t in range(150)]
    up = np.array([a[NAMES.index("eyeLookUp_L")] for a in acts])
    wide = np.array([a[NAMES.index("eyeWide_L")] for a in acts])
    assert wide[up > 0.15].mean() > 1.5 * wide[up == 0].mean()


def test_brows_rise_on_stressed_syllables() -> None:
    stress = np.array([speech(8, t, 1.0)[1] for t in range(200)])
    brows = np.array(
        [act_at(KINDS["talk"].acting, 8, t, NAMES).weights[NAMES.index("browInnerUp_L")] for t in range(200)]
    )
    assert stress.max() > 0.5
    assert np.corrcoef(stress, brows)[0, 1] > 0.4


def test_the_mouth_opens_and_closes_while_talking() -> None:
    jaw = np.array([_weight("jawOpen", 9, t) for t in range(200)])
    assert jaw.max() > 0.3
    assert np.median(jaw) < 0.3
    assert (jaw < 0.05).mean() > 0.1


def test_a_still_head_breathes() -> None:
    pitch = np.array([head_pose(KINDS["talk"].acting, 1, t, 0.0)[1] for t in range(100)])
    assert np.ptp(pitch) > 0.5
