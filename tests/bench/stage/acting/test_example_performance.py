"""The performance of the example take."""

from __future__ import annotations

import numpy as np

from bench.stage.acting.example_performance import talk_take
from tests.bench.stage.acting.names import NAMES


def test_a_take_is_the_same_every_time() -> None:
    for a, b in zip(talk_take(7, 24, NAMES), talk_take(7, 24, NAMES), strict=True):
        assert np.array_equal(a.weights, b.weights)
        assert np.array_equal(a.pose, b.pose)


def test_the_head_of_a_take_turns_smoothly() -> None:
    yaw = np.array([a.pose[0] for a in talk_take(7, 48, NAMES)])
    assert np.abs(np.diff(yaw)).max() < 5
    assert np.ptp(yaw) > 25


def test_a_take_blinks() -> None:
    blink = np.array([a.weights[NAMES.index("eyeBlink_R")] for a in talk_take(7, 48, NAMES)])
    assert blink.max() > 0.9
    assert np.median(blink) < 0.1
